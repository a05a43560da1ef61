"""The memo in sentences and figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from planner.domain.titles import object_title
from planner.replan.memo.memo import Memo
from planner.replan.position.late import CANCELLED, LATE, LOST, WAITING
from planner.report.data.rules.past import lack_words
from planner.report.words.numbers import Money, number, plural, share
from planner.tolerances import SAME, change_of_optimum, matters
from planner.workbook.schema import BY_NAME
from planner.workbook.write.differences import Difference

MATERIAL = 0.05  # of a change: less is not reported
DEPARTURES = ("frozen_departure", "nervousness")  # levels that say how much changes, not how well the plan does
STATES = {LATE: "late, but still due", WAITING: "waiting until they can come", CANCELLED: "cancelled",
          LOST: "lost"}  # fmt: skip
MANY = {"contradicts another": "contradict others", "is missing": "are missing"}


def row_of(memo: Memo, change: Difference) -> str:
    """The row that a change is in, with names in place of codes: `node Hill works, item heaters`."""
    columns = "|".join(column.name for column in BY_NAME[change.table].columns)
    named = re.compile(rf"((?:^|, )(?:{columns}) )(.+?)(?=, (?:{columns}) |$)")
    return named.sub(lambda found: found[1] + object_title(memo.instance, found[2]), change.key)


def cells(change: Difference) -> tuple[str, str]:
    """Both cells of a change, long numbers rounded: `4733.615947550001` is `4 734`."""
    try:
        before, after = float(change.before), float(change.after)
    except ValueError:
        return change.before, change.after
    return (
        distinct_numbers(before, after)
        if len(change.before) > 7 or len(change.after) > 7
        else (change.before, change.after)
    )


def distinct_numbers(one: float | None, other: float | None) -> tuple[str, str]:
    """Two figures with as many digits as it takes to see that they differ; `–` where there is none."""
    words = ["–" if value is None else number(value) for value in (one, other)]
    for digits in (6, 9, 12):
        if one is None or other is None or words[0] != words[1]:
            break
        words = [f"{one:.{digits}g}", f"{other:.{digits}g}"]
    return words[0], words[1]


def headline(memo: Memo) -> str:
    """The memo in a few sentences: what it comes to, why, how much of the plan changes, what does not fit."""
    sentences = [text for text in (outcome(memo), churn_words(memo)) if text]
    fresh = memo.new_conflicts
    gaps = sum(conflict.kind == "gap" for conflict in fresh)
    for count, what in ((len(fresh) - gaps, "contradicts another"), (gaps, "is missing")):
        if count:
            reports = "1 report" if count == 1 else f"{count} reports"
            sentences.append(f"{reports} {what if count == 1 else MANY[what]}.")
    if late := late_words(memo):
        sentences.append(late)
    if memo.backlog or memo.newly_lost:
        sentences.append(
            f"{plural(len(memo.backlog), 'demand')} overdue, {plural(len(memo.newly_lost), 'demand')} lost."
        )
    if memo.plan.lacking:
        sentences.append(
            f"What happened so far breaks rules for good: {'; '.join(map(lack_words, memo.plan.lacking))}."
        )
    return " ".join(sentences)


def money_of(memo: Memo) -> Money:
    """One scale for the amounts of the sentences."""
    return Money.scaled(memo.instance.settings.currency, memo.churn.previous)


def late_words(memo: Memo) -> str:
    """How many orders and shipments did not come, by what becomes of them; blank where all came."""
    states = [entry["state"] for entry in memo.new_late]
    counts = [f"{states.count(state)} {words}" for state, words in STATES.items() if state in states]
    return f"Of orders and goods under way, {'; '.join(counts)}." if counts else ""


def late_lines(memo: Memo) -> Iterator[str]:
    """Each of them: `late: 26 kit ordered from L1, due 2026-01, now 2026-02`."""
    for entry in memo.new_late:
        unit = memo.instance.items[entry["item"]].unit if entry["item"] in memo.instance.items else ""
        where = f"{entry['kind']} {entry['what']}".strip() + f", {entry['node']}" * bool(entry["node"])
        now = f", now {entry['due']}" if entry["due"] else ""
        why = f" ({entry['why']})" if entry["why"] else ""
        yield (f"{entry['state']}: {number(entry['quantity'])} {unit} of {entry['item']} ({where}), "
               f"due {entry['was_due']}{now}{why}")  # fmt: skip


def outcome(memo: Memo) -> str:
    """The first aim that comes out otherwise than by the last plan, and the change of the input that did most to it."""
    for row in levels(memo):
        change = row["change"]
        if row["name"] in DEPARTURES or change is None or not matters(abs(change), row["base"]):
            continue
        way = "more" if change > 0 else "less"
        words = f"{row['title']}: {money_of(memo).of_unit(abs(change), row['unit'])} {way} than by the last plan"
        return f"{words}{_mostly(memo, row['name'], change)}."
    if not memo.effects:
        return ""
    unknown = any(row["change"] is None for row in levels(memo) if row["name"] not in DEPARTURES)
    return (
        "All aims that can be compared come out as by the last plan."
        if unknown
        else "All aims come out as by the last plan."
    )


def _mostly(memo: Memo, level: str, change: float) -> str:
    """Which group of changes alone does most of a change of an aim, and how much; nothing where none is known."""
    parts = {effect["group"]: effect["changes"].get(level, 0.0) / change for effect in effects(memo)}
    if not parts:
        return ""
    group = max(parts, key=lambda name: parts[name])
    if parts[group] < MATERIAL:
        return "; no group of changes alone does much of it"
    part = "more than all" if parts[group] > 1 + SAME else "all" if parts[group] > 1 - SAME else share(parts[group])
    return f"; what changed in {group} alone does {part} of it"


def churn_words(memo: Memo) -> str:
    """One sentence on how much of the last plan changes, with its share."""
    churn, settings = memo.churn, memo.instance.settings
    if not churn.previous:
        return "The last plan says nothing about these periods: there is nothing to depart from."
    money = money_of(memo)
    words = (
        f"{share(churn.share)} of what was planned changes: {money.text(churn.departed)} of value, "
        f"of {money.text(churn.previous)} planned."
    )
    if settings.frozen:
        frozen = "nothing" if churn.frozen == 0 else f"{money.text(churn.frozen)} of value"
        words += f" In the frozen periods {frozen} changes."
    return words


def levels(memo: Memo) -> list[dict[str, Any]]:
    """Each objective level as it was to go on, now, and the change (None where it is not known)."""
    base = memo.effects.base if memo.effects else {}
    rows = []
    for level in memo.plan.levels:
        before = base.get(level.name)
        change = None if before is None or level.value is None else change_of_optimum(before, level.value)
        rows.append(
            {
                "name": level.name,
                "title": level.title,
                "unit": level.unit,
                "base": before,
                "value": level.value,
                "change": change,
            }
        )
    return rows


def effects(memo: Memo) -> list[dict[str, Any]]:
    """A row for each group of changes with the level values it gives alone, and their changes; empty where they were
    not computed.
    """
    if memo.effects is None:
        return []
    base = memo.effects.base
    return [
        {
            "group": effect.group,
            "tables": effect.tables,
            "values": effect.values,
            "why": effect.why,
            "changes": {
                name: change_of_optimum(base.get(name, 0.0), value) for name, value in (effect.values or {}).items()
            },
        }
        for effect in memo.effects.groups
    ]

"""What the commands print: plain aligned text, the same on a terminal, in a file and in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from planner.numerals import MINUS, spelled
from planner.paths import as_argument
from planner.report.words.numbers import plural, spelled_unit
from planner.tolerances import matters

if TYPE_CHECKING:  # imported by the commands that need them; `planner check` should start at once
    from planner.domain.instance import PlanningInstance
    from planner.errors import Fault
    from planner.records.run import RunRecord
    from planner.run.recorded.compare import FigureDifference
    from planner.verify import Verification
    from planner.workbook.write.differences import Difference


SHORTFALLS = ("binding_shortfall", "other_shortfall")
HEADING = 18  # characters of a heading that may stand in one line above a narrower column


def columns(rows: Iterable[Sequence[str]], right: Sequence[int] = (), indent: str = "  ") -> list[str]:
    """Rows as lines with aligned columns; the columns numbered in `right` are aligned right."""
    listed = [tuple(row) for row in rows]
    if not listed:
        return []
    widths = [max(map(len, cells)) for cells in zip(*listed, strict=True)]

    def cell(text: str, index: int) -> str:
        return text.rjust(widths[index]) if index in right else text.ljust(widths[index])

    return [(indent + "  ".join(cell(text, index) for index, text in enumerate(row))).rstrip() for row in listed]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Rows under headings, aligned as by `columns`: a heading longer than its column breaks over lines,
    an empty column is left out.
    """
    listed = [tuple(row) for row in rows]
    filled = {place: max(map(len, cells)) for place, cells in enumerate(zip(*listed, strict=True)) if any(cells)}
    broken = [wrap(headings[place], max(HEADING, width), break_long_words=False) for place, width in filled.items()]
    height = max(map(len, broken), default=0)
    head = zip(*([""] * (height - len(lines)) + lines for lines in broken), strict=True)
    body = (tuple(row[place] for place in filled) for row in listed)
    return columns([*head, *body], right=[at for at, place in enumerate(filled) if place in right])


def number(value: float | None) -> str:
    """A quantity or an amount for reading: thousands apart, at most three decimals."""
    if value is None:
        return "–"
    text = f"{value:,.3f}" if abs(value) < 1e6 else f"{value:,.0f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else spelled(text)


DEFAULT_PRICES = (
    "What changes cost is by default prices, because the table Remedies has no rows: they rank the changes and are not "
    "offers."
)


def fault_lines(faults: Iterable[Fault]) -> list[str]:
    """One line for each fault, marked where it is only a warning."""
    return [("warning: " if fault.severity == "warning" else "") + str(fault) for fault in faults]


def plan_lines(folder: Path, record: RunRecord, instance: PlanningInstance) -> list[str]:
    """What a planner wants to know when the plan is there: how good, whether checked, where to look."""
    ended = "optimal" if record.status == "optimal" else "feasible: stopped before the last level was optimal"
    if record.rolling and record.rolling.windows:
        from planner.report.words.wording import rolling_words

        ended = f"feasible, not proved to be the best: planned in {rolling_words(record.rolling)}"
    lines = [f"{record.name}: {ended}; {record.verification}."]
    lines += objective_lines(record)
    lines += [f"not enforced: {rule}" for rule in record.not_enforced]
    if record.unserved:
        lines += [*record.unserved.sentences, *record.unserved.least_served]
        lines += [record.unserved.not_solved] if record.unserved.not_solved else []
    lines += procurement_lines(record)
    lines += lack_lines(record)
    lines += worth_lines(record)
    lines += remedy_lines(record)
    lines += price_lines(record, instance)
    if record.warnings:
        lines += [warning for warning in record.warnings if warning.startswith("--")]  # of the command, not the input
        lines.append(f"{plural(len(record.warnings), 'warning')} (in log.txt, or `planner check`)")
    if is_short(record):
        plan = as_argument(folder)
        lines.append(f"Why it is short: planner explain {plan}. What it would take: planner remedy {plan} -o DIR")
    lines.append(f"To read: {folder / 'report.html'}")
    lines.append(f"To work with: {folder / 'plan.xlsx'} (tables as CSV beside it)")
    lines += uncertainty_lines(instance)
    return lines


def is_short(record: RunRecord) -> bool:
    """Is any demand not met in full, by the levels in order?"""
    levels = record.objective if isinstance(record.objective, tuple) else ()
    return any(matters(level.value) for level in levels if level.name in SHORTFALLS and level.value is not None)


def uncertainty_lines(instance: PlanningInstance) -> list[str]:
    """That what is uncertain is no part of the plan, where the input says anything of it."""
    count = len(instance.uncertainties)
    rows = f"Uncertainty ({plural(count, 'row')})"
    return [f"{rows} is no part of the plan: planner stress lets it vary."] if count else []


def price_lines(record: RunRecord, instance: PlanningInstance) -> list[str]:
    """That remedies are priced by defaults, where the plan names any and the input gives no prices."""
    if instance.changeable or not any(goal.remedies for goal in record.remedies or ()):
        return []
    return [DEFAULT_PRICES]


def procurement_lines(record: RunRecord) -> list[str]:
    """How many nations take part, for each fund that asks for some and pays anything."""
    return [
        f"{entry.fund}: {plural(entry.nations_taking_part, 'nation')} "
        f"{'takes' if entry.nations_taking_part == 1 else 'take'} part; the fund asks for at least {entry.nations_asked}"
        + ("" if entry.enforced else " (checked, not enforced)")
        for entry in record.common_procurement or ()
        if entry.paid > 0
    ]


def lack_lines(record: RunRecord) -> list[str]:
    """The rules that what happened before the horizon breaks, and no plan can keep any more."""
    currency = record.calendar.currency
    return [
        f"lacking from the past: {lack.title}, {lack.object}{', ' + lack.item if lack.item else ''}: "
        + (f"{currency}\u00a0{number(lack.amount)}" if lack.unit == currency else f"{number(lack.amount)} {lack.unit}")
        for lack in record.past_lack or ()
    ]


def worth_lines(record: RunRecord) -> list[str]:
    """What the guarantee is worth, or why that is not known."""
    if record.worth is None:
        return [f"{record.no_worth} planner solve --worth computes it."] if record.no_worth else []
    worth = record.worth
    rows = [("Perfect information would save", number(worth.evpi), spelled_unit(worth.unit))]
    if worth.planning is None:
        note = ["Planning for the attack: without it, what must be covered could not be."]
        return [*columns(rows, right=[1]), *note]
    return columns(
        [*rows, ("Planning for the attack saves", number(worth.planning), spelled_unit(worth.unit))], right=[1]
    )


def remedy_lines(record: RunRecord) -> list[str]:
    """What falls short most, and the cheapest remedy of it."""
    (goal, *_) = record.remedies or [None]
    return [goal.sentence, *(remedy.sentence for remedy in goal.remedies[:1])] if goal is not None else []


def objective_lines(record: RunRecord) -> list[str]:
    """The objective in columns: place, title, value, unit, state; a weighted one in one line."""
    objective = record.objective
    if not isinstance(objective, tuple):
        return columns([("Weighted objective", number(objective), record.calendar.currency)], right=[1])
    rows = [
        (
            str(index),
            level.title,
            number(level.value),
            spelled_unit(level.unit),
            "taken over from an unfinished run" if level.resumed else _unless_done(level.status),
        )
        for index, level in enumerate(objective, 1)
    ]
    return columns(rows, right=[0, 2])


def _unless_done(status: str) -> str:
    return "" if status in ("optimal", "held") else status


def verification_lines(verification: Verification, every: bool) -> list[str]:
    """One line where all rules hold; every family with its largest violation where one fails, or when asked."""
    if verification.passed and not every:
        return [verification.summary()]
    rows = [
        (family, f"{size:.1e}", "FAILS" if family in verification.failed else "", meaning)
        for family, size, meaning in verification.families()
    ]
    return [*table(("Family", "Violation", "", "Rule"), rows, right=[1]), "", verification.summary(columns=True)]


def headline_lines(figures: Iterable[FigureDifference]) -> list[str]:
    """Headline figures of two plans in columns: name, before, after, change, unit."""
    rows = []
    for figure in figures:
        known = figure.before is not None and figure.after is not None
        change = f"{signed(figure.after - figure.before)}" if known else "–"  # type: ignore[operator]
        rows.append((figure.name, number(figure.before), number(figure.after), change, spelled_unit(figure.unit)))
    return table(("", "Before", "After", "Change", ""), rows, right=[1, 2, 3])


def signed(value: float) -> str:
    """A number with its sign, as people read it."""
    text = number(value)
    return text if text.startswith(MINUS) or text == "0" else "+" + text


def input_difference_lines(differences: Sequence[Difference], limit: int) -> list[str]:
    """Two inputs: the rows and cells that differ, by table."""
    if not differences:
        return ["The inputs are the same."]
    lines: list[str] = []
    for table in dict.fromkeys(row.table for row in differences):
        rows = [row for row in differences if row.table == table]
        shown = [
            (row.key, row.column, row.before or "–", "→", row.after or "–")
            if row.column
            else (row.key, row.kind, row.before or row.after, "", "")
            for row in rows[:limit]
        ]
        lines += [*([""] if lines else []), f"{table}: {plural(len(rows), 'difference')}", *columns(shown)]
        if len(rows) > limit:
            lines.append(f"  … and {len(rows) - limit} more (--limit)")
    return lines

"""Withdrawals as page, tables and record: the ranking, pairs that hurt more than their parts, and what would help."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from planner.analysis.context import AnalysisContext, header
from planner.analysis.findings import Findings, FindingsTable, Section, TableField
from planner.analysis.withdraw.checking import Checked
from planner.analysis.withdraw.ranking import Damage
from planner.analysis.withdraw.record import (
    BetweenRecord,
    DamageRemedyRecord,
    LevelRecord,
    TakenRecord,
    WithdrawalRecord,
    WithdrawRecord,
)
from planner.analysis.withdraw.remedy import DamageRemedy
from planner.analysis.withdraw.things import Withdrawal
from planner.domain.titles import Named, object_title, title_of
from planner.plan.again.remainder import UNUSED, level_optima
from planner.report.data.money import money_scale
from planner.report.words.limit_words import limit_words
from planner.report.words.names import with_code
from planner.report.words.numbers import WEIGHTED, compact, counted, least_share, listing, plural, spelled_unit
from planner.tolerances import close, matters

NO_PLAN, NOTHING = "no plan is left", "none"
HARMLESS = "Without each of these the plan is as good at every level, or better at the first that differs."
LEAVES_NONE = (
    "Without each of these some limit, minimum or demand that must be met cannot be kept, whatever else is done. "
    "They rank first."
)
CAN_DO_WITHOUT = "What the plan can do without"
MOST_NAMED = 6


@dataclass(frozen=True)
class Study:
    """What was found: `first` is the period, 0-based, from which things are gone; `struck` as a surprise; `to_first`:
    levels were worked out up to the first that differs.
    """

    first: int
    struck: bool
    singles: Sequence[tuple[int, Damage]]
    pairs: Sequence[tuple[int, Damage]]
    checked: Mapping[tuple[Withdrawal, ...], Checked]
    to_first: bool = False


def withdraw_findings(context: AnalysisContext, study: Study) -> Findings:
    """Everything that the page, the workbook and the record say."""
    words = _Words(context, study)
    ranking, pairs = words.ranking("ranking", study.singles), words.ranking("pairs", study.pairs)
    with_plan = [(rank, one) for rank, one in study.singles if not one.leaves_no_plan]
    table = words.table()
    sections = []
    if without_plan := [one for _, one in study.singles if one.leaves_no_plan]:
        lists = [f"No plan is left without {listed}" for listed in words.by_kind(without_plan)]
        points = [*lists, *words.examined(without_plan)]
        sections.append(Section("What leaves no plan", LEAVES_NONE, points=points))
    if with_plan or not without_plan:
        damage = words.ranking("ranking", with_plan)
        points = words.examined([one for _, one in with_plan])
        sections.append(Section("What does most damage", words.ranked_by(), points=points, tables=[damage]))
    if study.pairs:
        sections.append(
            Section(
                "Pairs of the worst",
                "Both are lost at once. If two can replace one another, a pair does more damage than the sum "
                "of its parts.",
                points=words.more_than_their_sum(),
                tables=[pairs],
            )
        )
    harmless = words.harmless()
    if harmless:
        sections.append(Section(CAN_DO_WITHOUT, HARMLESS, points=harmless))
    return Findings(
        kind="withdraw",
        title=context.title,
        subject="What would break the plan",
        marking=context.instance.settings.marking,
        headline=words.headline(),
        money=words.money,
        facts=words.facts(),
        sections=sections,
        record=_record(context, study, words),
        tables=[table, ranking, *([pairs] if study.pairs else [])],
    )


class _Words:
    """What is said of withdrawals."""

    def __init__(self, context: AnalysisContext, study: Study) -> None:
        self._context, self._study = context, study
        self.money = money_scale(context.warm_start.base_plan)
        plan = context.warm_start.base_plan
        optima = level_optima(plan)
        self.levels = {level.name: replace(level, value=optima[level.name]) for level in plan.levels}

    # ── Single things ────────────────────────────────────────────────────────────────────────────

    def name(self, one: Withdrawal) -> str:
        """`Norway (NO)`, `depot Forward depot (Depot)`, `line Alpha line`"""
        return self.title(one) if one.kind == "nation" else f"{self.kind(one)} {self.title(one)}"

    def title(self, one: Withdrawal) -> str:
        """Its name with its code, where a name is filled in."""
        instance = self._context.instance
        known: dict[str, Mapping[str, Named]] = {
            "nation": instance.nations,
            "node": instance.nodes,
            "fund": instance.funds,
        }
        if one.kind in known:
            return with_code(known[one.kind], one.name)
        parts = {"corridor": re.split(r"( - |; )", one.name)}.get(one.kind, [one.name])
        return "".join(object_title(instance, part) for part in parts)

    def kind(self, one: Withdrawal) -> str:
        return self._context.instance.nodes[one.name].kind if one.kind == "node" else one.kind

    def together(self, one: Damage) -> str:
        return " and ".join(map(self.name, one.taken))

    def amount(self, level: str, value: float, with_unit: bool = True) -> str:
        """An amount of a level; of money the currency always stands with it, what it counts only if asked for."""
        unit = self.levels[level].unit
        if unit.startswith(self.money.currency):
            return self.money.of_unit(value, unit) if with_unit else self.money.text(value)
        return f"{compact(value)}\u00a0{spelled_unit(unit)}" if with_unit else compact(value)

    def does(self, one: Damage) -> str:
        """What it does to the first level that differs, in words."""
        if one.leaves_no_plan:
            return NO_PLAN
        if one.between is not None:
            return f"{self.levels[one.between.level].title} rises by {self.by(one)}"
        return NOTHING if one.first is None else self._changes(one, one.first)

    def _changes(self, one: Damage, level: str) -> str:
        """`Discounted cost rises by EUR 3 million`"""
        change = one.damage[level]
        return f"{self.levels[level].title} {'rises' if change > 0 else 'falls'} by {self.amount(level, abs(change))}"

    def does_in_ranking(self, rank: int, one: Damage, ranking: Sequence[tuple[int, Damage]]) -> str:
        """The same; where others do as much at that level and rank apart,
        also what it does to the level that decides.
        """
        alike = [
            other
            for other_rank, other in ranking
            if other_rank != rank
            and one.first is not None
            and other.first == one.first
            and self._as_much(one, other, one.first)
        ]
        decides = next(
            (level for level in self.levels if any(not self._as_much(one, other, level) for other in alike)), None
        )
        if decides is None or not one.damage.get(decides):
            return self.does(one)
        return f"{self.does(one)}; {_lower(self._changes(one, decides))}"

    @staticmethod
    def _as_much(one: Damage, other: Damage, level: str) -> bool:
        return close(one.damage.get(level, 0.0), other.damage.get(level, 0.0))

    def by(self, one: Damage) -> str:
        """`between … and …`; the amount where it is known, blank where nothing differs."""
        if one.between is not None:
            level, least, most = one.between
            if least <= 0:
                return f"at most {self.amount(level, most)}"
            return f"between {self.amount(level, least, with_unit=False)} and {self.amount(level, most)}"
        return "" if one.first is None else self.amount(one.first, one.damage[one.first])

    def first(self, one: Damage) -> str:
        """The first level that differs, in words."""
        level = one.between.level if one.between is not None else one.first
        return self.levels[level].title if level is not None else self.does(one)

    def remedy(self, one: Damage) -> str:
        """What makes good most of the damage, or allows a plan again; blank where nothing is known."""
        again = self._study.checked.get(one.taken)
        if again is None or again.remedy is None:
            return "" if again is None else " ".join(again.changes)
        return self._remedy(again.remedy)

    def _remedy(self, remedy: DamageRemedy) -> str:
        instance, limit = self._context.instance, remedy.limit
        words = limit_words(limit.family, object_title(instance, limit.object), title_of(instance.items, limit.item))
        return f"half as much again of {words} makes good {least_share(remedy.part)} of it"

    # ── Sentences ────────────────────────────────────────────────────────────────────────────────

    @property
    def when(self) -> str:
        label = self._context.instance.horizon.label(self._study.first)
        if self._study.struck:
            return f"by surprise in {label}"
        return "from the start" if self._study.first == 0 else f"from {label} on, known from the start"

    def headline(self) -> str:
        hurting = [one for _, one in self._study.singles if one.hurts]
        if not hurting:
            return f"None of {plural(len(self._study.singles), 'withdrawal')} {self.when} makes the plan worse."
        rest = f"{len(hurting)} of {plural(len(self._study.singles), 'withdrawal')} {self.when} make the plan worse"
        if maybe := sum(not one.hurts and one.between is not None for _, one in self._study.singles):
            rest += f", {maybe} more may"
        others = [one for one in hurting if not one.leaves_no_plan]
        if len(others) < len(hurting):
            count = len(hurting) - len(others)
            rest += f"; {count} {'leaves' if count == 1 else 'leave'} no plan"
        return f"{_capital(rest)}{self._worst_of(others, len(others) < len(hurting))}."

    def _worst_of(self, hurting: Sequence[Damage], are_others: bool) -> str:
        """The first in the ranking, with those that share its rank; blank where there is none."""
        if not hurting:
            return ""
        worst_ones = [hurting[0]]
        if hurting[0].between is None:
            rank_of = {id(one): rank for rank, one in self._study.singles}
            rank = rank_of[id(hurting[0])]
            worst_ones = [one for one in hurting if rank_of[id(one)] == rank and one.between is None]
        names = listing([self.name(one.taken[0]) for one in worst_ones], MOST_NAMED)
        worst = "worst of the others" if are_others else "worst"
        which = f"{worst} is that of {names}" if len(worst_ones) == 1 else f"{worst} are those of {names}"
        return f"; {which}: {_lower(self.does(hurting[0]))}"

    def examined(self, ones: Sequence[Damage]) -> list[str]:
        """A sentence for each of these that was looked at more closely."""
        sentences = []
        for one in ones:
            again = self._study.checked.get(one.taken)
            if again is not None:
                sentence = f"Without {self.together(one)}: {_lower(self.does(one))}."
                sentences.append(" ".join([sentence, *self._help(one, again)]))
        return sentences

    def _help(self, one: Damage, again: Checked) -> Iterator[str]:
        if again.why:
            clashing = [line.strip().removesuffix(".") for line in again.why[:2]]
            yield f"What clashes: {'. '.join(clashing)}."
            yield from again.changes
        elif again.remedy is not None:
            yield f"Remedy: {self._remedy(again.remedy)}."
        elif one.leaves_no_plan:
            yield "What clashes was not searched: the plan chooses who takes part in a fund."
        else:
            yield "No single limit that was tried, raised by half, makes good a material part of it."

    def more_than_their_sum(self) -> list[str]:
        """Pairs whose damage at the first level that differs exceeds that of their parts."""
        alone = {one.taken[0]: one for _, one in self._study.singles}
        sentences = []
        for _, pair in self._study.pairs:
            parts = [alone[one] for one in pair.taken]
            if pair.leaves_no_plan:
                sentences.append(f"Without both {self.together(pair)} {NO_PLAN}, though either leaves one.")
            elif pair.first is not None:
                more = pair.damage[pair.first] - sum(part.damage[pair.first] for part in parts)
                if matters(more, pair.damage[pair.first]):
                    sentences.append(
                        f"{_capital(self.together(pair))} together: {_lower(self.does(pair))}, "
                        f"{self.amount(pair.first, more, with_unit=False)} more than the sum of the two."
                    )
        return sentences

    def harmless(self) -> list[str]:
        """Kind by kind, what can be withdrawn without harm."""
        return self.by_kind([one for _, one in self._study.singles if not one.hurts and one.between is None])

    def by_kind(self, ones: Sequence[Damage]) -> list[str]:
        """`2 of 7 lines: Alpha line and Bravo line.`"""
        sentences = []
        taken = [one.taken[0] for one in ones]
        for kind, count in Counter(one.kind for one in taken).items():
            names = [self.title(one) for one in taken if one.kind == kind]
            every = sum(one.taken[0].kind == kind for _, one in self._study.singles)
            sentences.append(f"{count} of {every} {kind}s: {listing(names, MOST_NAMED)}.")
        return sentences

    def ranked_by(self) -> str:
        if self._study.to_first:
            return (
                "Each is taken away alone, and the plan is solved again level by level, until one differs. Ranked by "
                "the first level that differs; equals share a rank. Levels after that are left blank: the program is "
                f"large, and they were not solved (--all-levels does).{self._how_bounded()}"
            )
        return (
            "Each is taken away alone, and the plan is solved again at all levels in order. Ranked by the first "
            "level that differs, then by the next; equals share a rank."
        )

    def _how_bounded(self) -> str:
        """How the rank of those between bounds is meant; blank where there are none."""
        count = sum(one.between is not None for _, one in self._study.singles)
        if not count:
            return ""
        return (
            f" For {count} of them bounds of the damage are proved in place of its value: at most, where the plan of "
            "goods that do not pass the thing (but for five, if need be) stays as it is; at least, where limits that "
            "goods share are priced as in the plan. --exact N solves more of them. The rank is 1 more than the "
            "number of those that are proved to do more damage."
        )

    @property
    def _weighs(self) -> bool:
        """Does a level of the plan count goods in money, weighted by priority?"""
        return any(WEIGHTED in counted(level.unit, self.money.currency) for level in self.levels.values())

    def facts(self) -> list[tuple[str, str]]:
        singles, pairs = self._study.singles, self._study.pairs
        unused = sum(one.remainder.how == UNUSED for _, one in singles)
        label = self._context.instance.horizon.label(self._study.first)
        if self._study.struck:
            when = (
                f"Struck in {label}: decisions of the plan before it are fixed; what lies or arrives at a closed "
                "place is lost."
            )
        else:
            when = f"Gone from {label} on, and known from the start, as a certain row of Disruptions with factor 0."
        also = f" and {plural(len(pairs), 'pair')}" if pairs else ""
        how = f"{plural(len(singles), 'withdrawal')}{also}; "
        return [
            ("When", when),
            ("How", f"{how}{self._unused(unused)}{self._counted_bounds()}"),
            *([("Amounts", "Shortfalls are the value of what is short, times its priority.")] if self._weighs else []),
            *self._context.choices,
            ("Verified", self._verified()),
        ]

    def _unused(self, count: int) -> str:
        if not count:
            return "the plan is solved again for each."
        uses = "that the plan does not use is" if count == 1 else "that the plan does not use are"
        return f"{count} {uses} proved by that alone; for all others it is solved again."

    def _counted_bounds(self) -> str:
        count = sum(one.between is not None for _, one in self._study.singles)
        return f" For {count} of these only the part is solved that concerns the goods which pass it." if count else ""

    def _verified(self) -> str:
        names = [
            " and ".join(map(self.name, taken)) for taken, checked in self._study.checked.items() if checked.is_checked
        ]
        sentence = "The plan itself was checked independently"
        if names:
            were, each = ("was the plan", "") if len(names) == 1 else ("were the plans", "each ")
            how = "with the rows added to the workbook"
            if not self._study.struck:
                how = f"{each}solved again from the workbook with the rows added, with the same values"
            sentence += f"; so {were} without {listing(names, len(names))}, {how}"
        lost = [
            " and ".join(map(self.name, taken))
            for taken, checked in self._study.checked.items()
            if not checked.is_checked and checked.values is not None
        ]
        if lost:
            sentence += f". Not checked, as goods were lost on their way: without {listing(lost, len(lost))}"
        return f"{sentence}."

    # ── Tables ───────────────────────────────────────────────────────────────────────────────────

    def ranking(self, name: str, ranking: Sequence[tuple[int, Damage]]) -> FindingsTable:
        """Those that change the plan, in the order of the ranking."""
        shown = [
            (rank, one)
            for rank, one in ranking
            if one.leaves_no_plan or one.first is not None or one.between is not None
        ]
        shown_levels = (
            [] if self._study.to_first else self.levels
        )  # else most are blank, and `first` and `by` say it all
        changed = [level for level in shown_levels if any(one.damage.get(level) for _, one in shown)]
        frame = pd.DataFrame(
            {
                "rank": [rank for rank, _ in shown],
                "kind": [" and ".join(map(self.kind, one.taken)) for _, one in shown],
                "name": [" and ".join(part.name for part in one.taken) for _, one in shown],
                "title": [" and ".join(map(self.title, one.taken)) for _, one in shown],
                "first": [self.first(one) for _, one in shown],
                "does": [self.does_in_ranking(rank, one, shown) for rank, one in shown],
            }
            | {level: [one.damage.get(level) for _, one in shown] for level in changed}
            | {
                "by": [_capital(self.by(one)) for _, one in shown],
                "at_least": [one.between.at_least if one.between else None for _, one in shown],
                "at_most": [one.between.at_most if one.between else None for _, one in shown],
            }
            | {"remedy": [self.remedy(one) for _, one in shown]}
        )
        fields = [TableField("rank", "Rank", "whole"), TableField("kind", "What"), TableField("title", "Name")]
        fields += [*map(self._field, changed), TableField("first", "First differs at")]
        if self._study.to_first:
            fields.append(TableField("by", "By"))
        if any(frame["remedy"]):
            fields.append(TableField("remedy", "Remedy"))
        title = "Withdrawals that change the plan" if name == "ranking" else "Pairs that change the plan"
        level = "the first level that differs" if self._study.to_first else "each level"
        return FindingsTable(name, f"{title}, worst first: by how much {level} rises", frame, fields)

    def _field(self, level: str) -> TableField:
        measure = self.levels[level]
        return TableField.of_aim(level, measure.title, measure.unit, self.money.currency)

    def table(self) -> FindingsTable:
        """A row for each withdrawal and level."""
        rows = [
            row
            for damages in (self._study.singles, self._study.pairs)
            for rank, one in damages
            for row in self._rows(rank, one)
        ]
        fields = [
            *(
                TableField("kind", "Kind"),
                TableField("name", "Name"),
                TableField("with_kind", "With, kind"),
                TableField("with", "With, name"),
            ),
            *(
                TableField("from", "From period"),
                TableField("struck", "Struck in period"),
                TableField("rank", "Rank", "whole"),
            ),
            *(TableField("level", "Level"), TableField("unit", "Unit"), TableField("base", "In the plan", "figure")),
            *(TableField("value", "Without", "figure"), TableField("damage", "Damage", "figure")),
            *(TableField("at_least", "At least", "figure"), TableField("at_most", "At most", "figure")),
            *(
                TableField("plan", "Plan left"),
                TableField("how", "How known"),
                TableField("checked", "Checked"),
                TableField("remedy", "Remedy"),
            ),
        ]
        frame = pd.DataFrame(rows, columns=[field.key for field in fields])
        return FindingsTable("withdrawals", "All withdrawals, level by level", frame, fields)

    def _rows(self, rank: int, one: Damage) -> Iterator[tuple[object, ...]]:
        first, other = one.taken[0], one.taken[1] if len(one.taken) > 1 else None
        period = str(self._study.first + 1)
        values = one.remainder.values or {}
        checked = self._study.checked.get(one.taken)
        for name, level in self.levels.items():
            between = one.between if one.between is not None and one.between.level == name else None
            yield (
                *(first.kind, first.name, other.kind if other else "", other.name if other else ""),
                *(("", period) if self._study.struck else (period, "")),
                *(rank, name, level.unit, level.value, values.get(name), one.damage.get(name)),
                *((between.at_least, between.at_most) if between is not None else (None, None)),
                *("no" if one.leaves_no_plan else "yes", one.remainder.how),
                *("yes" if checked is not None and checked.is_checked else "no", self.remedy(one)),
            )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _record(context: AnalysisContext, study: Study, words: _Words) -> WithdrawRecord:
    return WithdrawRecord(
        **header(context),
        first=study.first + 1,
        struck=study.struck,
        levels=tuple(
            LevelRecord(name=level.name, title=level.title, unit=level.unit, value=level.value or 0.0)
            for level in words.levels.values()
        ),
        withdrawals=tuple(
            _withdrawal(rank, one, study.checked.get(one.taken))
            for damages in (study.singles, study.pairs)
            for rank, one in damages
        ),
    )


def _withdrawal(rank: int, one: Damage, checked: Checked | None) -> WithdrawalRecord:
    helps = checked.remedy if checked else None
    return WithdrawalRecord(
        taken=tuple(TakenRecord(kind=part.kind, name=part.name) for part in one.taken),
        rank=rank,
        leaves_plan=not one.leaves_no_plan,
        damage=dict(one.damage),
        between=None if one.between is None else BetweenRecord(**one.between._asdict()),
        how=one.remainder.how,
        checked=checked is not None and checked.is_checked,
        remedy=None
        if helps is None
        else DamageRemedyRecord(
            family=helps.limit.family,
            object=helps.limit.object,
            item=helps.limit.item,
            part=helps.part,
        ),
        why_no_plan=checked.why if checked else (),
    )

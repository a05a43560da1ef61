"""Base and options side by side, as tables: values, the base's values, and the differences.

Options stand in a fixed order (the base, then by name, then sweeps by factor), whatever the order in which they
were given or solved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from planner import catalogue
from planner.options.changes.option import BASE
from planner.options.changes.overrides import Edit
from planner.options.figures import GOODS, GoodsMeasure
from planner.options.outcome import OptionOutcome
from planner.options.pages.movements import movements
from planner.run.recorded.compare import table_changes
from planner.run.recorded.load import SavedRun
from planner.tolerances import matters
from planner.workbook.reading.cells import read_text

MEASURES = {
    "nations": (["nation", "year"], ["contributed", "produced", "received", "balance"]),
    "funds": (["fund", "contributor", "year"], ["available", "paid"]),
    "commitments": (["commitment", "year"], list(GOODS)),
    "years": (["year"], []),
}


@dataclass(frozen=True)
class Comparison:
    """Everything that is written and shown. `outcomes` in their order, the base first; `edits` by option."""

    title: str
    marking: str
    measure: GoodsMeasure
    outcomes: tuple[OptionOutcome, ...]
    edits: Mapping[str, Sequence[Edit]]
    sweep: str = ""  # what was swept, as it was asked for
    names: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # kind, code -> as people know it; "place": lines and routes
    materiality: float = 0.0  # share of the larger of two values of an aim up to which they do not differ

    def name_of(self, kind: str, code: object) -> str:
        """A nation, fund, commitment or item as people know it; anything else as it is."""
        name = self.names.get(kind, {}).get(str(code), str(code))
        return name if name == str(code) else f"{name} ({code})"

    @property
    def base(self) -> OptionOutcome:
        """The plan of the workbook without changes."""
        return self.outcomes[0]

    @property
    def options(self) -> tuple[OptionOutcome, ...]:
        """The options, in their order."""
        return self.outcomes[1:]

    @property
    def solved(self) -> tuple[OptionOutcome, ...]:
        """The base and the options that have a plan."""
        return tuple(outcome for outcome in self.outcomes if outcome.solved)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels that any option has, in the order of the model; `weighted` alone under that objective."""
        had = {name for outcome in self.solved for name in _levels(outcome)}
        if had <= {"weighted"}:
            return tuple(had)
        model = self.solved[0].record.model.name
        return tuple(level.name for level in catalogue.load(model).levels if level.name in had)

    @cached_property
    def ranks(self) -> dict[str, int]:
        """The place of each option that has a plan, 1 the best: level by level in their order, ties share a place.

        At each level those that do not differ from the best of them go on together to the next.
        """
        aims = {outcome.name: self._aims(outcome) for outcome in self.solved}
        places: dict[str, int] = {}
        for equals in self._in_classes(list(aims), aims, 0):
            places |= dict.fromkeys(equals, 1 + len(places))
        return {name: places[name] for name in aims}

    def _in_classes(self, names: list[str], aims: Mapping[str, Sequence[float]], level: int) -> Iterator[list[str]]:
        """Options in classes of equals, best first, by the levels from `level` on."""
        if not names or level == len(self.levels):
            yield from [names] if names else []
            return
        best = min(aims[name][level] for name in names)
        first = [name for name in names if not self.differ(aims[name][level], best)]
        yield from self._in_classes(first, aims, level + 1)
        yield from self._in_classes([name for name in names if name not in first], aims, level)

    def differ(self, one: float, other: float) -> bool:
        """Is the difference of two values of an aim more than arithmetic, and material?"""
        return not nearly(one, other) and abs(one - other) > self.materiality * max(_sizes(one, other))

    @cached_property
    def best(self) -> dict[str, tuple[list[str], list[str]]]:
        """For each level the options that are best at it, and among whom: those best at all levels before it."""
        among = [outcome.name for outcome in self.solved]
        best_of: dict[str, tuple[list[str], list[str]]] = {}
        for index, level in enumerate(self.levels):
            values = {outcome.name: self._aims(outcome)[index] for outcome in self.solved if outcome.name in among}
            best = min(values.values())
            first = [name for name in among if not self.differ(values[name], best)]
            best_of[level] = first, among
            among = first
        return best_of

    def equals_base(self, name: str) -> bool:
        """Does an option not differ from the base at any aim?"""
        pairs = [(self.figure(name, level), self.figure(BASE, level)) for level in self.levels]
        return all(a == b or (a is not None and b is not None and not self.differ(a, b)) for a, b in pairs)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """By name, as they are written to tables/."""
        made = {"options": self._options(), "headline": self._headline()}
        for name, (keys, measures) in MEASURES.items():
            made[name] = self._against_base(name, keys, measures)
        made["ranks"] = self._ranks(made["headline"])
        made["input_changes"] = self._input_changes()
        solved = [outcome for outcome in self.options if outcome.solved]
        made["movements"] = movements(self.base, solved if self.base.solved else [])
        return made | self._plan_changes()

    @property
    def lacks_prices(self) -> bool:
        """Were the prices of options left out?"""
        return any(outcome.record.no_prices for outcome in self.options)

    def figure(self, option: str, figure: str) -> float | None:
        """A headline figure of an option; None where it has none."""
        return self._figures.get((option, figure))

    @cached_property
    def _figures(self) -> dict[tuple[str, str], float | None]:
        """(option, figure) -> value; a level that only other options have is 0, as in `_aims`."""
        absent = {(outcome.name, name): 0.0 for outcome in self.solved for name in {*self.levels} - {*_levels(outcome)}}
        return absent | {
            (outcome.name, str(row["figure"])): None if row["value"] != row["value"] else float(row["value"])
            for outcome in self.solved
            for row in outcome.figures["headline"].to_dict("records")
            if row["value"] is not None
        }

    def _aims(self, outcome: OptionOutcome) -> list[float]:
        """The levels in their order, by the base's demand and values; what is not known is worst.

        A level that only other options have, as their input says something about it, is 0 here.
        """
        values = [self.figure(outcome.name, name) for name in self.levels]
        return [inf if value is None else value for value in values]

    def _options(self) -> pd.DataFrame:
        rows = [
            (
                outcome.name,
                outcome.description,
                outcome.factor,
                outcome.record.status,
                self.ranks.get(outcome.name),
                len(self.edits.get(outcome.name, ())),
                outcome.how,
                outcome.record.verification,
                outcome.record.message,
            )
            for outcome in self.outcomes
        ]
        columns = [
            "option",
            "description",
            "factor",
            "status",
            "rank",
            "cells_changed",
            "solved",
            "verification",
            "message",
        ]
        made = pd.DataFrame(rows, columns=columns)
        return made.astype({"factor": float, "rank": "Int64"})

    def _headline(self) -> pd.DataFrame:
        order: dict[str, tuple[str, str, str]] = {}
        for outcome in self.solved:
            for figure, title, unit, better, _ in outcome.figures["headline"].itertuples(index=False):
                order.setdefault(figure, (title, unit, better))
        rows: list[tuple[Any, ...]] = []
        for outcome in self.solved:
            for figure, (title, unit, better) in order.items():
                value, base = self.figure(outcome.name, figure), self.figure(BASE, figure)
                difference = None if value is None or base is None else value - base
                rows.append((outcome.name, figure, title, unit, better, value, base, difference))
        columns = ["option", "figure", "title", "unit", "better", "value", "base", "difference"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[-3:], float))

    def _ranks(self, headline: pd.DataFrame) -> pd.DataFrame:
        """The place of each option at each figure that can be better or worse, 1 the best; ties share a place."""
        rows = []
        for (figure, title, better), ranked in headline.groupby(["figure", "title", "better"], sort=False):
            if not better:
                continue
            known = ranked.dropna(subset=["value"])
            values = known["value"].to_numpy() * (-1.0 if better == "more" else 1.0)
            for name, mine in zip(known["option"], values, strict=True):
                place = 1 + sum(1 for theirs in values if theirs < mine and self.differ(theirs, mine))
                rows.append((name, figure, title, place, self.ranks[name]))
        return pd.DataFrame(rows, columns=["option", "figure", "title", "rank", "rank_overall"])

    def wants_as_much(self, name: str) -> bool:
        """Does an option want no less goods than the base? True where the base has no plan."""
        return self._no_less(name, "wanted")

    def needs_as_much(self, name: str) -> bool:
        """Does an option need no less goods if attacked than the base? True where the base has no plan."""
        return self._no_less(name, "needed_if_attacked")

    @cached_property
    def tells_coverage(self) -> bool:
        """Is the expected coverage of some option known?"""
        return any(self.figure(outcome.name, "expected_coverage") is not None for outcome in self.solved)

    def _no_less(self, name: str, figure: str) -> bool:
        mine, base = self.figure(name, figure), self.figure(BASE, figure)
        return base is None or (mine is not None and (mine > base or nearly(mine, base)))

    def _against_base(self, name: str, keys: list[str], measures: list[str]) -> pd.DataFrame:
        """Rows of all options, each with the base's value and the difference; a row that one lacks is 0 there."""
        frames = {outcome.name: outcome.figures[name] for outcome in self.solved}
        measures = measures or [c for c in next(iter(frames.values())).columns if c not in keys]
        base = frames.get(BASE)
        made = []
        for option, frame in frames.items():
            both = frame.set_index(keys)[measures]
            if base is not None:
                theirs = base.set_index(keys)[measures].add_suffix("_base")
                both = both.join(theirs, how="outer").fillna(0.0).sort_index()
                for measure in measures:
                    both[f"{measure}_difference"] = both[measure] - both[f"{measure}_base"]
            made.append(both.reset_index().assign(option=option))
        joined = pd.concat(made, ignore_index=True)
        return joined[["option", *(column for column in joined.columns if column != "option")]]

    def _input_changes(self) -> pd.DataFrame:
        rows = [
            (outcome.name, edit.table, edit.cell, edit.row, edit.column, _words(edit.before), _words(edit.after))
            for outcome in self.options
            for edit in self.edits.get(outcome.name, ())
        ]
        return pd.DataFrame(rows, columns=["option", "table", "cell", "row", "column", "before", "after"])

    def _plan_changes(self) -> dict[str, pd.DataFrame]:
        """`changes_NAME` for each result table in which an option's plan differs from the base's."""
        if not self.base.solved:
            return {}
        base = saved_run(self.base)
        frames: dict[str, list[pd.DataFrame]] = {}
        for outcome in self.options:
            if outcome.solved:
                for change in table_changes(base, saved_run(outcome)):
                    frames.setdefault(change.table, []).append(change.rows.assign(option=outcome.name))
        made = {}
        for name in (name for name in self.base.tables if name in frames):
            filled = [rows for rows in frames[name] if len(rows)] or frames[name][:1]
            # As objects: versions of pandas differ in what a column without any value does to the type of the whole.
            joined = pd.concat([rows.astype(object) for rows in filled], ignore_index=True).infer_objects()
            made[f"changes_{name}"] = joined[["option", *(c for c in joined.columns if c != "option")]]
        return made


def saved_run(outcome: OptionOutcome) -> SavedRun:
    """An outcome as a run that was read back."""
    return SavedRun(Path(), outcome.record, outcome.tables)


def in_order(outcomes: Sequence[OptionOutcome]) -> tuple[OptionOutcome, ...]:
    """The base, then options by name, then sweeps by factor."""

    def place(outcome: OptionOutcome) -> tuple[bool, float, str]:
        factor = outcome.factor
        return outcome.name != BASE, -inf if factor is None else factor, outcome.name

    return tuple(sorted(outcomes, key=place))


def _levels(outcome: OptionOutcome) -> list[str]:
    """The names of the levels that an outcome has, in order."""
    objective = outcome.record.objective
    return [level.name for level in objective] if isinstance(objective, tuple) else ["weighted"]


def nearly(one: float, other: float) -> bool:
    """Equal to within what solving leaves open."""
    return one == other or not matters(abs(one - other), *_sizes(one, other))


def _sizes(one: float, other: float) -> tuple[float, float]:
    """How large two values are; beside one that is not known (inf) none is."""
    return (abs(one), abs(other)) if isfinite(one) and isfinite(other) else (0.0, 0.0)


def _words(cell: Any) -> str:
    """A cell as text; a blank stays one."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return repr(cell) if isinstance(cell, float) else read_text(cell)

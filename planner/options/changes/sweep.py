"""A family of options that scale one thing: `--sweep fund=SAFE 0.5:1.5:11`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from planner.errors import UsageError
from planner.options.changes.option import CellChange, Option
from planner.workbook.names.names import either, nearest, suggestion
from planner.workbook.reading.reader import TypedWorkbook

MOST_STEPS = 1000
_RANGE = re.compile(r"([^:]+):([^:]+):(\d{1,6})\Z")

# What each key scales: the table, the column that names the thing, the column that is scaled. A thing with
# Capacity rows has its capacity there, too.
SCALED: Mapping[str, tuple[str, str, str]] = {
    "fund": ("Budgets", "fund", "amount"),
    "contributor": ("Budgets", "contributor", "amount"),
    "line": ("Lines", "line", "capacity"),
    "resource": ("Resources", "resource", "capacity"),
    "route": ("Routes", "route", "capacity_t"),
    "commitment": ("Demand", "commitment", "quantity"),
}
BY_PERIOD = ("line", "resource", "route")


@dataclass(frozen=True)
class Sweep:
    """What is scaled, by which factors, and the options that do it."""

    key: str
    name: str
    factors: tuple[float, ...]
    options: tuple[Option, ...]

    def __str__(self) -> str:
        return f"{self.key}={self.name}"


def read_sweep(thing: str, span: str, book: TypedWorkbook) -> Sweep:
    """The options of `--sweep KEY=NAME FROM:TO:COUNT`. Raises UsageError, which says what was expected."""
    key, equals, name = (part.strip() for part in thing.partition("="))
    if not equals or key not in SCALED:
        near = nearest(key, SCALED) if equals else None
        hint = f", did you mean {near!r}?" if near else ""
        raise UsageError(f"--sweep: found {thing!r}, expected {either(list(SCALED))}, as in fund=SAFE{hint}")
    factors = _factors(span)
    changes = _changes(key, name, book)
    options = tuple(
        Option(
            f"{name} x{factor:.12g}",
            tuple(_scaled(change, factor) for change in changes),
            _words(key, name, factor),
            factor,
        )
        for factor in factors
    )
    return Sweep(key, name, factors, options)


def _factors(span: str) -> tuple[float, ...]:
    match = _RANGE.match(span.strip())
    try:
        if match is None:
            raise ValueError
        first, last, count = float(match[1]), float(match[2]), int(match[3])
    except ValueError:
        raise UsageError(f"--sweep: found {span!r}, expected FROM:TO:COUNT, as in 0.5:1.5:11") from None
    if not (isfinite(first) and isfinite(last) and 0 <= first < last and 2 <= count <= MOST_STEPS):
        raise UsageError(
            f"--sweep: found {span!r}, expected factors from 0 up, the first below the last, and a count of 2 to {MOST_STEPS}"
        )
    return tuple(round(first + step * (last - first) / (count - 1), 12) for step in range(count))


def _changes(key: str, name: str, book: TypedWorkbook) -> list[CellChange]:
    """The cells to scale, as changes by factor 1. Raises UsageError where there are none."""
    table_name, column, scaled = SCALED[key]
    table = book[table_name]
    named = [
        record
        for record, (name_given, fund) in enumerate(zip(table[column], table[_owner(table_name, column)], strict=True))
        if (fund if name_given is None else name_given) == name
    ]
    if not named:
        known = dict.fromkeys(str(value) for value in table[column] if value is not None)
        raise UsageError(f"--sweep: {table_name} has no {key} {name!r}{suggestion(name, known)}")
    where = f"{column}={name}"
    changes = (
        [CellChange(table_name, where, scaled, "scale", 1.0)]
        if any(table[scaled][r] is not None for r in named)
        else []
    )
    if key in BY_PERIOD and name in book["Capacity"]["object"]:
        changes.append(CellChange("Capacity", f"object={name}", "quantity", "scale", 1.0))
    if not changes:
        raise UsageError(f"--sweep: the {scaled} of {key} {name!r} is blank, which means unlimited: nothing to scale")
    return changes


def _owner(table: str, column: str) -> str:
    """The column whose value stands in where a name is blank."""
    return "fund" if (table, column) == ("Budgets", "contributor") else column


def _scaled(change: CellChange, factor: float) -> CellChange:
    return CellChange(change.table, change.where, change.column, change.kind, factor)


def _words(key: str, name: str, factor: float) -> str:
    column = SCALED[key][2].removesuffix("_t")
    return f"{column.capitalize()} of {key} {name} × {factor:.12g}"

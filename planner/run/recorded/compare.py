"""Two plans side by side, with their responses: headline figures, and the quantities that came, went or changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from planner.run.recorded.load import SavedRun
from planner.run.tables import NUMBERS
from planner.tolerances import SAME

# Numbers that say which row it is, rather than how much.
_PLACES = frozenset(
    {"period", "arrives", "due", "year", "cash_year", "ready", "expires", "level", "strike", "begins", "ends"}
)
_MEASURES = NUMBERS - _PLACES
# Prices are the solver's and often not unique; expiry and recipients repeat the other tables by class.
_PLAN_TABLES = (
    "production",
    "shipments",
    "stocks",
    "deliveries",
    "shortfalls",
    "targets",
    "scrap",
    "investments",
    "payments",
    "allocations",
)
RESPONSE_TABLES = ("cases", "responses", "uncovered", "response_moves", "response_making", "response_stocks")
_TOTAL_UNITS = (
    ("Units delivered", "units", "deliveries", "quantity"),
    ("Units short", "units", "shortfalls", "quantity"),
)


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """A headline figure of both plans; None where a plan does not have it."""

    name: str
    unit: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class TableChange:
    """What differs in one table. `rows`: the key columns, `measure`, `before`, `after`, `change`, `kind`."""

    table: str
    rows: pd.DataFrame

    def count(self, kind: str) -> int:
        """How many rows were `added`, `removed` or `changed`."""
        return int((self.rows["kind"] == kind).sum())


def headline_changes(one: SavedRun, other: SavedRun) -> list[FigureDifference]:
    """Objective by level, then total quantities and money, in the order of the first plan."""
    before, after = dict(_figures(one)), dict(_figures(other))
    return [
        FigureDifference(name, unit, before.get((name, unit)), after.get((name, unit))) for name, unit in before | after
    ]


def table_changes(one: SavedRun, other: SavedRun) -> list[TableChange]:
    """The tables that differ, each with its differences, largest first."""
    changes = (
        TableChange(name, _differences(one.tables[name], other.tables[name]))
        for name in (*_PLAN_TABLES, *RESPONSE_TABLES)
        if name in one.tables and name in other.tables and not one.tables[name].equals(other.tables[name])
    )
    return [change for change in changes if not change.rows.empty]


def _figures(run: SavedRun) -> Iterator[tuple[tuple[str, str], float | None]]:
    objective = run.record.objective
    if isinstance(objective, tuple):
        for level in objective:
            yield (level.title, level.unit), level.value
    else:
        yield ("Weighted objective", run.currency), objective
    yield from total_figures(run)


def total_figures(run: SavedRun) -> Iterator[tuple[tuple[str, str], float]]:
    """Total quantities and money of a plan: (title, unit), value.

    Units of several items do not add up and are left out.
    """
    goods = [run.tables[name] for name in ("deliveries", "shortfalls") if name in run.tables]
    of_one_item = len({item for table in goods for item in table["item"]}) == 1
    for title, unit, table, column in (
        *(_TOTAL_UNITS if of_one_item else ()),
        ("Cost of production", run.currency, "production", "cost"),
        ("Cost of transport", run.currency, "shipments", "cost"),
        ("Investment", run.currency, "investments", "cost"),
        ("Payments", run.currency, "payments", "amount"),
    ):
        if table in run.tables:
            yield (title, unit), float(run.tables[table][column].sum())


def _differences(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    measures = [column for column in one.columns if column in _MEASURES and column in other.columns]
    # The kind of a need is that of its demand: a surge has none. A row of changes has a kind of its own.
    keys = [column for column in one.columns if column not in {*_MEASURES, "kind"} and column in other.columns]
    sums = [table.groupby(keys, dropna=False, sort=True)[measures].sum() for table in (one, other)]
    both = pd.concat(sums, axis=1, keys=["before", "after"])
    parts = [
        _one_measure(pd.DataFrame({"before": both["before", measure], "after": both["after", measure]}), keys, measure)
        for measure in measures
    ]
    # A row is listed once, by the first measure that differs: with a quantity go its tonnes and its cost.
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    rows = rows.drop_duplicates(keys, ignore_index=True)
    rows = rows.assign(size=rows["change"].abs(), place=rows["measure"].map(measures.index))
    rows = rows.sort_values(["place", "size"], ascending=[True, False], kind="stable", ignore_index=True)
    return rows.drop(columns=["place", "size"])


def _one_measure(both: pd.DataFrame, keys: list[str], measure: str) -> pd.DataFrame:
    """Where a measure differs; `both`: it `before` and `after` by key, NaN where there is no such row."""
    here, there = both["before"].notna(), both["after"].notna()
    both = both.assign(kind="changed")
    both.loc[~here, "kind"] = "added"
    both.loc[~there, "kind"] = "removed"
    filled = both[["before", "after"]].astype(float).fillna(0.0)
    both["change"] = filled["after"] - filled["before"]
    scale = filled.abs().max(axis=1).clip(lower=1.0)
    different = both[both["change"].abs() > SAME * scale].reset_index()
    different.insert(len(keys), "measure", measure)
    return different

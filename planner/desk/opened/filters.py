"""The filter of all pages: nation, commitment, item, destination and months, as the address says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from urllib.parse import urlencode

import pandas as pd

from planner.records.parts import Calendar

NAMES = ("nation", "commitment", "item", "destination")
# The columns of result tables in which each is looked for; the first that a table has.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "nation": ("nation", "contributor"),
    "commitment": ("commitment",),
    "item": ("item", "of_item"),
    "destination": ("destination", "node"),
}
PERIODS = ("due", "period", "first", "strike")  # of a demand its due period counts
YEARS = ("year", "cash_year")
PLACES = ("destination", "node", "factory", "origin")  # whose nation a row without one has


@dataclass(frozen=True, slots=True)
class Filter:
    """What is chosen; blank: everything.

    `first` and `last` are months as people write them (`from` and `to` in the address).
    """

    nation: str = ""
    commitment: str = ""
    item: str = ""
    destination: str = ""
    first: str = ""
    last: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """The filter that an address says."""
        stated = {name: query.get(name, "").strip() for name in NAMES}
        return cls(**stated, first=query.get("from", "").strip(), last=query.get("to", "").strip())

    @property
    def is_any(self) -> bool:
        """Is anything chosen?"""
        return any(getattr(self, field.name) for field in fields(self))

    @property
    def query(self) -> str:
        """As it stands in an address, with its question mark; empty where nothing is chosen."""
        filters = {name: getattr(self, name) for name in NAMES} | {"from": self.first, "to": self.last}
        text = urlencode({name: value for name, value in filters.items() if value})
        return f"?{text}" if text else ""

    def periods(self, calendar: Calendar) -> range:
        """The periods 1…P that are chosen; none where the months do not lie in the calendar,
        or lie the wrong way round.
        """
        first = _place(calendar.labels, self.first, 1)
        last = _place(calendar.labels, self.last, len(calendar.labels))
        return range(first, last + 1) if first and last else range(0)

    def unknown(self, choices: Choices) -> list[str]:
        """What is chosen and not in this run, a sentence each."""
        known = {name: getattr(choices, name) for name in NAMES} | {"first": choices.months, "last": choices.months}
        return [
            f"{getattr(self, name)!r} is no {'month' if name in ('first', 'last') else name} of this run, so "
            "nothing is shown."
            for name, names in known.items()
            if getattr(self, name) and getattr(self, name) not in names
        ]


@dataclass(frozen=True)
class Choices:
    """What may be chosen in a run: names with their titles, and months."""

    nation: Mapping[str, str]
    commitment: Mapping[str, str]
    item: Mapping[str, str]
    destination: Mapping[str, str]
    months: Sequence[str]


def _place(labels: Sequence[str], label: str, default: int) -> int:
    """1-based; 0: not there."""
    if not label:
        return default
    return labels.index(label) + 1 if label in labels else 0


def filtered(table: pd.DataFrame, chosen: Filter, calendar: Calendar, nation_of: Mapping[str, str]) -> pd.DataFrame:
    """The rows that the filter leaves; `nation_of` says whose each node is.

    What a table does not say does not filter it: a payment is of no item.
    """
    mask = pd.Series(True, index=table.index)
    for name in NAMES:
        value = getattr(chosen, name)
        column = next((column for column in COLUMNS[name] if column in table.columns), None)
        if value and column is not None:
            mask &= table[column] == value
        elif value and name == "nation":
            place = next((place for place in PLACES if place in table.columns), None)
            if place is not None:
                mask &= table[place].map(nation_of) == value
    if chosen.first or chosen.last:
        mask &= _in_time(table, chosen.periods(calendar), calendar)
    return table[mask]


def _in_time(table: pd.DataFrame, periods: range, calendar: Calendar) -> pd.Series:
    column = next((column for column in PERIODS if column in table.columns), None)
    if column is not None:
        numbers = pd.to_numeric(table[column], errors="coerce")
        return numbers.isna() | numbers.isin(list(periods))
    column = next((column for column in YEARS if column in table.columns), None)
    if column is None:
        return pd.Series(True, index=table.index)
    years = {calendar.fiscal_years[period - 1] for period in periods}
    return table[column].isna() | table[column].isin(years)

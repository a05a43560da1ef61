"""How goods, commitments, parties and cells are named on pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Protocol

from planner.domain.instance import PlanningInstance
from planner.domain.titles import Named, title_of
from planner.report.words.numbers import PIECES, ROUND_NUMBER, with_unit

WITHOUT_COMMITMENT, ALL_DEMAND = "Demand without a commitment", "All demand"

LONGEST_IN_PICTURE = 24  # letters

_CELLS = re.compile(
    r" \([^()]*(!|\.csv:)[A-Z]+\d[^()]*\)"
)  # where a limit is typed in: `(Stocks!C63)`, `(Stocks.csv:C63)`


class ItemUnit(Named, Protocol):
    """An item, with what it is counted in."""

    @property
    def unit(self) -> str:
        """The unit in which the item is counted."""


def goods_text(amount: float, item: ItemUnit) -> str:
    """An amount of an item: `10 000 rounds of 155 mm rounds`, `12 000 FPV drones`, `3 t of flour`, `100 heaters`."""
    name = item.title or item.name
    unit = unit_beside(name, item.unit)
    many = ROUND_NUMBER.fullmatch(unit)
    joined = "" if not unit or (many and not many["things"]) else " of"
    return f"{with_unit(amount, unit)}{joined} {name}"


def unit_beside(name: str, unit: str) -> str:
    """The unit of an item as it stands beside its name: without the things that are counted where they are single
    pieces, or where the name says them (`6 missiles`, `12 000 FPV drones`)."""
    if unit in PIECES or _says(name, unit):
        return ""
    many = ROUND_NUMBER.fullmatch(unit)
    if many and many["things"] and _says(name, many["things"]) and not name[:1].isdigit():
        return unit.removesuffix(f" {many['things']}")
    return unit


def _says(name: str, things: str) -> bool:
    return re.search(rf"\b{re.escape(things)}s?\b", name, re.IGNORECASE) is not None


def titles_of(known: Mapping[str, Named]) -> dict[str, str]:
    """Code → name, of all codes of a table, as `title_of` has them."""
    return {code: title_of(known, code) for code in known}


def with_code(known: Mapping[str, Named], code: str) -> str:
    """The name with the code, `Norway (NO)`; the code where there is no other name."""
    title = title_of(known, code)
    return title if title == code else f"{title} ({code})"


def in_picture(known: Mapping[str, Named], code: str) -> str:
    """The name as a picture has room for it: the one that is filled in,
    or the code where that is longer than LONGEST_IN_PICTURE.
    """
    title = title_of(known, code)
    return title if len(title) <= LONGEST_IN_PICTURE else code


def without_cells(text: str) -> str:
    """A sentence without the cells that it names in brackets."""
    return _CELLS.sub("", text)


def some_cells(cells: str, most: int) -> str:
    """The cells of a list that fit into `most` characters, at least one, and how many more there are."""
    named = cells.split(", ")
    count = len(named)
    while count > 1 and len(", ".join(named[:count])) > most:
        count -= 1
    left = len(named) - count
    return ", ".join(named[:count]) + (f" and {left} more" if left else "")


def commitment_title(instance: PlanningInstance, code: str) -> str:
    """The name of a commitment, with its code where another has the same name;
    of a blank code, that of the demand of no commitment.
    """
    if code:
        title = title_of(instance.commitments, code)
        alike = sum(title_of(instance.commitments, other) == title for other in instance.commitments)
        return f"{title} ({code})" if alike > 1 else title
    return without_commitment(instance.commitments)


def without_commitment(commitments: Collection[str]) -> str:
    """What the demand of no commitment is called, where these commitments are known:
    all demand, where there are none.
    """
    return WITHOUT_COMMITMENT if commitments else ALL_DEMAND


def party_title(instance: PlanningInstance, code: str) -> str:
    """The name of a contributor: a nation's, or a fund's that pays for itself; an institution's is its own."""
    return title_of(instance.nations, code) if code in instance.nations else title_of(instance.funds, code)


def party_titles(instance: PlanningInstance, codes: str) -> str:
    """The names of nations, contributors and funds in a list of codes."""
    return "; ".join(party_title(instance, code) for code in codes.split("; ")) if codes else ""

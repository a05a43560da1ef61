"""Names as they are filled in, in place of the codes by which tables know things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from planner.domain.instance import Line, PlanningInstance


class Named(Protocol):
    """What the input gives a code and, where it is filled in, a name: nation, item, node, commitment, fund."""

    @property
    def name(self) -> str:
        """The code."""

    @property
    def title(self) -> str:
        """The name; blank where none is filled in."""


def title_of(known: Mapping[str, Named], code: str) -> str:
    """The name that is filled in for a code; the code where there is none, or where it is not known."""
    named = known.get(code)
    return named.title or code if named else code


def object_title(instance: PlanningInstance, code: str) -> str:
    """The name of what a limit is called after, alone or in parts (`SAFE: PL`): a node, fund, nation, contingency,
    commitment or item; of a line or route whose name was left blank the names of what it is between; else the code.
    """
    tables: tuple[Mapping[str, Named], ...] = (
        *(instance.nodes, instance.funds, instance.nations),
        *(instance.contingencies, instance.commitments, instance.items),
    )

    def name(one: str) -> str | None:
        unnamed = _unnamed(instance, one)
        return unnamed or next((title_of(known, one) for known in tables if one in known), None)

    return named_in_parts(code, name)


def titles_of_limit(instance: PlanningInstance, code: str, item: str | None) -> list[str]:
    """The names of what a limit is called after and of its item, if it has one that the first does not name already."""
    title, goods = object_title(instance, code), title_of(instance.items, item) if item else ""
    return [title, goods] if goods and not title.endswith(goods) else [title]


def is_unnamed(line: Line) -> bool:
    """Was the name of a line left blank, so that it is made from its factory and its item?"""
    return line.name == f"{line.factory}:{line.item}"


def _unnamed(instance: PlanningInstance, code: str) -> str | None:
    """`Harbour works: heaters` of a line, `Harbour works → Capital, rail` of a route,
    if its code was made from its ends.
    """
    line = instance.lines.get(code)
    if line is not None and is_unnamed(line):
        return f"{title_of(instance.nodes, line.factory)}: {title_of(instance.items, line.item)}"
    leg = instance.legs.get(code)
    if leg is None:
        return None
    mode = f":{leg.mode}" if leg.mode else ""
    if leg.route not in (f"{leg.origin}>{leg.destination}{mode}", f"{leg.destination}>{leg.origin}{mode}"):
        return None
    ends = f"{title_of(instance.nodes, leg.origin)} → {title_of(instance.nodes, leg.destination)}"
    return f"{ends}, {leg.mode}" if leg.mode else ends


def named_in_parts(code: str, name: Callable[[str], str | None]) -> str:
    """The name of a code, or of its parts around `: `; what `name` has none for stays a code."""
    title = name(code)
    if title is not None:
        return title
    first, mark, rest = code.partition(": ")
    return f"{named_in_parts(first, name)}: {named_in_parts(rest, name)}" if mark else code

"""Who and what gets nothing at all of what is wanted: destinations, items, and periods in which goods are due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.report.words.numbers import listing, plural
from planner.tolerances import SAME

MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Unserved:
    """Names in the order of the input. `partly`: of other destinations (items without anything, items wanted).

    `periods` are 1-based; what they want and get is by due period, however late it comes.
    """

    destinations: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    periods: tuple[int, ...] = ()
    partly: tuple[tuple[str, tuple[str, ...], int], ...] = ()

    @property
    def is_anything(self) -> bool:
        """Is anything left without deliveries?"""
        return bool(self.destinations or self.items or self.periods or self.partly)


def read_unserved(demands: pd.DataFrame) -> Unserved:
    """What of the demands (as in `Service`) gets nothing of what it wants;
    nothing, where nothing at all is delivered.
    """
    wanted = demands[demands["quantity"] > 0]
    served = wanted["on_time"] + wanted["late"] > SAME * wanted["quantity"]
    if not len(wanted) or not served.any():
        return Unserved()
    none = _none(served, wanted["destination"])
    pairs = served.groupby([wanted["destination"], wanted["item"]], sort=False).any()
    by_demand: dict[str, list[tuple[str, bool]]] = {}
    for (destination, item), anything in zip(pairs.index.tolist(), pairs.tolist(), strict=True):
        by_demand.setdefault(str(destination), []).append((str(item), bool(anything)))
    partly = [
        (destination, lacking, len(items))
        for destination, items in by_demand.items()
        if destination not in none and (lacking := tuple(item for item, anything in items if not anything))
    ]
    items, periods = _none(served, wanted["item"]), _none(served, wanted["due"])
    return Unserved(tuple(none), tuple(items), tuple(sorted(int(period) for period in periods)), tuple(partly))


def _none(served: pd.Series, key: pd.Series) -> list[str]:
    any_served = served.groupby(key, sort=False).any()
    return [
        str(name) for name, anything in zip(any_served.index.tolist(), any_served.tolist(), strict=True) if not anything
    ]


def unserved_sentences(
    unserved: Unserved, instance: PlanningInstance, why: Callable[[str], str] = lambda _: ""
) -> list[str]:
    """One sentence each for destinations, other destinations' items, items and periods that get nothing.

    `why`: what holds back most of what a destination lacks, as a sentence of its own; blank where that is not known.
    """
    sentences = []
    if unserved.destinations:
        names, one = (
            listing([title_of(instance.nodes, d) for d in unserved.destinations], MOST_NAMED),
            len(unserved.destinations) == 1,
        )
        nothing = f"{names} {'gets nothing of what it wants' if one else 'get nothing of what they want'}."
        sentences.append(f"{nothing} {why(unserved.destinations[0]) if one else ''}".rstrip())
    for destination, items, count in unserved.partly[:MOST_NAMED]:
        names = listing([title_of(instance.items, item) for item in items], MOST_NAMED)
        sentences.append(
            f"{title_of(instance.nodes, destination)} gets nothing of {len(items)} of the {count} items that it "
            f"wants: {names}. {why(destination)}".rstrip()
        )
    if len(unserved.partly) > MOST_NAMED:
        more = len(unserved.partly) - MOST_NAMED
        verb = "gets" if more == 1 else "get"
        sentences.append(
            f"{plural(more, 'more destination')} {verb} nothing of some items; plan.xlsx, sheet unserved, has them all."
        )
    if unserved.items:
        sentences.append(
            f"Nobody gets any {listing([title_of(instance.items, item) for item in unserved.items], MOST_NAMED)}."
        )
    if unserved.periods:
        names = listing([instance.horizon.label(period - 1) for period in unserved.periods], MOST_NAMED)
        sentences.append(f"Nothing of what is due in {names} is delivered, in time or late.")
    return sentences

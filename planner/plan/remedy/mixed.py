"""Remedies with changes that are no amounts in rows (`discrete`): each on a program of its own, with the cheapest rises
beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.errors import NoPlanError
from planner.plan.remedy.discrete import step_of, steps_of
from planner.plan.remedy.kept import changed
from planner.plan.remedy.levers import Lever
from planner.plan.remedy.measures import Goal
from planner.plan.remedy.results import Remedy
from planner.plan.remedy.search import SLACK, Search
from planner.tolerances import NO_LESS

MOST_TRIED = 12  # by themselves
Rises = Mapping[str, float]


def mixed(search: Search, goal: Goal, discrete: Mapping[str, Lever]) -> list[Remedy]:
    """The cheapest with each discrete change by itself; and with several, where no single one comes as far as all of
    them.
    """
    remedies = [
        one
        for name in list(discrete)[:MOST_TRIED]
        if (one := _beside(search, goal, discrete, {name: discrete[name].most}))
    ]
    if len(discrete) > 1:
        together = _needed(search, goal, discrete, remedies)
        remedies += [together] if together is not None else []
    return [_by_few(search, goal, discrete, _as_little(search, goal, discrete, one)) for one in remedies]


def best_of(made: Sequence[Remedy], alternatives: int, alone: bool) -> list[Remedy]:
    """Of remedies those that come farthest: the cheapest, `alternatives` more, and the cheapest single change
    (`alone`).
    """
    if not made:
        return []
    least = min(one.left for one in made)
    far = sorted((one for one in made if one.left <= least + _small(one)), key=lambda one: one.cost)
    different = [
        one for index, one in enumerate(far) if all(one.rises.keys() != other.rises.keys() for other in far[:index])
    ]
    reported = different[: 1 + alternatives]
    single = next((one for one in different if len(one.rises) == 1), None) if alone else None
    hows = ["cheapest", *["alternative"] * alternatives]
    remedies = [replace(one, how=how) for one, how in zip(reported, hows, strict=False)]
    return remedies if single is None or single in reported else [*remedies, replace(single, how="single")]


def frontier_of(search: Search, goal: Goal, best: Remedy, discrete: Mapping[str, Lever]) -> list[Remedy]:
    """The least that each part of the way to `best` costs, with its discrete changes or without any."""
    point_of = {one.how: one for one in search.frontier(goal, best)}
    rises = {name: rise for name, rise in best.rises.items() if name in discrete}
    variant = _variant(search, discrete, rises) if rises else None
    if variant is not None:
        for one in variant.frontier(goal, best):
            other = _with(one, rises, discrete)
            if one.how not in point_of or other.cost < point_of[one.how].cost:
                point_of[one.how] = other
    return [*sorted(point_of.values(), key=lambda one: -one.left), best]


def _needed(search: Search, goal: Goal, discrete: Mapping[str, Lever], alone: Sequence[Remedy]) -> Remedy | None:
    """The cheapest with all of them, less those without which it comes as far (the dearest first); None where one does
    too.
    """
    rises = {name: lever.most for name, lever in discrete.items()}
    best = _beside(search, goal, discrete, rises)
    if best is None or any(one.left <= best.left + _small(best) for one in alone):
        return None
    for name in sorted(rises, key=lambda name: -discrete[name].price * rises[name]):
        fewer = {other: rise for other, rise in rises.items() if other != name}
        without = _beside(search, goal, discrete, fewer) if fewer else None
        if without is not None and without.left <= best.left + _small(best):
            rises, best = fewer, without
    return best


def _as_little(search: Search, goal: Goal, discrete: Mapping[str, Lever], remedy: Remedy) -> Remedy:
    """The remedy with no more periods and shares than it takes to come as far, where that is cheaper (by bisection)."""
    best = remedy
    for name in [name for name in remedy.rises if name in discrete]:
        lever, least, most = discrete[name], 0, steps_of(discrete[name])
        while most - least > 1:
            middle = (least + most) // 2
            rises = {other: rise for other, rise in best.rises.items() if other in discrete} | {
                name: middle * step_of(lever)
            }
            fewer = _beside(search, goal, discrete, rises)
            if fewer is not None and fewer.left <= remedy.left + _small(remedy) and fewer.cost <= best.cost:
                best, most = fewer, middle
            else:
                least = middle
    return best


def _by_few(search: Search, goal: Goal, discrete: Mapping[str, Lever], remedy: Remedy) -> Remedy:
    """The remedy with few changes beside its discrete ones."""
    rises = {name: rise for name, rise in remedy.rises.items() if name in discrete}
    return _beside(search, goal, discrete, rises, slack=SLACK) or remedy


def _beside(
    search: Search, goal: Goal, discrete: Mapping[str, Lever], rises: Rises, slack: float | None = None
) -> Remedy | None:
    """The cheapest remedy beside these discrete changes (`slack` as in `Search.cheapest`); None where it brings
    nothing, or the input cannot be changed so.
    """
    variant = _variant(search, discrete, rises)
    try:
        best = variant.cheapest(goal, slack) if variant is not None else None
    except NoPlanError:  # others would be worse off
        return None
    return _with(best, rises, discrete) if best is not None else None


def _with(remedy: Remedy, rises: Rises, discrete: Mapping[str, Lever]) -> Remedy:
    """A remedy of a variant with the discrete changes that made it."""
    cost = sum(discrete[name].price * rise for name, rise in rises.items())
    return replace(remedy, rises={**rises, **remedy.rises}, cost=remedy.cost + cost, plan=None)


def _variant(search: Search, discrete: Mapping[str, Lever], rises: Rises) -> Search | None:
    """The search on the LP of the changed input; None where its cells cannot say so, or other choices would be made."""
    optimal = search.optimal
    instance = changed(optimal.program.model.instance, rises, discrete)
    if instance is None:
        return None
    try:
        variant = search.of_changed(instance, free=True)
    except NoPlanError:  # what is to stay as planned cannot
        return None
    return variant if len(variant.optimal.program.model.binaries) == len(optimal.choices) else None


def _small(remedy: Remedy) -> float:
    return NO_LESS * max(1.0, remedy.short)

"""What disruptions leave of nodes, lines and routes, period by period, and of funds, fiscal year by fiscal year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from planner.domain.contingency.contingencies import Disruption
from planner.domain.instance import Budget, Fund, Leg, Line, Node, PlanningInstance, Profile

Hits = list[tuple[Disruption, range]]  # with the periods in which each holds


class Network(NamedTuple):
    """What can be hit."""

    nodes: Mapping[str, Node]
    lines: Mapping[str, Line]
    legs: Mapping[str, Leg]


def struck(network: Network, hits: Hits, periods: int) -> Network:
    """The network with what is left: in each period the smallest factor of the rows that hit a thing, else 1."""
    if not hits:
        return network
    nodes, lines, routes = ({name: [1.0] * periods for name in names} for names in _names(network, hits))
    for hit, held in hits:
        within = range(max(held.start, 0), min(held.stop, periods))
        for profile in _profiles(hit, network, nodes, lines, routes):
            for period in within:
                profile[period] = min(profile[period], hit.factor)
    return Network(
        {name: replace(node, left=_less(node.left, nodes.get(name))) for name, node in network.nodes.items()},
        {name: replace(line, left=_less(line.left, lines.get(name))) for name, line in network.lines.items()},
        {name: replace(leg, left=_less(leg.left, routes.get(leg.route))) for name, leg in network.legs.items()},
    )


def _names(network: Network, hits: Hits) -> tuple[set[str], set[str], set[str]]:
    """Nodes, lines and routes that some row hits."""
    kinds: dict[str, set[str]] = {"node": set(), "line": set(), "route": set(), "nation": set()}
    for hit, _ in hits:
        kinds.setdefault(hit.kind, set()).add(hit.name)
    nodes = {name for name, node in network.nodes.items() if name in kinds["node"] or node.nation in kinds["nation"]}
    return nodes, kinds["line"] & set(network.lines), kinds["route"]


def _profiles(
    hit: Disruption,
    network: Network,
    nodes: Mapping[str, list[float]],
    lines: Mapping[str, list[float]],
    routes: Mapping[str, list[float]],
) -> Iterable[list[float]]:
    if hit.kind == "nation":
        return [profile for name, profile in nodes.items() if network.nodes[name].nation == hit.name]
    known = {"node": nodes, "line": lines, "route": routes}.get(hit.kind, {})
    return [known[hit.name]] if hit.name in known else []


def _less(before: Profile, hit: list[float] | None) -> Profile:
    """The smaller of two shares in each period; what leaves everything is no profile."""
    if hit is None:
        return before
    both = tuple(map(min, before, hit)) if before else tuple(hit)
    return both if any(share < 1 for share in both) else ()


# ── Which certain disruption leaves less of a thing in a period ──────────────────────────────────


def node_hits(instance: PlanningInstance, node: str, period: int) -> tuple[Disruption, ...]:
    """The row with the smallest factor for a node, or its nation; none where all is left."""
    return _least(instance.certain, {("node", node), ("nation", instance.nodes[node].nation)}, period)


def leg_hits(instance: PlanningInstance, leg: str, period: int) -> tuple[Disruption, ...]:
    """As `node_hits`, for the route of a leg."""
    return _least(instance.certain, {("route", instance.legs[leg].route)}, period)


def line_hits(instance: PlanningInstance, line: str, period: int) -> tuple[Disruption, ...]:
    """As `node_hits`, for a line and its factory: their factors multiply."""
    hits_of_line = _least(instance.certain, {("line", line)}, period)
    return (*hits_of_line, *node_hits(instance, instance.lines[line].factory, period))


def resource_hits(instance: PlanningInstance, resource: str, period: int) -> tuple[Disruption, ...]:
    """As `node_hits`, for the place where a resource stands."""
    place = instance.resources[resource].factory
    return () if place is None else node_hits(instance, place, period)


def budget_hits(
    certain: Iterable[Disruption], years: Sequence[int], fund: str, budget: Budget, first: int = 0
) -> tuple[Disruption, ...]:
    """As `node_hits`, for an amount of a fund, of the fund or its contributor, in the first period of its fiscal year.

    `years`: the fiscal year of each period, from period `first` on.
    """
    if budget.year not in years:
        return ()
    return _least(certain, {("fund", fund), ("nation", budget.contributor)}, first + years.index(budget.year))


def _least(lost: Iterable[Disruption], names: set[tuple[str, str | None]], period: int) -> tuple[Disruption, ...]:
    hits = [hit for hit in lost if (hit.kind, hit.name) in names and period in hit.holds(0, period) and hit.factor < 1]
    return (min(hits, key=lambda hit: hit.factor),) if hits else ()


# ── Funds, and further losses ────────────────────────────────────────────────────────────────────


def hit_funds(funds: Mapping[str, Fund], lost: Sequence[Disruption], years: Sequence[int]) -> dict[str, Fund]:
    """The funds, with what is left of their amounts as stated: those of fiscal years whose first period in the horizon
    lies in a row's periods, of the row's fund, or of the row's nation as contributor. `years`: the fiscal year of each
    period.
    """

    def what_is_left(fund: str, budget: Budget) -> Budget:
        hits = budget_hits(lost, years, fund, budget)
        stated = budget.amount if budget.stated is None else budget.stated
        return replace(budget, amount=stated * hits[0].factor, stated=stated) if hits else budget

    return {
        name: replace(fund, budgets=tuple(what_is_left(name, budget) for budget in fund.budgets)) if lost else fund
        for name, fund in funds.items()
    }


def with_losses(instance: PlanningInstance, lost: tuple[Disruption, ...]) -> PlanningInstance:
    """The instance with further certain disruptions, whose `first` and `last` are periods, as rows of its input would
    have it."""
    periods = instance.horizon.periods
    network = Network(instance.nodes, instance.lines, instance.legs)
    nodes, lines, legs = struck(network, [(hit, hit.holds(0, periods)) for hit in lost], periods)
    return replace(
        instance,
        nodes=nodes,
        lines=lines,
        legs=legs,
        funds=hit_funds(instance.funds, (*instance.certain, *lost), instance.horizon.fiscal_years),
        certain=(*instance.certain, *lost),
    )

"""What can be withdrawn: nations, nodes, lines, routes, funds, and all routes of a mode or a corridor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.domain.instance import PlanningInstance
from planner.errors import UsageError
from planner.plan.again.remainder import Thing
from planner.workbook.names.names import suggestion

NODE_KINDS = ("factory", "depot", "transit", "market", "destination")
WithdrawalKind = Literal["nation", "node", "line", "route", "mode", "corridor", "fund"]
KINDS: tuple[WithdrawalKind, ...] = ("nation", "node", "line", "route", "mode", "corridor", "fund")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One thing by `kind` and `name`; `things` are the rows of Disruptions (kind, name) that take it away."""

    kind: WithdrawalKind
    name: str
    things: tuple[Thing, ...]

    @property
    def label(self) -> str:
        """Kind and name, such as `node Radom`."""
        return f"{self.kind} {self.name}"


def withdrawals(
    instance: PlanningInstance,
    kinds: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    corridors: Sequence[str] = (),
) -> list[Withdrawal]:
    """All that can be withdrawn, kind by kind in the order of the input, restricted to `kinds` and `names`.

    Nodes without those where demand is met (kind destination), unless they are asked for. A mode, or a corridor
    between two nations, only where it has several routes; `corridors`: lists of routes (`R1; R2`), each one more.
    Raises UsageError for a kind, a name or a route that there is not.
    """
    wanted = _kinds(kinds)
    chosen = [one for one in _all(instance) if one.kind in wanted or wanted & _node_kind(instance, one)]
    if kinds is None:
        usual = frozenset(NODE_KINDS[:-1])
        chosen = [
            one for one in chosen if one.kind != "node" or _node_kind(instance, one) <= usual or names is not None
        ]
    if names is not None:
        chosen = _named(chosen, names)
    chosen += [_corridor(instance, text) for text in corridors]
    if not chosen:
        raise UsageError("there is nothing to withdraw: the input has nothing of these kinds")
    return list(dict.fromkeys(chosen))


def _kinds(kinds: Sequence[str] | None) -> frozenset[str]:
    known = (*KINDS, *NODE_KINDS)
    for kind in kinds or ():
        if kind not in known:
            hint = suggestion(kind, known)
            raise UsageError(f"--kinds: found {kind!r}, expected {', '.join(known[:-1])} or {known[-1]}{hint}")
    return frozenset(KINDS if kinds is None else kinds)


def _named(chosen: Sequence[Withdrawal], names: Sequence[str]) -> list[Withdrawal]:
    known = {one.name for one in chosen}
    for name in names:
        if name not in known:
            raise UsageError(
                f"--names: nothing that can be withdrawn is called {name!r}{suggestion(name, sorted(known))}"
            )
    return [one for one in chosen if one.name in names]


def _node_kind(instance: PlanningInstance, one: Withdrawal) -> frozenset[str]:
    return frozenset({instance.nodes[one.name].kind}) if one.kind == "node" else frozenset()


def _all(instance: PlanningInstance) -> Iterator[Withdrawal]:
    routes = list(dict.fromkeys(leg.route for leg in instance.legs.values()))
    simple: dict[WithdrawalKind, Iterable[str]] = {
        "nation": instance.nations,
        "node": instance.nodes,
        "line": instance.lines,
        "route": routes,
    }
    for kind, names in simple.items():
        yield from (Withdrawal(kind, name, ((kind, name),)) for name in names)
    grouped: dict[WithdrawalKind, Mapping[str, list[str]]] = {
        "mode": _modes(instance),
        "corridor": _corridors(instance),
    }
    for kind, groups in grouped.items():
        for name, members in groups.items():
            if len(members) > 1:
                yield Withdrawal(kind, name, tuple(("route", route) for route in members))
    yield from (Withdrawal("fund", name, (("fund", name),)) for name in instance.funds)


def _modes(instance: PlanningInstance) -> Mapping[str, list[str]]:
    """Mode → its routes."""
    by_mode: dict[str, dict[str, None]] = defaultdict(dict)
    for leg in instance.legs.values():
        if leg.mode:
            by_mode[leg.mode][leg.route] = None
    return {mode: list(routes) for mode, routes in by_mode.items()}


def _corridors(instance: PlanningInstance) -> Mapping[str, list[str]]:
    """`A - B` → the routes between nodes of two nations, in either direction."""
    by_corridor: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for leg in instance.legs.values():
        ends = {instance.nation_of(leg.origin), instance.nation_of(leg.destination)}
        nations = sorted(nation for nation in ends if nation)
        if len(nations) == 2:
            by_corridor[tuple(nations)][leg.route] = None
    return {" - ".join(nations): list(routes) for nations, routes in by_corridor.items()}


def _corridor(instance: PlanningInstance, text: str) -> Withdrawal:
    routes = list(dict.fromkeys(name.strip() for name in text.split(";") if name.strip()))
    known = {leg.route for leg in instance.legs.values()}
    for route in routes:
        if route not in known:
            raise UsageError(f"--corridor: no route is called {route!r}{suggestion(route, sorted(known))}")
    if not routes:
        raise UsageError("--corridor: found nothing, expected routes, as in 'R1; R2'")
    return Withdrawal("corridor", "; ".join(routes), tuple(("route", route) for route in routes))

"""What a coalition has to work with: the input without the means of those who are not in it.

With those outside go their factories and depots, the stock that is theirs, and their money. Open to all stay the
means of the beneficiaries, places without a nation, transit points (passing through asks no membership), markets
(outside suppliers sell to whoever pays) and destinations (demand is unchanged).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from planner.domain.instance import Fund, PlanningInstance
from planner.domain.past import Past

OWNED_KINDS = frozenset({"factory", "depot"})
NEVER = range(0)


@dataclass(frozen=True)
class Means:
    """What is taken out of the input for a coalition. Coalitions with equal means have equal plans.

    `terms`: the terms that partners agreed for the plan of the input hold, as nothing is taken out of it.
    """

    outside: frozenset[str]  # nations with means that are not there
    closed: frozenset[str]  # their factories and depots
    silent: frozenset[str]  # contributors that give nothing
    terms: bool


def means_of(instance: PlanningInstance, players: Collection[str], present: Collection[str]) -> Means:
    """The means of the players `present`.

    Money of an institution (a contributor that is no nation) comes with any member of the nation group of its
    name, else only with all players together.
    """
    absent = {n.name for n in instance.nations.values() if n.name not in present and not n.beneficiary}
    closed = {node.name for node in instance.nodes.values() if node.nation in absent and node.kind in OWNED_KINDS}
    silent = {
        name for name in _contributors(instance) if name in absent or not _comes(instance, name, players, present)
    }
    owning = {supply.nation for supply in instance.supplies if supply.nation is not None}
    owning |= silent | {nation for node in closed if (nation := instance.nation_of(node)) is not None}
    outside = absent & owning
    terms = not (outside or closed or silent) or not _has_terms(instance)
    return Means(frozenset(outside), frozenset(closed), frozenset(silent), terms)


def _contributors(instance: PlanningInstance) -> set[str]:
    return {b.contributor for fund in instance.funds.values() for b in fund.budgets if b.amount > 0}


def _comes(instance: PlanningInstance, name: str, players: Collection[str], present: Collection[str]) -> bool:
    if name in instance.nations:
        return True
    belonging = [player for player in players if name in instance.nations[player].groups]
    if belonging:
        return any(player in present for player in belonging)
    return set(players) <= set(present)


def _has_terms(instance: PlanningInstance) -> bool:
    nations = instance.nations.values()
    return (
        any(policy.kind != "forbid" for policy in instance.policies)
        or any(lock.asks for lock in instance.locks)
        or any(line.min_rate > 0 for line in instance.lines.values())
        or instance.settings.key_tolerance is not None
        or (instance.money_is_limited and any(item.scrap_cost > 0 for item in instance.items.values()))
        or any(n.contribution_min or n.contribution_max is not None or n.work_share_min for n in nations)
    )


def restricted(instance: PlanningInstance, means: Means) -> PlanningInstance:
    """The input with these means only. Names stay, so that every reference holds; what is closed never opens.

    What happened before the horizon was done by the whole: it does not count in the rules of fewer.
    """
    closed = means.closed
    fewer = bool(means.outside or closed or means.silent)
    lines = {
        name: replace(line, open=NEVER) if line.factory in closed else line for name, line in instance.lines.items()
    }
    changed = replace(
        instance,
        nodes={name: replace(node, open=NEVER) if name in closed else node for name, node in instance.nodes.items()},
        legs={
            name: replace(leg, open=NEVER) if {leg.origin, leg.destination} & closed else leg
            for name, leg in instance.legs.items()
        },
        lines=lines,
        expansions={
            name: replace(expansion, buy=NEVER) if _place(instance, name) in closed else expansion
            for name, expansion in instance.expansions.items()
        },
        supplies=tuple(s for s in instance.supplies if s.node not in closed and s.nation not in means.outside),
        past=Past() if fewer else instance.past,
        funds={name: _silenced(fund, means.silent) for name, fund in instance.funds.items()},
        nations={
            name: replace(nation, key=None, contribution_min=None, contribution_max=None, work_share_min=None)
            if name in means.outside
            else nation
            for name, nation in instance.nations.items()
        },
    )
    return changed if means.terms else _without_terms(changed)


def _place(instance: PlanningInstance, name: str) -> str | None:
    """The node that an expansion stands at; None for a route."""
    expansion = instance.expansions[name]
    if expansion.kind == "line":
        return instance.lines[expansion.object].factory
    if expansion.kind == "resource":
        return instance.resources[expansion.object].factory
    return expansion.object if expansion.kind == "node" else None


def _silenced(fund: Fund, silent: frozenset[str]) -> Fund:
    """The fund with amounts of 0 where its contributor is silent: no row is dropped, or money would be unlimited."""
    budgets = tuple(replace(b, amount=0.0) if b.contributor in silent else b for b in fund.budgets)
    return replace(fund, budgets=budgets)


def _without_terms(instance: PlanningInstance) -> PlanningInstance:
    """Terms that partners agreed for the plan of the whole input are not asked of fewer: shares of supply and of
    contributions, work shares, locks that ask for something, and rates below which a line may not run. And where money
    is limited, goods that nobody present can pay to keep may be left behind for nothing: or there would be no plan.
    """
    items = instance.items
    if instance.money_is_limited:
        items = {name: replace(item, scrap_cost=0.0) for name, item in items.items()}
    return replace(
        instance,
        items=items,
        settings=replace(instance.settings, key_tolerance=None),
        policies=tuple(policy for policy in instance.policies if policy.kind == "forbid"),
        locks=tuple(replace(lock, minimum=None) for lock in instance.locks),
        lines={name: replace(line, min_rate=0.0) for name, line in instance.lines.items()},
        nations={
            name: replace(nation, contribution_min=None, contribution_max=None, work_share_min=None)
            for name, nation in instance.nations.items()
        },
    )

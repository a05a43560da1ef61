"""Can the rules among partners be kept: common procurement, burden sharing, shares of supply, consents?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from planner.domain.instance import Demand, Fund, Leg, Nation, PlanningInstance
from planner.domain.rules import Consent, Policy
from planner.workbook.names.names import nearest
from planner.workbook.names.places import Finding
from planner.workbook.validate.checking.view import InstanceView, listed


def funds_with_too_few_nations(view: InstanceView) -> Iterator[Finding]:
    """A fund that asks for more nations than have money in it, or paid into it before."""
    for fund in view.instance.funds.values():
        giving = _nations_in(view.instance, fund)
        if fund.min_nations and fund.budgets and len(giving) < fund.min_nations:
            who = f"only {listed(giving)}" if giving else "no nation"
            then = ": it can pay nothing" if fund.min_nations_enforced else ""
            message = f"asks that {fund.min_nations} nations take part, but {who} {_has(giving)} money in it{then}"
            yield Finding("Funds", {"fund": fund.name}, message, "min_nations")


def _nations_in(instance: PlanningInstance, fund: Fund) -> list[str]:
    before = instance.past.paid_into(fund.name)
    giving = dict.fromkeys([*(budget.contributor for budget in fund.budgets if budget.amount > 0), *before])
    return [name for name in giving if name in instance.nations]


def _has(names: list[str]) -> str:
    return "have" if len(names) > 1 else "has"


def nations_without_money(view: InstanceView) -> Iterator[Finding]:
    """A nation that must pay a part of everything, but has no money in any fund: then nothing can be paid."""
    instance = view.instance
    if not instance.money_is_limited:
        return
    giving = {name for fund in instance.funds.values() for name in _nations_in(instance, fund)}
    for nation in instance.nations.values():
        least_part = _least_part(instance, nation)
        if least_part and nation.name not in giving:
            column, text = least_part
            message = f"{text}, but no fund has money of {nation.name}: nothing can be paid at all"
            yield Finding("Nations", {"nation": nation.name}, message, column)


def _least_part(instance: PlanningInstance, nation: Nation) -> tuple[str, str] | None:
    """(column, words) where the nation must pay some part."""
    if nation.contribution_min:
        return "contribution_min", f"asks for at least {nation.contribution_min:.3g} of all contributions"
    tolerance = instance.settings.key_tolerance
    if nation.key and tolerance is not None and tolerance < 1:
        return "key", "must contribute by its key"
    return None


def payments_of_strangers(view: InstanceView) -> Iterator[Finding]:
    """Money reported as paid before the horizon in a name that is neither a nation's nor any fund's contributor's."""
    instance = view.instance
    known = {budget.contributor for fund in instance.funds.values() for budget in fund.budgets}
    known |= {*instance.nations, *instance.funds}
    for name in dict.fromkeys(payment.contributor for payment in instance.past.payments):
        if name not in known:
            near = nearest(name, known)
            hint = f"; did you mean {near!r}?" if near else ""
            message = f"{name!r} is no nation and gives no money to any fund: this counts as an institution's{hint}"
            yield Finding("Actuals", {"contributor": name}, message, "contributor")


def contributors_called_otherwise(view: InstanceView) -> Iterator[Finding]:
    """Money of a contributor who has the full name of a nation, or its code in other letters: an institution's."""
    nations = view.instance.nations.values()
    by_name = {text.casefold(): nation for nation in nations for text in (nation.title, nation.name) if text}
    for fund in view.instance.funds.values():
        for name in dict.fromkeys(budget.contributor for budget in fund.budgets):
            meant = by_name.get(name.casefold())
            if meant is not None and name not in view.instance.nations and name != fund.name:
                title = f" ({meant.title})" if meant.title and meant.title != name else ""
                message = f"{name!r} is no nation: this counts as an institution's; did you mean {meant.name!r}{title}?"
                yield Finding("Budgets", {"fund": fund.name, "contributor": name}, message, "contributor")


def shares_that_nobody_supplies(view: InstanceView) -> Iterator[Finding]:
    """A smallest share of something that cannot be made there: then none of it may be made anywhere."""
    for policy in view.instance.policies:
        if policy.kind != "smallest_share" or not policy.share:
            continue
        for name, nodes in policy.places.items():
            for item in view.instance.items:
                lines = view.lines_of.get(item, []) if item in policy.items else []
                if lines and not any(line.factory in nodes for line in lines):
                    message = (
                        f"asks for {policy.share:.3g} of {item} from {name}, where no line makes it: none can be made"
                    )
                    yield Finding("Policies", {"policy": policy.name}, message, "share")


def consents_that_are_all(view: InstanceView) -> Iterator[Finding]:
    """Demands that nothing can reach while consents are withheld, though something could without them."""
    instance = view.instance
    withheld = [consent for consent in instance.consents if consent.withheld and consent.legs]
    if not withheld:
        return
    without = InstanceView(_without(instance, withheld))
    waiting: dict[str, list[Demand]] = defaultdict(list)
    for demand in instance.demands:
        if demand.quantity > 0 and _reached(view, demand) and not _reached(without, demand):
            for consent in withheld:
                if demand.item in consent.items:
                    waiting[consent.name].append(demand)
    for consent in withheld:
        demands = waiting[consent.name]
        if demands:
            names = listed(dict.fromkeys(repr(demand.name) for demand in demands))
            state = "given too late" if consent.status == "given" else consent.status
            message = (
                f"a consent of {consent.nation} is {state}, and with what else is withheld nothing can reach {names}"
            )
            yield Finding("Consents", {"consent": consent.name}, message, "status")


def _reached(view: InstanceView, demand: Demand) -> bool:
    node = view.reach.node_index[demand.destination]
    return bool(view.present(demand.item)[node, view.reach.delivery_periods(demand)].any())


def _without(instance: PlanningInstance, withheld: list[Consent]) -> PlanningInstance:
    """The instance with what is withheld forbidden; each direction of a route has a name of its own."""
    legs: dict[str, Leg] = {name: replace(leg, route=name) for name, leg in instance.legs.items()}
    policies = [
        replace(policy, routes=tuple(name for name, leg in instance.legs.items() if leg.route in policy.routes))
        for policy in instance.policies
    ]
    policies += [Policy(c.name, "forbid", c.items, c.withheld, routes=c.legs) for c in withheld]
    return replace(instance, legs=legs, policies=tuple(policies))

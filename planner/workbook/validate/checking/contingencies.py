"""Do the rows of contingencies mean what they seem to:
strikes, surge, disruptions, uncertainty that count for nothing?
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from planner.domain.cells import Field
from planner.domain.contingency.closing import by_horizon
from planner.domain.contingency.contingencies import Case, Disruption, Surge
from planner.domain.contingency.response import needs
from planner.domain.contingency.uncertainty import Uncertainty
from planner.domain.instance import PlanningInstance
from planner.workbook.names.places import Finding
from planner.workbook.validate.checking.view import InstanceView, closed_by_words


def contingencies_without_surge(view: InstanceView) -> Iterator[Finding]:
    """A contingency that asks for nothing: standing demand counts only for items of a surge."""
    for contingency in view.instance.contingencies.values():
        if contingency.strikes and not any(surge.quantity > 0 for surge in contingency.surges):
            message = "it has no surge: its cases need nothing, and the plan does not prepare for it"
            yield Finding("Contingencies", {"contingency": contingency.name}, message)


def strikes_outside_the_horizon(view: InstanceView) -> Iterator[Finding]:
    """Strikes that are no case, as the plan has no such period."""
    for contingency in view.instance.contingencies.values():
        if contingency.outside or not contingency.strikes:
            count = len(contingency.outside)
            what = f"{count} of its strikes {'lies' if count == 1 else 'lie'} outside the horizon and "
            what = f"{what}{'is no case' if count == 1 else 'are no cases'}" if count else "it never strikes"
            none = "; it has no case at all" if count and not contingency.strikes else ""
            yield Finding("Contingencies", {"contingency": contingency.name}, f"{what}{none}", "period")


def surges_after_the_horizon(view: InstanceView) -> Iterator[Finding]:
    """Surge that falls due after the last period: it is not counted."""
    periods = view.instance.horizon.periods
    for contingency in view.instance.contingencies.values():
        for surge in contingency.surges:
            late = sum(strike + surge.offset >= periods for strike in contingency.strikes)
            if late:
                strikes = len(contingency.strikes)
                cases = "the strike" if strikes == 1 else f"{'all' if late == strikes else late} of {strikes} strikes"
                message = f"it falls due after the horizon for {cases} of {contingency.name}, and is not counted there"
                yield _of_surge(contingency.name, surge, message, "offset")


def surges_out_of_reach(view: InstanceView) -> Iterator[Finding]:
    """A surge that no supply can reach in time, whatever its contingency takes away."""
    cases_of: dict[str, list[Case]] = {}
    for case in view.instance.cases:
        cases_of.setdefault(case.contingency.name, []).append(case)
    for name, cases in cases_of.items():
        for surge in cases[0].contingency.surges:
            due = [case for case in cases if case.strike + surge.offset <= case.end]
            missed = [case for case in due if not _is_reached(view, case, surge)]
            if missed and surge.quantity and view.is_provided(surge.item):
                message = _out_of_reach(view, surge, missed, len(due))
                yield _of_surge(name, surge, message, "item")


def _out_of_reach(view: InstanceView, surge: Surge, missed: Sequence[Case], strikes: int) -> str:
    case = missed[0]
    which = f"{'all' if len(missed) == strikes else len(missed)} of {strikes} strikes" if strikes > 1 else "the strike"
    row = [surge_of_case for _, surge_of_case in case.surges()].index(surge)
    need = needs(view.instance, case)[row]
    closed_by = closed_by_words(view.closing.of_needs(case, [need])) or view.closed_to_words(
        by_horizon(need.wanted, case)
    )
    return (
        f"no supply of {surge.item} can reach {surge.destination} in time for {which} of {case.contingency.name}, "
        f"even if that took nothing away{closed_by}"
    )


def _is_reached(view: InstanceView, case: Case, surge: Surge) -> bool:
    due = case.strike + surge.offset
    window = range(due, min(due + surge.max_delay, case.end) + 1)
    open_periods = [period for period in window if view.instance.nodes[surge.destination].is_open(period)]
    return bool(view.deliverable(surge.item, surge.destination)[open_periods].any())


def _of_surge(contingency: str, surge: Surge, message: str, column: str) -> Finding:
    where = {"contingency": contingency, "destination": surge.destination, "item": surge.item}
    key = (*where.items(), ("offset", surge.offset))
    return Finding("Surge", where, message, column, figure=Field("Surge", key, column))


def hits_without_effect(view: InstanceView) -> Iterator[Finding]:
    """Funds in a contingency, which have no part in a response; hits outside every response; and a share of a capacity
    that has no limit.
    """
    for contingency in view.instance.contingencies.values():
        for hit in contingency.disruptions:
            if _misses(view.instance, contingency.name, hit):
                message = f"{hit.kind} {hit.name} is hit in no period of a response: the row counts for nothing"
                yield _finding(contingency.name, hit, message, "from")
            if hit.kind == "fund":
                message = (
                    f"fund {hit.name} has no part in a response: the row counts for nothing. "
                    "Without a contingency it is lost in the plan"
                )
                yield _finding(contingency.name, hit, message, "name")
    rows = [(name, hit) for name, one in view.instance.contingencies.items() for hit in one.disruptions]
    for name, hit in [*rows, *(("", hit) for hit in view.instance.certain)]:
        if 0 < hit.factor < 1 and _unlimited(view, hit):
            message = (
                f"{hit.kind} {hit.name} has no limit of capacity: a share of it is without limit too. Only 0 closes it"
            )
            yield _finding(name, hit, message, "factor")


def _misses(instance: PlanningInstance, contingency: str, hit: Disruption) -> bool:
    """Does a row hold in no period of any case? Rows whose dates lie outside the horizon are told as they are read."""
    last = instance.horizon.periods - 1
    outside = any(isinstance(moment, int) and not 0 <= moment <= last for moment in (hit.first, hit.last))
    cases = [case for case in instance.cases if case.contingency.name == contingency]
    held = (range(max(own.start, case.begin), own.stop) for case in cases if (own := hit.holds(case.strike, case.end)))
    return bool(cases) and not outside and not any(held)


def uncertainty_without_effect(view: InstanceView) -> Iterator[Finding]:
    """Rows of Uncertainty that concern nothing of any case."""
    for one in view.instance.uncertainties:
        if not _concerns_something(view.instance, one):
            message = "it concerns nothing of any case: planner stress lets nothing vary by it"
            column = "what" if one.names is None else "names"
            yield Finding("Uncertainty", {"uncertainty": one.name}, message, column)


def _concerns_something(instance: PlanningInstance, one: Uncertainty) -> bool:
    moved = instance.struck_items
    struck = [contingency for contingency in instance.contingencies.values() if contingency.strikes]
    if not struck:
        return False
    if one.what == "surge":
        surges = [(contingency.name, surge) for contingency in struck for surge in contingency.surges]
        return any(one.concerns_surge(name, surge.destination, surge.item) for name, surge in surges)
    if one.what == "demand":
        return any(
            need.kind == "demand" and one.concerns_demand(instance.demands_by_key[need.demand, case.begin + need.wanted.due])
            for case in instance.cases
            for need in needs(instance, case)
        )  # fmt: skip
    if one.what == "stock":
        return any(one.concerns_stock(item, node) for item in moved for node in instance.nodes)
    if one.what == "delay":
        return any(one.delays(leg) for leg in instance.legs.values())
    return any(one.concerns_line(one.what, line) for line in instance.lines.values() if line.item in moved)


def _finding(contingency: str, hit: Disruption, message: str, column: str) -> Finding:
    where = {"contingency": contingency, "kind": hit.kind, "name": hit.name}
    moments = (("from", hit.first), ("to", hit.last))
    key = (("contingency", contingency or None), ("kind", hit.kind), ("name", hit.name), *moments)
    return Finding("Disruptions", where, message, column, figure=Field("Disruptions", key, column))


def _unlimited(view: InstanceView, hit: Disruption) -> bool:
    """A route or line without any limit; a node always loses of what lies there."""
    instance = view.instance
    if hit.kind == "line":
        line = instance.lines[hit.name]
        return _all_unlimited(line.capacity) and not line.resources
    if hit.kind == "route":
        legs = [leg for leg in instance.legs.values() if leg.route == hit.name]
        is_limited = any(route == hit.name and one.capacity < inf for (_, route), one in instance.route_items.items())
        return not is_limited and all(_all_unlimited(leg.capacity_t) and leg.capacity_m3 == inf for leg in legs)
    return False


def _all_unlimited(capacity: Sequence[float]) -> bool:
    return all(value == inf for value in capacity)

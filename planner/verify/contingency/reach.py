"""How far what the plan has lies from where it is needed: the table `reach`, by shortest paths over days in transit."""

from __future__ import annotations

from dataclasses import dataclass, field

import networkx as nx
import numpy as np

from planner.verify.contingency.arrays.recipients import Recipients
from planner.verify.contingency.arrays.response import Responses
from planner.verify.contingency.draws import at_begin
from planner.verify.contingency.limits import refused
from planner.verify.verification import Codes, Findings, Flags, Floats, number

Days = dict[int, float]  # by node, to one destination


@dataclass
class Ways:
    """Days to a destination over the legs that are open in a case to a recipient."""

    answers: Responses
    recipients: Recipients
    _days: dict[tuple[bytes, int], Days] = field(default_factory=dict)
    _refused: dict[int, Flags] = field(default_factory=dict)

    def days(self, case: int, item: int, destination: int, label: int, *, always: bool) -> Days:
        """Over legs that are open in all periods of the response, or else in one of them."""
        open_ = self._open(case, item, label, always=always)
        key = (open_.tobytes(), destination)
        if key not in self._days:
            self._days[key] = self._shortest(open_, destination)
        admitted = self.recipients.may_draw[destination, label]
        return self._days[key] if admitted else {}

    def _open(self, case: int, item: int, label: int, *, always: bool) -> Flags:
        answers, arrays = self.answers, self.answers.arrays
        at = np.flatnonzero(answers.inside[case])
        open_ = answers.leg_open[case][:, at] & answers.node_open[case][arrays.leg_origin][:, at]
        open_ &= answers.node_open[case][arrays.leg_destination][:, at]
        open_ &= ~self._refusals(item)[:, answers.at[case, at]]
        some: Flags = open_.all(axis=1) if always else open_.any(axis=1)
        return np.asarray(some & self.recipients.carries[:, label])

    def _refusals(self, item: int) -> Flags:
        """[leg, period]: what routes, embargoes and nations refuse of the item; worked out once."""
        if item not in self._refused:
            arrays = self.answers.arrays
            legs: Codes = np.arange(len(arrays.case.legs), dtype=np.intp)
            leg, t = (grid.ravel() for grid in np.meshgrid(legs, np.arange(arrays.case.periods), indexing="ij"))
            refusals = refused(arrays, leg, np.full_like(leg, item), t)
            self._refused[item] = refusals.reshape(len(legs), arrays.case.periods)
        return self._refused[item]

    def _shortest(self, open_: Flags, destination: int) -> Days:
        arrays = self.answers.arrays
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_node(destination)
        for code in np.flatnonzero(open_).tolist():
            ends = int(arrays.leg_destination[code]), int(arrays.leg_origin[code])
            days = arrays.case.legs[code].days
            if not graph.has_edge(*ends) or graph.edges[ends]["days"] > days:
                graph.add_edge(*ends, days=days)
        return dict(nx.single_source_dijkstra_path_length(graph, destination, weight="days"))


def check_reach(answers: Responses, recipients: Recipients, findings: Findings) -> None:
    """A row for every destination and item of the need and every node with stock from which a way is open.

    `quantity` is the plan's stock there when the response begins that is for the recipient, or may become so. `days`
    are those of the fastest way open in the case and to the recipient; where a leg opens or closes within the response,
    anything between what the legs always open and those open at times allow.
    """
    ways, stock_for = Ways(answers, recipients), dict[int, Floats]()
    stated = {
        (int(row["case"]), str(row["destination"]), str(row["item"]), str(row["node"])): row
        for row in answers.tables.reach.to_dict("records")
    }
    wanted = dict.fromkeys((need.case, need.destination, need.item) for need in answers.cases.needs)
    for case, destination, item in wanted:
        code, place = answers.arrays.item_code[item], answers.arrays.node_code[destination]
        label = recipients.of_node(destination)
        if label not in stock_for:
            stock_for[label] = at_begin(answers, recipients, label)
        stock = stock_for[label]
        longest, shortest = (ways.days(case, code, place, label, always=always) for always in (True, False))
        for node in np.flatnonzero(stock[case, :, code] > 0).tolist():
            row = stated.pop((case, destination, item, answers.arrays.nodes[node]), None)
            words = (
                f"from {answers.arrays.nodes[node]!r} to {destination!r} in the response to {answers.cases.words(case)}"
            )
            if row is None:
                if node in longest:
                    findings.fault("reach", f"reach: {item!r} {words} has no row")
                continue
            days, units, there = float(row["days"]), float(row["quantity"]), float(stock[case, node, code])
            text = f"reach: {item!r} {words}: {number(units)} units, expected {number(there)}"
            findings.one("reach", abs(units - there), max(units, there), text)
            least, most = shortest.get(node, np.inf), longest.get(node, np.inf)
            residual = max(least - days, days - most) if np.isfinite(least) else 1.0
            findings.one(
                "reach", residual, days, f"reach: {item!r} {words}: {number(days)} days, expected {number(least)}"
            )
    for case, destination, item, stated_node in stated:
        text = f"from {stated_node!r} to {destination!r} in the response to {answers.cases.words(case)}"
        findings.fault("reach", f"reach: nothing of {item!r} {text} is asked for or there")

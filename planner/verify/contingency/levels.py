"""The levels of contingencies and the table of cases, recomputed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.verify.contingency.arrays.response import Responses
from planner.verify.contingency.arrays.tables import Cases
from planner.verify.contingency.limits import cost_by_case
from planner.verify.plan_arrays import PlanArrays
from planner.verify.verification import Findings, Floats, number


@dataclass(frozen=True)
class Levels:
    """What responses add to the objective; all 0 where there is no case (`answers` is None)."""

    arrays: PlanArrays
    answers: Responses | None

    @cached_property
    def _weight(self) -> Floats:
        return np.array([strike.contingency.weight for strike in self._cases.strikes], dtype=np.float64)

    @property
    def _cases(self) -> Cases:
        assert self.answers is not None
        return self.answers.cases

    @cached_property
    def _value(self) -> Floats:
        return np.array([self.arrays.case.values[item] for item in self.arrays.items], dtype=np.float64)

    def waste(self) -> float:
        """Σ value × units of surge items and their parts that the plan writes off, not as expired or at a closing."""
        if self.answers is None:
            return 0.0
        scrap = self.arrays.plan.scrap
        node, item, t = (scrap[name].to_numpy(dtype=np.intp) for name in ("node", "item", "t"))
        last = np.array([place.last for place in self.arrays.case.nodes.values()], dtype=np.intp)[node]
        closing = (t == last) & (last < self.arrays.case.periods - 1)
        moving = np.asarray(self._cases.moving.any(axis=0), dtype=bool)
        counts = moving[item] & ~closing
        units = scrap["quantity"].to_numpy(dtype=np.float64) - self._expired(node, item, t)
        return float((self._value[item] * units)[counts].sum())

    def _expired(self, node: np.ndarray, item: np.ndarray, t: np.ndarray) -> Floats:
        """Units of each row of the scrap table that had come to the end of their shelf life."""
        table = self.arrays.plan.expiry
        old = table[(table["flow"] == "scrap") & (table["expires"] <= table["t"])]
        units: dict[tuple[int, int, int], float] = {}
        places = (self.arrays.node_code.get(str(name), -1) for name in old["object"])
        for *key, quantity in zip(places, old["item_code"], old["t"], old["quantity"], strict=True):
            where = (int(key[0]), int(key[1]), int(key[2]))
            units[where] = units.get(where, 0.0) + float(quantity)
        return np.array([units.get(key, 0.0) for key in zip(node.tolist(), item.tolist(), t.tolist(), strict=True)])

    @cached_property
    def lack(self) -> Floats:
        """By case: Σ surge items value × max(0, coverage × need − delivered), of all destinations and dues together."""
        assert self.answers is not None
        answers, items = self.answers, len(self.arrays.items)
        rows = answers.need_case * items + answers.need_item
        wanted = np.array([need.quantity for need in self._cases.needs], dtype=np.float64)
        shape = (answers.count, items)
        need = np.bincount(rows, weights=wanted, minlength=answers.count * items).reshape(shape)
        got = np.bincount(rows, weights=answers.delivered_by_need(), minlength=answers.count * items).reshape(shape)
        promised = np.array([strike.contingency.coverage for strike in self._cases.strikes])[:, None]
        return np.asarray((np.maximum(promised * need - got, 0.0) * self._value).sum(axis=1))

    def coverage(self) -> float:
        """Σ value × units by which responses miss the promised coverage, over cases and items."""
        return 0.0 if self.answers is None else float(self.lack.sum())

    @cached_property
    def worth(self) -> Floats:
        """[need]: priority × value of a unit."""
        assert self.answers is not None
        priority = np.array([need.priority for need in self._cases.needs], dtype=np.float64)
        return np.asarray(priority * self._value[self.answers.need_item])

    @cached_property
    def uncovered(self) -> Floats:
        """[case]: L = Σ priority × value × uncovered."""
        assert self.answers is not None
        return self.answers.by_case(self.answers.need_case, self.worth * self.answers.uncovered_by_need())

    def at_risk(self, losses: Floats) -> float:
        """(1 − w) Σ π L + w Π CVaR(L), with the mean of the worst 1 − risk_tail of the cases; 1: the largest."""
        rule, weight = self.arrays.case.contingencies, self._weight
        total = float(weight.sum())
        mean = float((weight * losses).sum())
        if rule.risk_weight == 0 or total == 0:
            return (1 - rule.risk_weight) * mean
        if rule.risk_tail == 1:
            worst = float(losses.max())
        else:
            excess = np.maximum(losses[None, :] - losses[:, None], 0.0)
            worst = float((losses + (excess * weight / total).sum(axis=1) / (1 - rule.risk_tail)).min())
        return (1 - rule.risk_weight) * mean + rule.risk_weight * total * worst

    def contingency(self) -> float:
        """(1 − w) Σ π L + w Π CVaR(L): see `at_risk`."""
        return 0.0 if self.answers is None else self.at_risk(self.uncovered)

    def lateness(self) -> float:
        """Σ weight × priority × value × units × periods late."""
        if self.answers is None:
            return 0.0
        need, late = self._delays()
        units = self.answers.tables.deliveries["quantity"].to_numpy(dtype=np.float64)
        return float((self._weight[self.answers.need_case[need]] * self.worth[need] * units * late).sum())

    def _delays(self) -> tuple[np.ndarray, np.ndarray]:
        """Need and periods late of each row of the responses."""
        assert self.answers is not None
        table = self.answers.tables.deliveries
        need = table["need"].to_numpy(dtype=np.intp)
        due = np.array([each.due for each in self._cases.needs], dtype=np.intp)
        return need, table["t"].to_numpy(dtype=np.intp) - due[need]

    def response_days(self) -> float:
        """Σ weight × value × units × days in transit over all dispatches of responses."""
        if self.answers is None or not self.arrays.case.contingencies.has_days:
            return 0.0
        moves = self.answers.tables.moves
        case, leg, item = (moves[name].to_numpy(dtype=np.intp) for name in ("case", "leg", "item"))
        days = np.array([each.days for each in self.arrays.case.legs] + [0.0])[leg]
        return float((self._weight[case] * self._value[item] * moves["quantity"].to_numpy(dtype=float) * days).sum())

    def response_cost(self) -> float:
        """Σ weight × discounted cost of the response, over cases; in the currency of Settings."""
        if self.answers is None:
            return 0.0
        costs = cost_by_case(self.answers, self.arrays.case.calendar.discount)
        return float((self._weight * costs).sum())

    def weighted(self) -> float:
        """The same expression with discounted response cost + shortage + delay costs of each case's need."""
        return 0.0 if self.answers is None else self.at_risk(self._costs)

    def expectation(self) -> float:
        """Σ π L, at risk weight 0: of what is uncovered, or of costs under the weighted objective."""
        losses = self._costs if self.arrays.objective == "weighted" else self.uncovered
        return float((self._weight * losses).sum())

    @cached_property
    def _costs(self) -> Floats:
        """Discounted response cost + shortage + delay costs of each case."""
        answers, discount = self._answers, self.arrays.case.calendar.discount
        needs = self._cases.needs
        price = np.array([need.shortage_cost or 0.0 for need in needs], dtype=np.float64)
        due = np.array([need.due for need in needs], dtype=np.intp)
        short = answers.by_case(answers.need_case, price * discount[due] * answers.uncovered_by_need())
        need, late = self._delays()
        delay = np.array([each.delay_cost for each in needs], dtype=np.float64)[need] * late
        when = answers.tables.deliveries["t"].to_numpy(dtype=np.intp)
        units = answers.tables.deliveries["quantity"].to_numpy(dtype=np.float64)
        delayed = answers.by_case(answers.need_case[need], delay * units * discount[when])
        return np.asarray(cost_by_case(answers, discount) + short + delayed)

    def check(self, findings: Findings) -> None:
        """The table of cases; under the weighted objective, that coverage is kept."""
        if self.answers is None:
            return
        self._check_cases(findings)
        if self.arrays.objective == "weighted":
            text = f"the promised coverage is not kept: {number(self.coverage())} of value are missing"
            findings.one("response_need", self.coverage(), float(self.worth.sum()), text)

    def _check_cases(self, findings: Findings) -> None:
        answers, strikes = self._answers, self._cases.strikes
        wanted = np.array([need.quantity for need in self._cases.needs], dtype=np.float64)
        value = self._value[answers.need_item]
        in_value = answers.by_case(answers.need_case, value * wanted)
        got = answers.by_case(answers.need_case, value * answers.delivered_by_need())
        right = {
            "begins": self._cases.begin + 1.0,
            "ends": self._cases.end + 1.0,
            "weight": self._weight,
            "need": in_value,
            "uncovered": self.uncovered,
            "coverage": np.where(in_value > 0, got / np.where(in_value > 0, in_value, 1.0), 1.0),
            "promised": np.array([strike.contingency.coverage for strike in strikes]),
            "lack": self.lack,
            "cost": cost_by_case(answers),
        }
        table = answers.tables.cases
        case = table["case"].to_numpy(dtype=np.intp)
        for missing in sorted(set(range(len(strikes))) - set(case.tolist())):
            findings.fault("cases", f"the case of {self._cases.words(missing)} is missing")
        for column, values in right.items():
            stated, due = table[column].to_numpy(dtype=float), values[case]

            def say(row: int, column: str = column, stated: Floats = stated, due: Floats = due) -> str:
                amounts = f"{column} is {number(stated[row])}, expected {number(due[row])}"
                return f"the case of {self._cases.words(int(case[row]))}: {amounts}"

            findings.check("cases", np.abs(stated - due), np.maximum(np.abs(stated), np.abs(due)), say)

    @property
    def _answers(self) -> Responses:
        assert self.answers is not None
        return self.answers

"""What guarantees are worth on random tiny worlds: as the plain model has it, plan by plan;
and one more unit by a re-solve.
"""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.catalogue import load
from planner.domain.instance import PlanningInstance, share_left
from planner.errors import NoPlanError
from planner.formulation.responses.losses import loss
from planner.formulation.responses.response import Response
from planner.plan import SolveOptions, solve
from planner.plan.again.warm_start import WarmStart
from planner.plan.plan import Plan
from planner.plan.program import Program
from planner.plan.worth.draws import draw_worth
from planner.solver.highs import INFINITY, NONE, HighsSession, Vector
from planner.solver.lexicographic import inner
from planner.verify import verify
from planner.workbook import read
from tests.seeds import only_long, seeds
from tests.worlds.guarantee_worlds import guarantee_world
from tests.worlds.plain_guarantees import Dispatch, access, worth
from tests.worlds.worlds import write_world

NEAR = 1e-6


def instance_of(seed: int, folder: Path) -> PlanningInstance:
    reading = read(write_world(guarantee_world(seed), folder))
    assert reading.instance is not None, [str(fault) for fault in reading.faults]
    return reading.instance


def near(one: float, other: float, size: float = 1.0) -> bool:
    return one == other or abs(one - other) <= NEAR * max(1.0, abs(other), size)


# 498: parts for nodes without a nation, and parts for nobody yet, go into one line.
@pytest.mark.parametrize("seed", [*seeds(3, 300), 498])
def test_the_worth_is_that_of_the_plain_model(seed: int, tmp_path: Path) -> None:
    instance = instance_of(seed, tmp_path / "world")
    if not instance.cases:
        return
    try:
        plan = solve(instance, worth=True, explain=False, priced=False)
    except NoPlanError:
        return
    assert_expected(plan, worth(guarantee_world(seed)))
    assert_access(plan, access(guarantee_world(seed), sent(plan)))
    levels: Any = [{"name": level.name, "value": level.value} for level in plan.levels]
    if plan.levels[0].name == "weighted":
        levels = plan.levels[0].value
    run = {"objective": levels, "model": {"name": "full"}, "worth": vars_of(plan)}
    verification = verify(tmp_path / "world", plan.tables, run)
    assert verification.passed, verification.summary()


def sent(plan: Plan) -> dict[Dispatch, float]:
    rows = plan.tables["shipments"].to_dict("records")
    return {
        Dispatch(row["route"], row["origin"], row["destination"], row["item"], row["period"] - 1): row["quantity"]
        for row in rows
    }


def vars_of(plan: Plan) -> dict[str, Any]:
    assert plan.worth is not None
    return {name: getattr(plan.worth, name) for name in plan.worth.__slots__}


def assert_expected(plan: Plan, right: dict[str, float | None] | None) -> None:
    assert plan.worth is not None
    assert right is not None
    assert plan.worth.evpi >= 0
    assert near(plan.worth.evpi, right["evpi"] or 0.0, plan.worth.expected)
    assert (plan.worth.planning is None) == (right["planning"] is None)
    if plan.worth.planning is not None and right["planning"] is not None:
        assert plan.worth.planning >= 0
        assert near(plan.worth.planning, right["planning"], plan.worth.expected)


def assert_access(plan: Plan, right: dict[tuple[str, str], tuple[float, float, float]]) -> None:
    levels = {level.name for level in plan.levels}
    rows = {(row["nation"], row["level"]): row for row in plan.tables["access_value"].to_dict("records")}
    assert rows.keys() == {key for key in right if key[1] in levels}
    for key, row in rows.items():
        for column, value in zip(("closed", "now", "open"), right[key], strict=True):
            found = inf if np.isnan(row[column]) else row[column]
            assert near(found, value), (key, column, found, value)
    for level in ("coverage", "weighted"):  # later levels may do either where this one differs
        for nation, _ in (key for key in rows if key[1] == level):
            closed, now, opened = right[nation, level]
            assert closed >= now - NEAR * max(1.0, now)
            assert now >= opened - NEAR * max(1.0, now)


# ── One more unit ────────────────────────────────────────────────────────────────────────────────


class Trial:
    """The whole LP, the plan in it fixed as it is, the response to one case free."""

    def __init__(self, program: Program, values: Vector, response: Response) -> None:
        self._program, model = program, program.model
        own = [column for columns in response.columns.values() for column in columns.values()]
        own += [column for key, column in model.columns["lack"].items() if key[:2] == response.case.key]
        fixed = np.setdiff1d(np.arange(program.lp.columns), np.array(own))
        self._session = HighsSession(program.lp, load("full").solver)
        self._session.change_model(fixed, NONE, (values[fixed], values[fixed]))
        rows = [row for rows in response.rows.values() for row in rows.values()]
        rows += [row for key, row in model.rows["promise"].items() if key == (*response.case.key, key[-1])]
        rows += [row for key, row in model.rows["response_money"].items() if key == response.case.key]
        others = np.setdiff1d(np.arange(program.lp.rows), np.array(rows))
        nothing = np.full(len(others), INFINITY)
        self._session.change_model(NONE, others, (-nothing, nothing))
        self._lacking, self._lost = np.zeros(program.lp.columns), np.zeros(program.lp.columns)
        for column, by in model.objectives.get("coverage", ()):
            if column in set(own):
                self._lacking[column] = by
        for column, by in loss(response):
            self._lost[column] = by

    def lost(self, row: int, more: float) -> float:
        """L with so much more on the right-hand side of a balance, after what is lacking of the promise."""
        lp, rows = self._program.lp, np.array([row])
        self._session.set_right_hand_sides(rows, lp.row_lower[rows] - more)
        self._session.set_costs(self._lacking)
        self._session.forget_basis()
        lack = inner(self._lacking, self._session.solve("lack").values)
        held = np.flatnonzero(self._lacking)
        weights = 1e4 * self._lacking if held.size else self._lacking
        self._session.set_costs(weights + self._lost)
        found = self._session.solve("lost")
        assert found.status == "optimal"
        assert inner(self._lacking, found.values) <= lack + 1e-7
        self._session.set_right_hand_sides(rows, lp.row_lower[rows])
        return inner(self._lost, found.values)


@pytest.mark.parametrize("seed", [*seeds(4, 177), 177, *only_long(range(178, 300))])  # 177: goods that nothing can use
def test_one_more_unit_brings_what_a_re_solve_says(seed: int, tmp_path: Path) -> None:
    """Of goods that lie there, do not expire and are for one recipient: as L falls with a little more, and with a unit
    more by no more than that."""
    instance = instance_of(seed, tmp_path / "world")
    try:
        warm_start = WarmStart(instance, SolveOptions(), priced=False)
    except NoPlanError:
        return
    draws, values, program = warm_start.base_plan.tables["draws"], warm_start.optimum.values, warm_start.program
    draws["worth"] = draw_worth(program.model, program.lp, values, draws)
    assert draws["worth"].notna().all()
    for response in program.model.responses:
        trial: Trial | None = None
        name, strike = response.case.contingency.name, response.case.strike + 1
        for row in draws[(draws["contingency"] == name) & (draws["strike"] == strike)].to_dict("records"):
            item, node, begin = row["item"], row["node"], response.case.begin
            if instance.items[item].shelf_life is not None or response.reach.recipients.of(item) or not row["at_begin"]:
                continue
            goods_class = response.reach.class_for(item, response.reach.periods, None)
            place = response.rows["material_balance"].get((item, node, 0, goods_class))
            if place is None:
                assert row["worth"] == 0
                continue
            left = response.stock_left(node, begin - 1) if begin else share_left(response.instance.nodes[node].left, 0)
            trial = trial or Trial(program, values, response)
            before = trial.lost(place, 0.0)
            little = 1e-3
            fall = before - trial.lost(place, little * left)
            assert fall == pytest.approx(little * row["worth"], rel=1e-4, abs=1e-6), row
            assert before - trial.lost(place, left) <= row["worth"] + 1e-6, row

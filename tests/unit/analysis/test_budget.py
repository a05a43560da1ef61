"""Bounds on the aims while a budget is slid: by hand, and on random convex functions; tests/properties has plans of
random worlds.

Partners, by hand (its notes): goods for 400 000 EUR are wanted, and while there is little of the Joint fund's 480 000,
each EUR of it delivers goods for 1 EUR: at `f` times the fund 400 000 − 480 000 f are lacking. At the fund as it is 100
000 are, which no money delivers.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from planner.analysis.budget.curve import AimCurve, Curve, CurvePoint
from planner.analysis.budget.study import BudgetRows, BudgetStudy, scaled
from planner.domain.instance import PlanningInstance
from planner.errors import UsageError
from planner.plan import solve
from planner.plan.again.warm_start import LIMITS_ONLY, WarmStart
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.spelling import row_texts, write_csv_folder
from tests.places import INPUTS

AIMS = (AimCurve("short", "Short", "EUR"), AimCurve("cost", "Cost", "EUR"))


def _holds(low: float | None, high: float | None, value: float) -> bool:
    slack = 1e-6 * max(1.0, abs(value))
    return (low is None or low <= value + slack) and (high is None or value <= high + slack)


# The mathematics


def test_chord_and_tangents_bound_the_first_aim() -> None:
    curve = Curve.of(
        AIMS, [CurvePoint(0.0, (100.0, 0.0), (-100.0, 10.0)), CurvePoint(2.0, (20.0, 5.0), (-10.0, 1.0))], True
    )
    short, cost = curve.bounds(1.0)
    assert (short.low, short.high) == (30.0, 60.0)  # the tangent at 2: 20 + 10; half-way along the chord
    assert (cost.low, cost.high) == (None, None)  # the first aim is not the same at both ends
    assert cost.estimate == 2.5


def test_a_later_aim_is_bounded_where_those_before_it_stay() -> None:
    curve = Curve.of(AIMS, [CurvePoint(1.0, (20.0, 9.0), (0.0, -4.0)), CurvePoint(2.0, (20.0, 7.0), (0.0, 0.0))], True)
    short, cost = curve.bounds(1.5)
    assert short.is_exact
    assert (cost.low, cost.high) == (7.0, 8.0)
    beyond = curve.bounds(3.0)
    assert [(bound.low, bound.high) for bound in beyond] == [(20.0, 20.0), (7.0, 7.0)]


def test_nothing_is_proved_where_nothing_follows() -> None:
    curve = Curve.of(AIMS, [CurvePoint(1.0, (20.0, 9.0))], loosens=False)
    assert [(bound.low, bound.high, bound.estimate) for bound in curve.bounds(1.2)] == [
        (None, None, 20.0),
        (None, None, 9.0),
    ]
    with pytest.raises(ValueError, match="no point"):
        Curve.of(AIMS, [], True).bounds(1.0)


def test_a_curve_is_written_and_read() -> None:
    curve = Curve.of(
        AIMS,
        [
            CurvePoint(1.0, (20.0, 9.0)),
            CurvePoint(0.0, (30.0, 1.0), (-10.0, 2.0)),
            CurvePoint(1.0, (20.0, 9.0), (0.0, 0.0)),
        ],
        True,
    )
    assert Curve.read(curve.document()) == curve
    assert [point.factor for point in curve.points] == [0.0, 1.0]
    assert curve.points[1].slopes == (0.0, 0.0)


@pytest.mark.parametrize("seed", range(20))
def test_bounds_hold_for_any_convex_function_that_falls(seed: int) -> None:
    rng = random.Random(seed)
    lines = [(rng.uniform(0, 100), -rng.uniform(0, 80)) for _ in range(5)] + [(rng.uniform(0, 20), 0.0)]

    def at(factor: float) -> CurvePoint:
        value, slope = max((start + slope * factor, slope) for start, slope in lines)
        return CurvePoint(factor, (value,), (slope,))

    curve = Curve.of(AIMS[:1], [at(factor) for factor in (0.0, 1.0, 2.0)], True)
    for _ in range(20):
        factor = rng.uniform(0, 2.5)
        (bound,) = curve.bounds(factor)
        assert _holds(bound.low, bound.high, at(factor).values[0])
        assert bound.low is not None
        assert bound.high is not None
        assert bound.low <= bound.estimate <= bound.high


# Plans


@pytest.fixture(scope="module")
def partners() -> BudgetStudy:
    return BudgetStudy(INPUTS / "partners.xlsx", BudgetRows("Joint"))


def test_the_partners_fund_is_worth_what_the_notes_say(partners: BudgetStudy) -> None:
    curve = partners.curve()
    assert [round(point.values[0], 6) for point in curve.points] == [400_000, 100_000, 100_000]
    for factor, short in ((0.3, 256_000.0), (1.7, 100_000.0)):
        first = curve.bounds(factor)[0]
        assert _holds(first.low, first.high, short)
        point = partners.point(factor)
        assert point is not None
        assert point.values[0] == pytest.approx(short, rel=1e-9)
    assert curve.bounds(0.3)[0].low == pytest.approx(256_000.0)  # on the tangent at nothing
    assert curve.bounds(1.7)[0].is_exact


def test_of_a_large_input_the_first_aim_is_solved(partners: BudgetStudy) -> None:
    for factor in (0.0, 0.3, 1.0, 2.0):
        whole, quick = partners.point(factor), partners.large_point(factor)
        assert whole is not None
        assert quick is not None
        assert len(quick.values) == (2 if factor == 1.0 else 1)
        assert quick.values == pytest.approx(whole.values[: len(quick.values)], rel=1e-9)
        assert quick.slopes == pytest.approx(whole.slopes[:1])


def test_one_contributor_of_one_year_is_slid_alone(partners: BudgetStudy) -> None:
    budget = BudgetRows("Joint", "NO", 2026)
    assert budget.amount(partners.context.instance) == 300_000.0
    assert budget.title(partners.context.instance) == "Joint fund of the partners · Norland · 2026"
    study = BudgetStudy(INPUTS / "partners.xlsx", budget)
    point = study.point(0.0)
    fresh = solve(_instance(scaled(read_raw(INPUTS / "partners.xlsx"), budget, 0.0)), priced=False)
    assert point is not None
    assert point.values == pytest.approx([level.value for level in fresh.levels], rel=1e-9)


def _instance(raw: RawInput) -> PlanningInstance:
    reading = interpret(raw)
    assert reading.instance is not None
    return reading.instance


def test_a_budget_that_is_not_there_is_said_so() -> None:
    with pytest.raises(UsageError, match="SAFE"):
        BudgetStudy(INPUTS / "partners.xlsx", BudgetRows("SAFE"))


def test_responses_stand_as_they_are_where_only_budgets_differ(tmp_path: Path) -> None:
    raw = read_raw(INPUTS / "renewed-attack.xlsx")
    sheets = {table.name: row_texts(table) for table in raw.tables}
    sheets["Funds"] = [["fund"], ["Main"]]
    sheets["Budgets"] = [["fund", "contributor", "year", "amount"], ["Main", "PL", "2027", "300000"]]
    source = tmp_path / "world"
    source.mkdir()
    write_csv_folder(sheets, source)
    raw, budget = read_raw(source), BudgetRows("Main")
    warm_start, curve = WarmStart(_instance(raw), priced=False), BudgetStudy(source, budget).curve()
    for factor in (0.5, 1.1):
        changed = _instance(scaled(raw, budget, factor))
        again, fresh = warm_start.solve_changed(changed), solve(changed, priced=False)
        assert again.how == LIMITS_ONLY
        values = [level.value or 0.0 for level in fresh.levels]
        assert [level.value for level in again.levels] == pytest.approx(values, rel=1e-9)
        assert all(
            _holds(bound.low, bound.high, value) for bound, value in zip(curve.bounds(factor), values, strict=True)
        )
    assert curve.bounds(1.1)[3].is_exact  # the contingencies, after aims that are met

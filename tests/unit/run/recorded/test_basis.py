"""The basis that a run folder keeps proves the plan's levels again; where it does not, the plan is solved again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner import cli
from planner.domain.instance import Fund, PlanningInstance
from planner.errors import NoPlanError
from planner.formulation.model.scale import money_unit
from planner.plan import solve
from planner.plan.again.warm_start import WarmStart
from planner.plan.plan import Plan
from planner.run.pipeline import solve_workbook
from planner.run.recorded.basis_record import FILE, read_basis, write_basis
from planner.solver.highs import AT_LOWER, AT_UPPER, BASIC, Basis
from planner.tolerances import SAME
from planner.workbook import read_instance
from tests.places import INPUTS
from tests.seeds import seeds
from tests.worlds.guarantee_worlds import guarantee_world
from tests.worlds.worlds import random_world, write_world

USED, NOT_USED = "each level proved from its basis", "has no basis that proves it: solved again"


def _same_levels(one: Plan, other: Plan) -> bool:
    return [level.name for level in one.levels] == [level.name for level in other.levels] and all(
        own.value == pytest.approx(level.value, rel=1e-9, abs=1e-9)
        for own, level in zip(one.levels, other.levels, strict=True)
    )


def _worlds(seed: int, folder: Path) -> PlanningInstance:
    world = guarantee_world(seed) if seed % 3 == 2 else random_world(seed, ("weighted", "lexicographic")[seed % 3])
    return read_instance(write_world(world, folder))


SOLVED_AGAIN = {30}  # worlds in which the basis leads to another plan that is as good


@pytest.mark.parametrize("seed", seeds(9, 200))
def test_the_basis_of_a_plan_proves_it_without_a_pivot(seed: int, tmp_path: Path) -> None:
    instance = _worlds(seed, tmp_path / "world")
    try:
        plan = solve(instance)
    except NoPlanError:
        pytest.skip("this world has no plan")
    assert plan.basis is not None
    again = WarmStart(instance, priced=False, recorded=plan)
    assert (again.base_plan is plan) == (seed not in SOLVED_AGAIN)
    if again.base_plan is plan:
        assert sum(level.outcome.iterations for level in again.optimum.levels) == 0
    found = again.program.plan(again.optimum, {}, again.program.size, priced=False)
    assert _same_levels(found, plan)
    for name in ("production", "shipments", "deliveries", "payments"):
        quantity = "amount" if name == "payments" else "quantity"
        assert found.tables[name][quantity].to_numpy() == pytest.approx(
            plan.tables[name][quantity].to_numpy(), abs=1e-6
        )


def test_a_plan_that_gives_a_tolerance_back_has_no_basis() -> None:
    """Its levels are held by rows, each with a linear program of its own."""
    instance = read_instance(INPUTS / "quickstart.xlsx")
    tolerant = replace(instance, settings=replace(instance.settings, level_tolerance=0.01))
    assert solve(tolerant).basis is None


def _slack(basis: Basis) -> Basis:
    return Basis(np.full_like(basis.columns, AT_LOWER), np.full_like(basis.rows, BASIC))


def _short(basis: Basis) -> Basis:
    return Basis(basis.columns[:-1], basis.rows)


def _long(basis: Basis) -> Basis:
    return Basis(basis.columns, np.append(basis.rows, np.int8(BASIC)))


def _turned(basis: Basis) -> Basis:
    """As of a program with its columns and rows in another order."""
    return Basis(basis.columns[::-1].copy(), basis.rows[::-1].copy())


def _singular(basis: Basis) -> Basis:
    """Far too few basic columns and rows, and bounds that are none."""
    return Basis(np.full_like(basis.columns, AT_UPPER), np.full_like(basis.rows, AT_UPPER))


@pytest.mark.parametrize("spoilt", [_slack, _short, _long, _turned, _singular])
@pytest.mark.parametrize("name", ["quickstart", "renewed-attack"])
def test_another_basis_gives_no_other_plan(name: str, spoilt: Callable[[Basis], Basis]) -> None:
    instance = read_instance(INPUTS / f"{name}.xlsx")
    plan = solve(instance)
    assert plan.basis is not None
    recorded = replace(plan, basis=spoilt(plan.basis))
    again = WarmStart(instance, priced=False, recorded=recorded)
    assert (again.base_plan is recorded) or spoilt is not _slack
    assert (again.base_plan is not recorded) or spoilt not in {_short, _long}
    found = again.program.plan(again.optimum, {}, again.program.size, priced=False)
    assert _same_levels(found, plan)


def test_a_plan_of_other_levels_is_not_taken() -> None:
    """The basis proves what the levels of the program are, not what the record says."""
    instance = read_instance(INPUTS / "quickstart.xlsx")
    plan = solve(instance)
    better = tuple(replace(level, value=(level.value or 0.0) - 1.0) for level in plan.levels)
    again = WarmStart(instance, recorded=replace(plan, levels=better))
    assert _same_levels(again.base_plan, plan)


def _with_more(fund: Fund, times: float) -> Fund:
    return replace(fund, budgets=tuple(replace(budget, amount=budget.amount * times) for budget in fund.budgets))


@pytest.mark.parametrize(("share", "is_taken"), [(0.5, True), (2.0, False)])
def test_payments_differ_by_the_arithmetic_of_money_alone(share: float, is_taken: bool) -> None:
    """The program counts money in a unit of its own: small payments are known to a millionth of that,
    not of their own amount.
    """
    instance = read_instance(INPUTS / "partners")
    rich = replace(instance, funds={name: _with_more(fund, 1e10) for name, fund in instance.funds.items()})
    unit, plan = money_unit(rich), solve(rich)
    payments = plan.tables["payments"].copy()
    amounts = payments["amount"].to_numpy(dtype=np.float64, copy=True)
    least = int(amounts.argmin())
    assert amounts[least] < unit
    amounts[least] += share * SAME * unit
    payments["amount"] = amounts
    recorded = replace(plan, tables={**plan.tables, "payments": payments})
    assert (WarmStart(rich, priced=False, recorded=recorded).base_plan is recorded) == is_taken


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder; only read."""
    folder = tmp_path_factory.mktemp("basis") / "plan"
    solve_workbook(INPUTS / "quickstart.xlsx", folder)
    return folder


def _analysed(command: str, source: Path, folder: Path) -> str:
    """What an analysis says, as JSON; `folder` is what it leaves."""
    assert cli.run([command, str(source), "-o", str(folder), "-q"]) == 0
    return (folder / f"{command}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["frontier", "money", "withdraw"])
def test_an_analysis_of_a_plan_is_that_of_its_input(command: str, plan: Path, tmp_path: Path) -> None:
    from_plan = _analysed(command, plan, tmp_path / "of plan")
    assert from_plan == _analysed(command, INPUTS / "quickstart.xlsx", tmp_path / "of input")
    assert USED in (tmp_path / "of plan" / "log.txt").read_text(encoding="utf-8")


def test_the_worth_of_a_guarantee_goes_with_its_plan(tmp_path: Path) -> None:
    """The checker holds the table access_value against run.json."""
    solve_workbook(INPUTS / "renewed-attack", tmp_path / "plan")
    _analysed("frontier", tmp_path / "plan", tmp_path / "frontier")
    assert USED in (tmp_path / "frontier" / "log.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content", [None, "", "{}", '{"columns": "012", "rows": "9"}', '{"columns": "0", "rows": "1"}']
)
def test_without_its_basis_a_plan_is_solved_again(content: str | None, plan: Path, tmp_path: Path) -> None:
    here = tmp_path / "plan"
    shutil.copytree(plan, here)
    (here / FILE).unlink()
    if content is not None:
        (here / FILE).write_text(content, encoding="utf-8")
    assert _analysed("remedy", here, tmp_path / "one") == _analysed("remedy", plan, tmp_path / "other")
    assert NOT_USED in (tmp_path / "one" / "log.txt").read_text(encoding="utf-8")
    assert USED in (tmp_path / "other" / "log.txt").read_text(encoding="utf-8")


def test_a_plan_that_breaks_a_rule_is_not_analysed(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = tmp_path / "plan"
    shutil.copytree(plan, here)
    production = here / "tables" / "production.csv"
    head, first, *others = production.read_text(encoding="utf-8").splitlines()
    production.write_text("\n".join([head, *others]) + "\n", encoding="utf-8")
    assert cli.run(["remedy", str(here), "-o", str(tmp_path / "out"), "-q"]) == 5
    assert "failed its verification" in capsys.readouterr().err
    assert first
    assert not (tmp_path / "out").exists()


def test_a_basis_is_read_as_it_was_written(tmp_path: Path) -> None:
    basis = Basis(np.array([0, 1, 2, 3, 4], dtype=np.int8), np.array([], dtype=np.int8))
    write_basis(basis, tmp_path)
    assert json.loads((tmp_path / FILE).read_text(encoding="utf-8")) == {"columns": "01234", "rows": ""}
    found = read_basis(tmp_path)
    assert found is not None
    assert np.array_equal(found.columns, basis.columns)
    assert found.columns.dtype == np.int8
    assert not found.rows.size

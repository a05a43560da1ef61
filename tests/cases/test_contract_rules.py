"""Every rule of the contract on a tiny world: the objective, and what matters of the plan, worked by hand.

The checker, the unpruned model and a second solver are tried on the first world of each rule; on all with -m long.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from rule_case import RULES, Variant, expected_rows, found_rows, read_rules

import planner
from planner.errors import InputError, NoPlanError
from planner.plan import Plan, SolveOptions, solve
from planner.verify import verify
from tests.seeds import only_long

Plans = Callable[[Variant], tuple[Path, Plan]]

STOCK = "material_balance"  # the family of the prices of stock
VARIANTS = read_rules()
PLANNED = [variant for variant in VARIANTS if variant.value is not None or variant.levels is not None]


FIRST = list({variant.file: variant for variant in reversed(PLANNED)}.values())


def worlds(variants: list[Variant], quick: list[Variant] | None = None) -> pytest.MarkDecorator:
    """`quick`: those that are tried in every run, where not all are."""
    always = variants if quick is None else quick
    rest = only_long(variant for variant in variants if variant not in always)
    return pytest.mark.parametrize("variant", [*always, *rest], ids=lambda variant: variant.id)


def plan_of(variant: Variant, tmp_path: Path, options: SolveOptions | None = None) -> Plan:
    """The plan of a world. A rule that the reader lists as not enforced cannot be tested, and says so."""
    instance = planner.read(variant.write(tmp_path / "input"))
    if instance.not_enforced:
        pytest.skip("; ".join(instance.not_enforced))
    settings = replace(options or SolveOptions(), model=variant.model)
    return solve(instance, settings, priced="prices" in variant.expected)


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Plans:
    """The input folder and the plan of a world, solved once for all tests that look at it."""

    @cache
    def planned(number: int) -> tuple[Path, Plan]:
        folder = tmp_path_factory.mktemp("world")
        return folder / "input", plan_of(VARIANTS[number], folder)

    return lambda variant: planned(VARIANTS.index(variant))


def assert_objective(variant: Variant, plan: Plan) -> None:
    if variant.levels is None:
        (level,) = plan.levels
        assert level.value == pytest.approx(variant.value, rel=1e-6, abs=1e-6)
    else:
        found = {level.name: level.value for level in plan.levels}
        assert found == pytest.approx(variant.levels, rel=1e-6, abs=1e-6)


def test_every_file_says_its_rule_and_shows_its_calculation() -> None:
    for path in RULES.glob("*.toml"):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        assert data["rule"], path.name
        assert data["hand"], path.name
        names = [variant["name"] for variant in data["variant"]]
        assert len(set(names)) == len(names), path.name


def test_every_variant_expects_something() -> None:
    for variant in VARIANTS:
        outcomes = [variant.value is not None, variant.levels is not None, variant.no_plan, bool(variant.input_error)]
        assert sum(outcomes) == 1, variant.id


@worlds(PLANNED)
def test_the_plan_is_the_one_worked_by_hand(variant: Variant, plans: Plans) -> None:
    _, plan = plans(variant)
    assert (plan.status, plan.kind) == ("optimal", variant.kind)
    assert_objective(variant, plan)
    for name, text in variant.expected.items():
        columns, rows = expected_rows(text)
        table = plan.tables[name]
        if name == "prices" and STOCK not in text:  # what stock is worth is worked out where a case is about it
            table = table[table["family"] != STOCK]
        assert found_rows(table, columns) == rows, name


@worlds(PLANNED, FIRST)
def test_the_plan_passes_the_independent_check(variant: Variant, plans: Plans) -> None:
    path, plan = plans(variant)
    levels = [{"name": level.name, "value": level.value} for level in plan.levels]
    objective = levels[0]["value"] if variant.levels is None else levels
    verification = verify(path, plan.tables, {"objective": objective})
    assert verification.passed, verification.summary()


@worlds(PLANNED, FIRST)
def test_pruning_does_not_change_the_optimum(variant: Variant, tmp_path: Path) -> None:
    assert_objective(variant, plan_of(variant, tmp_path, SolveOptions(prune=False)))


@worlds(PLANNED, FIRST)
def test_another_solver_agrees(variant: Variant, tmp_path: Path) -> None:
    assert_objective(variant, plan_of(variant, tmp_path, SolveOptions(solver="cbc")))


@pytest.mark.parametrize("prune", [True, False], ids=["pruned", "whole"])
@worlds([variant for variant in VARIANTS if variant.no_plan])
def test_there_is_no_plan(variant: Variant, prune: bool, tmp_path: Path) -> None:
    with pytest.raises(NoPlanError) as failure:
        plan_of(variant, tmp_path, SolveOptions(prune=prune))
    assert failure.value.status == "infeasible"
    assert any(variant.conflict in rule for rule in failure.value.conflict), failure.value.conflict


@worlds([variant for variant in VARIANTS if variant.input_error])
def test_the_input_is_refused(variant: Variant, tmp_path: Path) -> None:
    with pytest.raises(InputError) as failure:
        planner.read(variant.write(tmp_path / "input"))
    assert any((variant.input_error or "") in fault.message for fault in failure.value.faults)

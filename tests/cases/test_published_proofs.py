"""Published problems with known optima, proved optimal in exact fractions, without a solver.

Each folder beside this file holds the published formulation (`problem.toml`) with an exact primal and dual
solution, the same problem as a workbook (`input/`), and how one maps onto the other (`README.md`).
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from exact_lp import Program, read_program, read_values
from published import FOLDERS, cases, described


def program(folder: Path) -> Program:
    return read_program(folder / "problem.toml")


def test_there_are_at_least_ten_problems_of_different_kinds() -> None:
    kinds = {described(folder)["kind"] for folder in FOLDERS}
    assert len(FOLDERS) >= 10
    assert len(kinds) >= 10


@cases
def test_the_primal_and_the_dual_prove_the_optimum(folder: Path) -> None:
    problem, case = program(folder), described(folder)
    primal, dual = read_values(folder / "primal.csv"), read_values(folder / "dual.csv")
    assert problem.sense == case["sense"]
    assert problem.primal_faults(primal) == []
    assert problem.dual_faults(dual) == []
    assert problem.value(primal) == problem.dual_value(dual) == Fraction(case["optimum"])


@cases
def test_the_proof_would_notice_another_solution(folder: Path) -> None:
    """The exact checks are no rubber stamp: raising a price, or dropping what is done, breaks them."""
    problem = program(folder)
    primal, dual = read_values(folder / "primal.csv"), read_values(folder / "dual.csv")
    largest = max(primal, key=lambda name: primal[name])
    less = {**primal, largest: primal[largest] - 1}
    assert problem.primal_faults(less) or problem.value(less) != problem.value(primal)
    doubled = {name: 2 * price for name, price in dual.items()}
    assert problem.dual_faults(doubled) or problem.dual_value(doubled) != problem.dual_value(dual)


@cases
def test_the_expected_objective_is_the_optimum_moved_by_a_constant(folder: Path) -> None:
    case = described(folder)
    assert case["sign"] in {1, -1}
    moved = Fraction(case["constant"]) + case["sign"] * Fraction(case["optimum"])
    assert moved == Fraction(case["objective"])

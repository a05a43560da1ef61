"""Tolerances stand in `planner/tolerances.py`; the checker's in `planner/verify/verification.py`."""

import ast
import re
from math import inf

import pytest

from planner.tolerances import SAME, close, matters
from tests.places import ROOT

PLANNER = ROOT / "planner"
SMALL = re.compile(r"[\d.]e-|\.0000", re.IGNORECASE)  # how a number below 1e-4 begins: most modules need not be parsed
ELSEWHERE = {
    "tolerances.py",
    "verify/verification.py",  # the checker shares nothing
    "workbook/schema.py",  # magnitudes that an input may have
    "solver/scaling.py",  # magnitudes that HiGHS takes, and the fit of the factors
    "solver/least_core.py",  # settings of HiGHS
    "solver/other_solvers.py",  # settings of other solvers
}


def test_no_module_has_a_tolerance_of_its_own() -> None:
    found = []
    for path in PLANNER.rglob("*.py"):
        place = path.relative_to(PLANNER).as_posix()
        text = path.read_text(encoding="utf-8")
        if place in ELSEWHERE or not SMALL.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, float) and 1e-13 < node.value < 1e-4:
                found.append(f"{place}:{node.lineno}: {node.value}")
    assert not found, "name them in planner/tolerances.py"


@pytest.mark.parametrize(
    ("one", "other", "scale", "same"),
    [
        (0.0, SAME, 1.0, True),
        (0.0, 2 * SAME, 1.0, False),
        (1e9, 1e9 + 999, 1.0, True),
        (0.0, 2 * SAME, 2.0, True),
        (0.0, SAME, 0.0, False),
        (inf, 1.0, 1.0, False),
        (inf, inf, 1.0, True),
        (-inf, inf, 1.0, False),
    ],
)
def test_close_is_relative_to_the_largest_of_the_figures_and_the_scale(
    one: float, other: float, scale: float, same: bool
) -> None:
    assert close(one, other, scale) is same
    assert close(other, one, scale) is same


def test_what_matters_is_more_than_arithmetic_beside_its_sizes() -> None:
    assert matters(1.1 * SAME)
    assert not matters(1.1 * SAME, 2.0)
    assert not matters(1.1 * SAME, -2.0)

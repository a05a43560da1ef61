"""What the families declare of themselves holds: of the switchboard, and of the rows that are built."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from pieces import MODELS, PIECES

import planner
from planner.catalogue import load
from planner.domain.contingency.contingencies import Case
from planner.domain.contingency.response import Need, needs
from planner.domain.instance import PlanningInstance
from planner.formulation.build import build
from planner.formulation.families import FAMILIES, MODULES
from planner.formulation.model.family import Directory, Sign
from planner.formulation.model.model import EQUAL, GREATER, LESS

ROOT = Path(planner.__file__).parent
# Rooms that read and write tables of the input, whose columns are called as some families are; and the checker, which
# shares nothing with them.
OF_THE_INPUT = {"workbook", "replan", "exchange", "verify"}
SPELLED_ALIKE = {
    "work_share": {"plan", "report", "run"},  # a column of the table of balances
    "contribution_min": {"plan", "report"},  # columns of the input, in a note and among the shares that may be changed
    "contribution_max": {"plan", "report"},
    "cofinancing": {"plan", "report"},
    "smallest_share": {"plan"},  # a kind of Policies
    "largest_share": {"domain"},
    "days_of_supply": {"plan"},  # the input's column
    "least_served": {"cli", "report", "run"},  # a key of run.json
    "common_procurement": {"cli", "run"},
    "throughput": {"domain"},  # a kind of change that Remedies names
    "consent": {"domain"},
    "ramp": {"plan", "report"},  # the input's column
    "departure": {"review"},  # what the review calls what was done otherwise
}
# Whether contributors are told apart is asked before anybody can take part in common procurement.
ASKED_BEFORE = ("contributions.py", "common_procurement")
SIGNS = {LESS: Sign.NEVER_ABOVE, EQUAL: Sign.EITHER, GREATER: Sign.NEVER_BELOW}
OF_BOUND = {"maximum": Sign.NEVER_ABOVE, "quantity": Sign.EITHER, "minimum": Sign.NEVER_BELOW}


def test_the_registry_and_the_switchboard_name_the_same_families() -> None:
    constraints = load("full").constraints
    assert FAMILIES.keys() == constraints.keys()
    for name, family in FAMILIES.items():
        assert (family.unit, family.dual) == (constraints[name].unit, constraints[name].dual), name


def test_a_figure_belongs_to_one_family() -> None:
    figures = [(c, field) for family in FAMILIES.values() for c, fields in family.figures.items() for field in fields]
    assert len(figures) == len(set(figures))


@pytest.mark.parametrize("piece", PIECES)
def test_rows_are_as_declared(piece: str) -> None:
    """The key of each row has the fields of the index, its sense fits the sign of the dual, and it is located."""
    model = build(PIECES[piece](), load(MODELS.get(piece, "full")))
    directory = Directory(model.instance)
    for name, rows in model.rows.items():
        family = FAMILIES[name]
        for key, row in rows.items():
            sign = OF_BOUND[key[1]] if family.sign is Sign.AS_BOUND else family.sign
            assert SIGNS[model.row_at(row).sense] is sign, name
            object_, item, period = family.place(directory, family.index(*key))
            assert isinstance(object_, str), name
            assert item is None or item in model.instance.items, name
            assert period is None or 1 <= period <= model.instance.horizon.periods, name


def test_needs_are_counted_once_a_case_not_once_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """With hundreds of cases the places of their rows took longer than to solve for them."""
    counted: list[tuple[str, int]] = []

    def counting(instance: PlanningInstance, case: Case) -> list[Need]:
        counted.append(case.key)
        return needs(instance, case)

    model = build(PIECES["response"](), load("full"))
    monkeypatch.setattr("planner.formulation.model.family.needs", counting)
    directory, family = Directory(model.instance), FAMILIES["response_demand_balance"]
    places = [family.place(directory, family.index(*key)) for key in model.rows[family.name]]
    assert places == [("c: K", "shell", 2), ("c: M", "shell", 2)]
    assert counted == [("c", 0)]


def test_a_name_stands_in_its_own_module_alone() -> None:
    """Whoever asks for a family imports its declaration. Words of other meaning that are spelled alike are listed."""
    own = {family.name: Path(inspect.getfile(module)) for module in MODULES for family in module.FAMILIES}
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        room = path.relative_to(ROOT).parts[0]
        text = path.read_text(encoding="utf-8")
        if room in OF_THE_INPUT or not any(name in text for name in own):
            continue
        for node in ast.walk(ast.parse(text)):
            name = node.value if isinstance(node, ast.Constant) else None
            elsewhere = isinstance(name, str) and name in own and own[name] != path
            if elsewhere and room not in SPELLED_ALIKE.get(name, ()) and (path.name, name) != ASKED_BEFORE:
                found.append((str(path.relative_to(ROOT)), getattr(node, "lineno", 0), name))
    assert not found

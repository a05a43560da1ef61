"""The LP of each piece of the formulation, on a tiny instance, is the one that was read and agreed to.

`UPDATE_GOLDEN=1 pytest tests/unit/formulation` writes the files anew; read the difference before committing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

import pytest
from pieces import MODELS, PIECES

import planner.formulation
from planner.catalogue import RESPONSE, load
from planner.formulation.build import build
from planner.formulation.model.problem import problem
from planner.formulation.objective import objectives

GOLDEN = Path(__file__).parent / "golden"
FRAME = {
    "indices",  # keys that several modules of money have
    "__init__",
    "build",
    "families",
    "objective",
    "figures",  # which rows of responses are made of the plan's figures
    "beside",  # the response of its case, as in all pieces of responses; of the plan only what is known
}  # modules that add no columns or rows of their own
# What all pieces use; of its modules only `past` adds rows.
MODEL = Path(planner.formulation.__file__).parent / "model"
SECOND = {"stability_weighted", "recipients", "losses_worst"}  # further pieces of a module


@pytest.mark.parametrize("piece", PIECES)
def test_the_lp_is_the_agreed_one(piece: str, tmp_path: Path) -> None:
    model = build(PIECES[piece](), load(MODELS.get(piece, "full")))
    (_name, objective), *_ = objectives(model)
    written = tmp_path / f"{piece}.lp"
    problem(model, objective).writeLP(str(written))
    golden = GOLDEN / f"{piece}.lp"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(written.read_text())
    assert written.read_text() == golden.read_text()


def test_every_piece_of_the_formulation_has_a_golden_lp() -> None:
    folder = Path(planner.formulation.__file__).parent
    pieces = {path.stem for path in folder.rglob("*.py") if path.parent != MODEL} | {"past"}
    assert pieces - FRAME == set(PIECES) - SECOND


def test_the_catalogue_and_the_docstrings_name_the_same_families() -> None:
    folder = Path(planner.formulation.__file__).parent
    text = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    full = load("full")
    own = _own(full.constraints)
    documented = set(re.findall(r"^\s*(?:\S.*)?\b([a-z_]+) \([^()]*\)(?:, [^:\n]+)?:", text, re.MULTILINE))
    assert own <= documented
    used = set(re.findall(r'(?:limit|row|_require)\(\s*(?:model, )?"([a-z_]+)"', text))
    assert used == own
    columns = set(re.findall(r'variable\(\s*"([a-z_]+)"', text)) | {
        "target_shortage",
        "supply_shortage",
        "above_previous",
        "below_previous",
    }
    assert columns == _own(full.variables)


def _own(families: Collection[str]) -> set[str]:
    """Families without those that responses have of the plan's: they are added by the same code."""
    return {name for name in families if not (name.startswith(RESPONSE) and name.removeprefix(RESPONSE) in families)}


def test_every_family_appears_in_some_golden_lp() -> None:
    text = "\n".join(path.read_text() for path in GOLDEN.glob("*.lp"))
    catalogue = load("full")
    for family in (*catalogue.constraints, *catalogue.variables):
        assert re.search(rf"\b{family}\.", text), f"{family} is in no golden LP"

"""Names in place of codes, and words for every aim."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from planner import catalogue
from planner.domain.instance import PlanningInstance
from planner.domain.titles import named_in_parts, object_title, title_of
from planner.formulation.model.family import figure
from planner.plan.remedy.levers import CAPACITY, Lever
from planner.plan.remedy.measures import CONTINGENCY, Goal
from planner.report.pages.shell import environment
from planner.report.pages.views import View, ViewCell, ViewColumn, coded
from planner.report.words.limit_words import GAINS, LOSSES, SAID_OF_LEVEL
from planner.report.words.names import commitment_title, goods_text, party_title, titles_of, with_code
from planner.report.words.numbers import Money
from planner.report.words.remedy_words import RemedyWords as RemedyWords
from planner.workbook import read
from tests.places import INPUTS, ROOT

EUR = Money("EUR", 1.0)
MODELS = sorted(path.stem for path in (ROOT / "models").glob("*.toml"))


@pytest.fixture(scope="module")
def instance() -> PlanningInstance:
    found = read(INPUTS / "coalition").instance
    assert found is not None
    return found


def test_strikes_of_which_one_happens_are_added_up(instance: PlanningInstance) -> None:
    """energy_depots may strike in three periods; a remedy is of what they lack in sum."""
    title = instance.contingencies["energy_depots"].title
    said = RemedyWords(instance, EUR).goal(Goal(CONTINGENCY, "energy_depots"))
    assert said == f"The response to “{title}” (3 possible strikes, added up)"


def test_commitments_of_one_name_are_told_with_their_codes(instance: PlanningInstance) -> None:
    fires, drones = instance.commitments["C2-FIRES"], instance.commitments["C2-DRONES"]
    assert commitment_title(instance, "C2-FIRES") == fires.title
    alike = replace(instance, commitments={**instance.commitments, "C2-DRONES": replace(drones, title=fires.title)})
    assert commitment_title(alike, "C2-FIRES") == f"{fires.title} (C2-FIRES)"
    assert commitment_title(alike, "C2-DRONES") == f"{fires.title} (C2-DRONES)"


def test_the_limit_of_an_expansion_is_told_in_what_its_line_makes(instance: PlanningInstance) -> None:
    field = figure("Expansions", "limit", expansion="UA Stork rounds")
    lever = Lever("limit", CAPACITY, field, 20.0, 1.0, inf, "UA", "Expansions!G2", {})
    said = RemedyWords(instance, EUR).rise(lever, 8.0)
    assert (
        said
        == "a further 8\u202f000 rounds of 155 mm complete rounds a month under the limit of UA Stork rounds (Expansions!G2)"
    )


def test_things_are_called_by_the_names_of_the_input(instance: PlanningInstance) -> None:
    assert title_of(instance.funds, "SAFE") == "Security Action for Europe, share for joint support"
    assert title_of(instance.nodes, "DE Falcon") == "DE Falcon works (fictional)"
    assert title_of(instance.nodes, "nowhere") == "nowhere"
    assert with_code(instance.nations, "PL") == "Poland (PL)"
    assert object_title(instance, "BILATERAL: DE") == f"{instance.funds['BILATERAL'].title}: Germany"
    assert object_title(instance, "DE Falcon:R155") == "DE Falcon works (fictional): 155 mm complete rounds", (
        "the line has no name of its own"
    )
    assert named_in_parts("SAFE: PL", {"PL": "Poland"}.get) == "SAFE: Poland"
    assert named_in_parts("SAFE: 2", {"SAFE: 2": "Second loan", "SAFE": "Loan"}.get) == "Second loan"
    assert party_title(instance, "PL") == "Poland"
    assert commitment_title(instance, "C2-FIRES") == instance.commitments["C2-FIRES"].title
    assert commitment_title(instance, "") == "Demand without a commitment"
    assert commitment_title(replace(instance, commitments={}), "") == "All demand"
    assert titles_of(instance.nations)["PL"] == "Poland"
    assert coded(instance.items, "R155") == ViewCell("155 mm complete rounds", "R155")
    assert coded(instance.items, "unknown") == "unknown"


@pytest.mark.parametrize("model", MODELS)
def test_every_aim_has_words_for_better_and_worse(model: str) -> None:
    levels = {level.name for level in catalogue.load(model).levels}
    assert levels <= set(SAID_OF_LEVEL)
    assert levels <= set(GAINS)
    assert levels <= set(LOSSES)


def test_a_table_says_what_the_page_and_what_paper_leaves_out() -> None:
    columns = (ViewColumn("Item"), ViewColumn("Cost", "money"))
    view = View(
        "prices", "Costs", "", columns, [("a", 1.0), ("b", None), ("c", 3.0)], most=2, printed=1, order="dearest"
    )
    assert view.left_out == "The first 2 of 3 (dearest); all of them are in plan.xlsx, sheet prices."
    assert view.left_out_on_paper == "The first 1 of 3 (dearest); all of them are in plan.xlsx, sheet prices."
    assert view.on_paper(0).left_out_on_paper == "Costs: on the screen and in plan.xlsx, sheet prices."
    assert [[cell.text for cell in row] for row in view.shown(EUR)] == [["a", "1.00"], ["b", "–"]]
    assert [row[1].order for row in view.shown(EUR)] == [1.0, None]


@pytest.mark.parametrize(
    ("rows", "printed", "folds", "is_folded"),
    [(7, 0, True, True), (6, 0, True, False), (7, 1, True, False), (7, 0, False, False)],
)
def test_what_paper_leaves_out_is_folded_unless_it_is_short(
    rows: int, printed: int, folds: bool, is_folded: bool
) -> None:
    view = View("prices", "Costs", "", (ViewColumn("Item"),), [(str(row),) for row in range(rows)], printed=printed)
    html = str(environment().get_template("table.html.j2").module.table(view, EUR, folds=folds))  # type: ignore[attr-defined]
    assert ("<details" in html) == ("</details>" in html) == is_folded
    assert ("<summary><h3>Costs</h3> <small>7 rows</small></summary>" in html) == is_folded
    assert html.count("<h3>Costs</h3>") == 1
    assert html.count("<tr>") + html.count("<tr ") == rows + 1


def test_a_unit_that_the_name_says_is_said_once(instance: PlanningInstance) -> None:
    item = next(iter(instance.items.values()))
    said = [
        goods_text(30.0, replace(item, unit=unit, title=title))
        for unit, title in (
            ("pallet", "Pallet of 60 sets"),
            ("missile", "Medium-range missiles"),
            ("t", "heaters"),
            ("1000 rounds", "155 mm rounds"),
            ("100 drones", "FPV drones"),
            ("1 million rounds", "Small-arms rounds"),
        )
    ]
    assert said == [
        "30 Pallet of 60 sets",
        "30 Medium-range missiles",
        "30 t of heaters",
        "30\u202f000 rounds of 155 mm rounds",
        "3\u202f000 FPV drones",
        "30 million Small-arms rounds",
    ]

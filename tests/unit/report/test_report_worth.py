"""What the guarantee is worth, as the report tells it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import planner
from planner.plan import solve
from planner.report.data.money import money_scale
from planner.report.guarantees.worth import GuaranteeWorth, read_worth
from tests.places import CASES

WORLDS = CASES / "guarantees"


def worth_of(name: str, worth: bool = True) -> GuaranteeWorth:
    plan = solve(planner.read(WORLDS / name), worth=worth)
    return read_worth(plan, None if worth else "It was not worked out.", money_scale(plan))


def test_need_and_depots_in_words() -> None:
    found = worth_of("worth/two_ways")
    assert found.sentences == (
        "At best, the need expected to stay uncovered is EUR\u00a080, by value and priority, with each case weighted by its probability, "
        "and promises and the extra weight of the worst cases left aside.",
        "Knowing in time which case occurs, and planning for it alone, would save EUR\u00a080 of that (100\u00a0%).",
        "Planning for the attack saves nothing: a plan that puts its other aims first does as well.",
        "If responses could use nothing that lies in PL or is on its way there, EUR\u00a0160 more of the need would stay uncovered, by value and priority.",
        "If responses could use nothing that lies in DE or is on its way there, EUR\u00a0160 more of the need would stay uncovered, by value and priority.",
    )
    assert {view.name: list(view.rows) for view in found.views} == {
        "worth of the guarantee": [
            ("Need that stays uncovered, as expected at best", 80.0, "risk weight 0, promises left out"),
            ("Saved if it were known in time which case occurs", 80.0, "expected value of perfect information"),
            ("Saved by planning for the attack", 0.0, "against a plan that puts its other aims first"),
        ],
        "worth of depots": [
            ("PL", "Uncovered contingency demand", "goods weighted by priority", 320.0, 160.0, 160.0, 160.0, 0.0),
            ("DE", "Uncovered contingency demand", "goods weighted by priority", 320.0, 160.0, 160.0, 160.0, 0.0),
        ],
        "one more unit": [("D", "PL", "round", "unit", 1, 6.0), ("E", "DE", "round", "unit", 1, 2.0)],
    }


def test_opening_depots() -> None:
    assert (
        "If all places in DE were open to everybody, EUR\u00a0300 less of the need would stay uncovered, by value and priority."
        in worth_of("worth/depots_refused").sentences
    )


def test_a_nation_is_told_once_with_all_its_levels() -> None:
    plan = solve(planner.read(WORLDS / "worth/two_ways"), worth=True)
    plan = replace(plan, levels=(replace(plan.levels[0], name="coverage"), *plan.levels))
    depots = pd.DataFrame(
        [
            ("PL", "coverage", 7.0, 7.0, 4.0),
            ("PL", "contingency", 300.0, 200.0, 260.0),
            ("DE", "coverage", 9.0, 7.0, 7.0),
            ("DE", "contingency", 200.0, 200.0, 200.0),
        ],
        columns=plan.tables["access_value"].columns,
    )
    found = read_worth(replace(plan, tables={**plan.tables, "access_value": depots}), None, money_scale(plan))
    assert found.sentences[3:] == (
        "If responses could use nothing that lies in DE or is on its way there, EUR\u00a02 more of what is promised would be missed.",
        "If responses could use nothing that lies in PL or is on its way there, EUR\u00a0100 more of the need would stay uncovered, "
        "by value and priority.",
        "If all places in PL were open to everybody, EUR\u00a03 less of what is promised would be missed, and EUR\u00a060 more of the need "
        "would stay uncovered, by value and priority.",
    )


def test_money_under_the_weighted_objective() -> None:
    found = worth_of("newsvendor/cheap")
    assert found.sentences[:3] == (
        "At best, plan and responses are expected to cost EUR\u00a0550, with each case weighted by its probability.",
        "Knowing in time which case occurs, and planning for it alone, would save EUR\u00a090 of that (16\u00a0%).",
        "Planning for the attack saves EUR\u00a0140: a plan for peace alone would cost that much more, with the responses to it.",
    )
    assert (
        "If responses could use nothing that lies in PL or is on its way there, the plan and its responses would cost EUR\u00a0140 more."
        in found.sentences
    )


def test_what_could_not_be_covered() -> None:
    found = worth_of("newsvendor/must")
    assert "A plan made without regard to an attack could not cover what must be covered." in found.sentences
    assert (
        "If responses could use nothing that lies in PL or is on its way there, what must be covered could not be."
        in found.sentences
    )
    depots = next(view for view in found.views if view.name == "worth of depots")
    assert depots.rows[0][2:] == ("money", None, 600.0, 600.0, None, 0.0)


def test_what_was_not_worked_out_is_said() -> None:
    found = worth_of("worth/two_ways", worth=False)
    assert found.missing == "It was not worked out."
    assert found.sentences == ()
    assert [view.name for view in found.views] == ["one more unit"]


def test_page_and_workbook_have_their_part(tmp_path: Path) -> None:
    planner.solve_workbook(WORLDS / "worth" / "two_ways", tmp_path / "run")
    page = (tmp_path / "run" / "report.html").read_text()
    assert "<h3>What the guarantee is worth</h3>" in page
    assert "<h3>Where one more unit would help most</h3>" in page
    sheets = pd.read_excel(tmp_path / "run" / "plan.xlsx", sheet_name=None, engine="openpyxl")
    assert {"worth of the guarantee", "worth of depots", "one more unit"} <= sheets.keys()
    assert "Value held back (EUR of goods as the aim counts them)" in sheets["attribution"].iloc[0].tolist()
    assert {"Least (days)", "Mean (days)", "Most (days)"} <= set(sheets["days to reach"].iloc[0])
    weighted = "EUR of goods weighted by priority"
    assert sheets["worth of the guarantee"].iloc[0, 1] == f"Amount ({weighted})", "below the title of the sheet"
    assert sheets["one more unit"].iloc[0, -1] == f"Saved per unit ({weighted})"
    assert set(sheets["worth of depots"].iloc[1:, 2]) == {"goods weighted by priority"}, "each row counts its own level"


@pytest.mark.usefixtures("without_reports")
def test_the_command_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from planner.cli.entry import run

    world = str(WORLDS / "newsvendor" / "cheap")
    assert run(["solve", world, "-o", str(tmp_path / "one")]) == 0
    output = capsys.readouterr().out
    assert "Perfect information would save   90  EUR" in output
    assert "Planning for the attack saves   140  EUR" in output
    assert run(["solve", world, "-o", str(tmp_path / "two"), "--no-worth"]) == 0
    output = capsys.readouterr().out
    assert "was not computed: it was switched off (--no-worth)" in output
    assert run(["solve", world, "-o", str(tmp_path / "three"), "--worth", "--rolling", "2/1"]) == 64

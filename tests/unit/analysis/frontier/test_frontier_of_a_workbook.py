"""The frontier of the quickstart, worked by hand, and of random worlds, against solves with a limit on cost.

Quickstart, what a pallet of value 12000 costs: from the Alpha line 12000 + 10 road + 20 railway = 12030, of which 220
need not wait (60 for February, 80 for March, 80 for April); 20 more wait a month in the Depot (2): 12032. From the
Bravo line 15000 + 15 + 20 = 15035, 30 of which need not wait; 10 wait a month in the Depot: 15037; 20 wait a month in
the City (5): 15040; 30 wait two (10): 15045. The last 30 of 360 cannot arrive in time.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

from planner.analysis.frontier.frontier import FrontierResult, _headline, frontier_of_workbook
from planner.analysis.frontier.kinks import Frontier, Kink, trace_frontier
from planner.catalogue import load
from planner.cli.lines.insight import frontier_lines
from planner.errors import UsageError
from planner.formulation.build import build
from planner.plan import SolveOptions
from planner.plan.aims import Aim, aims
from planner.plan.program import Program
from planner.report.words.numbers import Money
from planner.schemas import schema
from planner.solver.highs import INFINITY
from planner.solver.parametric.study import ParametricStudy
from planner.solver.scaling import objective_scale
from planner.workbook import read_instance
from tests.places import INPUTS
from tests.worlds.worlds import random_world, write_world

QUICKSTART = INPUTS / "quickstart.xlsx"
STEPS = [(220, 12030), (20, 12032), (30, 15035), (10, 15037), (20, 15040), (30, 15045)]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> FrontierResult:
    return frontier_of_workbook(QUICKSTART, tmp_path_factory.mktemp("frontier") / "out")


def test_every_kink_of_the_quickstart_is_the_one_worked_by_hand(result: FrontierResult) -> None:
    costs = [0, *accumulate(pallets * cost for pallets, cost in STEPS)]
    short = [12000 * (360 - made) for made in [0, *accumulate(pallets for pallets, _ in STEPS)]]
    assert result.frontier.is_exact
    assert [kink.first for kink in result.frontier.kinks] == pytest.approx(costs)
    assert [kink.second for kink in result.frontier.kinks] == pytest.approx(short)


def test_the_folder_says_it_as_table_page_workbook_and_record(result: FrontierResult) -> None:
    names = sorted(path.name for path in result.folder.iterdir())
    assert names == ["frontier.html", "frontier.json", "frontier.xlsx", "log.txt", "tables"]
    kinks = pd.read_csv(result.folder / "tables" / "kinks.csv")
    assert kinks["slope_to_next"].dropna().tolist() == pytest.approx([-12000 / cost for _, cost in STEPS])
    changes = pd.read_csv(result.folder / "tables" / "changes.csv")
    first = changes[(changes["step"] == "1 to 2") & (changes["kind"] == "made by line")].iloc[0]
    assert (first["object"], first["change"]) == ("Alpha line · winter_pallet", pytest.approx(220))
    record = json.loads((result.folder / "frontier.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema("frontier"), cls=jsonschema.Draft202012Validator)
    assert record["exact"] is True
    assert [level["name"] for level in record["levels"]] == ["cost", "shortfall"]
    headings = [column.heading for column in result.findings.sections[0].tables[0].sheet("EUR").columns]
    assert headings == [
        "Kink",
        "Discounted cost (EUR)",
        "Shortfall of all demand (EUR of goods weighted by priority)",
        "To the next: change per unit (EUR of goods weighted by priority per EUR)",
        "May lie lower by (EUR of goods weighted by priority)",
        "Delivered (EUR of goods)",
        "Short (EUR of goods)",
    ]
    page = (result.folder / "frontier.html").read_text(encoding="utf-8")
    assert "each further EUR buys EUR\u00a00.998" in page
    assert "EXAMPLE" in page


def test_what_a_further_million_buys_is_said_only_where_there_is_so_much_of_it() -> None:
    """360 EUR of transport free 6 million of goods that lie in a depot; the last 29 million buy 28."""
    nothing: Any = np.zeros(0)
    cost, short = Aim("cost", "Cost", "EUR", nothing), Aim("shortfall", "Shortfall", "EUR of value", nothing)
    money = Money.scaled("EUR", 6e7)

    def said(*kinks: tuple[float, float]) -> str:
        frontier = Frontier(tuple(Kink(*kink, nothing, nothing) for kink in kinks), (0.0,) * (len(kinks) - 1))
        return _headline(frontier, cost, short, money, money).replace("\u00a0", " ").replace("\u202f", " ")

    assert said((6e6, 50e6), (6000360, 44e6), (12e6, 40e6), (41e6, 12e6)).endswith(
        "each further EUR buys EUR 16 667 at first, and each further million EUR buys EUR 965 517 in the end."
    )
    assert said((6e6, 50e6), (10e6, 42e6), (41e6, 11e6)).endswith(
        "each further million EUR buys EUR 2.00 million at first, and EUR 1.00 million in the end."
    )


def test_terminal_page_and_table_write_the_figures_alike(result: FrontierResult) -> None:
    said, page = frontier_lines(result), (result.folder / "frontier.html").read_text(encoding="utf-8")
    second = next(line.split("  ") for line in said if line.strip().startswith("2 "))
    assert [cell.strip() for cell in second if cell.strip()][1:4] == [
        "2\u202f646\u202f600",
        "1\u202f680\u202f000",
        "−0.997",
    ]
    assert all(re.search(f">{re.escape(cell.strip())}</t[dh]>", page) for cell in second if cell.strip())


def test_what_is_delivered_is_of_all_demand_where_there_are_no_commitments(tmp_path: Path) -> None:
    result = frontier_of_workbook(QUICKSTART, tmp_path / "out")
    changes = pd.read_csv(result.folder / "tables" / "changes.csv")
    assert set(changes[changes["kind"] == "delivered"]["label"]) == {"All demand · Pallets of 60 winter clothing sets"}


def test_other_levels_hold_those_before_them(tmp_path: Path) -> None:
    """With the binding 160 pallets certain, the frontier begins where they are all delivered."""
    found = frontier_of_workbook(QUICKSTART, tmp_path / "out", ["cost", "other_shortfall"]).frontier
    assert found.kinks[0].second == pytest.approx(200 * 12000)
    assert found.kinks[0].first == pytest.approx(140 * 12030 + 20 * 12032)


@pytest.mark.parametrize("levels", [["cost"], ["cost", "cost"], ["cost", "shortfal"]])
def test_levels_that_are_none_are_refused_in_words(levels: list[str], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--levels"):
        frontier_of_workbook(QUICKSTART, tmp_path / "out", levels)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("objective", ["lexicographic", "weighted"])
@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 5, 7, 8])  # 6 has no plan
def test_between_the_kinks_no_plan_is_better(seed: int, objective: str, tmp_path: Path) -> None:
    """At nine costs along the frontier: the least of the other aim, by a cold solve with the cost as a limit."""
    world = random_world(seed, objective, money=False)
    program = Program.of(build(read_instance(write_world(world, tmp_path)), load("full")))
    known = aims(program)
    first, second = known["cost"], known["penalties" if objective == "weighted" else "shortfall"]
    settings = program.settings(SolveOptions())
    study = ParametricStudy(program.lp, {aim.name: aim.costs for aim in (first, second)}, settings)
    frontier = trace_frontier(study, first.name, second.name, most=200)
    assert frontier.is_exact
    across, up = ([getattr(kink, name) for kink in frontier.kinks] for name in ("first", "second"))
    for cost in np.linspace(across[0], across[-1], 9):
        session = program.session(SolveOptions())
        scale = objective_scale(first.costs)
        session.add_row(-INFINITY, (cost + 1e-7) * scale, first.costs * scale)
        session.set_costs(second.costs)
        outcome = session.solve("by force")
        assert outcome.status == "optimal"
        assert outcome.objective == pytest.approx(float(np.interp(cost, across, up)), rel=1e-6, abs=1e-4)

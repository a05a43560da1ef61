"""Sentences of the report that could be false, on inputs on which they would be; and points whose handling is full."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from planner.paths import as_argument
from planner.plan import solve
from planner.report.data import limits
from planner.report.data.report_data import ReportData, read_report_data
from planner.report.data.worth import LimitWorth
from planner.report.excel.workbook import write_workbook
from planner.report.figures.money_charts import payers_chart
from planner.report.pages.report import render
from planner.report.words import wording
from planner.report.words.names import some_cells
from planner.report.words.numbers import Money
from planner.workbook import read_instance
from tests.places import INPUTS
from tests.unit.report.report_worlds import run_of

# Works makes 60 crates a month, of which 30 t may be handled there in January and February; Hub wants 60 in each month.
TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,2\n",
    "Nations": "nation\nPL\n",
    "Items": "item,weight,value\ncrate,1,10\nboat,1,10\n",
    "Nodes": "node,kind,nation,storage_t,throughput_t\nWorks,factory,PL,0,30\nHub,destination,PL,0,\n",
    "Routes": "origin,destination,mode,capacity_t\nWorks,Hub,road,90\n",
    "Lines": "line,factory,item,unit_cost,capacity\nPress,Works,crate,10,60\n",
    "Demand": "demand,destination,item,period,quantity\nJ,Hub,crate,1,60\nF,Hub,crate,2,60\n",
}


def data(folder: Path, **changes: str) -> ReportData:
    for name, text in {**TABLES, **changes}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    plan = solve(read_instance(folder))
    return read_report_data(plan, run_of(plan.instance, list(plan.levels)))


def test_a_point_whose_handling_is_full_stands_beside_full_legs(tmp_path: Path) -> None:
    found = data(tmp_path)
    (node,) = found.traffic.handling
    assert (node.node, node.tonnes, node.full_periods) == ("Works", 60.0, (0, 1))
    figures = {figure.name: (figure.value, figure.note) for figure in wording.figures(found)}
    assert figures["Legs that are full"][0] == "0"
    assert figures["Points at the limit of their handling"] == ("1", "at least once in the plan; 1 in every period")
    page = render(found)
    assert "its handling full in 2 of 2 periods</title>" in page
    assert ">Works, 2 of 2</text>" in page
    assert "a ring a point whose handling is full; beside it in how many periods" in page
    write_workbook(found, tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["full"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)] == [
        ["handling", "Works", "Works", None, 60, 1, 2, 2, "2026-01, 2026-02"]
    ]


def test_the_handling_is_the_reason_and_the_headline_says_the_same(tmp_path: Path) -> None:
    """The press makes 60 and the road takes 90: nothing but the handling of 30 is full."""
    found = data(tmp_path)
    (gap,) = found.gaps
    assert gap.reason.replace("\u00a0", " ") == "handling at Works holds back all of it (Nodes.csv:E2)"
    assert wording.headline(found).replace("\u00a0", " ") == (
        "50 % of what is wanted is delivered. All of what is missing is held back by handling at Works (Nodes.csv:E2)."
    )


def test_every_shortfall_is_in_its_sheet_with_value_share_and_reason(tmp_path: Path) -> None:
    found = data(tmp_path)
    write_workbook(found, tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["shortfalls"]
    heads = [cell.value for cell in sheet[2]]
    rows = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=3)]
    shown = [(row["Quantity"], row["Wanted"], row["Part of wanted"], row["Value"], row["Binding"]) for row in rows]
    assert shown == [(30, 60, 0.5, 300, "no"), (30, 60, 0.5, 300, "no")]
    assert {row["Reason"] for row in rows} == {found.gaps[0].reason}


def test_everything_is_not_delivered_where_something_cheap_is_missing(tmp_path: Path) -> None:
    """Boats for 10 are missing beside crates for 60 thousand million: less than a millionth, and not nothing."""
    found = data(
        tmp_path,
        Items="item,weight,value\ncrate,1,1000000000\nboat,1,1\n",
        Nodes=TABLES["Nodes"].replace(",0,30", ",0,"),
        Demand="demand,destination,item,period,quantity\nJ,Hub,crate,1,60\nB,Hub,boat,2,10\n",
    )
    assert wording.headline(found).replace("\u00a0", " ").startswith("All but EUR")
    figures = {figure.name: figure.value for figure in wording.figures(found)}
    assert figures["Demands not met in full"] == "1"


def test_what_no_line_makes_is_only_said_to_be_used_up_where_it_is(tmp_path: Path) -> None:
    """Ten boats lie at Works, of which 3 a month may leave: the handling holds them back, and 4 are left."""
    found = data(
        tmp_path,
        Nodes="node,kind,nation,storage_t,throughput_t\nWorks,factory,PL,,3\nHub,destination,PL,0,\n",
        Stocks="node,item,quantity\nWorks,boat,10\n",
        Demand="demand,destination,item,period,quantity\nJ,Hub,boat,1,5\nF,Hub,boat,2,5\n",
    )
    (gap,) = found.gaps
    assert gap.reason.replace("\u00a0", " ") == "handling at Works holds back all of it (Nodes.csv:E2)"


def test_the_cost_that_is_told_is_the_cost_that_is_minimised() -> None:
    """Nothing is discounted, so the tile, its types and the level are one figure; holding is 460 of it, by hand."""
    plan = solve(read_instance(INPUTS / "quickstart.xlsx"))
    found = read_report_data(plan, run_of(plan.instance, list(plan.levels)))
    cost = next(level.value for level in plan.levels if level.name == "cost")
    assert found.finances.total == pytest.approx(cost) == pytest.approx(4_240_810)
    assert sum(found.finances.by_type["storage"].values()) == pytest.approx(460)


def test_a_demand_of_many_due_dates_is_one_demand(tmp_path: Path) -> None:
    notes = []
    for number, demands in enumerate(
        (TABLES["Demand"], "demand,destination,item,2026-01,2026-02\nJ,Hub,crate,60,60\n")
    ):
        (folder := tmp_path / str(number)).mkdir()
        found = data(folder, Demand=demands)
        notes.append({figure.name: figure.note for figure in wording.figures(found)}["Demands not met in full"])
    assert [note.partition(",")[0] for note in notes] == ["of 2 demands", "of 2 due dates of 1 demand"]


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (60.0, "add EUR\u00a060 to the cost of responses"),
        (-60.0, "save EUR\u00a060 of responses at the expense of an earlier aim"),
        (0.0, "change nothing"),
    ],
)
def test_one_less_that_saves_is_told_so(tmp_path: Path, loss: float, said: str) -> None:
    found = data(tmp_path)
    writer = limits._Writer(found.instance, found.catalogue, Money("EUR", 1.0))
    worth = LimitWorth(100.0, loss, exact=True, confirmed=True)
    sentence = writer._sentence("response_cost", "line_capacity", "rounds line", "crate", worth, "2026-01")
    assert sentence == (
        "One more unit of capacity on rounds line for crate in 2026-01 would save EUR\u00a0100 of responses; "
        f"one less would {said} (confirmed by a re-solve)."
    )


def test_a_unit_of_goods_is_one_whatever_it_is_called(tmp_path: Path) -> None:
    items = "item,unit,weight,value\ncrate,crates,1,10\nboat,,1,10\n"
    found = data(tmp_path, Items=items, RouteItems="route,item,capacity\nWorks>Hub:road,crate,20\n")
    assert [limit.sentence.partition(" would ")[0] for limit in found.limits] == [
        "One more unit (crates) on route Works → Hub, road for crate in 2026-01"
    ]


def test_a_fund_that_pays_for_itself_is_told_by_its_name_in_the_ledger(tmp_path: Path) -> None:
    found = data(tmp_path, Funds="fund,name\nF1,Pledges\n", Budgets="fund,year,amount\nF1,2026,900\n")
    (row,) = (row for view in found.ledger.views if view.name == "who pays" for row in view.rows)
    assert row[0] == "Pledges"
    chart = payers_chart(found)
    assert chart is not None
    assert chart.description.endswith("All together: Pledges EUR\u00a0600.")


def test_a_commitment_is_binding_as_far_as_its_demands_are(tmp_path: Path) -> None:
    found = data(
        tmp_path,
        Commitments="commitment,binding\nAll,\nSome,yes\nNone,yes\n",
        Demand="demand,commitment,destination,item,period,quantity,binding\nA,All,Hub,crate,1,9,yes\nB,Some,Hub,crate,1,9,\n"
        "C,Some,Hub,crate,2,9,no\nD,None,Hub,crate,2,9,no\n",
    )
    notes = {fill.name: fill.note for fill in found.service.by_commitment(found.instance)}
    assert notes == {"All": "binding", "Some": "binding in part", "None": ""}


def test_the_price_of_lacking_a_unit_is_not_what_it_would_cost(tmp_path: Path) -> None:
    """30 of 60 come in January, and 20 of 20 in February, when 10 more could be had for 10 each."""
    found = data(
        tmp_path,
        Settings=TABLES["Settings"] + "objective,weighted\n",
        Demand="demand,destination,item,period,quantity,shortage_cost\nJ,Hub,crate,1,60,50\nF,Hub,crate,2,20,50\n",
    )
    (row,) = found.marginal_costs.to_dict("records")
    assert (row["low"], row["high"], row["demands"], row["displacing"]) == (10.0, 10.0, 1, 1)


def test_what_can_never_be_there_is_held_back_by_no_storage(tmp_path: Path) -> None:
    """Boats cannot leave Works, and Hub may hold none:
    no storage would help, not even if a depot on the way had some.
    """
    found = data(
        tmp_path,
        Settings="key,value\nstart,2026-01\nperiods,3\nobjective,weighted\n",
        Nodes="node,kind,nation,storage_t\nWorks,factory,PL,0\nDepot,depot,PL,9\nHub,destination,PL,0\n",
        Routes="route,origin,destination,lead_time,closes,excludes\nIn,Works,Depot,0,,boat\nOut,Depot,Hub,1,1,\n",
        Lines="line,factory,item,unit_cost,capacity\nYard,Works,boat,10,60\n",
        Demand="demand,destination,item,period,quantity,shortage_cost\nB,Hub,boat,3,9,50\n",
    )
    assert set(found.plan.tables["attribution"]["group"]) == {"no way"}
    (gap,) = found.gaps
    assert gap.reason == "no route that carries it leads here in time from where it is made or held"
    assert "storage" not in wording.headline(found)


def test_cells_are_cut_between_cells_only() -> None:
    cells = "Budgets!D164, Budgets!D165, Budgets!D166"
    assert some_cells(cells, 40) == cells
    assert some_cells(cells, 30) == "Budgets!D164, Budgets!D165 and 1 more"
    assert some_cells(cells, 5) == "Budgets!D164 and 2 more"


def test_a_command_names_the_input_as_one_would_type_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert as_argument(tmp_path / "inputs" / "a.xlsx") == str(Path("inputs", "a.xlsx"))
    assert as_argument(tmp_path / "my inputs" / "a.xlsx") == f"'{Path('my inputs', 'a.xlsx')}'"
    assert as_argument(tmp_path / "a$b.xlsx") == "'a$b.xlsx'"
    assert as_argument(tmp_path.parent / "a.xlsx") == str(tmp_path.parent / "a.xlsx")

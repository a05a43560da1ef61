"""Plans that people made: the optimum, worse ones by hand, partial ones, and those that cannot be carried out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from openpyxl import Workbook

from planner import cli
from planner.analysis.evaluate.pipeline import EvaluationResult, evaluate_workbook
from planner.analysis.evaluate.report import headline
from planner.errors import InputError, NoPlanError, UsageError, VerificationError
from planner.plan import SolveOptions
from planner.report.words.numbers import Money
from planner.run.pipeline import solve_workbook
from planner.schemas import schema
from planner.verify import verify_run
from tests.places import INPUTS

pytestmark = pytest.mark.usefixtures("without_reports")
QUICKSTART, PARTNERS = INPUTS / "quickstart", INPUTS / "partners"

# The quickstart with 10 pallets less in January: 320 in all, so 40 of April's 200 are short, 40 × 12000 = 480 000
# against 360 000. By its notes: trains of 80, 120, 120 (February and March need what January's train brings: 60 + 20).
# Cost: 230 × 12000 + 90 × 15000 = 4 110 000; roads 2300 + 1350, railway 320 × 20 = 6400; Depot (20 + 10) × 2 = 60, City
# (20 + 40) × 5 = 300: 4 120 410 against 4 240 810.
WORSE = """line,2026-01,2026-02,2026-03
Alpha line,70,80,80
Bravo line,30,30,30
"""


def plan_of(folder: Path, **tables: str) -> Path:
    """A folder of CSV tables."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text.strip() + "\n", encoding="utf-8")
    return folder


def evaluated(tmp_path: Path, source: Path = QUICKSTART, rounding: float = 0.0, **tables: str) -> EvaluationResult:
    return evaluate_workbook(source, plan_of(tmp_path / "plan", **tables), tmp_path / "out", rounding=rounding)


def gaps(result: EvaluationResult) -> dict[str, float]:
    return {distance.title: distance.gap for distance in result.evaluation.distances}


def broken(tmp_path: Path, source: Path = QUICKSTART, **tables: str) -> tuple[str, ...]:
    with pytest.raises(NoPlanError) as failure:
        evaluated(tmp_path, source, **tables)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["log.txt", "run.json"]
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["status"] == "infeasible"
    assert record["conflict"] == list(failure.value.conflict)
    return failure.value.conflict


def faults(tmp_path: Path, source: Path = QUICKSTART, **tables: str) -> Mapping[str, str]:
    with pytest.raises(InputError) as failure:
        evaluated(tmp_path, source, **tables)
    assert not (tmp_path / "out").exists()
    return {fault.place: fault.message for fault in failure.value.faults}


@pytest.fixture(scope="module")
def optimum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("optimum") / "run"
    solve_workbook(QUICKSTART, folder)
    return folder


# Distance


def test_the_optimum_has_no_distance(optimum: Path, tmp_path: Path) -> None:
    result = evaluate_workbook(QUICKSTART, optimum, tmp_path / "out")
    assert result.evaluation.first_gap is None
    assert set(gaps(result).values()) == {0.0}
    for name in ("production", "shipments", "deliveries", "stocks"):
        given = pd.read_csv(optimum / "tables" / f"{name}.csv")
        found = pd.read_csv(tmp_path / "out" / "tables" / f"{name}.csv")
        assert found["quantity"].tolist() == pytest.approx(given["quantity"].tolist(), abs=1e-5)


def test_a_worse_plan_by_hand(tmp_path: Path) -> None:
    result = evaluated(tmp_path, production=WORSE)
    first = result.evaluation.first_gap
    assert first is not None
    assert (first.title, first.gap) == ("Shortfall of other demand", pytest.approx(120_000))
    assert first.share == pytest.approx(1 / 3)
    cost = result.evaluation.distances[-1]
    assert (cost.value, cost.optimum) == (pytest.approx(4_120_410), pytest.approx(4_240_810))
    # What no plan can beat is only known up to the first level at which they differ.
    assert [level.bound for level in result.evaluation.plan.levels] == [pytest.approx(0), pytest.approx(360_000), None]
    assert result.record.status == "feasible"
    page = (tmp_path / "out" / "evaluation" / "evaluation.html").read_text(encoding="utf-8")
    said = re.sub(r"<[^>]*>|[\u00a0\u202f]", " ", page)
    for sentence in (
        "Shortfall of binding commitments: the same as the optimum, EUR 0.",
        "Shortfall of other demand: EUR 480 000 where the optimum has EUR 360 000: EUR 120 000 more, 33 % more.",
        "EUR 120 400 less, 3 % less. This is bought by what falls short above.",
        "Demand without a commitment: 89 % is delivered, where 92 % could be.",
    ):
        assert sentence in said


def test_what_it_leaves_is_a_run_folder_that_verifies(tmp_path: Path) -> None:
    evaluated(tmp_path, production=WORSE)
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        *("evaluation", "log.txt", "optimum", "plan.xlsx", "report.html", "run.json", "tables"),
    ]
    assert verify_run(out).passed
    assert verify_run(out / "optimum").passed
    assert cli.run(["diff", str(out / "optimum"), str(out)]) == 0
    record = json.loads((out / "evaluation" / "evaluation.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema("evaluation"), cls=jsonschema.Draft202012Validator)
    assert record["given"] == {"production": 6}
    moved = pd.read_csv(out / "evaluation" / "tables" / "movements.csv")
    alpha = moved[(moved["kind"] == "made by line") & moved["object"].str.startswith("Alpha line")].iloc[0]
    assert (alpha["before"], alpha["after"]) == (pytest.approx(230), pytest.approx(240))
    served = pd.read_csv(out / "evaluation" / "tables" / "commitments.csv").iloc[0]
    assert served["difference"] == pytest.approx(-120_000)
    page = (out / "evaluation" / "evaluation.html").read_text(encoding="utf-8")
    assert "Wanted<br><small>EUR of goods</small>" in page
    assert "The plan can be carried out, but it is not the best: Shortfall of other demand: EUR" in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_a_workbook_with_dates_and_wide_tables(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Production"
    for row in (["Line", "2026-01", "2026-02", "2026-03"], ["Alpha line", 70, 80, 80], ["Bravo line", 30, 30, 30]):
        sheet.append(row)
    deliveries = book.create_sheet("Deliveries")
    for row in (
        ["demand", "period", "quantity"],
        ["February", "2026-02", 60],
        ["March", 3, 100],
        ["April", "2026-04", 160],
    ):
        deliveries.append(row)
    book.save(tmp_path / "plan.xlsx")
    result = evaluate_workbook(QUICKSTART, tmp_path / "plan.xlsx", tmp_path / "out")
    assert gaps(result)["Shortfall of other demand"] == pytest.approx(120_000)


def test_what_is_left_out_is_completed_at_best(tmp_path: Path) -> None:
    """Only that nothing is made on the Bravo line in January: 30 pallets less, 360 000 more short."""
    table = "line,period,quantity\nAlpha line,1,80\nAlpha line,2,80\nAlpha line,3,80\nBravo line,2,30\nBravo line,3,30"
    assert gaps(evaluated(tmp_path, production=table))["Shortfall of other demand"] == pytest.approx(360_000)
    nothing = "route,item,period,quantity\nRailway,winter_pallet,1,0"
    short = gaps(evaluated(tmp_path / "none", shipments=nothing))
    assert short["Shortfall of binding commitments"] == pytest.approx(160 * 12_000)
    table = "node,item,period,quantity\nDepot,winter_pallet,1,25"
    # 25 in the Depot at the end of January: the train takes 85, 5 fewer wait in the City: 5 × 3 less... but 5 more
    # there.
    assert gaps(evaluated(tmp_path / "stock", stocks=table))["Shortfall of binding commitments"] == 0


def test_payments_are_fixed_by_fund_and_year(tmp_path: Path) -> None:
    """Of 340 000 EUR, 200 kits of the East line take 200 000, and 140 000 ÷ 1500 = 93 1/3 come from the West line."""
    paid = "fund,contributor,object,year,amount\nJoint,NO,East line,2026,200000\nJoint,WE,West line,2026,140000"
    result = evaluated(tmp_path, PARTNERS, payments=paid)
    assert gaps(result)["Shortfall of other demand"] == pytest.approx(1000 * (100 - 280 / 3))
    assert result.evaluation.plan.tables["payments"]["amount"].sum() == pytest.approx(340_000)


@pytest.mark.parametrize("due", ["0", "2025-12", ""])
def test_deliveries_of_what_was_due_before_the_horizon(due: str, tmp_path: Path) -> None:
    """February's 60, a period overdue in January (0 in the tables of a run), may be two periods late:
    they come in February.
    """
    source = tmp_path / "overdue"
    shutil.copytree(QUICKSTART, source)
    demand = "demand,destination,item,period,quantity,binding,max_delay,overdue"
    plan_of(
        source,
        Demand=f"{demand}\nFebruary,City,winter_pallet,1,60,yes,2,1\nMarch,City,winter_pallet,2026-03,100,yes,0,",
    )
    own = solve_workbook(source, tmp_path / "run").folder
    assert set(gaps(evaluate_workbook(source, own, tmp_path / "own")).values()) == {0.0}
    worse = evaluated(tmp_path, source, deliveries=f"demand,due,period,quantity\nFebruary,{due},2,50\nMarch,,3,100")
    assert gaps(worse)["Shortfall of binding commitments"] == pytest.approx(10 * 12000)


def test_rounded_figures(tmp_path: Path) -> None:
    """Exactly 93 1/3 kits are paid for; somebody wrote 93.33, and 93.34 cannot be paid."""
    paid = "fund,year,amount\nJoint,2026,340000"
    for written, fits in (("93.33", True), ("93.34", True), ("93.5", False)):
        made = f"line,period,quantity\nEast line,1,200\nWest line,1,{written}"
        folder = tmp_path / written
        if fits:
            evaluated(folder, PARTNERS, rounding=0.01, payments=paid, production=made)
        else:
            (rule,) = broken(folder, PARTNERS, payments=paid, production=made)
            assert rule == "production.csv:C3: 93.5 units of kit planned, 0.166667 more than there can be"


# Rules that a plan breaks


def test_the_capacity_of_a_line(tmp_path: Path) -> None:
    table = WORSE.replace("70,80,80", "90,80,80")
    (rule,) = broken(tmp_path, production=table)
    assert rule.startswith("Line capacity of Pallets of 60 winter clothing sets at Alpha line in 2026-01: ")
    assert rule.endswith("exceeded by 10 units started")


def test_goods_that_are_not_there(tmp_path: Path) -> None:
    """The roads bring 100 to the Depot in January, the train takes 110."""
    train = "route,item,period,quantity\nAlpha road,winter_pallet,1,70\nBravo road,winter_pallet,1,30\nRailway,winter_pallet,1,110"
    rules = broken(tmp_path, production=WORSE, shipments=train)
    assert rules == ("shipments.csv:D4: 110 units of winter_pallet planned, 10 more than there can be",)


def test_more_is_delivered_than_wanted_or_can_arrive(tmp_path: Path) -> None:
    (rule,) = broken(tmp_path / "wanted", deliveries="demand,period,quantity\nFebruary,2,65")
    assert "Demand of Pallets of 60 winter clothing sets at February in 2026-02" in rule
    assert rule.endswith("5 units more are delivered than wanted")
    (rule,) = broken(tmp_path / "made", deliveries="demand,period,quantity\nFebruary,2,60\nMarch,3,100\nApril,4,180")
    assert "Line capacity" in rule
    assert rule.endswith("exceeded by 10 units started")


def test_money_that_is_not_there(tmp_path: Path) -> None:
    made = "line,period,quantity\nEast line,1,200\nWest line,1,100"
    less = PARTNERS.with_name("partners")
    poor = tmp_path / "poor"
    shutil.copytree(less, poor)
    budgets = (poor / "Budgets.csv").read_text(encoding="utf-8").replace("300000", "100000")
    (poor / "Budgets.csv").write_text(budgets, encoding="utf-8")
    (rule,) = broken(tmp_path, poor, production=made)
    assert rule.startswith("Fund at Joint fund of the partners in 2026")
    assert rule.endswith("exceeded by EUR 70 000")


def test_what_cannot_be_done_at_all_is_told_by_its_cell(tmp_path: Path) -> None:
    late = "route,item,period,quantity\nRailway,winter_pallet,4,10"
    (rule, *_) = broken(tmp_path, shipments=late)
    assert rule.startswith(
        "shipments.csv:D2: Pallets of 60 winter clothing sets cannot be dispatched on Railway in 2026-04: it would arrive after"
    )
    early = "demand,period,quantity\nMarch,2,10"
    (rule, *_) = broken(tmp_path / "early", deliveries=early)
    assert "nothing can be delivered against March in 2026-02: it is wanted in 2026-03 (10 planned)" in rule
    stock = "node,item,period,quantity\nAlpha,winter_pallet,2,1"
    (rule, *_) = broken(tmp_path / "stock", stocks=stock)
    assert rule.startswith("Storage by weight at Alpha works in 2026-02")


# Faults of the plan's own tables


def test_faults_are_named_by_cell(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        production="line,period,quantity\nAlpha lin,1,10\nAlpha line,7,10\nAlpha line,1,-3",
        deliveries="demand,period,quantity,item\nApril,4,10,shell\nMay,4,10,",
        shipments="origin,destination,item,period,quantity\nAlpha,City,winter_pallet,1,5",
    )
    assert "did you mean 'Alpha line'" in found["production.csv:A2"]
    assert "outside the horizon" in found["production.csv:B3"]
    assert "expected a number of at least 0" in found["production.csv:C4"]
    assert "expected an item of Items" in found["deliveries.csv:D2"]
    assert "expected a demand of Demand" in found["deliveries.csv:A3"]
    assert "no route from Alpha to City" in found["shipments.csv:A2"]


def test_columns_that_contradict_each_other(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        PARTNERS,
        production="line,factory,period,quantity\nEast line,West works,1,10",
        shipments="route,origin,item,period,quantity\nEast road,West works,kit,1,5",
        payments="fund,year,amount\nJoint,2031,5",
    )
    assert found["production.csv:B2"] == "found 'West works', expected 'East works': the line East line stands there"
    assert "East road leads from East works to City" in found["shipments.csv:A2"]
    assert "expected a fiscal year from 2026 to 2026" in found["payments.csv:B2"]


def test_tables_that_are_none(tmp_path: Path) -> None:
    assert (
        "did you mean 'production'"
        in faults(tmp_path, prodution="line,period,quantity\nAlpha line,1,1")["prodution.csv"]
    )
    assert "gives nothing" in faults(tmp_path / "empty", production="line,period,quantity")["plan"]


def test_the_two_directions_of_a_route(tmp_path: Path) -> None:
    source = tmp_path / "in"
    shutil.copytree(PARTNERS, source)
    (source / "Routes.csv").write_text(
        "route,origin,destination,both_ways\nEast road,East works,City,yes\nWest road,West works,City,\n",
        encoding="utf-8",
    )
    there = "route,item,period,quantity\nEast road,kit,1,150\nWest road,kit,1,100"
    assert gaps(evaluated(tmp_path, source, shipments=there))["Shortfall of other demand"] == pytest.approx(50_000)
    back = "route,origin,item,period,quantity\nEast road,City,kit,1,5\nEast road,East works,kit,1,150"
    result = evaluated(tmp_path / "back", source, shipments=back, production="line,period,quantity\nEast line,1,150")
    moved = result.evaluation.plan.tables["shipments"]
    assert sorted(moved["quantity"]) == pytest.approx([5, 150])  # a useless journey stays, as it was planned


# The optimum from a run folder


def test_the_optimum_of_a_run_folder_is_not_solved_again(
    optimum: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(tmp_path / "plan", production=WORSE)
    solved, recorded = tmp_path / "solved", tmp_path / "recorded"
    assert cli.run(["evaluate", str(QUICKSTART), str(plan), "-o", str(solved), "-q"]) == 0

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the optimum was solved again")

    monkeypatch.setattr("planner.analysis.evaluate.pipeline.solve", never)
    assert cli.run(["evaluate", str(optimum), str(plan), "-o", str(recorded), "-q"]) == 0
    one, other = (
        json.loads((folder / "evaluation" / "evaluation.json").read_text(encoding="utf-8"))
        for folder in (solved, recorded)
    )
    assert other.pop("optimum_run") == str(optimum)
    assert one == other
    for name in ("production", "deliveries", "stocks"):
        kept, found = (folder / "optimum" / "tables" / f"{name}.csv" for folder in (solved, recorded))
        assert kept.read_bytes() == found.read_bytes()
    assert verify_run(recorded / "optimum").passed
    page = (recorded / "evaluation" / "evaluation.html").read_text(encoding="utf-8")
    assert f"The plan of {optimum}, from the same input" in page
    assert "solved afresh" not in page
    again = evaluate_workbook(QUICKSTART, plan, tmp_path / "again", optimum=recorded / "optimum")
    assert again.evaluation.first_gap is not None


def changed_run(run: Path, here: Path, **entries: object) -> Path:
    """A copy of a run folder whose record says something else."""
    shutil.copytree(run, here)
    record = json.loads((here / "run.json").read_text(encoding="utf-8"))
    record.update(entries)
    (here / "run.json").write_text(json.dumps(record), encoding="utf-8")
    return here


def test_a_plan_that_was_evaluated_is_no_optimum(tmp_path: Path) -> None:
    evaluated(tmp_path, production=WORSE)
    with pytest.raises(UsageError, match="was evaluated, not optimised"):
        evaluate_workbook(QUICKSTART, tmp_path / "plan", tmp_path / "other", optimum=tmp_path / "out")
    assert not (tmp_path / "other").exists()


def test_a_plan_made_in_windows_is_no_optimum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, plan = str(tmp_path / "run"), str(plan_of(tmp_path / "plan", production=WORSE))
    assert cli.run(["solve", str(QUICKSTART), "--rolling", "3/1", "-o", run, "-q"]) == 0
    assert cli.run(["evaluate", run, plan, "-o", str(tmp_path / "out"), "-q"]) == 64
    assert "was made in windows, so it need not be the optimum" in capsys.readouterr().err


def test_an_optimum_that_the_plan_beats_is_refused(optimum: Path, tmp_path: Path) -> None:
    """The record of the worse plan by hand is made to say that it is optimal."""
    evaluated(tmp_path, production=WORSE)
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    said = [level | {"bound": level["value"], "gap": 0.0, "status": "optimal"} for level in record["objective"]]
    options = {name: entry for name, entry in record["options"].items() if name not in ("plan", "rounding")}
    claimed = changed_run(tmp_path / "out", tmp_path / "claimed", status="optimal", objective=said, options=options)
    with pytest.raises(UsageError, match="said to be optimal, but the one given is better at: Shortfall of other"):
        evaluate_workbook(QUICKSTART, optimum, tmp_path / "other", optimum=claimed)


def test_an_optimum_whose_values_are_not_its_own_is_refused(optimum: Path, tmp_path: Path) -> None:
    record = json.loads((optimum / "run.json").read_text(encoding="utf-8"))
    said = [level | {"value": (level["value"] or 0.0) + 1000.0} for level in record["objective"]]
    false = changed_run(optimum, tmp_path / "false", objective=said)
    plan = plan_of(tmp_path / "plan", production=WORSE)
    with pytest.raises(VerificationError):
        evaluate_workbook(QUICKSTART, plan, tmp_path / "other", optimum=false)


# The command


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = plan_of(tmp_path / "plan", production=WORSE)
    out = str(tmp_path / "out")
    assert cli.run(["evaluate", str(QUICKSTART), str(plan), "-o", out]) == 0
    said = capsys.readouterr().out
    assert "worse than the optimum at: Shortfall of other demand" in said
    assert "+120 000" in said
    plan_of(tmp_path / "plan", production=WORSE.replace("70", "90"))
    assert cli.run(["evaluate", str(QUICKSTART), str(plan), "-o", out, "--replace", "--quiet"]) == 3
    assert "exceeded by 10 units started" in capsys.readouterr().err
    plan_of(tmp_path / "plan", production=WORSE.replace("Alpha", "Alfa"))
    assert cli.run(["evaluate", str(QUICKSTART), str(plan), "-o", out, "--replace", "--quiet"]) == 2
    assert "production.csv:A2" in capsys.readouterr().err
    assert cli.run(["evaluate", str(QUICKSTART), str(tmp_path / "nowhere"), "-o", out, "--replace", "--quiet"]) == 2


def test_the_form_can_be_filled_in(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    form = tmp_path / "form.xlsx"
    assert cli.run(["template", "--plan", str(form)]) == 0
    book = load_workbook(form)
    assert book.sheetnames[1:] == [
        *("production", "shipments", "deliveries", "investments", "stocks", "scrap", "payments"),
    ]
    sheet = book["production"]
    headers = [str(cell.value) for cell in sheet[1]]
    for row, (line, period, quantity) in enumerate((("Alpha line", "2026-01", 50), ("Bravo line", "2026-02", 20)), 2):
        for name, value in (("line", line), ("period", period), ("quantity", quantity)):
            sheet.cell(row, headers.index(name) + 1, value)
    book.save(form)
    result = evaluate_workbook(QUICKSTART, form, tmp_path / "out", SolveOptions())
    assert gaps(result)["Shortfall of binding commitments"] == pytest.approx((160 - 70) * 12_000)


def test_an_optimum_that_was_not_proved_is_not_called_one(tmp_path: Path) -> None:
    found = evaluated(tmp_path, production=WORSE).evaluation
    money = Money("EUR", 1.0)
    stopped = replace(found, optimum=replace(found.optimum, status="feasible"))
    assert "best one found in the time" in headline(replace(stopped, distances=()), money)
    better = replace(found.distances[0], value=1.0, optimum=2.0)
    assert "The optimum gives back what level_tolerance allows" in headline(replace(found, distances=(better,)), money)
    assert headline(replace(stopped, distances=(better,)), money).startswith(
        "The plan can be carried out, and is better than the best one found in the time: "
    )

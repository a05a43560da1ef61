"""Long horizons in windows: what each sees and keeps, the whole verified, the loss measured, a failure named."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from replan_worlds import write

from planner.cli import run
from planner.errors import InputError, NoPlanError, UsageError
from planner.replan.windows.long_run import solve_in_windows
from planner.replan.windows.windows import Windows, read_windows
from planner.run.pipeline import RunResult
from planner.schemas import schema
from planner.verify import verify_run
from tests.places import CASES

FIELD = CASES / "field"
YEAR = {
    "Settings": "key,value\nstart,2026-01\nperiods,12\nobjective,lexicographic\n",
    "Demand": "demand,destination,item,max_delay,2026-03,2026-06,2026-09,2026-12\nSteady,Kyiv,shell,1,10,10,10,10\n",
    "Stocks": "node,item,quantity,period,age\nWorks,shell,5,,\n",
    "Items": "item,shelf_life\nshell,\npowder,\n",
}
# All shells are wanted at the end; five can be made a month. Nothing is held up on the way.
LATE = {
    "Settings": YEAR["Settings"],
    "Items": "item\nshell\n",
    "Routes": "route,origin,destination\nRail,Works,Kyiv\n",
    "Lines": "line,factory,item,unit_cost,capacity\nShells,Works,shell,10,5\n",
    "Components": "item,component,quantity\n",
    "Stocks": "node,item,quantity\n",
    "Demand": "demand,destination,item,period,quantity\nAll,Kyiv,shell,12,60\n",
    "Funds": "fund\n",
    "Budgets": "fund,contributor,year,amount\n",
}


def solved(folder: Path, tables: dict[str, str], windows: str, measure: bool = True) -> RunResult:
    world = write(folder / "world", **tables)
    return solve_in_windows(world, folder / "plan", read_windows(windows), measure=measure)


def test_windows_cover_the_horizon_and_keep_each_period_once() -> None:
    assert Windows(24, 6).over(48) == [
        (range(24), range(18)),
        (range(18, 42), range(18, 36)),
        (range(36, 48), range(36, 48)),
    ]
    assert Windows(6, 0).over(12) == [(range(6), range(6)), (range(6, 12), range(6, 12))]


@pytest.mark.parametrize("text", ["24", "24/", "a/b", "6/6", "4/-1", "0/0"])
def test_what_is_no_pair_of_window_and_overlap_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--rolling: found"):
        read_windows(text)


def test_a_window_that_holds_everything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="whole horizon of 12"):
        solved(tmp_path, YEAR, "12/2")
    assert not (tmp_path / "plan").exists()


def test_an_overlap_shorter_than_an_order_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"order_lead_time of 'Shells' \(1\).*at least 1"):
        solved(tmp_path, YEAR, "4/0")


def test_windows_too_short_for_the_quickest_way_are_refused(tmp_path: Path) -> None:
    """Ordered a month before, then two months on the rail: the first shell arrives three months after its order."""
    way = {"Routes": "route,origin,destination,lead_time\nRail,Works,Kyiv,2\n"}
    with pytest.raises(UsageError, match=r"to 'Steady.*takes 3 periods: no window.*at least 4"):
        solved(tmp_path, YEAR | way, "3/1")
    assert not (tmp_path / "plan").exists()


@pytest.mark.usefixtures("without_reports")
def test_an_overlap_too_short_for_the_quickest_way_is_warned_of(tmp_path: Path) -> None:
    """The second window begins in November and is told of December's shells then,
    a month too late for two on the rail.
    """
    way = {"Routes": "route,origin,destination,lead_time\nRail,Works,Kyiv,2\n"}
    (warning,) = solved(tmp_path, LATE | way, "11/1").record.warnings
    assert warning.startswith("--rolling: 1 of 1 demand may be seen too late: the quickest way to 'All'")
    assert "takes 2 periods, longer than the overlap of 1; one of 2 sees" in warning
    world = tmp_path / "world"
    with pytest.raises(InputError, match="seen too late"):
        solve_in_windows(world, tmp_path / "strict", read_windows("11/1"), strict=True)
    quick = solve_in_windows(world, tmp_path / "longer", read_windows("11/2"))
    assert quick.record.warnings == ()


@pytest.mark.usefixtures("without_reports")
def test_where_windows_see_enough_nothing_is_lost(tmp_path: Path) -> None:
    """Every demand can be made and sent within six months: the windows' plan is as good as that of the whole."""
    result = solved(tmp_path, YEAR, "8/5")
    record = json.loads((result.folder / "run.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema())
    assert (record["status"], record["gap"]) == ("feasible", None)
    windows = [(entry["from"], entry["to"], entry["kept_to"]) for entry in record["rolling"]["windows"]]
    assert windows == [
        ("2026-01", "2026-08", "2026-03"),
        ("2026-04", "2026-11", "2026-06"),
        ("2026-07", "2026-12", "2026-12"),
    ]
    assert [entry["loss"] for entry in record["rolling"]["loss"]] == pytest.approx([0] * 3, abs=1e-6)
    assert verify_run(result.folder).passed
    assert verify_run(result.folder / "optimum").passed


def test_what_windows_lose_is_measured(tmp_path: Path) -> None:
    """The whole makes 12 × 5 shells.

    Windows of four months without overlap do not see the demand until the last of them, which makes 4 × 5: 40 shells of
    value 10 are missing."""
    record = solved(tmp_path, LATE, "4/0").record
    (short, cost) = record.rolling.loss
    assert (short.optimum, short.value, short.loss) == pytest.approx((0, 400, 400))
    assert cost.loss == pytest.approx(-400)  # what is not made costs nothing
    page = (tmp_path / "plan" / "report.html").read_text(encoding="utf-8")
    assert "3 windows of 4 periods" in page
    assert "not proven to be the best" in page


@pytest.mark.usefixtures("without_reports")
def test_overlap_brings_it_back(tmp_path: Path) -> None:
    """Windows of ten months that overlap by nine: the third one sees the demand, when ten months are left for it."""
    record = solved(tmp_path, LATE, "10/9").record
    assert record.rolling.loss[0].value == pytest.approx(100)


def test_that_there_is_no_plan_is_said_of_the_whole_only(tmp_path: Path) -> None:
    locks = "lock,kind,line,from,to,quantity\nToo much,make,Shells,2026-10,2026-10,30\n"
    with pytest.raises(NoPlanError, match="no plan keeps all rules") as failure:
        solved(tmp_path, {**LATE, "Locks": locks}, "8/4")
    assert "Lock at Too much in 2026-10: exactly 30 units (Locks.csv:F2)" in failure.value.conflict
    assert {path.name for path in (tmp_path / "plan").iterdir()} == {"run.json", "log.txt"}
    record = json.loads((tmp_path / "plan" / "run.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema())
    assert "--rolling: window 2 (2026-05 to 2026-12) has no plan after what the windows" in record["warnings"][-1]


@pytest.mark.usefixtures("without_reports")
@pytest.mark.parametrize("rolling", ["2/0", "2/1", "3/1", "4/2"])
def test_a_window_without_a_plan_is_widened_up_to_the_whole(tmp_path: Path, rolling: str) -> None:
    """45 kits at 10 a month and 10 each, wanted in the fifth: no window of so few months sees them in time."""
    run = solve_in_windows(FIELD / "calliope-805-roll" / "input", tmp_path / "plan", read_windows(rolling))
    assert run.record.status == "optimal"
    assert run.record.objective == pytest.approx(450)
    assert run.record.rolling.windows == ()
    assert "nothing is proved of the whole; planned again as one program" in run.record.rolling.widened[-1]
    assert run.record.rolling.widened[-1] in (run.folder / "log.txt").read_text(encoding="utf-8")
    jsonschema.validate(json.loads((run.folder / "run.json").read_text(encoding="utf-8")), schema())
    assert verify_run(run.folder).passed


def test_a_wider_window_plans_the_rest_where_that_helps(tmp_path: Path) -> None:
    """A shell leaves by rail in each month up to October, and is two months on the way: a window that ends before
    December sees no use in its last two months, and can send none. One that reaches to the end can."""
    world = LATE | {
        "Routes": "route,origin,destination,lead_time\nRail,Works,Kyiv,2\n",
        "Locks": "lock,kind,route,item,from,to,minimum\nTrain,ship,Rail,shell,1,10,1\n",
    }
    run = solved(tmp_path, world, "4/2", measure=False)
    windows = [(window.from_, window.to) for window in run.record.rolling.windows]
    assert windows == [("2026-01", "2026-12")]
    (first, second) = run.record.rolling.widened
    assert first.startswith("window 1 (2026-01 to 2026-04) has no plan")
    assert second.endswith("seen again with 12 periods")
    assert verify_run(run.folder).passed


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--rolling", "24"], "expected WINDOW/OVERLAP"),
        (["--measure"], "expected --rolling"),
        (["--rolling", "4/1", "--solver", "cbc"], "which need one program"),
    ],
)
def test_the_command_refuses_what_cannot_work(
    tmp_path: Path, arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = write(tmp_path / "world", **LATE)
    assert run(["solve", str(world), "-o", str(tmp_path / "plan"), *arguments]) == 64
    assert word in capsys.readouterr().err
    assert not (tmp_path / "plan").exists()


@pytest.mark.usefixtures("without_reports")
def test_the_command_says_that_the_plan_is_not_proved_to_be_the_best(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = write(tmp_path / "world", **LATE)
    assert run(["solve", str(world), "-o", str(tmp_path / "plan"), "--rolling", "4/0", "--measure", "--quiet"]) == 0
    assert run(["verify", str(tmp_path / "plan")]) == 0
    capsys.readouterr()
    assert run(["solve", str(world), "-o", str(tmp_path / "other"), "--rolling", "6/3"]) == 0
    assert "not proved to be the best: planned in 3 windows of 6 periods" in capsys.readouterr().out


@pytest.mark.usefixtures("without_reports")
@pytest.mark.parametrize("holding", ["", "0.5"])
def test_stock_whose_use_no_window_sees_yet_is_kept(tmp_path: Path, holding: str) -> None:
    """Windows of 4 keep 3 periods: the first two see the demand of period 4 at most, of 100 in store 90 have no use."""
    world = {
        **LATE,
        "Lines": "line,factory,item,unit_cost\n",
        "Items": f"item,value,holding_cost\nshell,7,{holding}\n",
        "Stocks": "node,item,quantity\nKyiv,shell,100\n",
        "Demand": "demand,destination,item,2026-04,2026-08\nAll,Kyiv,shell,10,10\n",
    }
    result = solved(tmp_path, world, "4/1")
    assert result.tables["shortfalls"].empty
    assert result.tables["deliveries"][["period", "quantity"]].to_numpy().tolist() == [[4, 10], [8, 10]]
    assert verify_run(result.folder).passed

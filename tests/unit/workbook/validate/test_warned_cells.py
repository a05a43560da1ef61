"""Each warning of the network names the cell of its row, also where other rows begin with the same names."""

from __future__ import annotations

from pathlib import Path

from planner.workbook import read
from planner.workbook.validate.checks import check_network

TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,4\n",
    "Nations": "nation\nPL\n",
    "Items": "item,value,shelf_life\nround,10,\ngel,5,1\n",
    "Nodes": "node,kind\nD,depot\nZ,destination\n",
    "Routes": "route,origin,destination,lead_time\nDZ,D,Z,2\n",
    "Stocks": "node,item,quantity,period,age\nD,round,40,,\nD,gel,5,,\n",
    "Demand": "demand,destination,item,period,quantity\nown,Z,round,4,5\n",
    "Contingencies": "contingency,probability,period\nc,0.5,4\n",
    "Surge": "contingency,destination,item,quantity\nc,Z,round,60\n",
}


def warned(folder: Path, **tables: str) -> list[str]:
    """The place of each warning, and the beginning of what it says."""
    folder.mkdir()
    for name, text in (TABLES | tables).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    reading = read(folder)
    assert reading.instance is not None, [str(fault) for fault in reading.faults]
    return [str(fault) for fault in check_network(reading.instance, reading.raw) if "gel" not in fault.message]


def begins(found: list[str], *expected: str) -> bool:
    return len(found) == len(expected) and all(map(str.startswith, found, expected))


def test_a_right_input_gives_no_warning(tmp_path: Path) -> None:
    assert warned(tmp_path / "in") == []


def test_a_surge_without_an_offset_has_a_cell(tmp_path: Path) -> None:
    rows = "contingency,destination,item,offset,quantity\nc,Z,gel,0,1\nc,Z,round,,60\n"
    early = TABLES["Contingencies"].replace("4", "1")
    found = warned(tmp_path / "in", Surge=rows, Contingencies=early)
    assert begins(found, "Surge.csv:C3 (item): no supply of round can reach Z in time for the strike of c")


def test_of_two_rows_of_disruptions_the_right_one_is_named(tmp_path: Path) -> None:
    rows = "contingency,kind,name,from,factor\nc,route,DZ,strike-1,0\nc,route,DZ,strike,0.5\n,route,DZ,2,0.5\n"
    found = warned(tmp_path / "in", Disruptions=rows)
    unlimited = "route DZ has no limit of capacity"
    assert begins(found, f"Disruptions.csv:E3 (factor): {unlimited}", f"Disruptions.csv:E4 (factor): {unlimited}")


def test_a_hit_outside_every_response_counts_for_nothing(tmp_path: Path) -> None:
    """The case of 4 is answered in 3 and 4 with a period of warning: a hit in 3 counts, one that ends in 2 does not."""
    rows = "contingency,kind,name,from,to,factor\nc,node,D,strike,strike,0.5\nc,node,D,1,2,0.5\nc,node,D,2,3,0.5\n"
    warning = "contingency,probability,period,warning\nc,0.5,4,1\n"
    found = warned(tmp_path / "in", Disruptions=rows, Contingencies=warning)
    nothing = "Disruptions.csv:{} (from): node D is hit in no period of a response: the row counts for nothing"
    assert found == [nothing.format("D3")]
    rows = "contingency,kind,name,from,factor\nc,node,D,strike,0.5\nc,node,D,strike+1,0.5\n"
    assert warned(tmp_path / "later", Disruptions=rows) == [nothing.format("D3")]


def test_a_contingency_without_a_surge_is_told(tmp_path: Path) -> None:
    rows = "contingency,probability,period\nc,0.5,4\nforgotten,0.5,4\n"
    found = warned(tmp_path / "in", Contingencies=rows)
    assert begins(found, "Contingencies.csv:A3 (contingency): it has no surge")


def test_a_wide_demand_is_named_by_its_period(tmp_path: Path) -> None:
    found = warned(tmp_path / "in", Demand="demand,destination,item,2,3,4\nown,Z,round,5,5,5\n")
    assert begins(found, "Demand.csv:D2 (2): no supply of round can reach Z in 2026-02")


def test_of_two_budgets_the_one_that_is_never_there_is_named(tmp_path: Path) -> None:
    rows = "fund,contributor,year,amount,from\nF,PL,2026,5,1\nF,PL,2026,7,2026-09\n"
    found = warned(tmp_path / "in", Funds="fund\nF\n", Budgets=rows)
    assert begins(found, "Budgets.csv:C3 (year): 7 of PL for 2026 can never be used")


def test_expired_goods_on_order_are_named(tmp_path: Path) -> None:
    rows = "node,item,quantity,period,age\nD,round,40,,\nD,gel,5,,2\nD,gel,5,3,2\n"
    folder = tmp_path / "in"
    warned(folder, Stocks=rows)
    reading = read(folder)
    assert reading.instance is not None
    places = [fault.place for fault in check_network(reading.instance, reading.raw) if "expired" in fault.message]
    assert places == ["Stocks.csv:E3", "Stocks.csv:E4"]


def test_a_route_that_carries_nothing_is_named_where_the_reason_stands(tmp_path: Path) -> None:
    rows = "route,origin,destination,lead_time,capacity_t,capacity_m3\nDZ,D,Z,2,,\nlong,D,Z,9,,\nthin,D,Z,1,,0\nshut,D,Z,1,0,\n"
    found = warned(tmp_path / "in", Routes=rows)
    assert begins(
        found,
        "Routes.csv:D3 (lead_time): route 'long' carries nothing",
        "Routes.csv:F4 (capacity_m3): route 'thin' carries nothing",
        "Routes.csv:E5 (capacity_t): route 'shut' carries nothing",
    )

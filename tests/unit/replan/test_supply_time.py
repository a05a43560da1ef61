"""How long supply takes at the least: orders, components and ways together."""

from __future__ import annotations

from pathlib import Path

from replan_worlds import write

from planner.replan.rolled.supply_time import beyond_stock, supply_times
from tests.benchmarks.replay.course import instance_of

WORLD = {
    "Settings": "key,value\nstart,2026-01\nperiods,24\nobjective,lexicographic\n",
    "Nodes": "node,kind\nWorks,factory\nMill,factory\nPort,transit\nKyiv,destination\nLviv,destination\n",
    "Items": "item,value\nshell,\npowder,\nhelmet,1\n",
    "Lines": "line,factory,item,unit_cost,capacity,order_lead_time\nShells,Works,shell,10,5,1\nPowder,Mill,powder,1,50,3\n",
    "Components": "item,component,quantity\nshell,powder,1\n",
    "Routes": "route,origin,destination,lead_time,excludes\nCart,Mill,Works,4,\nSea,Works,Port,5,\nRail,Port,Kyiv,1,\n"
    "Air,Works,Kyiv,2,shell\nRoad,Works,Kyiv,8,\n",
    "Stocks": "node,item,quantity\nKyiv,shell,5\n",
    "Demand": "demand,destination,item,period,quantity\nFar,Kyiv,shell,20,5\nNear,Works,shell,20,5\n"
    "Nobody,Kyiv,helmet,20,5\nNowhere,Lviv,shell,20,5\n",
    "Funds": "fund\n",
    "Budgets": "fund,contributor,year,amount\n",
}


def test_the_quickest_way_from_the_first_order_to_the_delivery(tmp_path: Path) -> None:
    """Powder is ordered 3 months before and 4 on the cart: 7, longer than the 1 that shells take to order.

    Then 5 by sea and 1 by rail: 13. The air is quicker, but not for shells; the road is slower. What lies in Kyiv
    already proves nothing."""
    found = supply_times(instance_of(write(tmp_path / "world", **WORLD)))
    assert [(demand.name, periods) for demand, periods in found] == [("Far", 13), ("Near", 7)]


def test_what_lies_in_stock_needs_no_supply(tmp_path: Path) -> None:
    """Five each are wanted in Kyiv, in the Works and in Lviv: 15 are enough, 14 are not."""
    for quantity, left in ((14, ["Far", "Near"]), (15, [])):
        stocks = {"Stocks": f"node,item,quantity\nKyiv,shell,{quantity}\n"}
        instance = instance_of(write(tmp_path / f"world{quantity}", **WORLD | stocks))
        assert [demand.name for demand, _ in beyond_stock(instance, supply_times(instance))] == left

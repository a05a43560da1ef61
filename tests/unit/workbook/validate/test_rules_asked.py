"""What is dated, or asked for, where nothing can be."""

from __future__ import annotations

from typing import Any

import pytest

from planner.workbook.validate.checks import check_network
from tests.unit.workbook.sheets import BASE, faults, instance, reading, with_column

Rows = list[list[Any]]

LATE_LINE = [["line", "factory", "item", "unit_cost", "order_lead_time", "opens"], ["L1", "F", "shell", 10, 3, 2]]
NEVER: Rows = [["event", "period"], ["never", None]]


def warnings(**tables: Rows) -> dict[str, str]:
    """By place, what the network shows of an input that is read without a fault."""
    found = reading(**tables)
    assert found.faults == ()
    assert found.instance is not None
    return {fault.place: fault.message for fault in check_network(found.instance, found.raw)}


def nodes(window: tuple[Any, Any], name: str = "F") -> Rows:
    rows = with_column("Nodes", "opens", *[window[0] if row[0] == name else None for row in BASE["Nodes"][1:]])
    closes = ["closes", *[window[1] if row[0] == name else None for row in BASE["Nodes"][1:]]]
    return [[*row, last] for row, last in zip(rows, closes, strict=True)]


@pytest.mark.parametrize(
    ("period", "node", "words"),
    [
        ("2025-12", (None, None), "before the horizon; expected the period from 2026-01 on"),
        (4, (None, None), "is completed in its first 3 periods"),
        (1, (None, None), ""),  # before the line opens for new orders
        (2, (3, None), "when its node 'F' is not open"),
        (2, (None, 1), "when its node 'F' is not open"),
        (2, ("never", None), "its node 'F' never opens"),
        (2, (None, None), ""),
        ("never", (None, None), ""),
    ],
)
def test_an_order_is_completed_in_the_horizon_while_its_node_is_open(
    period: Any, node: tuple[Any, Any], words: str
) -> None:
    orders = [["line", "period", "quantity"], ["L1", period, 5]]
    found = faults(Lines=LATE_LINE, Nodes=nodes(node), Orders=orders, Events=NEVER)
    assert list(found) == (["Orders!B2"] if words else [])
    assert words in "".join(found.values())


def test_a_line_that_never_opens_completes_no_order() -> None:
    lines = [[*LATE_LINE[0]], [*LATE_LINE[1][:-1], "never"]]
    found = faults(Lines=lines, Orders=[["line", "period", "quantity"], ["L1", 2, 5]], Events=NEVER)
    assert "the line 'L1' never opens" in found["Orders!B2"]


def test_an_order_of_nothing_cancels_and_may_stand_anywhere() -> None:
    assert faults(Lines=LATE_LINE, Orders=[["line", "period", "quantity"], ["L1", "2025-12", 0]]) == {}


def lock(kind: str, keys: dict[str, Any], first: Any, last: Any, per: str, **bound: float) -> Rows:
    return [["kind", *keys, "from", "to", "per", *bound], [kind, *keys.values(), first, last, per, *bound.values()]]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        (lock("make", {"line": "L1"}, 1, 3, "total", minimum=5), ""),
        (lock("make", {"line": "L1"}, 1, 2, "total", minimum=5), "Locks!F2"),
        (lock("make", {"line": "L1"}, 2, 3, "period", quantity=5), "Locks!F2"),
        (lock("make", {"line": "L1"}, 1, 2, "total", maximum=5), ""),
        (lock("ship", {"route": "R1", "item": "shell"}, 1, 2, "total", minimum=5), "Locks!G2"),
        (lock("stock", {"node": "F", "item": "shell"}, 1, 2, "period", minimum=5), ""),  # it may lie there before
        (lock("deliver", {"demand": "K1"}, 4, 6, "total", minimum=5), "Locks!F2"),
        (lock("deliver", {"demand": "K1"}, 1, 6, "total", minimum=5), ""),
    ],
)
def test_a_lock_asks_for_what_can_be_decided(rows: Rows, place: str) -> None:
    """The factory opens in period 3; the demand is due in 3."""
    found = faults(Nodes=nodes((3, None)), Locks=rows)
    assert list(found) == ([place] if place else [])
    assert "nothing that the lock names can be" in "".join(found.values()) or not place


def test_a_lock_on_a_line_without_capacity_can_be_met_by_an_expansion_only() -> None:
    made: dict[str, Rows] = {
        "Lines": with_column("Lines", "capacity", 0),
        "Locks": lock("make", {"line": "L1"}, 2, 5, "total", minimum=5),
    }
    bought = [["expansion", "line", "cost", "lead_time"], ["E", "L1", 1, 2]]
    assert list(faults(**made)) == ["Locks!F2"]
    assert list(faults(**made, Expansions=bought)) == []
    assert list(faults(**made, Expansions=[[*bought[0]], ["E", "L1", 1, 5]])) == ["Locks!F2"]


@pytest.mark.parametrize(
    ("first", "last", "side"),
    [("2025-01", "2025-12", "before"), (None, "2025-12", "before"), ("2027-01", None, "after")],
)
def test_a_rule_outside_the_horizon_has_no_effect_and_says_so(first: Any, last: Any, side: str) -> None:
    found = reading(Locks=lock("make", {"line": "L1"}, first, last, "total", minimum=5))
    assert found.faults == ()
    assert found.instance is not None
    assert found.instance.locks == ()
    (warning,) = found.warnings
    assert f"is {side} the horizon (2026-01 to 2026-12): the row has no effect" in warning.message


def test_a_window_of_a_thing_outside_the_horizon_is_no_warning() -> None:
    assert reading(Nodes=nodes((None, "2025-12"), "D")).warnings == ()


@pytest.mark.parametrize(("period", "places"), [(1, ["Previous!C2"]), (3, []), (5, [])])
def test_what_is_frozen_can_happen(period: int, places: list[str]) -> None:
    """The factory opens in period 3; four periods are frozen. By levels what cannot happen is a departure."""
    settings = [*BASE["Settings"], ["frozen", 4]]
    tables = {
        "Nodes": nodes((3, None)),
        "Previous": [["kind", "line", "period", "quantity"], ["make", "L1", period, 5]],
    }
    weighted = [row for row in settings if row[0] != "objective"] + [["objective", "weighted"]]
    assert list(faults(Settings=weighted, **tables)) == places
    by_levels = [row for row in settings if row[0] != "objective"]
    found = reading(Settings=by_levels, **tables)
    assert found.faults == ()
    assert [warning.place for warning in found.warnings if "counts as a departure" in warning.message] == places


@pytest.mark.parametrize(("cost", "place"), [(None, "Targets!C2"), (7, "")])
@pytest.mark.parametrize("want", ["quantity", "days_of_supply"])
def test_a_target_that_must_hold_where_nothing_may_lie_is_warned_of(cost: Any, place: str, want: str) -> None:
    targets = [["nodes", "items", want, "shortage_cost"], ["D", "shell", 30, cost]]
    full = with_column("Nodes", "storage_t", None, 0, None)
    found = warnings(Nodes=full, Targets=targets)
    assert [at for at, message in found.items() if "must hold, so that no plan exists" in message] == [place] * bool(
        place
    )


@pytest.mark.parametrize(("cost", "must"), [(None, True), (7, False)])
def test_a_demand_that_must_be_met_at_a_closed_node_is_warned_of(cost: Any, must: bool) -> None:
    demand = with_column("Demand", "shortage_cost", cost)
    found = warnings(Nodes=nodes((5, None), "X"), Demand=demand)
    assert "is closed when shell is due" in found["Demand!D2"]
    assert ("must be met, so that no plan exists" in found["Demand!D2"]) == must


def test_a_blank_setting_is_its_default() -> None:
    rows = [*BASE["Settings"], ["discount_rate", None], ["currency", None], ["marking", None], ["frozen", None]]
    settings = instance(Settings=rows).settings
    assert (settings.discount_rate, settings.currency, settings.marking, settings.frozen) == (0.0, "EUR", "", 0)


@pytest.mark.parametrize("key", ["start", "periods"])
def test_a_blank_setting_without_a_default_is_a_fault(key: str) -> None:
    rows = [[name, None if name == key else value] for name, value in BASE["Settings"]]
    (message,) = faults(Settings=rows).values()
    assert message.startswith(f"{key}: is blank; expected")

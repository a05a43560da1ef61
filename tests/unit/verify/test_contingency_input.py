"""How the checker reads contingencies: strikes, weights, what hits what and when, and what is left of money."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.verify.contingency.data import Strike, left_of_stock, scaled
from planner.verify.input.data import Case
from planner.verify.input.interpret import read_case
from planner.workbook.reading.raw import read_raw
from tests.unit.verify.worked import worked_guarantee


def case(folder: Path, **tables: str) -> Case:
    """The worked input with some tables written anew."""
    worked_guarantee.write_input(folder)
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return read_case(read_raw(folder))


def strikes(found: Case) -> tuple[Strike, ...]:
    return found.contingencies.strikes(found.periods)


@pytest.mark.parametrize(
    ("period", "window", "expected"),
    [
        ("3", 1, [2]),
        ("2; 4", 1, [1, 3]),
        ("2; 2026-02", 1, [1]),
        ("2026-Q2", 1, [3, 4, 5]),  # a coarse date is each of its periods
        ("2026", 1, [0, 1, 2, 3, 4, 5]),  # of those in the horizon
        ("any", 1, [0, 1, 2, 3, 4, 5]),
        ("any", 4, [0, 1, 2]),  # the whole window lies in the horizon
        ("any", 7, []),
        ("6", 3, [5]),
        ("5; 9", 1, [4]),
        ("truce+1", 1, [2]),
        ("truce-2; 4", 1, [3]),  # before the horizon
        ("peace; 4", 1, [3]),  # an event that does not happen
        ("peace", 1, []),
    ],
)
def test_strikes(tmp_path: Path, period: str, window: int, expected: list[int]) -> None:
    text = f"contingency,probability,period,window\nattack,0.6,{period},{window}\n"
    found = case(tmp_path, Contingencies=text, Events="event,period\ntruce,2\npeace,\n")
    assert [strike.period for strike in strikes(found)] == expected
    if expected:
        assert strikes(found)[0].contingency.weight == pytest.approx(0.6 / len(expected))


def test_a_blank_probability_must_hold(tmp_path: Path) -> None:
    text = "contingency,probability,period,coverage\nattack,,2;3,\nraid,0.2,2,\nstorm,,2,0.5\n"
    attack, raid, storm = case(tmp_path, Contingencies=text).contingencies.all
    assert (attack.weight, attack.coverage) == (0.5, 1.0)
    assert (raid.weight, raid.coverage) == (0.2, 0.0)
    assert (storm.weight, storm.coverage) == (1.0, 0.5)


@pytest.mark.parametrize(
    ("strike", "warning", "window", "response"),
    [(3, 0, 1, (2, 2)), (3, 1, 2, (1, 3)), (2, 5, 1, (0, 1)), (5, 0, 4, (4, 5))],
)
def test_a_response_is_cut_to_the_horizon(
    tmp_path: Path, strike: int, warning: int, window: int, response: tuple[int, int]
) -> None:
    text = f"contingency,probability,period,warning,window\nattack,0.6,{strike},{warning},{window}\n"
    (found,) = strikes(case(tmp_path, Contingencies=text))
    assert (found.begin, found.end) == response


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("", "", (3, 4)),  # the strike to the end of the response
        ("strike-1", "strike", (2, 3)),
        ("strike - 3", "strike+9", (2, 4)),  # dates before the response are cut
        ("1", "2026-04", (2, 3)),
        ("Strike+1", "", (4, 4)),
        ("truce+3", "peace", (4, 4)),  # never is the end
    ],
)
def test_when_a_row_hits(tmp_path: Path, first: str, last: str, expected: tuple[int, int]) -> None:
    rows = f"contingency,kind,name,from,to,factor\nattack,node,Hub,{first},{last},0.5\n"
    text = "contingency,probability,period,warning,window\nattack,0.6,4,1,2\n"
    found = case(tmp_path, Disruptions=rows, Contingencies=text, Events="event,period\ntruce,2\npeace,\n")
    ((_, span),) = strikes(found)[0].hits()
    assert span == expected


def test_a_row_that_opens_with_an_event_that_does_not_happen_is_gone(tmp_path: Path) -> None:
    rows = "contingency,kind,name,from,to,factor\nattack,node,Hub,peace,,0.5\n,node,Hub,peace,,0.5\n"
    found = case(tmp_path, Disruptions=rows, Events="event,period\npeace,\n")
    assert strikes(found)[0].hits() == []
    assert found.contingencies.certain == ()


def test_a_nation_is_its_nodes_and_a_fund_has_no_part_in_a_response(tmp_path: Path) -> None:
    rows = "contingency,kind,name,factor\nattack,nation,PL,0.5\nattack,fund,Pool,0\n,nation,EU,0.5\n"
    found = case(tmp_path, Disruptions=rows)
    hits = {(hit.kind, hit.name) for hit, _ in strikes(found)[0].hits()}
    assert hits == {("node", name) for name in ("Works", "Depot", "Hub", "Base")}
    certain = {(hit.kind, hit.name) for hit in found.contingencies.certain}
    assert certain >= {("node", "Store"), ("contributor", "DE"), ("contributor", "PL")}


def test_what_certain_rows_leave_of_money(tmp_path: Path) -> None:
    """Years of which the first period of the horizon is hit: 2026 begins in period 1, 2027 lies beyond."""
    funds = "fund,carry_over\nPool,yes\nOwn,no\n"
    budgets = "fund,contributor,year,amount\nPool,PL,2026,100\nPool,DE,2026,100\nPool,DE,2025,40\nOwn,PL,2026,10\n"
    rows = "kind,name,from,to,factor\nfund,Pool,,,0.5\nnation,DE,1,2,0.2\nnation,PL,2,,0\n"
    found = case(tmp_path, Funds=funds, Budgets=budgets, Disruptions=rows)
    amounts = {(f.name, b.contributor, b.year): b.amount for f in found.funds.values() for b in f.budgets}
    assert amounts == {
        ("Pool", "PL", 2026): 50.0,
        ("Pool", "DE", 2026): pytest.approx(20.0),  # the smaller of 0.5 and 0.2
        ("Pool", "DE", 2025): 40.0,
        ("Own", "PL", 2026): 10.0,
    }


def test_a_capacity_without_limit_stays_so_unless_nothing_is_left() -> None:
    found = scaled(np.array([np.inf, np.inf, 8.0, 0.0]), np.array([0.5, 0.0, 0.25, 0.5]))
    assert found.tolist() == [np.inf, 0.0, 2.0, 0.0]


def test_stock_is_lost_whenever_the_factor_falls() -> None:
    found = left_of_stock(np.array([0.8, 0.4, 1.0, 0.5, 0.0, 0.0]), np.array(1.0))
    assert found.tolist() == pytest.approx([0.8, 0.5, 1.0, 0.5, 0.0, 1.0])

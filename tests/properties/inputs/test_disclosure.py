"""No figure of fewer than three nations follows from what an extract tells: by linear algebra, with all that is known.

Made-up plans in which goods balance are told to one nation. The attacker knows every balance (what comes in goes out,
is delivered, scrapped or stays; what is wanted is delivered or short), which of the others' figures are 0, and what the
extracts tell; not who of the others sends how much to whom at once, save that it is as much as arrives. What can be
worked out from that is the row space of balances and sums. Nothing in it may be of two nations alone that does not
follow from the balances alone.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.exchange.policy import SUMMED_PLAN, DisclosurePolicy
from planner.exchange.rights import Territory
from planner.exchange.sums import burdens, ledger, sums_of_others
from planner.exchange.views import Reader

OTHERS = ["A", "B", "C", "D", "E"]
READER = "R"
PERIODS = 3
Figure = tuple[Hashable, ...]  # what it is, then whose
Vector = dict[Figure, int]


@dataclass
class Made:
    """A plan of one item: the tables, and the balances of the others' figures."""

    tables: dict[str, pd.DataFrame]
    owners: dict[Figure, frozenset[str]]
    balances: list[Vector]
    rows: Mapping[tuple[str, int], Vector] = field(default_factory=dict)  # what each sum would add up


def made_up(seed: int) -> Made:
    """Few nations have each kind of figure; every nation's goods balance."""
    rng = random.Random(seed)
    share = rng.choice([0.3, 0.6, 0.9])
    figures: dict[Figure, int] = {}
    flows: list[tuple[str, str, int, int, int]] = []
    for one, two in itertools.permutations([*OTHERS, READER, "nobody"], 2):
        for period in range(1, PERIODS + 1):
            lead = rng.choice([0, 0, 1])
            always = lead == 0 and {one, two} <= {*OTHERS}  # the attacker does not know that it is 0
            if (always or rng.random() < share / 6) and period + lead <= PERIODS:
                size = rng.randint(1, 99) if not always or rng.random() < share / 6 else 0
                flows.append((one, two, period, period + lead, size))
    rows: dict[tuple[str, int], Vector] = defaultdict(dict)
    balances: list[Vector] = []
    for nation in OTHERS:
        stock = 0
        for period in range(1, PERIODS + 1):
            some = {
                kind: rng.randint(1, 999) if rng.random() < share else 0 for kind in ("stocks", "scrap", "shortfalls")
            }
            late = {due: rng.randint(1, 99) if rng.random() < (share if due == period else share / 4) else 0
                    for due in range(1, period + 1)}  # fmt: skip
            out = sum(flow[4] for flow in flows if flow[0] == nation and flow[2] == period)
            into = sum(flow[4] for flow in flows if flow[1] == nation and flow[3] == period)
            made = some["stocks"] - stock + some["scrap"] + sum(late.values()) + out - into
            if made < 0:
                some["stocks"] -= made
                made = 0
            balance: Vector = {
                ("production", nation, period): 1,
                ("stocks", nation, period): -1,
                ("scrap", nation, period): -1,
            }
            balance[("stocks", nation, period - 1)] = 1
            for due in late:
                balance[("deliveries", nation, due, period)] = -1
            for number, flow in enumerate(flows):
                if READER not in flow[:2]:
                    if flow[0] == nation and flow[2] == period:
                        balance[("flow", number)] = -1
                    if flow[1] == nation and flow[3] == period:
                        balance[("flow", number)] = 1
            balances.append(balance)
            figures[("production", nation, period)] = made
            figures |= {(kind, nation, period): size for kind, size in some.items()}
            figures |= {("deliveries", nation, due, period): size for due, size in late.items()}
            stock = some["stocks"]
    figures = {figure: size for figure, size in figures.items() if size}
    owners = {figure: frozenset([str(figure[1])]) for figure in figures}
    for number, flow in enumerate(flows):
        owners[("flow", number)] = frozenset(flow[:2]) - {"nobody"}
    for figure in figures:
        kind = str(figure[0])
        rows[kind, int(str(figure[-1]))][figure] = 1
        if kind in ("deliveries", "shortfalls"):
            rows["demand", int(str(figure[2]))][figure] = 1
    balances = [{figure: count for figure, count in balance.items() if figure in owners} for balance in balances]
    return Made(_tables(figures, flows), owners, balances, rows)


def _tables(figures: Mapping[Figure, int], flows: Iterable[tuple[str, str, int, int, int]]) -> dict[str, pd.DataFrame]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (kind, nation, *when), size in figures.items():
        place = f"node {nation}"
        row = {"item": "x", "quantity": float(size), "factory": place, "node": place, "destination": place}
        rows[str(kind)].append(row | {"due": when[0], "period": when[-1]})
    tables = {name: pd.DataFrame(rows[name] or None, columns=["item", "quantity", "factory", "node", "destination", "due", "period"])
              for name in SUMMED_PLAN}  # fmt: skip
    moved = [{"item": "x", "origin": f"node {one}", "destination": f"node {two}", "period": left, "arrives": there}
             for one, two, left, there, size in flows if size]  # fmt: skip
    tables["shipments"] = pd.DataFrame(moved or None, columns=["item", "origin", "destination", "period", "arrives"])
    return tables


def reader() -> Reader:
    nodes = [("cell", "Nodes", {"node": f"node {nation}", "nation": nation}) for nation in [*OTHERS, READER]]
    nations = [("cell", "Nations", {"nation": nation}) for nation in [*OTHERS, READER]]
    return Reader(READER, Territory([*nations, *nodes, ("cell", "Nodes", {"node": "node nobody"})]))


def policy(*tables: str) -> DisclosurePolicy:
    return DisclosurePolicy("test", input={"Demand": "aggregate"}, plan=dict.fromkeys(tables, "aggregate"))


def singled_out(
    disclosed: list[Vector], known: list[Vector], owners: Mapping[Figure, frozenset[str]]
) -> list[tuple[str, str]]:
    """The pairs of nations of whose figures alone something follows from what is told, and not from what is known."""
    figures = [*owners]
    place = {figure: at for at, figure in enumerate(figures)}

    def matrix(vectors: list[Vector]) -> np.ndarray[Any, Any]:
        found = np.zeros((len(vectors), len(figures)))
        for row, vector in enumerate(vectors):
            for figure, count in vector.items():
                found[row, place[figure]] = count
        return found

    def inside(rows: np.ndarray[Any, Any], outside: list[int]) -> int:
        """The dimension of the part of a row space that is 0 outside."""
        rest = np.linalg.matrix_rank(rows[:, outside]) if outside and len(rows) else 0
        return int(np.linalg.matrix_rank(rows) - rest) if len(rows) else 0

    everything, before = matrix([*known, *disclosed]), matrix(known)
    found = []
    for pair in itertools.combinations(sorted(frozenset().union(*owners.values())), 2):
        outside = [at for at, figure in enumerate(figures) if not owners[figure] <= set(pair)]
        if inside(everything, outside) > inside(before, outside):
            found.append(pair)
    return found


def given(made: Made, tables: tuple[str, ...]) -> list[Vector]:
    """What is told: the sums of the view, and those of the input's demand."""
    rules = policy(*tables)
    views = sums_of_others(made.tables, reader(), rules, {"Stocks": {"node": [], "item": [], "period": []}})  # type: ignore[arg-type]
    disclosed = []
    for name, table in views.items():
        plain = name.removesuffix("_others")
        for period, quantity in zip(table[SUMMED_PLAN[plain]], table["quantity"], strict=True):
            vector = made.rows[plain, int(period)]
            expected = made.tables[plain]
            others = expected[expected[SUMMED_PLAN[plain]] == period]
            assert quantity == others["quantity"].sum()
            disclosed.append(vector)
    for (kind, _), vector in made.rows.items():
        if kind == "demand" and len({figure[1] for figure in vector}) >= 3:
            disclosed.append(vector)
    return disclosed


TABLES = [("production", "deliveries"), ("production", "deliveries", "shortfalls", "stocks", "scrap"), ("deliveries",), ("stocks", "shortfalls")]  # fmt: skip


def check(seed: int) -> int:
    made = made_up(seed)
    disclosed = given(made, TABLES[seed % len(TABLES)])
    assert singled_out(disclosed, made.balances, made.owners) == [], seed
    return len(disclosed)


def test_no_figure_of_two_nations_follows_from_sums() -> None:
    assert sum(check(seed) for seed in range(40)) > 100  # something is told


@pytest.mark.long
def test_no_figure_of_two_nations_follows_from_many_sums() -> None:
    for seed in range(40, 1000):
        check(seed)


def test_the_attack_finds_what_a_naive_extract_tells() -> None:
    """Sums with three nations in each, told without regard to their differences, do tell figures of two."""
    caught = 0
    for seed in range(40):
        made = made_up(seed)
        naive = [vector for (kind, _), vector in made.rows.items()
                 if kind in ("production", "deliveries", "demand") and len({figure[1] for figure in vector}) >= 3]  # fmt: skip
        caught += bool(singled_out(naive, made.balances, made.owners))
    assert caught >= 5


def test_a_difference_of_two_sums_tells_no_shortfall() -> None:
    """Three nations want and get something; only one of them is short:
    demand less deliveries would be its shortfall.
    """
    rows = [{"item": "x", "destination": f"node {nation}", "due": 1, "period": 1, "quantity": 5.0} for nation in "ABC"]
    made = [{"item": "x", "factory": f"node {nation}", "period": 1, "quantity": 5.0} for nation in "ABC"]
    short = {"item": "x", "destination": "node A", "due": 1, "quantity": 2.0}
    tables = {
        "deliveries": pd.DataFrame(rows),
        "shortfalls": pd.DataFrame([short]),
        "production": pd.DataFrame(made),
    }
    stocks: Any = {"Stocks": {"node": [], "item": [], "period": []}}
    assert sums_of_others(tables, reader(), policy("deliveries"), stocks)["deliveries_others"].empty
    tables["shortfalls"] = tables["shortfalls"].iloc[:0]
    disclosed = sums_of_others(tables, reader(), policy("deliveries"), stocks)["deliveries_others"]
    assert disclosed.to_dict("records") == [{"item": "x", "period": 1, "quantity": 15.0}]


def payments(*paid: tuple[str, str, str, int, float]) -> pd.DataFrame:
    """(fund, contributor, line, year, amount) for work in the reader's nation."""
    rows = [{"fund": fund, "contributor": who, "cost_type": "procurement", "object": line, "nation": READER,
             "year": year, "amount": amount, "cash_year": year} for fund, who, line, year, amount in paid]  # fmt: skip
    return pd.DataFrame(rows)


def ledger_of(paid: pd.DataFrame) -> dict[str, float]:
    """What the ledger tells the reader that each fund pays it, by fund; blanks are left out."""
    funds = paid.groupby(["fund", "year"], as_index=False)["amount"].sum()
    seen = pd.DataFrame({"nation": READER, "fund": funds["fund"], "year": funds["year"], "contributed": 0.0,
                         "produced": funds["amount"], "balance": funds["amount"]})  # fmt: skip
    disclosed = ledger({"payments": paid}, seen, reader(), policy())
    assert (disclosed["produced"].isna() == disclosed["balance"].isna()).all()
    return {str(row["fund"]): float(row["produced"]) for row in disclosed.dropna().to_dict("records")}


def test_the_ledger_tells_no_other_nations_payment() -> None:
    """What a fund pays here is what one nation alone pays into it; and what the nation's lines cost, it knows."""
    joint = [("Joint", who, "L", 2026, 10.0) for who in "ABC"]
    assert ledger_of(payments(*joint)) == {"Joint": 30.0}
    one, two = ("One", "D", "L", 2026, 7.0), ("Two", "E", "L", 2026, 8.0)
    assert ledger_of(payments(*joint, one)) == {}  # the line's cost less the one fund is the other's
    assert ledger_of(payments(*joint, one, two)) == {}
    assert ledger_of(payments(*joint, ("One", READER, "L", 2026, 7.0))) == {"Joint": 30.0, "One": 7.0}
    assert ledger_of(payments(("One", "D", "L", 2026, 7.0))) == {"One": 7.0}  # as much as the line costs


def test_parts_of_two_years_tell_no_other_nations_payment() -> None:
    """In 2027 two others pay: its part in the whole horizon, less that of 2026, would tell what they pay together."""
    rows = [(who, 2026.0, 10.0) for who in (READER, "A", "B", "C")] + [(who, 2027.0, 5.0) for who in (READER, "A", "B")]
    rows += [(who, float("nan"), 15.0) for who in (READER, "A", "B", "C")]
    table = pd.DataFrame(rows, columns=["nation", "year", "contributed"])
    blank = ("part", "share_due", "share_paid", "difference", "over")
    table = table.assign(**dict.fromkeys(blank, 0.25))
    disclosed = burdens(table, table[table["nation"] == READER], policy())
    assert list(disclosed["part"].notna()) == [True, False, False]
    assert list(disclosed["share_paid"].notna()) == [True, False, False]
    assert disclosed["share_due"].notna().all()

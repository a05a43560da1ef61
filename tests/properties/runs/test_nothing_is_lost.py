"""Months of re-optimisation in random worlds where lines, shipments and suppliers are late: nothing is lost.

The books are kept here by hand, from the result tables and the input folders of the runs alone:

    ordered = made + on order + cancelled, of each line          sent = arrived + under way + cancelled, of each node
    cost of what was ordered = paid + still due + what a cancelled order no longer asks for
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.plan import SolveOptions
from planner.replan.memo import memo as memo_module
from planner.replan.memo.memo import Memo
from planner.replan.replan import replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.pipeline import solve_workbook
from tests.seeds import seeds
from tests.worlds.worlds import Row, World, write_world

SEEDS = seeds(2, 200)
PERIODS = 12
NOTHING = 1e-9  # what is left of a difference that is 0; an input with such a number is refused


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, without_reports: None) -> None:  # noqa: ARG001
    """What people read of a plan is not written, and no effects are solved for: the numbers are what counts here."""
    monkeypatch.setattr(memo_module, "effects_of", lambda *_: None)


def late_world(rng: random.Random) -> World:
    """Two works with long lead times and advances, a depot, a front; money that is counted, and is enough."""
    lines: list[Row] = [
        {"line": name, "factory": works, "item": item, "unit_cost": rng.choice([3, 8]), "capacity": rng.choice([12, 20]),
         "order_lead_time": rng.choice([1, 2, 3]), "advance": rng.choice([0, 0.3, 0.5, 1])}
        for name, works, item in (("Press", "North", "shell"), ("Second", "North", "shell"), ("Kits", "South", "kit"))
    ]  # fmt: skip
    orders = [
        {"line": line["line"], "period": period, "quantity": rng.choice([4, 9]), "paid": rng.choice(["", 0.25])}
        for line in lines
        for period in range(1, line["order_lead_time"] + 1)
        if rng.random() < 0.6
    ]
    goods = [
        {"node": "Depot", "item": rng.choice(["shell", "kit"]), "quantity": rng.choice([5, 11]), "period": period}
        for period in rng.sample(range(1, 5), 2)
    ]
    demand = [
        {"demand": f"{item} {period}", "destination": "Front", "item": item, "period": period,
         "quantity": rng.choice([6, 10, 25]), "max_delay": rng.choice([0, 2, 6])}
        for item in ("shell", "kit")
        for period in range(2, PERIODS + 1)
    ]  # fmt: skip
    return {
        "Settings": [{"key": "start", "value": "2026-01"}, {"key": "periods", "value": PERIODS},
                     {"key": "objective", "value": "lexicographic"}],
        "Items": [{"item": "shell", "value": 9}, {"item": "kit", "value": 7}, {"item": "powder", "value": 1}],
        "Nodes": [{"node": "North", "kind": "factory"}, {"node": "South", "kind": "factory"},
                  {"node": "Depot", "kind": "depot"}, {"node": "Front", "kind": "destination"}],
        "Routes": [{"route": "rail", "origin": "North", "destination": "Depot", "lead_time": rng.choice([0, 1, 2]), "cost": 1},
                   {"route": "road", "origin": "South", "destination": "Depot", "lead_time": 1, "cost": 1},
                   {"route": "last", "origin": "Depot", "destination": "Front", "lead_time": rng.choice([0, 1]), "cost": 1}],
        "Lines": lines,
        "Components": [{"item": "shell", "component": "powder", "quantity": 2}],
        "Stocks": [{"node": "North", "item": "powder", "quantity": 5000}, {"node": "Depot", "item": "kit", "quantity": 4},
                   *goods],
        "Orders": orders,
        "Demand": demand,
        "Funds": [{"fund": "Aid", "carry_over": "yes"}],
        "Budgets": [{"fund": "Aid", "year": 2026, "amount": 100_000}],
    }  # fmt: skip


@dataclass
class Books:
    """What really happened, kept by hand. Periods are 0-based months of the workbook."""

    world: World
    rng: random.Random
    rows: list[Row] = field(default_factory=list)  # of Actuals
    ordered: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    due: dict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))
    worth: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # cost of what was ordered
    paid: dict[str, float] = field(
        default_factory=lambda: defaultdict(float)
    )  # for the line, at order and on completion
    waived: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # balance of what was cancelled
    open_: dict[str, list[list[float]]] = field(default_factory=lambda: defaultdict(list))  # [due, left, share paid]
    made: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    cancelled: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    stock: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    under_way: list[list[Any]] = field(default_factory=list)  # [arrives, item, node, route, quantity]
    spent: float = 0.0

    def __post_init__(self) -> None:
        self.lines = {str(line["line"]): line for line in self.world["Lines"]}
        self.routes = {str(route["route"]): route for route in self.world["Routes"]}
        for row in self.world["Stocks"]:
            if "period" in row:
                self.under_way.append([row["period"] - 1, row["item"], row["node"], "", float(row["quantity"])])
            else:
                self.stock[row["item"], row["node"]] += row["quantity"]
        for row in self.world["Orders"]:
            line = self.lines[row["line"]]
            share = line["advance"] if row["paid"] == "" else row["paid"]
            self.order(row["line"], row["period"] - 1, float(row["quantity"]), share)
            self.paid[row["line"]] += share * row["quantity"] * line["unit_cost"]

    def order(self, line: str, due: int, units: float, share: float) -> None:
        self.ordered[line] += units
        self.due[line, due] += units
        self.worth[line] += units * self.lines[line]["unit_cost"]
        self.open_[line].append([due, units, share])

    def pay(self, month: int, cost_type: str, thing: str, amount: float) -> None:
        self.spent += amount
        self.tell(month, "paid", fund="Aid", cost_type=cost_type, object=thing, quantity=amount)

    def tell(self, month: int, kind: str, quantity: float, **cells: Any) -> None:
        """Report what happened; nothing where only rounding left something."""
        reported = quantity if quantity >= NOTHING else 0.0
        self.rows.append({"period": month + 1, "kind": kind, "quantity": reported, **cells})

    def take(self, item: str, node: str, units: float) -> float:
        units = max(min(units, self.stock[item, node]), 0.0)
        self.stock[item, node] -= units
        return units

    def live(self, plan: dict[str, pd.DataFrame], month: int, first: int) -> None:
        """A month by the plan that starts in `first`, with much that is late."""
        now = month - first + 1

        def of(table: str, period: int = now) -> list[dict[str, Any]]:
            return plan[table][plan[table]["period"] == period].to_dict("records")

        for name, line in self.lines.items():  # what is ordered now is completed a lead time later
            for row in of("production", now + line["order_lead_time"]):
                if row["line"] == name:
                    self.order(name, month + line["order_lead_time"], row["quantity"], line["advance"])
                    advance = line["advance"] * row["quantity"] * line["unit_cost"]
                    self.paid[name] += advance
                    self.pay(month, "procurement", name, advance)
        self.arrive(month)
        for name in self.lines:
            self.make(name, month, sum(row["quantity"] for row in of("production") if row["line"] == name))
        for route in ("rail", "road", "last"):
            for row in (row for row in of("shipments") if row["route"] == route):
                self.send(route, row["item"], month, row["quantity"])
        for row in of("deliveries"):
            units = self.take(row["item"], row["destination"], row["quantity"])
            self.tell(month, "delivered", demand=row["demand"], quantity=units)
        if self.rng.random() < 0.4:
            self.cancel_an_order(month)
        for node in ("Depot", "Front"):
            for item in ("shell", "kit"):
                self.tell(month, "stock", node=node, item=item, quantity=self.stock[item, node])

    def arrive(self, month: int) -> None:
        """What is due arrives, or some of it later; some of what is on order is cancelled."""
        for goods in [goods for goods in self.under_way if goods[0] == month]:
            _, item, node, route, units = goods
            late = units * self.rng.choice([0, 0, 0.4, 1])
            lost = late * self.rng.choice([0, 0, 0, 0.5])
            if lost:
                whose = {"route": route} if route else {"node": node}
                self.tell(month, "cancelled", item=item, quantity=lost, **whose)
            self.stock[item, node] += units - late
            goods[0], goods[4] = month + 1, late - lost
        self.under_way = [goods for goods in self.under_way if goods[4] > 0]

    def make(self, name: str, month: int, planned: float) -> None:
        line = self.lines[name]
        units = planned * self.rng.choice([0, 0.25, 1, 1, 1])
        self.made[name] += units
        self.stock[line["item"], line["factory"]] += units
        self.tell(month, "made", line=name, quantity=units)
        left, owed = units, 0.0
        for entry in sorted(self.open_[name], key=lambda entry: entry[0]):
            part = min(entry[1], left)
            entry[1], left, owed = entry[1] - part, left - part, owed + part * (1 - entry[2]) * line["unit_cost"]
        self.paid[name] += owed
        self.pay(month, "procurement", name, owed)

    def send(self, route: str, item: str, month: int, planned: float) -> None:
        way = self.routes[route]
        units = self.take(item, way["origin"], planned)
        self.tell(month, "shipped", route=route, item=item, quantity=units)
        self.pay(month, "transport", route, units * way["cost"])
        if way["lead_time"]:
            self.under_way.append([month + way["lead_time"], item, way["destination"], route, units])
        else:
            self.stock[item, way["destination"]] += units

    def cancel_an_order(self, month: int) -> None:
        name = self.rng.choice(sorted(self.lines))
        units = self.rng.choice([0.5, 1]) * sum(left for due, left, _ in self.open_[name] if due <= month)
        self.cancelled[name] += units
        self.tell(month, "cancelled", line=name, quantity=units)
        for entry in sorted(self.open_[name], key=lambda entry: entry[0]):
            part = min(entry[1], units)
            entry[1], units = entry[1] - part, units - part
            self.waived[name] += part * (1 - entry[2]) * self.lines[name]["unit_cost"]


def read_rows(folder: Path, table: str) -> list[dict[str, str]]:
    path = folder / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def agree(books: Books, run: Path, plan: dict[str, pd.DataFrame], memo: Memo, now: int) -> None:
    """Every sum by hand is that of the run."""
    rolled = run / "input"
    on_order: dict[str, float] = defaultdict(float)
    for row in read_rows(rolled, "Orders"):
        on_order[row["line"]] += float(row["quantity"])
    for name, line in books.lines.items():
        assert books.ordered[name] == pytest.approx(books.made[name] + on_order[name] + books.cancelled[name], abs=1e-4)
        table = plan["production"]
        placed = table[(table["line"] == name) & (table["period"] <= line["order_lead_time"])]
        assert placed["quantity"].sum() == pytest.approx(on_order[name], abs=1e-4)
        still_due = placed["cost"].sum()
        whole = books.paid[name] + still_due + books.waived[name]
        assert books.worth[name] == pytest.approx(whole, abs=1e-3), name
        overdue = sum(units for (who, due), units in books.due.items() if who == name and due < now)
        late = max(overdue - books.made[name] - books.cancelled[name], 0.0)
        said = [
            entry.quantity for entry in memo.late if (entry.kind, entry.what, entry.state) == ("order", name, "late")
        ]
        assert sum(said) == pytest.approx(late, abs=1e-4)
    coming, there = defaultdict(float), defaultdict(float)
    for row in read_rows(rolled, "Stocks"):
        (coming if row["period"] else there)[row["item"], row["node"]] += float(row["quantity"])
    truly: dict[tuple[str, str], float] = defaultdict(float)
    for _, item, node, _, units in books.under_way:
        truly[item, node] += units
    for place in {*truly, *coming}:
        assert coming[place] == pytest.approx(truly[place], abs=1e-4), place
    for place in {*books.stock, *there} - {("powder", "North")}:
        assert there[place] == pytest.approx(books.stock[place], abs=1e-4), place
    left = sum(float(row["amount"]) for row in read_rows(rolled, "Budgets"))
    assert left == pytest.approx(100_000 - books.spent, abs=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_ordered_is_made_on_order_or_cancelled(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    world = late_world(rng)
    last = solve_workbook(write_world(world, tmp_path / "start"), tmp_path / "plan 0")
    books, first, now = Books(world, rng), 0, 0
    for step in range(1, 4):
        for month in range(now, now + rng.choice([1, 1, 2])):  # now and then a month passes without a new plan
            books.live(dict(last.tables), month, first)
            now = month + 1
        source = write_world({**world, "Actuals": books.rows}, tmp_path / f"month {now}")
        terms = ReplanTerms(rng.choice([None, 1, 2]))
        last, memo = replan(last.folder, source, tmp_path / f"plan {step}", terms, SolveOptions(), now=str(now + 1))
        first = now
        agree(books, last.folder, dict(last.tables), memo, now)

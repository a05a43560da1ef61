"""Two years of monthly re-optimisation in an invented world, lived through month by month."""

from __future__ import annotations

import csv
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from planner.domain.instance import Demand, PlanningInstance
from planner.errors import NoPlanError
from planner.plan import SolveOptions
from planner.replan.position.actuals import Actuals
from planner.replan.position.late import ORDER, WAITING, Late
from planner.replan.replan import replan
from planner.replan.rolled.rolling import ReplanTerms
from planner.run.pipeline import solve_workbook
from planner.run.recorded.load import SavedRun, load_run
from planner.verify import verify_run
from planner.workbook import read
from planner.workbook.write.convert import write_workbook
from tests.benchmarks.generate import write_tables
from tests.benchmarks.replay.actuals import actuals_rows
from tests.benchmarks.replay.truth import Truth, shortfall_of
from tests.benchmarks.world import Row, Tables

SAME = 1e-3  # good units, of thousands: rounding of many months
Short = tuple[float, float]  # of binding demand, of other demand: value × priority × units


# Told of every month that is over: the last plan, the workbook with what happened, and the first month that is not
# past.
Watch = Callable[[Path, Path, str], None]


def unwatched(_plan: Path, _workbook: Path, _now: str) -> None:
    """Nobody looks."""


@dataclass
class Step:
    """One month: the level values, churn as a share, what the reports said, and whether the cap had to be lifted."""

    month: str
    levels: dict[str, float]
    churn: float
    frozen: float
    conflicts: int
    overdue: int
    lost: int
    cap_lifted: bool
    verified: bool
    seconds: float
    unaccounted: float  # good units: the most by which ordered − made − on order differs from 0 for a line


@dataclass
class Replay:
    """The whole course; `cost` (money) and `shortfall` beside those of hindsight."""

    steps: list[Step] = field(default_factory=list)
    cost: float = 0.0
    shortfall: Short = (0.0, 0.0)
    hindsight_cost: float = 0.0
    hindsight_shortfall: Short = (0.0, 0.0)


class _Course:
    """The workbook as it grows, and the truth beside it."""

    def __init__(self, folder: Path, tables: Tables, seed: int, terms: ReplanTerms, watch: Watch) -> None:
        self.folder, self.tables, self.seed, self.terms, self.watch = folder, tables, seed, terms, watch
        self.random = random.Random(seed)
        self.last = folder / "plan 0"
        solve_workbook(self.written("start"), self.last)
        self.instance = instance_of(folder / "start")
        self.truth = Truth(self.instance, seed)
        self.lost: dict[tuple[str, int], float] = {}  # demand and due month -> units
        self.ordered: dict[str, float] = defaultdict(float)  # good units by line, since the start
        self.made: dict[str, float] = defaultdict(float)
        for row in tables.get("Orders", ()):
            self.ordered[str(row["line"])] += float(str(row["quantity"]))

    def written(self, name: str) -> Path:
        """The workbook as CSV files, every third month also as a workbook of Excel."""
        write_tables(self.tables, self.folder / name)
        if int("".join(filter(str.isdigit, name)) or 1) % 3:
            return self.folder / name
        write_workbook(self.folder / name, self.folder / f"{name}.xlsx")
        return self.folder / f"{name}.xlsx"

    def step(self, month: int, is_last: bool) -> Step:
        """Month `month` (1 for the first) happens, wishes change, and the next plan is made."""
        run, planned = load_run(self.last), self.planned()
        happened = self.truth.live(run, planned, month - 1, is_last)
        self.count(run, happened)
        self.tables.setdefault("Actuals", []).extend(actuals_rows(happened, self.instance))
        self.change(month)
        source, target = self.written(f"month {month}"), self.folder / f"plan {month}"
        now = self.instance.horizon.label(month)
        self.watch(self.last, source, now)
        began, lifted = time.perf_counter(), False
        try:
            result, memo = replan(self.last, source, target, self.terms, SolveOptions(), now=now)
        except NoPlanError:
            lifted = True
            free = ReplanTerms(self.terms.frozen)
            result, memo = replan(self.last, source, target, free, SolveOptions(), now=now)
        seconds = time.perf_counter() - began
        self.lost |= {(name, due + month): units for (name, due), units in memo.lost.items()}
        self.last = target
        levels = {level.name: level.value or 0.0 for level in result.plan.levels}
        conflicts = [conflict for conflict in memo.conflicts if conflict.kind != "gap"]
        return Step(now, levels, memo.churn.share, memo.churn.frozen, len(conflicts), len(memo.backlog), len(memo.lost),
                    lifted, verify_run(target).passed, seconds, self.unaccounted(target / "input" / "Orders.csv", memo.late))  # fmt: skip

    def count(self, run: SavedRun, happened: Actuals) -> None:
        """What the plan ordered in its first month (completed a lead time later), and what was made in it."""
        for line, period, units in run.tables["production"][["line", "period", "quantity"]].itertuples(index=False):
            lead = self.instance.lines[line].order_lead_time
            self.ordered[line] += units if lead and period == 1 + lead else 0.0
        for (line, _), units in happened.made.items():
            self.made[line] += units

    def unaccounted(self, orders: Path, late: Iterable[Late]) -> float:
        """Nothing is cancelled here: what was ordered has been made, the next plan has it on order,
        or it waits for what it is made of.
        """
        rows = csv.DictReader(orders.read_text(encoding="utf-8").splitlines() if orders.exists() else [])
        on_order: dict[str, float] = defaultdict(float)
        for row in rows:
            on_order[row["line"]] += float(row["quantity"])
        for entry in late:
            on_order[entry.what] += entry.quantity if entry.kind == ORDER and entry.state == WAITING else 0.0
        lines = [line.name for line in self.instance.lines.values() if line.order_lead_time]
        return max((abs(self.ordered[line] - self.made[line] - on_order[line]) for line in lines), default=0.0)

    def planned(self) -> PlanningInstance:
        rolled = self.last / "input"
        return instance_of(rolled) if rolled.is_dir() else self.instance

    def change(self, month: int) -> None:
        """Now and then a demand to come is larger or smaller, and a budget of the year or later."""
        coming = [row for row in self.tables["Demand"] if int(str(row["period"])) > month + 2]
        if coming and self.random.random() < 0.5:
            row = self.random.choice(coming)
            row["quantity"] = float(str(row["quantity"])) * self.random.uniform(0.6, 1.4)
        year = 2026 + month // 12
        budgets = [row for row in self.tables["Budgets"] if int(str(row["year"])) > year]
        if budgets and self.random.random() < 0.3:
            row = self.random.choice(budgets)
            row["amount"] = float(str(row["amount"])) * self.random.uniform(0.8, 1.2)

    def hindsight(self, months: int) -> SavedRun:
        """The plan that knew everything: last wishes, last budgets, and what each line would lose."""
        known = dict(self.tables)
        known.pop("Actuals", None)
        fixed = {(row["object"], row["period"]) for row in known["Capacity"]}
        known["Capacity"] = [*known["Capacity"], *self.losses(months, fixed)]
        write_tables(known, self.folder / "hindsight")
        return load_run(solve_workbook(self.folder / "hindsight", self.folder / "hindsight plan").folder)

    def losses(self, months: int, fixed: set[tuple[object, object]]) -> Iterator[Row]:
        for line in self.instance.lines.values():
            for month in range(months):
                loss = shortfall_of(self.seed, line.name, month)
                if loss and (line.name, month + 1) not in fixed and line.capacity[month] < float("inf"):
                    yield {"object": line.name, "period": month + 1, "quantity": line.capacity[month] * (1 - loss)}


def instance_of(source: Path) -> PlanningInstance:
    reading = read(source)
    assert reading.instance is not None, reading.faults[:3]
    return reading.instance


def spent(run: SavedRun) -> float:
    """What a plan pays, undiscounted."""
    return float(run.tables["payments"]["amount"].sum())


def short(run: SavedRun, instance: PlanningInstance) -> Short:
    """What falls short in a plan."""
    named = {demand.name: demand for demand in instance.demands}
    table = run.tables["shortfalls"][["demand", "quantity"]]
    return _weighed(instance, ((named[demand], units) for demand, units in table.itertuples(index=False)))


def _weighed(instance: PlanningInstance, missing: Iterable[tuple[Demand, float]]) -> Short:
    found = [0.0, 0.0]
    for demand, units in missing:
        found[0 if demand.binding else 1] += demand.priority * instance.unit_values[demand.item] * units
    return found[0], found[1]


def replay(
    folder: Path,
    tables: Tables,
    months: int,
    seed: int,
    terms: ReplanTerms,
    shown: bool = False,
    watch: Watch = unwatched,
) -> tuple[Replay, _Course]:
    """Live through `months` in `folder`; `watch` is told of each, before the next plan.

    Raises NoPlanError where no plan is to be had even without a cap.
    """
    course, found = _Course(folder, tables, seed, terms, watch), Replay()
    for month in range(1, months + 1):
        step = course.step(month, month == months)
        found.steps.append(step)
        if shown:
            _print(step)
    last, after = load_run(course.last), course.planned()
    final = instance_of(folder / f"month {months}")
    by_key = final.demands_by_key
    lost = _weighed(final, ((by_key[key], units) for key, units in course.lost.items()))
    rest = short(last, after)
    found.cost, found.shortfall = course.truth.cost + spent(last), (lost[0] + rest[0], lost[1] + rest[1])
    known = course.hindsight(months)
    found.hindsight_cost, found.hindsight_shortfall = spent(known), short(known, final)
    return found, course


def _print(step: Step) -> None:
    levels = ", ".join(f"{name} {value:,.0f}" for name, value in step.levels.items())
    print(f"{step.month}: changed {step.churn:.1%} (frozen {step.frozen:,.0f}), {step.conflicts} contradictions, "
          f"{step.overdue} overdue, {step.lost} lost, {step.seconds:.1f} s{', cap lifted' * step.cap_lifted}; "
          f"{levels}{'' if step.verified else '; NOT VERIFIED'}", flush=True)  # fmt: skip

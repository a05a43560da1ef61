"""The register of breaches through two years of mishaps:
what it must say is worked out from plans and reports alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from planner.replan.rolled.rolling import ReplanTerms
from planner.review.pipeline import review
from planner.review.record import Breach
from planner.store.register import RegisterRow, read_register, standing
from planner.store.store import RunStore, open_store
from tests.benchmarks.replay.course import replay
from tests.benchmarks.world import Tables
from tests.conftest import leave_reports_empty

pytestmark = pytest.mark.long

MONTHS, SEED = 24, 4
ROUNDING = 1e-6  # relative; reports have nine digits
Missing = dict[tuple[str, ...], float]  # by what a breach is about, and its month


@dataclass
class Month:
    """The plan that was carried out, the tables of the workbook with what happened (Demand, Actuals, Routes),
    and the register then.
    """

    plan: Path
    demand: pd.DataFrame
    actuals: pd.DataFrame
    routes: pd.DataFrame
    rows: list[RegisterRow]

    @property
    def entries(self) -> dict[str, Breach]:
        return {key: Breach.model_validate(entry) for key, entry in standing(self.rows).items()}


@dataclass
class Watched:
    """Reviews every month of a replay into one store."""

    folder: Path
    store: RunStore
    months: list[Month] = field(default_factory=list)

    def __call__(self, plan: Path, workbook: Path, now: str) -> None:
        review(plan, workbook, self.folder / f"review {len(self.months) + 1}", now=now, store=self.store)
        tables = (pd.read_csv(workbook.with_suffix("") / f"{name}.csv") for name in ("Demand", "Actuals", "Routes"))
        self.months.append(Month(plan, *tables, read_register(self.store.database)))


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Month]]:
    with pytest.MonkeyPatch.context() as patch:
        leave_reports_empty(patch)
        folder = tmp_path_factory.mktemp("register")
        found = Watched(folder, open_store(folder / "runs.sqlite", create=True))
        replay(folder, two_works(MONTHS + 3), MONTHS, SEED, ReplanTerms(2, 0.5), watch=found)
        yield found.months


def two_works(periods: int) -> Tables:
    """Norway and Poland pledge 20 kits a month together, which may be two months late, and Poland 8 more every third
    month, which may be one month late; their works make 24, so that they can catch up, and money is scarce in the end.
    """
    settings = {"title": "Winter", "start": "2026-01", "periods": periods, "currency": "EUR"}
    months = range(1, periods + 1)
    return {
        "Settings": [{"key": key, "value": value} for key, value in settings.items()],
        "Nations": [{"nation": "NO"}, {"nation": "PL"}, {"nation": "UA"}],
        "Items": [{"item": "kit", "weight": 0.1, "value": 10}],
        "Nodes": [
            {"node": "North works", "kind": "factory", "nation": "NO"},
            {"node": "Poland works", "kind": "factory", "nation": "PL"},
            {"node": "City", "kind": "destination", "nation": "UA"},
        ],
        "Routes": [
            {"route": f"{place} road", "origin": f"{place} works", "destination": "City", "cost": 1}
            for place in ("North", "Poland")
        ],
        "Lines": [
            {"line": "North line", "factory": "North works", "item": "kit", "unit_cost": 1, "capacity": 12},
            {"line": "Poland line", "factory": "Poland works", "item": "kit", "unit_cost": 2, "capacity": 12},
        ],
        "Capacity": [],
        "Commitments": [
            {"commitment": "Winter", "nations": "NO; PL", "binding": "yes"},
            {"commitment": "Spring", "nations": "PL", "binding": "no"},
        ],
        "Demand": [
            {"demand": f"{name} {month}", "commitment": name, "destination": "City", "item": "kit", "period": month,
             "quantity": quantity, "max_delay": delay}
            for month in months for name, quantity, delay in (("Winter", 20, 2), ("Spring", 8, 1))
            if name == "Winter" or month % 3 == 0
        ],
        "Funds": [{"fund": "Joint"}],
        "Budgets": [
            {"fund": "Joint", "contributor": nation, "year": year, "amount": amount}
            for nation, amount in (("NO", 500), ("PL", 200)) for year in (2026, 2027, 2028)
        ],
    }  # fmt: skip


def label(month: int) -> str:
    """Of the month that is `month` after the first."""
    return f"{2026 + month // 12}-{month % 12 + 1:02d}"


def less(planned: pd.Series, actual: pd.Series, month: int) -> Missing:
    """By key and month, what was done less than planned."""
    both = pd.concat([planned, actual], axis=1, keys=["planned", "actual"]).fillna(0.0)
    gap = both["planned"] - both["actual"]
    short = gap[gap > ROUNDING * both["planned"].clip(lower=1.0)]
    return {(*(key if isinstance(key, tuple) else (key,)), label(month)): float(value) for key, value in short.items()}


def not_made(month: int, one: Month) -> Missing:
    planned = pd.read_csv(one.plan / "tables" / "production.csv")
    reported = one.actuals[(one.actuals["kind"] == "made") & (one.actuals["period"] == month + 1)]
    return less(
        planned[planned["period"] == 1].groupby("line")["quantity"].sum(),
        reported.groupby("line")["quantity"].sum(),
        month,
    )


def not_shipped(month: int, one: Month) -> Missing:
    """By leg and item; the way back over a route has `~back` behind its name."""
    keys = ["route", "origin", "item"]
    planned = pd.read_csv(one.plan / "tables" / "shipments.csv")
    reported = one.actuals[(one.actuals["kind"] == "shipped") & (one.actuals["period"] == month + 1)]
    origins = one.routes.set_index("route")["origin"]
    gap = less(
        planned[planned["period"] == 1].groupby(keys)["quantity"].sum(),
        reported.groupby(keys)["quantity"].sum(),
        month,
    )
    return {
        (route if origins[route] == origin else f"{route}~back", item, when): value
        for (route, origin, item, when), value in gap.items()
    }


def not_delivered(month: int, one: Month) -> Iterator[tuple[str, float, float, str]]:
    """Demand, what was missing of it when due, what of that is missing now, and what has become of it."""
    given = one.actuals[one.actuals["kind"] == "delivered"]
    for demand, due, wanted, delay in one.demand[["demand", "period", "quantity", "max_delay"]].itertuples(index=False):
        if due > month + 1:
            continue
        mine = given[given["demand"] == demand]
        missing = wanted - float(mine[mine["period"] <= due]["quantity"].sum())
        left = wanted - float(mine["quantity"].sum())
        if missing > ROUNDING * max(wanted, 1.0):
            state = "mended" if left <= ROUNDING * max(wanted, 1.0) else "lost" if due + delay <= month + 1 else "open"
            yield str(demand), missing, left, state


def test_every_month_has_exactly_the_departures_that_plan_and_reports_say(months: list[Month]) -> None:
    for month, one in enumerate(months):
        made = {
            (entry.what, entry.period): entry.missing
            for entry in one.entries.values()
            if entry.kind == "production" and entry.period == label(month)
        }
        shipped = {
            (entry.what, entry.item, entry.period): entry.missing
            for entry in one.entries.values()
            if entry.kind == "shipment" and entry.period == label(month)
        }
        assert made == pytest.approx(not_made(month, one), rel=1e-5)
        assert shipped == pytest.approx(not_shipped(month, one), rel=1e-5)


def test_every_breach_of_a_commitment_is_there_with_what_became_of_it(months: list[Month]) -> None:
    states = set()
    for month, one in enumerate(months):
        breaches = {entry.what: entry for entry in one.entries.values() if entry.kind == "commitment"}
        expected = {demand: rest for demand, *rest in not_delivered(month, one)}
        assert breaches.keys() == expected.keys()
        for demand, (missing, left, state) in expected.items():
            entry = breaches[demand]
            assert (entry.missing, entry.left) == (
                pytest.approx(missing, rel=1e-5),
                pytest.approx(left, rel=1e-5, abs=1e-5),
            )
            assert entry.state == state, (demand, label(month))
            states.add(state)
    assert states == {"mended", "lost", "open"}, "the world has all of them"


def test_the_register_only_grows_and_whose_an_entry_is_stays(months: list[Month]) -> None:
    for before, after in pairwise(months):
        assert after.rows[: len(before.rows)] == before.rows
        assert len(after.rows) > len(before.rows)
        earlier, later = before.entries, after.entries
        assert earlier.keys() <= later.keys()
        for key, entry in earlier.items():
            assert (later[key].whose, later[key].missing) == (entry.whose, entry.missing)
            changed = later[key] != entry
            assert changed == any(row.entry == key for row in after.rows[len(before.rows) :]), "no change without a row"


def caught_up(months: list[Month], entry: Breach) -> Iterator[float]:
    """What is missing of a departure of a line in each month after it:
    the least so far by which the total made since is behind its plan.
    """
    first = next(month for month in range(MONTHS) if label(month) == entry.period)
    made = months[-1].actuals[lambda table: (table["kind"] == "made") & (table["line"] == entry.what)]
    plan = pd.read_csv(months[first].plan / "tables" / "production.csv")[lambda table: table["line"] == entry.what]
    missing = behind = entry.missing
    for month in range(first + 1, MONTHS):
        behind += float(plan[plan["period"] == month - first + 1]["quantity"].sum())
        behind -= float(made[made["period"] == month + 1]["quantity"].sum())
        missing = min(missing, max(behind, 0.0))
        yield missing


def test_a_departure_is_mended_when_its_plan_is_caught_up_with(months: list[Month]) -> None:
    states = set()
    for entry in (entry for entry in months[-1].entries.values() if entry.kind == "production"):
        for month, missing in zip(
            months[MONTHS - len(list(caught_up(months, entry))) :], caught_up(months, entry), strict=True
        ):
            departure = month.entries[entry.key]
            assert departure.left == pytest.approx(missing, rel=1e-5, abs=1e-5)
            assert departure.state == ("open" if missing > 1e-5 else "mended")
            states.add(departure.state)
    assert states == {"open", "mended"}

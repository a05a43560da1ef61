"""What the report says of the answers on random worlds: every number is recomputed from the tables of the run folder.

The recomputation reads the CSV files row by row and shares no code with the report; values of items are the input's.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from itertools import pairwise
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from planner.errors import NoPlanError
from planner.report.guarantees.section import Guarantees, read_guarantees
from planner.report.words.numbers import Money
from planner.run.pipeline import solve_workbook
from tests.worlds.guarantee_worlds import guarantee_world
from tests.worlds.worlds import write_world

Row = dict[str, str]
Sums = dict[tuple[str, ...], float]
NOTHING = 1e-6


class Tables:
    """The CSV files of a run, and what is recomputed from them."""

    def __init__(self, folder: Path, values: dict[str, float], labels: list[str]) -> None:
        self.folder, self.values, self.labels = folder, values, labels
        self.cases = self.rows("cases")
        self.key = {(row["contingency"], row["strike"]): row for row in self.cases}

    def rows(self, name: str) -> list[Row]:
        with (self.folder / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def sums(self, name: str, *keys: str, of: str, value: bool = False) -> Sums:
        found: Sums = defaultdict(float)
        for row in self.rows(name):
            worth = self.values.get(row["item"], 0.0) if value else 1.0
            found[tuple(row[key] for key in keys)] += float(row[of]) * worth
        return found

    def label(self, period: str) -> str:
        return self.labels[int(period) - 1]

    @property
    def importance(self) -> dict[tuple[str, str], float]:
        total = sum(float(row["weight"]) for row in self.cases)
        return {
            key: float(row["weight"]) / total if total > 0 else 1 / len(self.cases) for key, row in self.key.items()
        }


def check_world(seed: int, folder: Path) -> bool:
    """Whether the world has a plan with cases."""
    source = write_world(guarantee_world(seed), folder / "world")
    try:
        result = solve_workbook(source, folder / "run")
    except NoPlanError:
        return False
    plan = result.plan
    if not len(plan.tables["cases"]):
        assert read_guarantees(plan, Money("EUR", 1.0)) == Guarantees()
        return False
    horizon = plan.instance.horizon
    labels = [horizon.label(period) for period in range(horizon.periods)]
    tables = Tables(folder / "run", dict(plan.instance.unit_values), labels)
    guarantees = read_guarantees(plan, Money("EUR", 1.0))
    views = {view.name: view.rows for view in guarantees.views}
    _check_cases(tables, views["cases"])
    _check_headline(tables, guarantees)
    _check_items(tables, views.get("coverage by item", []))
    _check_curves(tables, views.get("coverage over time", []))
    _check_places(tables, views.get("depots that answer", []))
    _check_idle(tables, views.get("left while lacking", []))
    _check_given_up(tables, views.get("given up", []))
    _check_days(tables, views.get("days to reach", []))
    return True


def _near(one: Any, other: float) -> bool:
    return isclose(0.0 if one is None else one, other, rel_tol=1e-6, abs_tol=NOTHING)


def _shares(tables: Tables) -> dict[tuple[str, ...], float]:
    """By case that needs something: the share covered, by value, from the table coverage."""
    wanted = tables.sums("coverage", "contingency", "strike", of="wanted", value=True)
    covered = tables.sums("coverage", "contingency", "strike", of="covered", value=True)
    return {key: covered[key] / amount for key, amount in wanted.items() if amount > 0}


def _check_cases(tables: Tables, rows: Any) -> None:
    wanted = tables.sums("coverage", "contingency", "strike", of="wanted", value=True)
    shares = _shares(tables)
    assert len(rows) == len(tables.cases)
    for row, case in zip(rows, tables.cases, strict=True):
        key = (case["contingency"], case["strike"])
        assert row[:3] == (row[0], tables.label(case["strike"]), row[2])
        assert row[2] == f"{tables.label(case['begins'])} to {tables.label(case['ends'])}"
        assert _near(row[4], wanted.get(key, 0.0))
        assert (row[5] is None) == (key not in shares)
        assert _near(row[5], shares.get(key, 0.0))
        assert _near(row[8], _cost(tables, key))


def _cost(tables: Tables, key: tuple[str, ...]) -> float:
    return sum(
        float(row["cost"])
        for name in ("response_moves", "response_making")
        for row in tables.rows(name)
        if (row["contingency"], row["strike"]) == key
    )


def _check_headline(tables: Tables, guarantees: Guarantees) -> None:
    shares = _shares(tables)
    if not shares:
        assert guarantees.headline == ""
        return
    least = min(shares.values())
    named = [float(part) / 100 for part in re.findall(r"([\d.]+)\u00a0%", guarantees.headline)]
    text = guarantees.headline
    if "nothing of what is needed" in text:
        assert least < NOTHING
    elif "all that is needed" in text:
        assert all(share > 1 - NOTHING for share in shares.values())
        assert not [
            row for row in tables.rows("uncovered") if float(row["quantity"]) > NOTHING and _first(tables, row, text)
        ]
    else:
        assert abs(named.pop(0) - least) < 0.0051
    late = [row for row in tables.rows("responses") if int(row["period"]) > int(row["due"])]
    assert ("within the delay" in text) <= bool(late)
    weight = {key: float(tables.key[key]["weight"]) for key in shares}
    if "On average" in text:
        mean = sum(weight[key] * share for key, share in shares.items()) / sum(weight.values())
        assert abs(named.pop(0) - mean) < 0.0051
    if "depots in" in text:
        used = _used(tables)
        nation = re.search(r"depots in (\S+?)\.", text)
        assert nation
        mine = sum(value for (node, of), value in used.items() if of == nation[1] and _is_depot(tables, node))
        assert abs(named.pop(0) - mine / sum(used.values())) < 0.0051
    assert not named


def _first(tables: Tables, row: Row, text: str) -> bool:
    """Is the row's case among those that the sentence is about?"""
    return "Whatever strikes" in text or f"strikes in {tables.label(row['strike'])}" in text


def _used(tables: Tables) -> dict[tuple[str, str], float]:
    """(node, nation) → value that is drawn there in a mean over the cases."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for row in tables.rows("draws"):
        weight = tables.importance[row["contingency"], row["strike"]]
        found[row["node"], row["nation"]] += weight * float(row["used"]) * tables.values.get(row["item"], 0.0)
    return found


def _is_depot(tables: Tables, node: str) -> bool:
    with (tables.folder.parent / "world" / "Nodes.csv").open(encoding="utf-8", newline="") as stream:
        return any(row["node"] == node and row["kind"] == "depot" for row in csv.DictReader(stream))


def _check_items(tables: Tables, rows: Any) -> None:
    keys = ("contingency", "domain", "item")
    wanted, covered = (tables.sums("coverage", *keys, of=name) for name in ("wanted", "covered"))
    by_strike = {name: tables.sums("coverage", *keys, "strike", of=name) for name in ("wanted", "covered")}
    strikes: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in tables.rows("coverage"):
        strikes[tuple(row[key] for key in keys)].add(row["strike"])
    assert len(rows) == len(wanted)
    for row, (key, amount) in zip(rows, wanted.items(), strict=True):
        count = len(strikes[key])
        assert row[3] == count
        assert _near(row[4], amount / count)
        assert _near(row[5], covered[key] / count)
        shares = [
            by_strike["covered"][*key, strike] / by_strike["wanted"][*key, strike]
            for strike in strikes[key]
            if by_strike["wanted"][*key, strike] > 0
        ]
        assert (row[8] is None) == (not shares)
        assert not shares or _near(row[8], min(shares))


def _check_curves(tables: Tables, rows: Any) -> None:
    """The last point of each curve is all that is wanted and covered, in a mean over all strikes of the contingency."""
    last = {row[:3]: row for row in rows}
    keys = ("contingency", "domain", "item")
    wanted, covered = (tables.sums("coverage", *keys, of=name) for name in ("wanted", "covered"))
    assert len(last) == len(wanted)
    for row, (key, amount) in zip(last.values(), wanted.items(), strict=True):
        count = sum(1 for contingency, _ in tables.key if contingency == key[0])
        assert _near(row[5], amount / count)
        assert _near(row[6], covered[key] / count)
    for one, other in pairwise(rows):
        if one[:3] == other[:3]:
            assert other[4] == one[4] + 1
            assert other[5] >= one[5] - NOTHING
            assert other[6] >= one[6] - NOTHING
            assert one[6] <= one[5] + NOTHING


def _check_places(tables: Tables, rows: Any) -> None:
    used = _used(tables)
    total = sum(used.values())
    for row in rows:
        assert _near(row[7], sum(value for (node, _), value in used.items() if node == row[0]))
        assert _near(row[8], row[7] / total if total > 0 else 0.0)
        assert _near(row[4] + row[5], row[6] + row[7] + row[9])
        assert row[10] <= row[9] + NOTHING


def _check_idle(tables: Tables, rows: Any) -> None:
    """Of each contingency, place and item: at how many strikes something is left while lacking,
    and both in the mean.
    """
    lacking = tables.sums("uncovered", "contingency", "strike", "item", of="quantity")
    found: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in tables.rows("draws"):
        gap = lacking.get((row["contingency"], row["strike"], row["item"]), 0.0)
        came = float(row["at_begin"]) + float(row["under_way"])
        if gap > 0 and float(row["left"]) > 1e-9 * came:
            found[row["contingency"], row["node"], row["item"]].append((float(row["left"]), gap))
    means = [(len(of), *(sum(column) / len(of) for column in zip(*of, strict=True))) for of in found.values()]
    assert sorted(row[5:8] for row in rows) == [tuple(pytest.approx(part) for part in one) for one in sorted(means)]


def _check_given_up(tables: Tables, rows: Any) -> None:
    with (tables.folder.parent / "world" / "Surge.csv").open(encoding="utf-8", newline="") as stream:
        surges = {(row["contingency"], row["item"]) for row in csv.DictReader(stream)}
    given = 0.0
    for case in tables.cases:
        served = defaultdict(float)
        for row in tables.rows("responses"):
            if (row["contingency"], row["strike"], row["kind"]) == (case["contingency"], case["strike"], "demand"):
                served[row["demand"], row["due"]] += float(row["quantity"])
        planned = defaultdict(float)
        for row in tables.rows("deliveries"):
            inside = int(case["begins"]) <= int(row["period"]) <= int(case["ends"])
            if inside and (case["contingency"], row["item"]) in surges:
                planned[row["demand"], row["due"]] += float(row["quantity"])
        given += sum(max(amount - served[key], 0.0) for key, amount in planned.items())
    assert _near(sum(row[6] for row in rows), given)
    assert all(_near(row[4], row[5] + row[6]) for row in rows)


def _check_days(tables: Tables, rows: Any) -> None:
    days: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in tables.rows("reach"):
        if float(row["quantity"]) > 1e-9:
            days[row["contingency"], row["destination"]].append(float(row["days"]))
    assert [(row[2], row[5]) for row in rows] == [
        (pytest.approx(min(found)), pytest.approx(max(found))) for found in days.values()
    ]


@pytest.mark.usefixtures("without_reports")
def test_every_number_comes_from_the_tables(tmp_path: Path) -> None:
    assert sum(check_world(seed, tmp_path / str(seed)) for seed in range(4)) >= 2


@pytest.mark.long
def test_every_number_of_many_worlds_comes_from_the_tables(tmp_path: Path) -> None:
    assert sum(check_world(seed, tmp_path / str(seed)) for seed in range(100, 200)) >= 60

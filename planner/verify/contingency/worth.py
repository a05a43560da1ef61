"""What the guarantee is worth: signs, bounds by the plan at hand, and what the table of depots must say.

The optima of other plans, from which all this is computed, are the solver's and not found again here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from planner.verify.contingency.levels import Levels
from planner.verify.plan_arrays import PlanArrays
from planner.verify.table_form import check_unique, typed
from planner.verify.verification import TOLERANCE, Findings, number

OF_DEPOTS = ("coverage", "contingency", "weighted")  # the levels that the table tells, in order
AccessNumbers = tuple[float, float, float]  # closed, now, open


def check_worth(
    arrays: PlanArrays,
    levels: Levels,
    expectation: float | None,
    tables: Mapping[str, pd.DataFrame],
    run: Mapping[str, Any],
    findings: Findings,
) -> None:
    """`expectation`: the level at which the worth is reported, of the plan at hand at risk weight 0; None:
    there is no case.
    """
    stated = run.get("worth")
    if stated is not None and expectation is None:
        findings.fault("worth", "run.json gives the worth of a guarantee, but the input has no case")
    elif stated is not None and expectation is not None:
        _check_stated(arrays, expectation, stated, findings)
    if levels.answers is not None:
        _check_units(levels, tables, findings)
        _check_depots(arrays, typed("access_value", tables, findings), run, findings)


# ── run.json ─────────────────────────────────────────────────────────────────────────────────────


def _check_stated(arrays: PlanArrays, expectation: float, stated: Mapping[str, Any], findings: Findings) -> None:
    weighted = arrays.objective == "weighted"
    level = "weighted" if weighted else "contingency"
    if stated.get("level") != level:
        findings.fault("worth", f"worth refers to the level {stated.get('level')!r}, expected {level!r}")
    if stated.get("planning") is None and not weighted:
        findings.fault("worth", "planning is missing, but no need must be covered")
    amounts = [stated.get("expected"), stated.get("evpi"), stated.get("planning") or 0.0]
    if not all(isinstance(value, int | float) and isfinite(value) for value in amounts):
        findings.fault("worth", "worth: expected, evpi or planning is no number")
        return
    expected, evpi, planning = (float(value) for value in amounts if value is not None)
    size = max(abs(expected), abs(expectation))
    for name, value in (("evpi", evpi), ("planning", planning)):
        findings.one("worth", -value, size, f"{name} is {number(value)}, less than 0")
    findings.one("worth", evpi - expected, size, f"evpi is {number(evpi)}, more than the expected {number(expected)}")
    risk, slack = arrays.case.contingencies.risk_weight, arrays.case.level_tolerance * max(1.0, size)
    text = f"expected is {number(expected)}; the plan itself has {number(expectation)} at risk weight 0"
    findings.one("worth", expected - expectation, size, text)
    if risk == 0 and not any(each.coverage > 0 for each in arrays.case.contingencies.all):
        findings.one("worth", expectation - expected - slack, size, text)
    if len(_weights(arrays)) == 1 and (not weighted or _weights(arrays)[0] >= 1):
        findings.one("worth", abs(evpi), size, f"evpi is {number(evpi)}, yet there is one case alone")


def _weights(arrays: PlanArrays) -> Sequence[float]:
    strikes = arrays.case.contingencies.strikes(arrays.case.periods)
    return [strike.contingency.weight for strike in strikes if strike.contingency.weight > 0]


# ── The tables ───────────────────────────────────────────────────────────────────────────────────


def _check_units(levels: Levels, tables: Mapping[str, pd.DataFrame], findings: Findings) -> None:
    """One more unit never hurts; where a case lacks nothing at the level contingency it brings nothing."""
    assert levels.answers is not None
    table = levels.answers.tables.draws
    raw = tables.get("draws")
    if raw is None or "worth" not in raw.columns or not len(table):
        return
    worth = np.asarray(pd.to_numeric(raw["worth"], errors="coerce"), dtype=np.float64)[table.index]
    worth = np.nan_to_num(worth)
    findings.check("worth", -worth, np.abs(worth), lambda row: f"draws: worth is {number(worth[row])}, less than 0")
    if levels.arrays.objective != "weighted":
        idle = levels.uncovered[table["case"].to_numpy(dtype=np.intp)] <= 0
        residual = np.where(idle, worth, 0.0)
        findings.check(
            "worth", residual, np.abs(worth), lambda row: f"draws: worth is {number(worth[row])}, but nothing is short"
        )


def _check_depots(arrays: PlanArrays, table: pd.DataFrame, run: Mapping[str, Any], findings: Findings) -> None:
    if run.get("worth") is None:
        if len(table):
            findings.fault("worth", "access_value has rows, but run.json does not give the worth of the guarantee")
        return
    check_unique("access_value", table, ["nation", "level"], findings)
    now = dict(_stated_levels(run))
    wanted = {(nation, level) for nation in _with_depots(arrays) for level in now}
    rows: dict[tuple[str, str], AccessNumbers] = {
        (str(nation), str(level)): (float(closed), float(at_hand), float(opened))
        for nation, level, closed, at_hand, opened in table.itertuples(index=False)
    }
    for nation, level in sorted(wanted ^ rows.keys()):
        problem = "is missing" if (nation, level) in wanted else "has no place"
        findings.fault("worth", f"access_value: the row of {nation!r} at {level!r} {problem}")
    for nation in dict.fromkeys(nation for nation, _ in rows):
        _check_nation(
            arrays, nation, {level: rows[nation, level] for level in now if (nation, level) in rows}, now, findings
        )


def _check_nation(
    arrays: PlanArrays, nation: str, rows: Mapping[str, AccessNumbers], now: Mapping[str, float], findings: Findings
) -> None:
    """now is the plan's; closed ≥ now ≥ open, level by level in order: where one differs, the next may do either."""
    free = all(node.access is None for node in arrays.case.nodes.values() if node.nation == nation)
    in_order = [True, True]
    for level, (closed, at_hand, opened) in rows.items():
        where, size = f"access_value: {nation!r} at {level!r}", abs(now[level])
        text = f"{where}: now is {number(at_hand)}, the plan has {number(now[level])}"
        findings.one("worth", abs(at_hand - now[level]), size, text)
        slack = arrays.case.level_tolerance * max(1.0, size)
        for index, (more, less, words) in enumerate(
            ((closed, at_hand, "closed is less than now"), (at_hand, opened, "open is more than now"))
        ):
            if in_order[index] and isfinite(less):
                findings.one("worth", less - more - slack, size, f"{where}: {words}")
            in_order[index] &= abs(less - more) <= TOLERANCE * max(1.0, size)
        if free:
            findings.one(
                "worth", abs(opened - at_hand), size, f"{where}: its nodes give to everybody, yet open is not now"
            )


def _stated_levels(run: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The levels of the plan that the table tells, as run.json has them."""
    stated = run.get("objective")
    if isinstance(stated, int | float):
        yield "weighted", float(stated)
        return
    values = {str(level.get("name")): level.get("value") for level in stated or ()}
    for level in OF_DEPOTS:
        if isinstance(values.get(level), int | float):
            yield level, float(values[level])


def _with_depots(arrays: PlanArrays) -> set[str]:
    return {node.nation for node in arrays.case.nodes.values() if node.kind == "depot" and node.nation is not None}

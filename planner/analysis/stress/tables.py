"""What draws say, as tables: by case and measure, by draw, and the numbers drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from planner.analysis.findings import FindingsTable, TableField
from planner.analysis.stress.results import COVERAGE, LACK, LOSS, Stressed
from planner.analysis.stress.statistics import ShareOfDraws, Spread
from planner.domain.contingency.uncertainty import whole_periods
from planner.report.words.numbers import GOODS, GOODS_WEIGHTED

COLUMNS = (
    "contingency", "strike", "measure", "planned", "mean", "standard_error", "low", "high", "q5", "q50", "q95", "draws",
)  # fmt: skip
MEASURES = (("L", LOSS), ("coverage", COVERAGE), ("lack", LACK))


def stress_table(stressed: Stressed) -> FindingsTable:
    """A row for each case and measure (L, coverage, lack, promise_kept); at the end all cases, without lack."""
    frame = pd.DataFrame(list(_rows(stressed)), columns=list(COLUMNS)).astype({"strike": "Int64"})
    numbers = [TableField(name, name.replace("_", " ").capitalize(), "figure") for name in COLUMNS[3:11]]
    fields = [
        TableField("contingency", "Contingency", note="blank: all cases"),
        TableField("strike", "Strike", "whole", "period 1…P"),
        TableField("measure", "Measure", names=_measures(stressed.instance.settings.currency)),
        *numbers,
        TableField("draws", "Draws", "whole"),
    ]
    return FindingsTable("stress", "L, coverage, lack and share of draws that keep the promise, by case", frame, fields)


def _measures(currency: str) -> dict[str, str]:
    """What each measure is, with its unit."""
    return {
        "L": f"not covered in time, {currency} of {GOODS_WEIGHTED}",
        "coverage": "share of the need that is covered",
        "lack": f"promise missed, {currency} of {GOODS}",
        "promise_kept": "share of draws that keep the promise",
    }


def _rows(stressed: Stressed) -> Iterator[tuple[Any, ...]]:
    for stressed_case in stressed.cases:
        key = (stressed_case.case.contingency.name, stressed_case.case.strike + 1)
        for (name, place), spread in zip(MEASURES, stressed_case.spreads, strict=True):
            yield *key, name, stressed_case.planned[place], *spread, stressed.draws
        if stressed_case.kept is not None:
            yield *key, *_kept(stressed_case.kept, stressed_case.planned[LACK] == 0), stressed.draws
    yield None, None, "L", stressed.planned_level, *stressed.level, stressed.draws
    yield None, None, "coverage", stressed.planned_coverage, *stressed.coverage, stressed.draws
    if stressed.kept is not None:
        planned = all(stressed_case.planned[LACK] == 0 for stressed_case in stressed.cases)
        yield None, None, *_kept(stressed.kept, planned), stressed.draws


def _kept(share: ShareOfDraws, planned: bool) -> tuple[Any, ...]:
    return "promise_kept", float(planned), *share, None, None, None


def coverage_table(stressed: Stressed) -> FindingsTable:
    """A row for each case, as people read it."""
    rows = []
    for stressed_case in stressed.cases:
        spread, promised = stressed_case.spreads[COVERAGE], stressed_case.case.contingency.coverage
        promise_kept = stressed_case.kept
        rows.append(
            (stressed_case.title, promised or None, stressed_case.planned[COVERAGE], spread.mean, between(spread), spread.q5, spread.q95,
             None if promise_kept is None else promise_kept.share, "" if promise_kept is None else between(promise_kept))
        )  # fmt: skip
    columns = ["case", "promised", "planned", "mean", "between", "q5", "q95", "kept", "kept_between"]
    frame = pd.DataFrame(rows, columns=columns).astype({"promised": float, "kept": float})
    fields = [
        TableField("case", "Attack"),
        TableField("promised", "Promised", "share"),
        TableField("planned", "As planned", "share"),
        TableField("mean", "Covered on average", "share"),
        TableField("between", "95\u00a0% interval"),
        TableField("q5", "In the worst 5\u00a0%, at most", "share"),
        TableField("q95", "In the best 5\u00a0%, at least", "share"),
        TableField("kept", "Draws that keep the promise", "share"),
        TableField("kept_between", "95\u00a0% interval"),
    ]
    return FindingsTable("coverage", "What is covered of each need", frame, fields)


def between(estimate: Spread | ShareOfDraws) -> str:
    """The interval of a share, as people write it."""
    return f"{100 * estimate.low:.1f}\u00a0to\u00a0{100 * estimate.high:.1f}\u00a0%"


def varied_table(stressed: Stressed) -> FindingsTable:
    """A row for each row of Uncertainty: its triangle, the mean drawn, and how closely the outcome follows it."""
    rows = [
        (one.name, one.what, one.low, one.likely, one.high, float(stressed.drawn[:, index].mean()), correlation)
        for index, (one, correlation) in enumerate(
            zip(stressed.instance.uncertainties, stressed.correlations, strict=True)
        )
    ]
    columns = ["uncertainty", "what", "low", "likely", "high", "mean_drawn", "correlation"]
    frame = pd.DataFrame(rows, columns=columns).astype({"correlation": float})
    note = "Spearman's, with the level contingency: 1 the more of it the worse, −1 the less, 0 it does not matter"
    fields = [
        TableField("uncertainty", "Uncertainty"),
        TableField("what", "What varies"),
        TableField("low", "Low", "figure"),
        TableField("likely", "Likely", "figure"),
        TableField("high", "High", "figure"),
        TableField("mean_drawn", "Mean drawn", "figure"),
        TableField("correlation", "Rank correlation with what stays uncovered", "figure", note),
    ]
    return FindingsTable("varied", "What varied, and how much it matters", frame, fields)


def draw_table(stressed: Stressed) -> pd.DataFrame:
    """A row for each draw and case."""
    frames = [
        pd.DataFrame(
            {
                "draw": np.arange(1, stressed.draws + 1),
                "contingency": stressed_case.case.contingency.name,
                "strike": stressed_case.case.strike + 1,
                "L": stressed_case.figures[:, LOSS],
                "coverage": stressed_case.figures[:, COVERAGE],
                "lack": stressed_case.figures[:, LACK],
            }
        )
        for stressed_case in stressed.cases
    ]
    return pd.concat(frames, ignore_index=True)


def number_table(stressed: Stressed) -> pd.DataFrame:
    """A row for each draw and row of Uncertainty; of a delay whole periods."""
    frames = []
    for index, one in enumerate(stressed.instance.uncertainties):
        drawn = stressed.drawn[:, index]
        used = np.array([float(whole_periods(number)) for number in drawn]) if one.what == "delay" else drawn
        draws = np.arange(1, stressed.draws + 1)
        frames.append(pd.DataFrame({"draw": draws, "uncertainty": one.name, "what": one.what, "number": used}))
    return pd.concat(frames, ignore_index=True)

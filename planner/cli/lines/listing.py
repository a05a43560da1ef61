"""What `planner runs` shows, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from planner.cli.lines.text import columns, number, table
from planner.report.words.numbers import spelled_unit
from planner.run.recorded.compare import FigureDifference
from planner.store import schema
from planner.store.entry import FILL_RATE
from planner.store.store import Run, RunStore

COST = "cost"


def list_lines(store: RunStore, runs: Sequence[Run]) -> list[str]:
    """A line for each run under a heading."""
    if not runs:
        return ["No run is recorded yet."]
    fill_rates = store.figure_of(FILL_RATE)
    costs = store.level_values(COST)
    headings = ("Run", "Started (UTC)", "Kind", "Input", "Model", "Result", "Fill rate", "Cost", "Approved", "Folder")
    rows = [
        (
            str(run.id),
            run.started.removesuffix("Z").replace("T", " "),
            run.kind,
            run.input_file,
            run.model,
            result_of(run),
            _percent(fill_rates.get(run.id)),
            number(costs.get(run.id)),
            "yes" if run.approvals else "",
            _where(run),
        )
        for run in runs
    ]
    return table(headings, rows, right=(0, 6, 7))


def result_of(run: Run) -> str:
    """`optimal`, and what is wrong with it if something is."""
    return run.status if run.is_good or run.status not in ("optimal", "feasible") else f"{run.status}, not verified"


def _where(run: Run) -> str:
    return str(run.folder) if run.stands else f"{run.folder} (gone)"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def run_lines(store: RunStore, run: Run) -> list[str]:
    """Everything about one run but its prices."""
    files_kept = {sha for sha in (run.input_sha256, run.workbook_sha256) if store.input_files(sha) is not None}
    follows = [("follows", f"run {run.parent}")] if run.parent is not None else []
    rolled = [("workbook", f"{_sha(run.workbook_sha256)}{_kept(run.workbook_sha256, files_kept)}")]
    rows = [
        ("result", f"{result_of(run)}{': ' + run.message if run.message else ''}"),
        ("kind", run.kind),
        *([("schedule", run.schedule)] if run.schedule else []),
        *follows,
        ("model", f"{run.model} ({run.model_kind or 'not built'})"),
        ("started", f"{run.started}, {run.seconds:.1f} s"),
        ("program", run.planner_version),
        ("input", f"{run.input_file}, {_sha(run.input_sha256)}{_kept(run.input_sha256, files_kept)}"),
        *(rolled if run.workbook_sha256 != run.input_sha256 else []),
        ("folder", _where(run)),
    ]
    lines = [f"Run {run.id}: {run.title}", *columns(rows)]
    levels = [
        (row["title"], number(row["value"]), spelled_unit(row["unit"])) for row in store.rows(schema.levels, run.id)
    ]
    figures = [(row["name"], number(row["value"]), row["unit"]) for row in store.rows(schema.figures, run.id)]
    for title, block in (("Objective", levels), ("Figures", figures)):
        if block:
            lines += ["", title, *columns(block, right=[1])]
    approvals = store.approvals(run.id)
    if approvals:
        lines += ["", "Approved", *columns([(one.at, one.who, one.said) for one in approvals])]
    return lines


def _sha(text: str) -> str:
    return f"SHA-256 {text[:12]}…"


def _kept(sha: str, files_kept: set[str]) -> str:
    return "" if sha in files_kept else " (not kept: it had changed before the run was recorded)"


def price_lines(store: RunStore, run: Run, limit: int) -> list[str]:
    """Prices, level by level in their order, the highest first."""
    rows = store.rows(schema.prices, run.id)
    if not rows:
        return ["No limit has a price."]
    labels = store.record_of(run.id).calendar.labels
    levels = store.rows(schema.levels, run.id)
    places = {row["name"]: row["place"] for row in levels}
    titles = {row["name"]: row["title"] for row in levels}
    rows.sort(key=lambda row: (places.get(row["level"], len(places)), -abs(row["price"])))
    shown = [
        (
            titles.get(row["level"], row["level"]),
            row["object"],
            row["item"],
            _label(labels, row["period"]),
            number(row["price"]),
            spelled_unit(row["unit"]),
        )
        for row in rows[:limit]
    ]
    more = [f"  … and {len(rows) - limit} more (--limit)"] if len(rows) > limit else []
    return ["Prices", *table(("Aim", "Of", "Item", "Period", "Price", ""), shown, right=[4]), *more]


def _label(labels: Sequence[str], period: int | None) -> str:
    return "" if period is None else labels[period - 1] if 1 <= period <= len(labels) else str(period)


def headline_changes(store: RunStore, one: Run, other: Run) -> list[FigureDifference]:
    """Objective by level and figures of two runs, as the store keeps them."""
    before, after = _figures(store, one), _figures(store, other)
    return [FigureDifference(*key, before.get(key), after.get(key)) for key in before | after]


def _figures(store: RunStore, run: Run) -> dict[tuple[str, str], float | None]:
    levels = {(row["title"], row["unit"]): row["value"] for row in store.rows(schema.levels, run.id)}
    return levels | {(row["name"], row["unit"]): row["value"] for row in store.rows(schema.figures, run.id)}


def entry_of(store: RunStore, run: Run, prices: bool = False) -> dict[str, Any]:
    """A run for programs: its row, levels, figures and approvals, on request its prices."""
    entry = asdict(run) | {
        "folder": str(run.folder),
        "folder_stands": run.stands,
        "good": run.is_good,
        "levels": store.rows(schema.levels, run.id),
        "figures": store.rows(schema.figures, run.id),
        "approvals": [asdict(approval) for approval in store.approvals(run.id)],
    }
    return entry | ({"prices": store.rows(schema.prices, run.id)} if prices else {})


def as_document(value: Any) -> str:
    """One JSON document, for programs."""
    return json.dumps(value, indent=2, ensure_ascii=False)

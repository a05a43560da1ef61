"""A run folder as the rows that the store keeps of it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.errors import UsageError
from planner.options.figures import Measure
from planner.run.compare import total_figures
from planner.run.load import SavedRun, load_run
from planner.run.record import Record, read_record
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.spelling import csv_text, row_texts

Row = dict[str, Any]
FILL_RATE = "Fill rate"  # the name of that figure
WITH_PLAN = ("optimal", "feasible")
_STARTED = (1980, 1, 1, 0, 0, 0)  # of every file in an archive: the same input is the same bytes
PRICE_COLUMNS = ("family", "object", "item", "period", "level", "price", "unit")


@dataclass(frozen=True)
class Entry:
    """Everything that the store will say of a run. `parent_sha256` is run.json's of the plan that it follows."""

    folder: Path
    run: Row
    levels: list[Row] = field(default_factory=list)
    figures: list[Row] = field(default_factory=list)
    prices: list[Row] = field(default_factory=list)
    inputs: list[Row] = field(default_factory=list)
    parent_sha256: str | None = None


def entry_of(folder: Path) -> Entry:
    """Read a run folder, with a plan or without. Raises UsageError where it is none."""
    path = folder / "run.json"
    if not path.is_file():
        raise UsageError(f"{folder} is no run folder: it has no run.json")
    content = path.read_bytes()
    try:
        record = read_record(folder)
    except (json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise UsageError(f"{path} cannot be read: {fault}") from fault
    replan = record.get("replan") or {}
    copies = {copy.sha256: copy for copy in _inputs(folder, record, replan)}
    run = _run(record, replan) | {"run_sha256": hashlib.sha256(content).hexdigest(), "record": zlib.compress(content)}
    inputs = [{"sha256": raw.sha256, "file": raw.path.name, "archive": archive(raw)} for raw in copies.values()]
    entry = Entry(folder, run, _levels(record), inputs=inputs, parent_sha256=replan.get("last_run_sha256"))
    if run["status"] in WITH_PLAN:
        saved = load_run(folder)
        entry.figures.extend(_figures(saved, copies.get(run["input_sha256"]), replan))
        entry.prices.extend(_prices(saved))
    return entry


def archive(raw: RawInput) -> bytes:
    """An input as a zip of CSV files, the same bytes for the same input."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bundle:
        for table in sorted((*raw.tables, *raw.notes), key=lambda table: table.name):
            file = zipfile.ZipInfo(f"{table.name}.csv", _STARTED)
            bundle.writestr(file, csv_text(row_texts(table)).encode("utf-8"), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The CSV files of an archive, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def _run(record: Record, replan: Mapping[str, Any]) -> Row:
    given = record["input"]
    model = record.get("model") or {}
    return {
        "kind": "replan" if replan else "solve",
        "status": record["status"],
        "verified": str(record.get("verification", "")).startswith("verified"),
        "message": record.get("message", ""),
        "title": record.get("title", "") or given["file"],
        "model": model.get("name", ""),
        "model_kind": model.get("kind", ""),
        "currency": (record.get("calendar") or {}).get("currency", ""),
        "gap": record.get("gap"),
        "started": record["started"],
        "seconds": (record.get("seconds") or {}).get("total", 0.0),
        "planner_version": record["versions"]["planner"],
        "input_file": Path(replan["workbook"]).name if replan else given["file"],
        "input_sha256": given["sha256"],
        "workbook_sha256": replan.get("workbook_sha256", given["sha256"]),
    }


def _inputs(folder: Path, record: Record, replan: Mapping[str, Any]) -> Iterator[RawInput]:
    """What the run was made from, where it is still as it was: the input, and the workbook that a replan rolled."""
    given = record["input"]
    wanted: list[tuple[str, tuple[Path, ...]]] = [(given["sha256"], (Path(given["path"]), folder / given["file"]))]
    if replan:
        wanted.append((replan["workbook_sha256"], (Path(replan["workbook"]),)))
    for sha256, places in wanted:
        for place in places:
            if place.exists():
                raw = read_raw(place)
                if raw.sha256 == sha256:
                    yield raw
                    break


def _levels(record: Record) -> list[Row]:
    objective = record.get("objective")
    if objective is None:
        return []
    if not isinstance(objective, list):
        currency = record["calendar"]["currency"]
        objective = [
            {"name": "weighted", "title": "Weighted objective", "unit": currency, "value": objective,
             "bound": record.get("bound"), "gap": record.get("gap"), "status": record["status"]}
        ]  # fmt: skip
    names = ("name", "title", "unit", "value", "bound", "gap", "status")
    return [{"place": place} | {name: level.get(name) for name in names} for place, level in enumerate(objective)]


def _figures(run: SavedRun, raw: RawInput | None, replan: Mapping[str, Any]) -> Iterator[Row]:
    """Headline figures beside the levels: fill rate, totals, and how much a replan changed."""
    fill_rate = _fill_rate(run, raw)
    if fill_rate is not None:
        yield {"name": FILL_RATE, "unit": "share", "value": fill_rate}
    for (name, unit), value in total_figures(run):
        yield {"name": name, "unit": unit, "value": value}
    churn = (replan.get("churn") or {}).get("share")
    if churn is not None:
        yield {"name": "Churn", "unit": "share", "value": churn}


def _fill_rate(run: SavedRun, raw: RawInput | None) -> float | None:
    """Delivered ÷ wanted, goods counted by value where every item has one (see `Measure`), else by units."""
    instance = None if raw is None else interpret(raw).instance
    measure = Measure("units", None) if instance is None else Measure.of(instance)
    delivered, short = (
        float((table["quantity"] * table["item"].map(measure.worth_of)).sum()) if len(table) else 0.0
        for table in (run.tables["deliveries"], run.tables["shortfalls"])
    )
    return delivered / (delivered + short) if delivered + short > 0 else None


def _prices(run: SavedRun) -> list[Row]:
    """What one more is worth; of a bound the unit says so."""
    table = run.tables["prices"]
    table = table[table["price"].fillna(0.0) != 0.0]
    found = table.to_dict("records")
    rows: list[Row] = [{name: row[name] for name in PRICE_COLUMNS} for row in found]
    for row, one in zip(rows, found, strict=True):
        row["period"] = None if row["period"] != row["period"] else int(row["period"])
        row["unit"] += " (at most)" if one.get("exact") == "no" else ""
    return rows

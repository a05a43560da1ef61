"""A run folder as the rows that the store keeps of it."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.errors import UsageError
from planner.options.figures import GoodsMeasure, coverage_figures
from planner.records.reading import record_of
from planner.records.run import RunRecord
from planner.run.recorded.compare import total_figures
from planner.run.recorded.load import SavedRun, load_run
from planner.workbook import interpret
from planner.workbook.kind import no_run_folder
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.spelling import csv_text, row_texts

StoreRow = dict[str, Any]
FILL_RATE, COVERAGE = "Fill rate", "Covered if attacked, on average"  # the names of these figures
_STARTED = (1980, 1, 1, 0, 0, 0)  # of every file in an archive: the same input is the same bytes
PRICE_COLUMNS = ("family", "object", "item", "period", "level", "price", "unit")


@dataclass(frozen=True)
class StoreEntry:
    """Everything that the store will say of a run. `parent_sha256` is run.json's of the plan that it follows."""

    folder: Path
    run: StoreRow
    levels: list[StoreRow] = field(default_factory=list)
    figures: list[StoreRow] = field(default_factory=list)
    prices: list[StoreRow] = field(default_factory=list)
    inputs: list[StoreRow] = field(default_factory=list)
    parent_sha256: str | None = None


def entry_of(folder: Path) -> StoreEntry:
    """Read a run folder, with a plan or without. Raises UsageError where it is none."""
    path = folder / "run.json"
    if not path.is_file():
        raise UsageError(no_run_folder(folder))
    content = path.read_bytes()
    record = record_of(content, RunRecord, path)
    copies = {copy.sha256: copy for copy in _inputs(folder, record)}
    run = _run(record) | {"run_sha256": hashlib.sha256(content).hexdigest(), "record": zlib.compress(content)}
    inputs = [{"sha256": raw.sha256, "file": raw.path.name, "archive": archive(raw)} for raw in copies.values()]
    parent = record.replan.last_run_sha256 if record.replan else None
    entry = StoreEntry(folder, run, _levels(record), inputs=inputs, parent_sha256=parent)
    if record.has_plan:
        saved = load_run(folder)
        entry.figures.extend(_figures(saved, copies.get(record.input.sha256)))
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


def _run(record: RunRecord) -> StoreRow:
    followed = record.replan
    return {
        "kind": "replan" if followed else "solve",
        "status": record.status,
        "verified": record.verification.startswith("verified"),
        "message": record.message,
        "title": record.name,
        "model": record.model.name,
        "model_kind": record.model.kind,
        "currency": record.calendar.currency,
        "gap": record.gap,
        "started": record.started,
        "seconds": record.seconds.get("total", 0.0),
        "planner_version": record.versions["planner"],
        "input_file": Path(followed.workbook).name if followed else record.input.file,
        "input_sha256": record.input.sha256,
        "workbook_sha256": followed.workbook_sha256 if followed else record.input.sha256,
    }


def _inputs(folder: Path, record: RunRecord) -> Iterator[RawInput]:
    """What the run was made from, where it is still as it was: the input, and the workbook that a replan rolled."""
    stated, followed = record.input, record.replan
    wanted: list[tuple[str, tuple[Path, ...]]] = [(stated.sha256, (Path(stated.path), folder / stated.file))]
    if followed:
        wanted.append((followed.workbook_sha256, (Path(followed.workbook),)))
    for sha256, places in wanted:
        for place in places:
            if place.exists():
                raw = read_raw(place)
                if raw.sha256 == sha256:
                    yield raw
                    break


def _levels(record: RunRecord) -> list[StoreRow]:
    objective = record.objective
    if objective is None:
        return []
    names = ("name", "title", "unit", "value", "bound", "gap", "status")
    if isinstance(objective, tuple):
        return [
            {"place": index} | {name: getattr(level, name) for name in names} for index, level in enumerate(objective)
        ]
    weighted = ("weighted", "Weighted objective", record.calendar.currency, objective, record.bound, record.gap)
    return [{"place": 0} | dict(zip(names, (*weighted, record.status), strict=True))]


def _figures(run: SavedRun, raw: RawInput | None) -> Iterator[StoreRow]:
    """Headline figures beside the levels: fill rate, totals, and how much a replan changed."""
    instance = None if raw is None else interpret(raw).instance
    measure = GoodsMeasure("units", None) if instance is None else GoodsMeasure.of(instance)
    fill_rate = _fill_rate(run, measure)
    if fill_rate is not None:
        yield {"name": FILL_RATE, "unit": "share", "value": fill_rate}
    for _, title, unit, _, value in coverage_figures(run.tables, measure) if "cases" in run.tables else ():
        if title == COVERAGE and value is not None:
            yield {"name": COVERAGE, "unit": unit, "value": value}
    for (name, unit), value in total_figures(run):
        yield {"name": name, "unit": unit, "value": value}
    followed = run.record.replan
    if followed is not None and followed.churn is not None:
        yield {"name": "Churn", "unit": "share", "value": followed.churn.share}


def _fill_rate(run: SavedRun, measure: GoodsMeasure) -> float | None:
    """Delivered ÷ wanted, goods counted by value where every item has one (see `GoodsMeasure`), else by units."""
    delivered, short = (
        float((table["quantity"] * table["item"].map(measure.worth_of)).sum()) if len(table) else 0.0
        for table in (run.tables["deliveries"], run.tables["shortfalls"])
    )
    return delivered / (delivered + short) if delivered + short > 0 else None


def _prices(run: SavedRun) -> list[StoreRow]:
    """What one more is worth; of a bound the unit says so."""
    table = run.tables["prices"]
    table = table[table["price"].fillna(0.0) != 0.0]
    records = table.to_dict("records")
    rows: list[StoreRow] = [{name: row[name] for name in PRICE_COLUMNS} for row in records]
    for row, one in zip(rows, records, strict=True):
        row["period"] = None if row["period"] != row["period"] else int(row["period"])
        row["unit"] += " (at most)" if one.get("exact") == "no" else ""
    return rows

"""What a run folder says for its decision record. Everything is read again from the disk, and held against run.json."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from planner import catalogue, tolerances
from planner.decision.considered import considered
from planner.decision.record import Decision, LastPlanEntry, QuotedPrice, RollingWindows, RunFolder, Solver
from planner.domain.instance import PlanningInstance
from planner.domain.titles import object_title, title_of
from planner.errors import DecisionError
from planner.paths import PACKAGE, models_folder
from planner.records.parts import Level
from planner.records.run import RunRecord
from planner.run.recorded.load import SavedRun, load_run
from planner.run.tables import read_table, table_text
from planner.verify import TOLERANCE
from planner.workbook import interpret
from planner.workbook.kind import RUN
from planner.workbook.reading.raw import RawInput, read_raw

CELLS = "cells"  # the column of a table that names cells of the workbook


def decision_of(folder: Path, options_considered: Sequence[Path] = ()) -> Decision:
    """What a run folder says for its record.

    Raises UsageError where it is none or has no plan, DecisionError where it is not what its run.json says.
    """
    run = load_run(folder)
    record = run.record
    beside, files = tuple(considered(path, record.input.sha256) for path in options_considered), file_hashes(folder)
    _require_tables(run, files)
    raw = read_raw(record.input.path)
    stood = raw.sha256 == record.input.sha256
    return Decision(
        title=record.name,
        marking=record.marking,
        recorded=now(),
        run=_run_folder(folder.resolve(), record),
        input=record.input,
        input_stood=stood,
        follows=_follows(record),
        started_from=record.started_from,
        calendar=record.calendar,
        versions=record.versions,
        program_sha256=program_hash(),
        model=record.model,
        model_files=model_hashes(record.model.name),
        options=record.options,
        rolling=_windows(record),
        worth=record.worth is not None,
        priced=record.no_prices is None,
        solver=_solver(record),
        tolerances=tolerances_used(),
        verification=record.verification,
        verified=record.verified,
        not_enforced=record.not_enforced,
        not_recomputed=record.not_recomputed or (),
        levels=levels_of(record),
        files=files,
        without_cells=_hashes_without_cells(folder, run),
        considered=beside,
        prices=_prices(run.tables["prices"], raw if stood else None) if "prices" in run.tables else (),
    )


def _run_folder(folder: Path, record: RunRecord) -> RunFolder:
    """Where the run lies, when it was made, and how."""
    return RunFolder.model_validate(
        {
            "folder": folder.name,
            "path": str(folder),
            "started": record.started,
            "status": record.status,
            "made_by": _made_by(record),
        }
    )


def _solver(record: RunRecord) -> Solver:
    """The solver with its settings, and the size and the gap of what it solved."""
    settings = {name: str(value) for name, value in catalogue.load(record.model.name).solver.items()}
    return Solver(name=record.options.solver, settings=settings, counts=record.counts, gap=record.gap)


def now() -> str:
    """This moment in UTC, as records write it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a folder, by its path in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def hash_without_cells(table: Path) -> str | None:
    """SHA-256 of a table without its column `cells`; None where it has none."""
    frame = read_table(table)
    if CELLS not in frame.columns:
        return None
    return hashlib.sha256(table_text(frame.drop(columns=CELLS)).encode("utf-8")).hexdigest()


def _hashes_without_cells(folder: Path, run: SavedRun) -> dict[str, str]:
    """By table of a run that names cells of the workbook: SHA-256 of its other columns."""
    hashes = {name: hash_without_cells(folder / "tables" / f"{name}.csv") for name in run.tables}
    return {name: digest for name, digest in hashes.items() if digest}


def program_hash() -> str:
    """SHA-256 over the program's own files: of name and content of each, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def model_hashes(name: str) -> dict[str, str]:
    """Model → SHA-256 of its file: the model itself, and those that it extends."""
    hashes: dict[str, str] = {}
    while name:
        content = (models_folder() / f"{name}.toml").read_bytes()
        hashes[name] = hashlib.sha256(content).hexdigest()
        name = str(tomllib.loads(content.decode("utf-8")).get("extends", ""))
    return hashes


def tolerances_used() -> dict[str, float]:
    """Every tolerance of the program, by name; `verification`: the checker's."""
    named = {name: value for name, value in vars(tolerances).items() if name.isupper() and isinstance(value, float)}
    return {**named, "verification": TOLERANCE}


def levels_of(record: RunRecord) -> tuple[Level, ...]:
    """The objective levels of a run; the weighted objective as one level of number 0."""
    if isinstance(record.objective, tuple):
        return record.objective
    bound = record.bound if isinstance(record.bound, float) else None
    return (
        Level.model_validate(
            {
                "level": 0, "name": "weighted", "title": "Weighted objective", "unit": record.calendar.currency,
                "value": record.objective, "bound": bound, "gap": record.gap,
                "status": "optimal" if record.status == "optimal" else "not optimised",
            }
        ),
    )  # fmt: skip


def _require_tables(run: SavedRun, files: dict[str, str]) -> None:
    """Raise DecisionError where tables are not those that run.json names by hash, or the plan is not verified."""
    if not run.record.verification.startswith("verified"):
        raise DecisionError(f"{run.folder}: the plan is not verified ({run.record.verification}); it is not recorded")
    for name, digest in (run.record.tables or {}).items():
        actual = files.get(f"tables/{name}.csv")
        if actual != digest:
            what = "is gone" if actual is None else "was changed since"
            raise DecisionError(
                f"{run.folder / 'tables' / name}.csv {what} ({RUN} names its hash); nothing was written"
            )


def _made_by(record: RunRecord) -> str:
    """Given plans and alternatives are not proved at any level, although nothing stopped the solver."""
    if record.rolling is not None:
        return "windows"
    stopped = record.options.time_limit is not None
    not_solved = record.options.plan is not None or all(level.status != "optimal" for level in levels_of(record))
    return "not solved" if not_solved and not (stopped and record.options.plan is None) else "one program"


def _windows(record: RunRecord) -> RollingWindows | None:
    rolling = record.rolling
    return None if rolling is None else RollingWindows(window=rolling.window, overlap=rolling.overlap)


def _follows(record: RunRecord) -> LastPlanEntry | None:
    if record.replan is None:
        return None
    return LastPlanEntry.model_validate({name: getattr(record.replan, name) for name in LastPlanEntry.model_fields})


def _prices(table: pd.DataFrame, raw: RawInput | None) -> tuple[QuotedPrice, ...]:
    """The confirmed prices, in the order of the table; with the names that the input has, where it is there."""
    confirmed = table[table["confirmed"] == "yes"]
    instance = interpret(raw).instance if raw is not None and len(confirmed) else None
    rows = confirmed[[name for name in QuotedPrice.model_fields if name in table.columns]].to_dict("records")
    return tuple(
        QuotedPrice.model_validate({**row, "period": _whole(row["period"]), **_titles(row, instance)}) for row in rows
    )


def _titles(row: Mapping[Any, Any], instance: PlanningInstance | None) -> dict[str, str]:
    """The names of object and item of a price, where they have others than their codes."""
    if instance is None:
        return {}
    titles = {
        "object": object_title(instance, str(row["object"])),
        "item": title_of(instance.items, str(row["item"])),
    }
    return {f"{column}_title": title for column, title in titles.items() if title != row[column]}


def _whole(value: float) -> int | None:
    return None if pd.isna(value) else int(value)

"""The order of things in a review: plan and actuals, what differs, whose that is, the register, and the files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from planner.analysis.writing import write_findings
from planner.records.parts import InputFile
from planner.replan.replan import starting_point
from planner.review.breaches import commitment_breaches, departures
from planner.review.compared import Compared, compared
from planner.review.kept import keep
from planner.review.page import review_findings
from planner.review.record import Breach, ReviewRecord
from planner.run.folder import whole_folder
from planner.run.refusal import refuse
from planner.run.versions import versions
from planner.store.moments import moment
from planner.store.register import ReviewOrigin
from planner.store.store import RunStore
from planner.workbook.kind import RUN


@dataclass(frozen=True)
class Review:
    """What a review found: `breaches` of it, and with a store the whole register."""

    folder: Path
    compared: Compared
    breaches: tuple[Breach, ...]
    record: ReviewRecord


def review(
    run: Path,
    workbook: Path,
    target: Path,
    *,
    now: str | None = None,
    store: RunStore | None = None,
    replace: bool = False,
) -> Review:
    """Hold what happened against the plan in the run folder, and leave brief, workbook and tables, whole or not at all.

    `workbook` has the actuals, `now` is the first period that is not past (default: after the last one reported). With
    a `store` the breaches are added to its register. Raises InputError for faults of the workbook, UsageError where the
    plan's input is gone or nothing of it is past, StoreError where the register is damaged, FolderError.
    """
    refuse(target, replace, workbook)
    start = starting_point(run, workbook, now)
    comparison = compared(start)
    breaches = [*commitment_breaches(start, comparison), *departures(comparison)]
    digest = hashlib.sha256((run / RUN).read_bytes()).hexdigest()
    with whole_folder(target, replace, workbook) as folder:
        added, seal = None, None
        if store is not None:
            origin = ReviewOrigin(moment(datetime.now(UTC)), digest, start.book.raw.sha256)
            breaches, added, seal = keep(store, breaches, comparison, origin)
        record = ReviewRecord(
            **_subject(comparison, workbook),
            input=InputFile.of(workbook, start.book.raw.sha256),
            run=str(run.resolve()),
            run_sha256=digest,
            register_added=added,
            register_seal=seal or None,
            breaches=tuple(breaches),
            versions=versions(),
        )
        write_findings(review_findings(comparison, record), folder)
    return Review(target, comparison, record.breaches, record)


def _subject(comparison: Compared, workbook: Path) -> dict[str, Any]:
    """The fields of the record that say what was reviewed: which plan, in which currency, and which periods."""
    settings, label = comparison.instance.settings, comparison.instance.horizon.label
    return {
        "title": settings.title or workbook.stem,
        "marking": settings.marking,
        "currency": settings.currency,
        "first": label(comparison.first),
        "last": label(comparison.now - 1),
        "periods": comparison.now - comparison.first,
        "not_reported": tuple(f"{kind} in {label(period)}" for kind, period in comparison.silent),
    }

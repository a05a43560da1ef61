"""The input of a run planned again so that the least served come first, where somebody gets nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner import catalogue
from planner.desk.inputs import kept_folder
from planner.desk.keeping import changed_place
from planner.options.changes.input_folder import write_input
from planner.options.changes.option import Option, retitling
from planner.options.changes.overrides import apply_option
from planner.run.fair_check import MODEL
from planner.store.jobs import DONE, Job, Jobs
from planner.workbook.reading.raw import RawInput

FAIRER = "least served first"  # the kind of such a job


@dataclass(frozen=True, slots=True)
class Fairer:
    """Of which run. `run_sha256` tells runs apart."""

    run: int
    run_sha256: str

    def document(self) -> dict[str, Any]:
        """The request as a JSON document for a job."""
        return {"run": self.run, "run_sha256": self.run_sha256}

    @classmethod
    def read(cls, stated: Mapping[str, Any]) -> Fairer:
        """The request that `document` wrote."""
        return cls(int(stated["run"]), str(stated["run_sha256"]))


def fairer_runs(jobs: Jobs, run_sha256: str) -> list[int]:
    """The runs that such jobs made of a run, the oldest first."""
    return [job.run for job in jobs.of_kind(FAIRER, DONE, run_sha256) if job.run is not None]


def retitled_input(raw: RawInput, job: Job, folder: Path) -> Path:
    """The input of a job with its title saying by which model it is planned, as a folder of CSV files."""
    title = f"{job.wanted['title']} – {catalogue.load(MODEL).title}"
    changed = apply_option(Option("title", (retitling(title),)), raw)
    return kept_folder(changed_place(folder, job), lambda place: write_input(changed.raw, place))

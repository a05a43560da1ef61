"""An option of a run's input planned: the changes of cells that its table Options names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planner.desk.inputs import kept_folder
from planner.desk.keeping import changed_place
from planner.errors import InputError, UsageError
from planner.options.changes.faults import input_faults, problem_faults
from planner.options.changes.input_folder import write_input
from planner.options.changes.option import read_options, retitling
from planner.options.changes.overrides import apply_option
from planner.store.jobs import DONE, Job, Jobs
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput

OPTION = "option"  # the kind of such a job


@dataclass(frozen=True, slots=True)
class OptionRequest:
    """An option of a run's input, by name. `run_sha256` tells runs apart."""

    run: int
    run_sha256: str
    option: str

    def document(self) -> dict[str, Any]:
        """The request as a JSON document for a job."""
        return {"run": self.run, "run_sha256": self.run_sha256, "option": self.option}

    @classmethod
    def read(cls, stated: Mapping[str, Any]) -> OptionRequest:
        """The request that `document` wrote."""
        return cls(int(stated["run"]), str(stated["run_sha256"]), str(stated["option"]))


def option_runs(jobs: Jobs, run_sha256: str) -> dict[str, int]:
    """The newest run that such a job made of each option of a run's input, by the name of the option."""
    done = (job for job in jobs.of_kind(OPTION, DONE, run_sha256) if job.run is not None)
    return {OptionRequest.read(job.wanted).option: job.run for job in done if job.run is not None}


def input_with_option(raw: RawInput, job: Job, folder: Path) -> Path:
    """The input of a job with its option's changes made and its title saying so, as a folder of CSV files.

    Raises UsageError where the input has no such option; InputError where a change of it cannot be made, or makes the
    input wrong, at the cell of the option in the input itself: nobody knows the cells of the folder.
    """
    name = OptionRequest.read(job.wanted).option
    option = read_options(raw).get(name)
    if option is None:
        raise UsageError(f"the input has no option {name!r}")
    retitled = replace(option, changes=(*option.changes, retitling(str(job.wanted["title"]))))
    changed = apply_option(retitled, raw)
    faults = problem_faults(raw, {name: changed.problems})
    faults = faults or input_faults(raw, option, changed.edits, interpret(changed.raw).faults)
    if faults:
        raise InputError(faults)
    return kept_folder(changed_place(folder, job), lambda place: write_input(changed.raw, place))

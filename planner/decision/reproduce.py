"""The plan of a decision record made again: from the same input, with the same options, as `planner solve` makes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from planner.decision.content import levels_of
from planner.decision.differences import LevelDifference, TableDifference, level_differences, table_differences
from planner.decision.integrity import Integrity, integrity
from planner.decision.record import Decision, DecisionRecord
from planner.errors import InputError, NoPlanError, SolverStoppedError, UsageError, VerificationError
from planner.plan import SolveOptions
from planner.records.run import RunRecord
from planner.replan.windows.long_run import solve_in_windows
from planner.replan.windows.windows import Windows
from planner.run.folder import scratch_folder
from planner.run.log import Log
from planner.run.pipeline import solve_workbook
from planner.run.recorded.origin import AnalysisInput
from planner.run.started_from import start_of
from planner.solver.highs import ProgressListener
from planner.workbook.reading.raw import read_raw

NOT_SOLVED = "the plan was given, or chosen among plans as good within a slack: solving does not make it again"


@dataclass
class Reproduction:
    """What came of it. `reproduced`: nothing signed was changed, and every table came out byte for byte.

    `tables` counts those that did, `other_cells` names those that did but for the cells of the workbook that they name
    (as the input of an option, or of a re-optimised plan, has other cells than the workbook); `differing` lists the
    others. `verification` is of the plan made again, None where it was not made: `why_not` says why.
    """

    record: DecisionRecord
    integrity: Integrity
    tables: int = 0
    differing: list[TableDifference] = field(default_factory=list)
    other_cells: list[str] = field(default_factory=list)
    levels: list[LevelDifference] = field(default_factory=list)
    verification: str | None = None
    why_not: str = ""

    @property
    def reproduced(self) -> bool:
        """Is everything as signed, and has every table come out byte for byte?"""
        return not self.integrity.faults and not self.differing and self.verification is not None

    @property
    def same_levels(self) -> bool:
        """Has the plan made again the value recorded at every level?"""
        return self.verification is not None and all(level.same for level in self.levels)


def reproduce(
    record: DecisionRecord,
    path: Path,
    workbook: Path | None = None,
    seal: str | None = None,
    progress: ProgressListener | None = None,
    log: Log | None = None,
) -> Reproduction:
    """Check every hash that the record at `path` names, and make its plan again.

    `workbook` is the input where it has moved. Raises UsageError where that is not there; FolderError.
    """
    if workbook is not None and not workbook.exists():
        raise UsageError(f"--input: {workbook} is not there; expected the workbook that was planned")
    reproduction = Reproduction(record, integrity(record, path, seal))
    decision, notes = record.decision, reproduction.integrity.notes
    if decision.run.made_by == "not solved":
        reproduction.why_not = NOT_SOLVED
        return reproduction
    source = workbook or _input(decision, reproduction.integrity.folder, path)
    if source is None:
        reproduction.why_not = f"the input {decision.input.path} is gone; say where it is now with --input WORKBOOK"
        return reproduction
    digest = read_raw(source).sha256
    if digest != decision.input.sha256:
        reproduction.integrity.faults.append(f"the input {source} is not what was planned: its hash is another")
    if decision.options.time_limit is not None:
        notes.append("the plan was made under a time limit: how far the solver comes depends on the machine")
    start = _start(decision, path, notes)
    with scratch_folder() as scratch:
        target = scratch / "again"
        try:
            again = _solved(decision, source, target, start, progress, log or Log())
        except (InputError, NoPlanError, SolverStoppedError, VerificationError) as problem:
            reproduction.why_not = f"solving again gives no plan: {problem}"
            return reproduction
        _compare(reproduction, again, target / "tables")
    return reproduction


def _compare(reproduction: Reproduction, again: RunRecord, tables: Path) -> None:
    """Note how the plan made again, with its tables in a folder, differs from the recorded one."""
    decision, hashes = reproduction.record.decision, again.tables or {}
    reproduction.verification = again.verification
    reproduction.levels = level_differences(decision.levels, levels_of(again))
    differences = list(table_differences(decision, tables, hashes, reproduction.integrity.folder))
    reproduction.tables = len(hashes.keys() - {one.table for one in differences})
    reproduction.other_cells = [one.table for one in differences if one.only_cells]
    reproduction.differing = [one for one in differences if not one.only_cells]


def _input(decision: Decision, folder: Path | None, place: Path) -> Path | None:
    """Where the input is: where it was, in the run folder, or beside the record at `path`; None where it is gone."""
    typed = Path(decision.input.path)
    places = [typed, place.resolve().parent / typed.name]
    if folder is not None and typed.is_relative_to(decision.run.path):
        places.insert(0, folder / typed.relative_to(decision.run.path))
    return next((path for path in places if path.exists()), None)


def _start(decision: Decision, path: Path, notes: list[str]) -> AnalysisInput | None:
    """The plan that the plan was solved from; None where there was none, or where it is gone, which is noted."""
    started_from = decision.started_from
    if started_from is None:
        return None
    start = start_of(started_from, decision.model.name, path.resolve().parent)
    if start is None:
        notes.append(
            f"the plan {started_from.run}, from which this one was solved, or its input, is gone or was "
            "changed: another plan that is as good may come out"
        )
    return start


def _solved(
    decision: Decision,
    source: Path,
    target: Path,
    start: AnalysisInput | None,
    progress: ProgressListener | None,
    log: Log,
) -> RunRecord:
    """run.json of the plan made again in `target`."""
    recorded = decision.options
    options = SolveOptions(
        model=recorded.model,
        time_limit=recorded.time_limit,
        prune=recorded.prune,
        solver=recorded.solver,
        threads=recorded.threads,
        lazy_funds=recorded.lazy_funds,
    )
    if decision.rolling is not None:
        windows = Windows(decision.rolling.window, decision.rolling.overlap)
        return solve_in_windows(source, target, windows, options, progress, strict=recorded.strict, log=log).record
    return solve_workbook(
        source,
        target,
        options,
        progress,
        strict=recorded.strict,
        worth=decision.worth,
        priced=decision.priced,
        remedies=False,
        start=start,
        log=log,
    ).record

"""The order of things in a comparison: read, change, check, solve, verify, put side by side, write."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner import catalogue
from planner.domain.instance import PlanningInstance
from planner.domain.titles import Named, object_title
from planner.errors import (
    InputError,
    NoPlanError,
    PlannerError,
    SolverStoppedError,
    UsageError,
    VerificationError,
)
from planner.options.changes.checking import check_options, checked_input
from planner.options.changes.input_folder import write_input
from planner.options.changes.option import BASE, Option, option_title, read_options
from planner.options.changes.overrides import Changed
from planner.options.changes.sweep import Sweep, read_sweep
from planner.options.cluster import crew
from planner.options.comparison import Comparison, in_order
from planner.options.figures import GoodsMeasure
from planner.options.kept_results import with_kept_results
from planner.options.outcome import OptionOutcome, solve_base, solve_option
from planner.options.pages.page import write_page
from planner.options.pages.workbook import write_comparison
from planner.options.record import CompareRecord, comparison_record
from planner.plan import Progress, SolveOptions
from planner.records.parts import InputFile
from planner.records.reading import write_record
from planner.report.words.names import titles_of
from planner.run.folder import whole_folder
from planner.run.log import Log, with_phases_logged
from planner.run.record import model_name
from planner.run.recorded.basis_record import write_basis
from planner.run.recorded.load import load_run
from planner.run.recorded.reopened import plan_of, taken_words
from planner.run.refusal import refuse
from planner.run.tables import write_tables
from planner.solver.checkpoint import checkpoints_beside
from planner.solver.highs import ProgressListener
from planner.workbook import interpret
from planner.workbook.names.names import suggestion
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.reader import TypedWorkbook

_DEFAULTS = SolveOptions()
_UNSAFE = re.compile(r"[^\w.+=-]+")


@dataclass(frozen=True)
class ComparisonResult:
    """A comparison that was written. `record` is what compare.json says."""

    folder: Path
    comparison: Comparison
    record: CompareRecord


def compare_workbook(
    input_path: Path | str,
    output_dir: Path | str,
    names: Sequence[str] | None = None,
    sweep: tuple[str, str] | None = None,
    solving: SolveOptions = _DEFAULTS,
    progress: ProgressListener | None = None,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    replace: bool = False,
    log: Log | None = None,
    prices: bool | None = None,
    plan: Path | None = None,
) -> ComparisonResult:
    """Plan a workbook as it stands and with each option, and leave one folder that compares them, whole or not at all.

    `names` are options of the Options table (None: all of them, or none beside a `sweep`); `sweep` is what to
    scale and by which factors, as ("fund=SAFE", "0.5:1.5:11"). `workers` processes, or the workers of a Dask
    `scheduler`, solve the options; the tables are the same whatever is chosen. `prices`: whether options have prices
    too, and what holds back what is short (None: where the program is not large); the base has them. `plan`: the run
    folder of the optimal plan of the workbook, which then is the base where the basis kept there proves it.

    An option without a plan is shown as such. Raises InputError (2), which lists the faults of all options and
    why any cannot be compared; NoPlanError (3) where neither the base nor an option has a plan; SolverStoppedError
    (4) and VerificationError (5) for an option that ended so, after the others were written; FolderError (1);
    UsageError (64).
    """
    source, target = Path(input_path), Path(output_dir)
    if workers < 1:
        raise UsageError(f"--workers: found {workers}, expected at least 1")
    run = _Comparing(source, target, solving, progress, log or Log())
    refuse(target, replace, source)
    base, options = run.prepare(names, sweep)
    with (
        crew(workers, scheduler) as work_all,
        checkpoints_beside(target) as checkpoints,
        whole_folder(target, replace, source) as folder,
    ):
        recorded = None if plan is None else plan_of(load_run(plan), base)
        state, outcome = solve_base(run.raw, base, solving, run.log.started, run.report, checkpoints, prices, recorded)
        if recorded is not None and state.bench is not None:
            run.log.add(taken_words(state.bench.base_plan, recorded))
        depends_on = ("compare", run.raw.sha256, solving, options, state.no_prices, state.start)
        solve_all = with_kept_results(work_all, checkpoints, *depends_on)
        outcomes = [outcome, *solve_all(solve_option, state, options, run.note_of(len(options)))]
        _require_a_plan(outcomes)
        comparison = run.comparison(base, state.measure, outcomes)
        written = run.write(comparison, folder, workers, scheduler)
    _raise_failures(outcomes)
    return ComparisonResult(target, comparison, written)


def _require_a_plan(outcomes: Sequence[OptionOutcome]) -> None:
    """Raise NoPlanError, with why the base has none, where neither it nor an option has a plan."""
    if any(one.solved for one in outcomes):
        return
    record = outcomes[0].record
    explained = record.explanation.document() if record.explanation else None
    raise NoPlanError(_nothing_solved(outcomes), record.conflict, record.status, explained)


class _Comparing:
    """A comparison on its way."""

    def __init__(
        self, source: Path, target: Path, solving: SolveOptions, progress: ProgressListener | None, log: Log
    ) -> None:
        self.source, self.target, self.solving, self.log = source, target, solving, log
        self.catalogue = catalogue.load(solving.model)
        self.report, self._done = with_phases_logged(log, progress), 0
        self._began = time.perf_counter()
        self.raw = RawInput(source, "", ())
        self.sweep: Sweep | None = None
        self.changed: dict[str, Changed] = {}

    def prepare(
        self, names: Sequence[str] | None, sweep: tuple[str, str] | None
    ) -> tuple[PlanningInstance, list[Option]]:
        """The base's instance and the options, applied and checked; every fault of every option at once."""
        self.report(Progress("read"))
        self.raw = read_raw(self.source)
        reading = interpret(self.raw)
        checked = checked_input(reading)
        if checked is None:
            raise InputError(reading.faults)
        self.raw = checked.raw
        options = list(read_options(checked.raw).values())
        if not reading.faults:
            options = self._chosen(names, sweep, checked.book)
        self.report(Progress("apply options"))
        self.changed, faults = check_options(reading, checked, options, self.catalogue.name)
        if faults:
            raise InputError(faults)
        return checked.instance, options

    def _chosen(self, names: Sequence[str] | None, sweep: tuple[str, str] | None, book: TypedWorkbook) -> list[Option]:
        known = read_options(self.raw)
        self.sweep = read_sweep(*sweep, book) if sweep else None
        wanted = list(dict.fromkeys(names)) if names is not None else [] if sweep else list(known)
        for name in wanted:
            if name not in known:
                hint = suggestion(name, known) or ("" if known else "; the table Options has no rows")
                raise UsageError(f"--options: no option is called {name!r}{hint}")
        options = [known[name] for name in wanted]
        taken = {option.name for option in options}
        options += [option for option in (self.sweep.options if self.sweep else ()) if option.name not in taken]
        if not options:
            raise UsageError("there is nothing to compare: the table Options has no rows; fill it in, or give --sweep")
        return options

    def comparison(
        self, base: PlanningInstance, measure: GoodsMeasure, outcomes: Sequence[OptionOutcome]
    ) -> Comparison:
        """The base and the options as they ended, to be compared."""
        return Comparison(
            title=base.settings.title or self.source.stem,
            marking=base.settings.marking,
            measure=measure,
            outcomes=in_order(outcomes),
            edits={name: changed.edits for name, changed in self.changed.items()},
            sweep=str(self.sweep) if self.sweep else "",
            names=_names(base),
            materiality=base.settings.materiality,
        )

    def write(self, comparison: Comparison, folder: Path, workers: int, scheduler: str | None) -> CompareRecord:
        """Everything that the folder holds; what compare.json says."""
        self.report(Progress("write"))
        write_tables(comparison.tables, folder / "tables")
        folders = self._write_runs(comparison, folder)
        record = comparison_record(
            comparison,
            folders,
            source=InputFile.of(self.source, self.raw.sha256),
            model=model_name(self.catalogue),
            workers=workers,
            scheduler=scheduler,
            started=comparison.base.record.started,
            seconds=time.perf_counter() - self._began,
        )
        write_comparison(comparison, record, folder / "compare.xlsx")
        write_page(comparison, record, folder / "compare.html")
        write_record(record, folder / "compare.json")
        self.log.write(folder)
        return record

    def _write_runs(self, comparison: Comparison, folder: Path) -> dict[str, str]:
        """A run folder for each option: run.json, tables, basis.json, report.html, and its changed input."""
        (folder / "runs").mkdir()
        folders: dict[str, str] = {}
        for outcome in comparison.outcomes:
            name = _folder_name(outcome.name, folders.values())
            folders[outcome.name] = f"runs/{name}"
            path = folder / "runs" / name
            path.mkdir()
            title = f"{comparison.title} – {option_title(outcome.name, outcome.description)}"
            record = outcome.record.but(input=self._input_of(outcome, path, name))
            record = record if outcome.name == BASE else record.but(title=title)
            if outcome.solved:
                record = record.but(tables=write_tables(outcome.tables, path / "tables"))
                (path / "report.html").write_text(outcome.report, encoding="utf-8")
            if outcome.basis is not None:
                write_basis(outcome.basis, path)
            write_record(record, path / "run.json")
        return folders

    def _input_of(self, outcome: OptionOutcome, folder: Path, name: str) -> InputFile:
        if outcome.name == BASE:
            return InputFile.of(self.source, self.raw.sha256)
        digest = write_input(self.changed[outcome.name].raw, folder / "input")
        return InputFile.of(self.target.resolve() / "runs" / name / "input", digest)

    def note_of(self, count: int) -> Callable[[OptionOutcome], None]:
        """Whom to tell of each outcome."""
        self.report(Progress(f"options (0 of {count})"))

        def note(outcome: OptionOutcome) -> None:
            self._done += 1
            self.log.add(f"{outcome.name}: {outcome.record.status}; {outcome.record.verification}")
            self.report(Progress(f"options ({self._done} of {count})"))

        return note


def _names(base: PlanningInstance) -> dict[str, dict[str, str]]:
    """How people know things: by kind and code."""
    kinds: dict[str, Mapping[str, Named]] = {
        "nation": base.nations, "fund": base.funds, "commitment": base.commitments, "item": base.items,
        "node": base.nodes,
    }  # fmt: skip
    places = [*base.lines, *base.legs]
    return {kind: titles_of(known) for kind, known in kinds.items()} | {
        "place": {code: object_title(base, code) for code in places}
    }


def _folder_name(option: str, taken: Any) -> str:
    """A name that any file system takes, and no other option has."""
    plain = _UNSAFE.sub("-", option).strip("-.") or "option"
    used = {name.removeprefix("runs/").casefold() for name in taken}
    name, number = plain[:80], 1
    while name.casefold() in used:
        number += 1
        name = f"{plain[:80]}-{number}"
    return name


def _nothing_solved(outcomes: Sequence[OptionOutcome]) -> str:
    reasons = "; ".join(f"{outcome.name}: {outcome.record.message}" for outcome in outcomes[:5])
    return f"neither the base nor any option has a plan ({reasons})"


def _raise_failures(outcomes: Sequence[OptionOutcome]) -> None:
    """Say with the exit code that an option was not finished or failed its check; its page says which."""
    kinds: dict[int, type[PlannerError]] = {
        VerificationError.exit_code: VerificationError,
        SolverStoppedError.exit_code: SolverStoppedError,
    }
    for code, kind in kinds.items():
        failed = [outcome for outcome in outcomes if outcome.exit_code == code]
        if failed:
            reasons = "; ".join(f"{outcome.name}: {outcome.record.message}" for outcome in failed)
            raise kind(f"the comparison was written, but without these options: {reasons}")

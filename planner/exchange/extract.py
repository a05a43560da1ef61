"""A nation's own view of an input, and of the plan that was made from it; whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.errors import InputError, UsageError
from planner.exchange.extract_record import ExtractRecord
from planner.exchange.plan_views import PlanView, plan_view
from planner.exchange.plan_workbook import write_plan_workbook
from planner.exchange.policy import DisclosurePolicy, read_policy
from planner.exchange.rights import CELL
from planner.exchange.views import Reader, SheetTexts, input_view, known_nations, territory_of
from planner.records.reading import write_record
from planner.run.folder import whole_file, whole_folder
from planner.run.recorded.load import SavedRun, load_run
from planner.run.refusal import refuse, refuse_input
from planner.run.tables import write_tables
from planner.workbook import interpret
from planner.workbook.names.names import suggestion
from planner.workbook.reading.raw import RawInput, read_raw
from planner.workbook.reading.reader import read_tables
from planner.workbook.reading.spelling import write_csv_folder
from planner.workbook.write.convert import write_sheets

RECORD = "extract.json"


@dataclass(frozen=True)
class Extract:
    """What was written: for whom, by code and by name;
    `rows` of the input by sheet, `plan_rows` of the plan by table (empty without a run).
    """

    path: Path
    nation: str
    title: str
    rows: Mapping[str, int]
    plan_rows: Mapping[str, int]


def extract(
    workbook: Path,
    nation: str,
    output: Path,
    run: Path | None = None,
    policy: Path | None = None,
    *,
    replace: bool = False,
) -> Extract:
    """Write what `nation` (or `cell`: what no nation owns) may see of an input, and of the plan in the folder `run`.

    `output` is an .xlsx workbook or a folder of CSV files, which `merge` takes back; with a run it is a folder
    with input.xlsx, plan.xlsx and tables/. `policy` is a TOML file; without one, the policy that ships with the program
    holds. Raises InputError for faults of the input or the policy, UsageError for an unknown nation, a run that
    was made from another input, or a place that may not be written.
    """
    rules = read_policy(policy)
    raw = read_raw(workbook)
    faults = interpret(raw).faults
    if faults:
        raise InputError(faults)
    nations = known_nations(raw)
    if nation not in (*nations, CELL):
        hint = suggestion(nation, [*nations, CELL])
        raise UsageError(f"--nation: {nation!r} is no nation of {workbook}{hint}")
    if run is not None and output.suffix:
        raise UsageError(f"{output}: with --run the extract is a folder; give the name of one")
    _refuse(output, workbook, run, replace)
    reader = Reader(nation, territory_of(raw))
    view = input_view(raw, reader, rules)
    saved, plan = (None, None) if run is None else _plan(run, raw, reader, rules)
    _write(output, view, raw, reader, rules, saved, plan, replace)
    counts = {name: len(texts) - 1 for name, texts in view.items()}
    tables = {**plan.tables, **plan.sums} if plan else {}
    return Extract(
        output, nation, nations.get(nation) or nation, counts, {name: len(table) for name, table in tables.items()}
    )


def _refuse(output: Path, workbook: Path, run: Path | None, replace: bool) -> None:
    if output.resolve() in {path.resolve() for path in (workbook, run) if path is not None}:
        raise UsageError(f"{output} is what is extracted from; choose another name")
    refuse_input(output, replace, workbook)
    if run is not None and replace:
        refuse(output, replace, run)


def _plan(folder: Path, raw: RawInput, reader: Reader, policy: DisclosurePolicy) -> tuple[SavedRun, PlanView]:
    saved = load_run(folder)
    if saved.record.input.sha256 != raw.sha256:
        made = saved.record.input.file
        raise UsageError(f"{folder} was not made from {raw.path}, as it is now, but from {made}; give that input")
    return saved, plan_view(saved.tables, reader, policy, read_tables(raw))


def _write(
    output: Path,
    view: Mapping[str, SheetTexts],
    raw: RawInput,
    reader: Reader,
    policy: DisclosurePolicy,
    saved: SavedRun | None,
    plan: PlanView | None,
    replace: bool,
) -> None:
    if output.suffix:
        with whole_file(output) as hidden:
            write_sheets(view, hidden)
        return
    with whole_folder(output, replace, raw.path) as hidden:
        if saved is None or plan is None:
            write_csv_folder(view, hidden)
        else:
            write_sheets(view, hidden / "input.xlsx")
            write_tables({**plan.tables, **plan.sums}, hidden / "tables")
            write_plan_workbook(plan, saved, reader.name, policy, hidden / "plan.xlsx")
        write_record(_record(reader, policy, saved), hidden / RECORD)


def _record(reader: Reader, policy: DisclosurePolicy, saved: SavedRun | None) -> ExtractRecord:
    """extract.json: whose view it is, and under which policy; nothing that is not in the view."""
    record = ExtractRecord(nation=reader.name, policy=policy.record())
    if saved is None:
        return record
    run = saved.record
    return record.but(title=run.title, marking=run.marking, calendar=run.calendar)

"""`planner runs`: the runs that were recorded, and `--store`, by which a run is recorded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.examples import example
from planner.cli.say import say
from planner.errors import NoPlanError, PlannerError, SolverStoppedError, UsageError, VerificationError
from planner.store import DATABASE

if TYPE_CHECKING:
    from planner.store.store import Run, RunStore

STORE_VARIABLE = "PLANNER_STORE"
DEFAULT_STORE = str(Path("outputs") / DATABASE)

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="FILE|URL",
        envvar=STORE_VARIABLE,
        help="Run store in which to record the run: a file, or postgresql://…",
    ),
]
RegisterOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="FILE|URL",
        envvar=STORE_VARIABLE,
        help="Run store that keeps the register of breaches: a file, or postgresql://…",
    ),
]
_Where = Annotated[
    str, typer.Option("--store", metavar="FILE|URL", envvar=STORE_VARIABLE, help="Run store: a file, or postgresql://…")
]
_Number = Annotated[int, typer.Argument(metavar="RUN", help="Number of a run.", min=1)]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]

app = typer.Typer(
    help="List, compare, approve and prune recorded runs (--store).",
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog=example("runs"),
)


@contextlib.contextmanager
def recorded(where: str | None, folder: Path, quiet: bool = False) -> Iterator[None]:
    """Record the run that the block leaves in `folder`, if a store is given; the store is tried before the block.

    Also a run without a plan (exits 3 to 5), which leaves a folder too.
    """
    if where is None:
        yield
        return
    from planner.store.store import open_store

    store = open_store(where, create=True)
    try:
        yield
    except (NoPlanError, SolverStoppedError, VerificationError):
        _record(store, where, folder, quiet)
        raise
    _record(store, where, folder, quiet)


def _record(store: RunStore, where: str, folder: Path, quiet: bool) -> None:
    try:
        run = store.record(folder)
    except PlannerError as problem:
        way_out = f"planner runs add {folder}" + ("" if "@" in where else f" --store {where}")
        say([f"The run is whole in {folder}, but it was not recorded; record it with: {way_out}"], error=True)
        raise problem
    if not quiet:
        say([f"Recorded as run {run.id} in {store.database.address.shown}"])


def _open(where: str) -> RunStore:
    from planner.store.store import open_store

    return open_store(where)


@app.command("add", epilog=example("runs add"))
def add(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR", help="Run folders.")], where: _Where = DEFAULT_STORE
) -> None:
    """Record runs made without a store, or moved since."""
    from planner.store.store import open_store

    store = open_store(where, create=True)
    for folder in folders:
        run = store.record(folder)
        say([f"{folder}: run {run.id}"])


@app.command("list", epilog=example("runs list"))
def list_runs(
    where: _Where = DEFAULT_STORE,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="Largest number of runs, the newest first.")
    ] = 30,
    as_json: _Json = False,
) -> None:
    """List the runs, the newest first."""
    from planner.cli.lines.listing import as_document, list_lines

    store = _open(where)
    runs = store.runs()
    if as_json:
        say([as_document([_document(store, run) for run in runs[:limit]])])
        return
    say(list_lines(store, runs[:limit]))
    if len(runs) > limit:
        say([f"  … and {len(runs) - limit} older (--limit)"])


@app.command("show", epilog=example("runs show"))
def show(
    run: _Number,
    where: _Where = DEFAULT_STORE,
    prices: Annotated[bool, typer.Option("--prices", help="Also the prices of limits, the highest first.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="Largest number of prices shown.")] = 20,
    as_json: _Json = False,
) -> None:
    """Show one run.

    Objective, figures, input, the run before it, and approvals with their statements.
    """
    from planner.cli.lines.listing import as_document, price_lines, run_lines

    store = _open(where)
    entry = store.run(run)
    if as_json:
        say([as_document(_document(store, entry, prices))])
        return
    say(run_lines(store, entry))
    if prices:
        say(["", *price_lines(store, entry, limit)])


def _document(store: RunStore, run: Run, prices: bool = False) -> dict[str, object]:
    from planner.cli.lines.listing import entry_of

    return entry_of(store, run, prices)


@app.command("diff", epilog=example("runs diff"))
def diff(
    before: Annotated[int, typer.Argument(metavar="ONE", help="Number of the first run.", min=1)],
    after: Annotated[int, typer.Argument(metavar="OTHER", help="Number of the second run.", min=1)],
    where: _Where = DEFAULT_STORE,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="Largest number of rows shown of each table.")
    ] = 10,
) -> None:
    """Compare the plans of two runs.

    If a run folder is gone, only the figures in the store are compared.
    """
    from planner.cli.lines.diff import plan_difference_lines, require_comparable
    from planner.cli.lines.listing import headline_changes
    from planner.cli.lines.text import headline_lines

    store = _open(where)
    one, other = store.run(before), store.run(after)
    for run in (one, other):
        if not run.is_good:
            raise UsageError(f"run {run.id} has no verified plan ({run.status})")
    if one.stands and other.stands:
        say(plan_difference_lines(one.folder, other.folder, limit))
        return
    require_comparable(f"run {before}", store.record_of(before), f"run {after}", store.record_of(after))
    say(headline_lines(headline_changes(store, one, other)))
    gone = " and ".join(str(run.folder) for run in (one, other) if not run.stands)
    say(["", f"The tables are not compared: {gone} is gone, or holds another run by now."])


@app.command("approve", epilog=example("runs approve"))
def approve(
    run: _Number,
    who: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approves it.")],
    said: Annotated[str, typer.Option("--said", metavar="TEXT", help="Their statement.")] = "",
    where: _Where = DEFAULT_STORE,
) -> None:
    """Record that somebody approved a run.

    An approved run is never pruned.
    """
    if not who.strip():
        raise UsageError("--by: found nothing, expected a name")
    _open(where).approve(run, who.strip(), said.strip())
    say([f"Run {run}: approved by {who.strip()}"])


@app.command("input", epilog=example("runs input"))
def input_of(
    run: _Number,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Folder to write.")],
    where: _Where = DEFAULT_STORE,
    workbook: Annotated[
        bool, typer.Option("--workbook", help="Of a replan: the workbook, not the input rolled forward from it.")
    ] = False,
) -> None:
    """Write the input of a run as it was then.

    The result is a folder of CSV files that can be planned again.
    """
    from planner.run.folder import whole_folder

    store = _open(where)
    entry = store.run(run)
    files = store.input_files(entry.workbook_sha256 if workbook else entry.input_sha256)
    if files is None:
        raise UsageError(f"the input of run {run} is not kept: it had changed before the run was recorded")
    with whole_folder(output) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    say([f"Written: {output}. Plan it again with: planner solve {output} --model {entry.model}"])


@app.command("prune", epilog=example("runs prune"))
def prune(
    where: _Where = DEFAULT_STORE,
    keep: Annotated[
        int | None, typer.Option("--keep", min=0, metavar="COUNT", help="Number of newest runs to keep.")
    ] = None,
    older_than: Annotated[
        float | None, typer.Option("--older-than", min=0, metavar="DAYS", help="Delete only runs older than this.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be deleted.")] = False,
) -> None:
    """Delete old runs, rows and folders, and what a desk kept for them.

    Approved runs and the last good plan are kept. With both --keep and --older-than, a run is deleted only if both
    allow it.
    """
    from planner.report.words.numbers import plural
    from planner.store.pruning import may_go
    from planner.store.pruning import prune as carry_out

    store = _open(where)
    going = may_go(store.runs(), keep, older_than) if dry_run else carry_out(store, keep, older_than)
    if going and not dry_run:
        _tidy_desks(store, going)
    say(f"run {run.id}, {run.started}, {run.folder}" for run in going)
    say([f"{plural(len(going), 'run')} {'would go' if dry_run else 'gone'}"])


def _tidy_desks(store: RunStore, gone: Sequence[Run]) -> None:
    from planner.desk.keeping import folders_of, tidy
    from planner.store.jobs import Jobs

    jobs = Jobs(store.database)
    for folder in folders_of(gone, jobs):
        tidy(folder, store, jobs)

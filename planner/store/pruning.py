"""Which runs may go, and how they go: a row and its folder together, whatever happens in between.

A run that goes is first marked so, in one transaction with all others that go (from then on no command shows it); then
its folder is taken away; then its row. Killed in between, the next `prune` finishes the work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from planner.errors import UsageError
from planner.run.folder import remove_run
from planner.run.refusal import refuse
from planner.store import schema
from planner.store.moments import CLOCK_SLACK, moment
from planner.store.store import Run, RunStore

_runs = schema.runs.c


def may_go(runs: Sequence[Run], keep: int | None, days: float | None, now: datetime | None = None) -> list[Run]:
    """The runs that are neither among the newest `keep`, nor younger than `days`, nor approved, nor the last good one
    of their schedule (or of those made by hand).

    `runs` are those to choose from, the newest first. Where both bounds are given, a run goes only if both let it, so
    that a clock that is wrong cannot take the newest. Raises UsageError where neither is given, and where the clock
    lies before the newest run.
    """
    if keep is None and days is None:
        raise UsageError("say which runs may go: --keep COUNT (the newest stay), --older-than DAYS, or both")
    now = now or datetime.now(UTC)
    if days is not None and runs and moment(now + CLOCK_SLACK) < runs[0].started:
        raise UsageError(
            f"the clock says {moment(now)}, but run {runs[0].id} started at {runs[0].started}; set it right"
        )
    oldest = moment(now - timedelta(days=days)) if days is not None else None
    last_good = {run.schedule: run.id for run in reversed(runs) if run.can_be_followed}
    return [
        run
        for index, run in enumerate(runs)
        if (keep is None or index >= keep)
        and (oldest is None or run.started < oldest)
        and not run.approvals
        and run.id != last_good.get(run.schedule)
    ]


def prune(
    store: RunStore,
    keep: int | None,
    days: float | None,
    now: datetime | None = None,
    among: Callable[[Run], bool] = lambda _: True,
) -> list[Run]:
    """Let runs go, of those that are `among` the ones to choose from; those that went. See `may_go`.

    Raises UsageError, before anything is changed, also where a folder holds the store or the working folder.
    """
    going = may_go([run for run in store.runs() if among(run)], keep, days, now)
    for run in going:
        if run.stands:
            refuse(run.folder, replace=True, precious=store.database.address.path)
    if going:
        numbers = [run.id for run in going]
        approved = sa.select(schema.approvals.c.run)
        with store.database.writing() as connection:
            chosen = sa.and_(_runs.id.in_(numbers), _runs.id.not_in(approved))  # approved just now: it stays
            connection.execute(schema.runs.update().where(chosen).values(leaving=True))
            left = set(connection.scalars(sa.select(_runs.id).where(_runs.leaving)))
        going = [run for run in going if run.id in left]
    _finish(store)
    return going


def _finish(store: RunStore) -> None:
    """Take away what is marked: folders (unless they are another run's by now), then rows, then inputs of no run."""
    with store.database.reading() as connection:
        chosen = sa.select(_runs.id, _runs.folder, _runs.run_sha256).where(_runs.leaving)
        leaving = [tuple(row) for row in connection.execute(chosen)]
    if not leaving:
        return
    for _, folder, run_sha256 in leaving:
        remove_run(store.place_of(folder), run_sha256)
    with store.database.writing() as connection:
        gone = sa.and_(_runs.leaving, _runs.id.in_([number for number, *_ in leaving]))
        connection.execute(schema.runs.delete().where(gone))
        used = sa.union(sa.select(_runs.input_sha256), sa.select(_runs.workbook_sha256))
        connection.execute(schema.inputs.delete().where(schema.inputs.c.sha256.not_in(used)))

"""The tables of a run store. A change here needs a step in `versions`.

Moments are texts in UTC (`2026-11-22T20:15:00Z`), which sort as they should in every database. Amounts are in the run's
currency. Long texts are compressed (`zlib`), as they are read one at a time.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

about = Table("planner_store", metadata, Column("version", Integer, nullable=False))

# The input of a run as a zip of CSV files, under the SHA-256 that run.json gives it.
inputs = Table(
    "inputs",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("file", Text, nullable=False),
    Column("archive", LargeBinary, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folder", Text, nullable=False),  # relative to the store where it lies below it
    Column("run_sha256", Text, nullable=False, unique=True),  # of run.json: which run it is, wherever it lies
    Column("kind", Text, nullable=False),  # solve, replan
    Column("status", Text, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("model_kind", Text, nullable=False),  # LP, MILP
    Column("currency", Text, nullable=False),
    Column("gap", Double),
    Column("started", Text, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("planner_version", Text, nullable=False),
    Column("input_file", Text, nullable=False),
    Column("input_sha256", Text, nullable=False),  # in `inputs` unless the input had changed when the run was recorded
    Column("workbook_sha256", Text, nullable=False),  # what a replan rolled; else the input
    Column("parent", Integer, ForeignKey("runs.id", ondelete="SET NULL")),  # the plan that a replan follows
    Column("record", LargeBinary, nullable=False),  # run.json
    Column("leaving", Boolean, nullable=False),  # pruned, but its folder may still be there
    Column("schedule", Text),  # which schedule made it; blank: made by hand (since version 2)
    Column("fingerprint", Text),  # of what the schedule gave it: a run with the same one would be the same
    sqlite_autoincrement=True,  # a number is never given twice
)


def _of_run() -> Column[int]:
    return Column("run", Integer, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, index=True)


levels = Table(
    "levels",
    metadata,
    _of_run(),
    Column("place", Integer, nullable=False),  # order of the levels, from 0
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("value", Double),
    Column("bound", Double),
    Column("gap", Double),
    Column("status", Text, nullable=False),
)

figures = Table(
    "figures",
    metadata,
    _of_run(),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("value", Double, nullable=False),
)

prices = Table(
    "prices",
    metadata,
    _of_run(),
    Column("family", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("period", Integer),
    Column("level", Text, nullable=False),
    Column("price", Double, nullable=False),
    Column("unit", Text, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    _of_run(),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("said", Text, nullable=False),
)

# Breaches and departures, month by month (since version 3). Rows are added, never changed: the last of an entry holds,
# and each row signs the one before it.
register = Table(
    "register",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry", Text, nullable=False, index=True),  # which breach: kind, what, whose part, item, period
    Column("at", Text, nullable=False),
    Column("run_sha256", Text, nullable=False),  # of run.json of the plan that was reviewed
    Column("workbook_sha256", Text, nullable=False),  # with the actuals
    Column("content", Text, nullable=False),  # JSON
    Column("before", Text, nullable=False),  # sha256 of the row before; blank in the first
    Column("sha256", Text, nullable=False, unique=True),
    sqlite_autoincrement=True,
)

# Work that the desk was asked for (since version 4). A worker holds a job until `held_until`; a job that nobody holds
# is taken up again.
jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("who", Text, nullable=False, index=True),
    Column("at", Text, nullable=False),
    Column("asked", Text, nullable=False),  # JSON
    Column("state", Text, nullable=False, index=True),  # waiting, running, done, failed
    Column("attempts", Integer, nullable=False),
    Column("holder", Text, nullable=False),  # which worker has it; blank: none
    Column("held_until", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("done", Integer, nullable=False),  # levels, of so many
    Column("levels", Integer, nullable=False),
    Column("ended", Text, nullable=False),
    Column("message", Text, nullable=False),  # why it failed
    Column("found", Text, nullable=False),  # JSON
    Column("run", Integer, ForeignKey("runs.id", ondelete="SET NULL")),
    sqlite_autoincrement=True,
)

# What was changed or approved at the desk, by whom (since version 4). Rows are added, never changed; each signs the one
# before it.
log = Table(
    "log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("content", Text, nullable=False),  # JSON
    Column("before", Text, nullable=False),
    Column("sha256", Text, nullable=False, unique=True),
    sqlite_autoincrement=True,
)

# Tables of which the database refuses to change or delete a row (since version 5).
ONLY_ADDED = (approvals.name, register.name, log.name)

"""The run store: what was planned when, from which input, with what result, and who approved it.

    database   SQLite or PostgreSQL: connections, transactions, locks, faults in words
    schema     the tables
    versions   a store of another version: refused, or brought up to date
    entry      a run folder as rows
    jobs       what the desk was asked to work out
    log        who changed or approved what at the desk
    chained    rows that are added only, each signing the one before it (log, register)
    store      recording and looking up
    pruning    which runs may go, and how they go

Nothing is imported here: `planner --help` should not wait for a database.
"""

DATABASE = "runs.sqlite"  # the file of a store, where no other is named

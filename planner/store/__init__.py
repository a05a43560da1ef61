"""The run store: what was planned when, from which input, with what result, and who approved it.

Nothing is imported here: `planner --help` should not wait for a database.
"""

DATABASE = "runs.sqlite"  # the file of a store, where no other is named

"""From a workbook to a run folder: read, check, solve, verify, report, write.

Nothing is imported here: `planner check` should not wait for the solver to load.
"""

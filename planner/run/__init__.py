"""From a workbook to a run folder: read, check, solve, verify, report, write.

    pipeline    the order of things
    folder      a folder that appears whole or not at all
    refusal     where nothing may be written
    tables      result tables as CSV
    record      what run.json says
    unenforced  the rules that a model leaves out although the data would need them
    stopwatch   seconds and peak memory of each phase
    log         log.txt
    recorded    plans that a run folder holds: read back, shown again, compared

Nothing is imported here: `planner check` should not wait for the solver to load.
"""

"""Runs that repeat by themselves: one declared schedule, one run at a time, alerts, retention.

    declaration   what a schedule says, key by key
    reading       schedule.toml as a declaration
    files         the files that a schedule names, before it runs
    current       what is given, and whether the last good plan was made from just that
    freshness     stale inputs, silent periods, a clock that cannot be right
    watching      what of a new plan somebody should hear of
    notify        alerts to a file, a command, or by mail
    running       the order of things
    outcome       schedule.json
    install       systemd units, a cron line, a Containerfile

Nothing is imported here: `planner --help` should not wait for it.
"""

"""Runs that repeat by themselves: one declared schedule, one run at a time, alerts, retention.

Nothing is imported here: `planner --help` should not wait for it.
"""

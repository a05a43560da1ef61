"""Solving: the LP session, objective levels, and the tables of the plan."""

from planner.solve.options import SolveOptions
from planner.solve.plan import LevelResult, Plan
from planner.solve.session import Progress
from planner.solve.solver import solve

__all__ = ["LevelResult", "Plan", "Progress", "SolveOptions", "solve"]

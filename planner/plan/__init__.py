"""Solving: the LP session, objective levels, and the tables of the plan."""

from planner.plan.optimise import problem, solve
from planner.plan.plan import LevelResult, Plan
from planner.solver.highs import Progress
from planner.solver.options import SolveOptions

__all__ = ["LevelResult", "Plan", "Progress", "SolveOptions", "problem", "solve"]

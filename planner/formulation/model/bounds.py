"""The right-hand sides of all rows, from the input: what a model is built with, and what alone changes when only
limits and amounts do.
"""

from __future__ import annotations

from math import inf

from planner.formulation.families import FAMILIES
from planner.formulation.model.model import Bounds, Frame


def stated_bounds(frame: Frame) -> dict[str, Bounds]:
    """family → key → bound. A key without a bound has no limit; in the material balance, nothing that comes in."""
    return {name: finite(family.right_hand_side(frame)) for name, family in FAMILIES.items() if family.right_hand_side}


def finite(bounds: Bounds) -> Bounds:
    """The bounds that are finite."""
    return {key: bound for key, bound in bounds.items() if bound < inf}

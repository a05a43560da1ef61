"""The independent checker: is this plan a plan for this input, and is its objective what it says?

It shares no code with the formulation. It reads the input afresh through the raw table reader, works out
every balance, limit, payment and the objective from the result tables, and says how far each is off.
"""

from planner.verify.check import verify, verify_run
from planner.verify.verification import FAMILIES, TOLERANCE, Verification

__all__ = ["FAMILIES", "TOLERANCE", "Verification", "verify", "verify_run"]

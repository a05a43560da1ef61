"""A plan held against its input by the independent checker, and what the record says of that."""

from __future__ import annotations

from pathlib import Path

from planner.errors import VerificationError
from planner.plan.plan import Plan
from planner.records.run import RunRecord
from planner.run.record import verification_text
from planner.verify import Verification, verify
from planner.workbook.reading.raw import RawInput


def checked(record: RunRecord, plan: Plan, source: Path | RawInput) -> tuple[RunRecord, Verification]:
    """The record with what the checker finds, and that in full. `source` is read afresh where it is a path."""
    verification = verify(source, plan.tables, record.document())
    text = verification_text(verification.passed, verification.first_failure, record.not_enforced)
    noted = record.but(
        verified=dict(verification.violations), verification=text, not_recomputed=verification.not_recomputed
    )
    return noted, verification


def require_passed(verification: Verification, what: str = "the plan") -> None:
    """Raise VerificationError where a rule is broken."""
    if not verification.passed:
        raise VerificationError(f"{what} failed its verification and is not delivered ({verification.first_failure})")


def verified(record: RunRecord, plan: Plan, source: Path | RawInput, what: str = "the plan") -> RunRecord:
    """The record of a plan that keeps all rules. Raises VerificationError where it breaks one."""
    noted, verification = checked(record, plan, source)
    require_passed(verification, what)
    return noted

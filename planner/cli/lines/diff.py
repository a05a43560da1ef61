"""What `planner diff` and `planner runs diff` say of two plans."""

from __future__ import annotations

from pathlib import Path

from planner.cli.lines.text import headline_lines, table_change_lines
from planner.errors import UsageError
from planner.records.run import RunRecord
from planner.run.recorded.comparable import differences, terms_of_run
from planner.run.recorded.compare import headline_changes, table_changes
from planner.run.recorded.load import load_run


def plan_difference_lines(before: Path, after: Path, limit: int) -> list[str]:
    """Headline figures, then each table's largest differences. Raises UsageError for plans that count differently."""
    one, other = load_run(before), load_run(after)
    memo = next((run.folder / "memo.html" for run in (one, other) if (run.folder / "memo.html").is_file()), None)
    hint = f", and its figures cover another time; what a re-plan changed is in {memo}" if memo else ""
    require_comparable(str(before), one.record, str(after), other.record, hint)
    lines = headline_lines(headline_changes(one, other))
    changes = table_changes(one, other)
    for change in changes:
        lines += ["", *table_change_lines(change, other, limit)]
    return lines if changes else [*lines, "", "The plans are the same."]


def require_comparable(before: str, one: RunRecord, after: str, other: RunRecord, hint: str = "") -> None:
    """Raise UsageError where two plans count differently."""
    reasons = differences(terms_of_run(one), terms_of_run(other))
    if reasons:
        raise UsageError(f"{after} cannot be compared with {before}: it has {'; '.join(reasons)}{hint}")

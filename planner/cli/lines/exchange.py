"""What `planner merge` and `planner extract` say at the end."""

from __future__ import annotations

from planner.exchange.extract import Extract
from planner.exchange.gaps import KINDS
from planner.exchange.merge.merging import Merged, speakers
from planner.report.words.numbers import plural


def merge_lines(merged: Merged, limit: int) -> list[str]:
    """What was merged, conflicts as they were decided, gaps by kind (at most `limit` of each), and where to look."""
    lines = [f"Merged: {plural(merged.rows, 'row')} from {', '.join(speakers(merged))}"]
    if merged.decided:
        lines.append(f"{plural(len(merged.decided), 'conflict')} decided as preferred:")
        for conflict in merged.decided[:limit]:
            statement = "; ".join(
                f"{speaker} {statement.text!r} ({statement.place})" for speaker, statement in conflict.statements
            )
            lines.append(
                f"  {conflict.table}, {conflict.row}, {conflict.column}: {statement}; holds: {conflict.decided}"
            )
        lines += _more(len(merged.decided), limit)
    for kind, title in KINDS.items():
        gaps = [gap for gap in merged.gaps if gap.kind == kind]
        if gaps:
            lines.append(f"{title}: {len(gaps)}")
            lines += [f"  {gap.message}" for gap in gaps[:limit]]
            lines += _more(len(gaps), limit)
    lines.append(f"Written: {merged.path}; where each cell came from is in its #provenance.")
    return lines


def _more(count: int, limit: int) -> list[str]:
    return [f"  … and {count - limit} more (--limit)"] if count > limit else []


def _named(extract: Extract) -> str:
    return extract.title if extract.title == extract.nation else f"{extract.title} ({extract.nation})"


def extract_lines(extract: Extract) -> list[str]:
    """How many rows of which table were given, and where they are."""
    lines = [f"The view of {_named(extract)}:"]
    for title, rows in (("input", extract.rows), ("plan", extract.plan_rows)):
        row_counts = ", ".join(f"{name} {count}" for name, count in rows.items() if count)
        lines += [f"  {title}: {row_counts}"] if row_counts else []
    lines.append(f"Written: {extract.path}")
    lines.append("It lacks what others own, and is no plan's input alone: planner merge joins it with theirs.")
    return lines

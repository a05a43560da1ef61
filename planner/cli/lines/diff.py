"""What `planner diff` and `planner runs diff` say of two plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.analysis.explain.explain import input_at_hand
from planner.cli.lines.text import headline_lines, number, signed, table
from planner.domain.instance import PlanningInstance
from planner.domain.titles import object_title
from planner.errors import UsageError
from planner.records.run import RunRecord
from planner.run.recorded.comparable import differences, terms_of_run
from planner.run.recorded.compare import TableChange, headline_changes, table_changes
from planner.run.recorded.load import SavedRun, load_run

NAMED = frozenset({
    *("item", "node", "origin", "destination", "line", "factory", "route", "object"),
    *("fund", "contributor", "nation", "commitment", "contingency", "recipient"),
})  # columns of codes that may have a name  # fmt: skip


def plan_difference_lines(before: Path, after: Path, limit: int) -> list[str]:
    """Headline figures, then each table's largest differences. Raises UsageError for plans that count differently."""
    one, other = load_run(before), load_run(after)
    memo = next((run.folder / "memo.html" for run in (one, other) if (run.folder / "memo.html").is_file()), None)
    hint = f", and its figures cover another time; what a re-plan changed is in {memo}" if memo else ""
    require_comparable(str(before), one.record, str(after), other.record, hint)
    lines = headline_lines(headline_changes(one, other))
    changes = table_changes(one, other)
    instance = input_at_hand(other) if changes else None
    for change in changes:
        lines += ["", *table_change_lines(change, other, limit, instance)]
    return lines if changes else [*lines, "", "The plans are the same."]


def require_comparable(before: str, one: RunRecord, after: str, other: RunRecord, hint: str = "") -> None:
    """Raise UsageError where two plans count differently."""
    reasons = differences(terms_of_run(one), terms_of_run(other))
    if reasons:
        raise UsageError(f"{after} cannot be compared with {before}: it has {'; '.join(reasons)}{hint}")


def table_change_lines(
    change: TableChange, run: SavedRun, limit: int, instance: PlanningInstance | None = None
) -> list[str]:
    """A heading with counts, then the largest differences;
    with the names of `instance`, where it is at hand, in place of codes.
    """
    kinds = [counted for kind in ("added", "removed", "changed") if (counted := _counted(change, kind))]
    keys = [name for name in change.rows.columns if name not in ("measure", "before", "after", "kind", "change")]
    rows = []
    for entry in change.rows.head(limit).to_dict("records"):
        key = [_key_text(run, instance, name, entry[name]) for name in keys]
        known = [number(None if entry[side] != entry[side] else entry[side]) for side in ("before", "after")]
        rows.append((*key, str(entry["measure"]), *known, signed(entry["change"])))
    right = [len(keys) + 1, len(keys) + 2, len(keys) + 3]
    headings = (*map(_heading, keys), "", "Before", "After", "Change")
    lines = [f"{change.table}: {', '.join(kinds)}", *table(headings, rows, right=right)]
    left = len(change.rows) - limit
    return [*lines, f"  … and {left} more (--limit)"] if left > 0 else lines


def _counted(change: TableChange, kind: str) -> str:
    count = change.count(kind)
    return f"{count} {kind}" if count else ""


def _heading(column: str) -> str:
    return column[:1].upper() + column[1:].replace("_", " ")


def _key_text(run: SavedRun, instance: PlanningInstance | None, name: str, value: Any) -> str:
    """Periods as people write them, codes by their names, other keys as they are."""
    if value != value:
        return ""
    if name in ("period", "arrives", "due", "ready", "expires", "strike", "begins", "ends"):
        return run.label(int(value))
    if instance is not None and name in NAMED:
        return object_title(instance, str(value))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

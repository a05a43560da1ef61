"""What to say of an input that is not there."""

from __future__ import annotations

from pathlib import Path

from planner.workbook.names.names import nearest


def absent(path: Path) -> str:
    """That nothing is at `path`, what was expected there, and the name beside it that is most like it."""
    expected = "expected an .xlsx workbook, or a folder of CSV files"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}; {expected}"
    beside = [
        entry.name
        for entry in path.parent.iterdir()
        if not entry.name.startswith(".") and (entry.suffix.lower() == ".xlsx" or entry.is_dir())
    ]
    near = nearest(path.name, sorted(beside))
    return f"there is no such file or folder; {expected}" + (f", did you mean {near!r}?" if near else "")

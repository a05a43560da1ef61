"""The input that the last plan was made from, if it is still as it was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.domain.instance import PlanningInstance
from planner.run.recorded.load import SavedRun
from planner.workbook import interpret
from planner.workbook.reading.raw import RawInput, read_raw


@dataclass(frozen=True)
class LastInput:
    """The last input and its instance; both None where they are not to be had, and `why` says so."""

    raw: RawInput | None = None
    instance: PlanningInstance | None = None
    why: str = ""


def last_input(last: SavedRun) -> LastInput:
    """The input of the last plan: kept in its folder, else where it was read from, if it has not been changed since."""
    folder = last.folder / "input"
    path = folder if folder.is_dir() else Path(last.record.input.path)
    if not path.exists():
        return LastInput(why=f"the input of the last plan is gone ({path.name})")
    raw = read_raw(path)
    if raw.sha256 != last.record.input.sha256:
        return LastInput(why=f"the input of the last plan has been changed since ({path.name})")
    reading = interpret(raw)
    if reading.instance is None:
        return LastInput(why=f"the input of the last plan has faults now ({reading.faults[0]})")
    return LastInput(raw, reading.instance)

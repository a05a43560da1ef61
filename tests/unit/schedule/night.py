"""A schedule over the quickstart, in a folder of its own."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from planner.schedule.declaration import Schedule
from planner.schedule.reading import read_schedule
from planner.schemas import schema
from tests.places import INPUTS


@dataclass(frozen=True)
class Night:
    """`home` holds night.toml, `input` (CSV files) and, after a run, `runs`."""

    home: Path
    store: str

    @property
    def file(self) -> Path:
        return self.home / "night.toml"

    @property
    def input(self) -> Path:
        return self.home / "input"

    @property
    def runs(self) -> Path:
        return self.home / "runs"

    def declare(self, more: str = "") -> Schedule:
        """Write the schedule: what every one has, and `more` (keys, then tables)."""
        self.file.write_text(f'input = "input"\nruns = "runs"\nstore = "{self.store}"\n{more}\n', encoding="utf-8")
        return read_schedule(self.file)

    def take(self, sample: str) -> None:
        """Take the CSV files of a sample for the input."""
        shutil.rmtree(self.input, ignore_errors=True)
        shutil.copytree(INPUTS / sample, self.input)

    def change(self, file: str, old: str, new: str) -> None:
        """Change one text in one file of the input."""
        path = self.input / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def said(self) -> dict[str, Any]:
        """schedule.json, held against its schema."""
        document = json.loads((self.runs / "schedule.json").read_text(encoding="utf-8"))
        jsonschema.validate(document, schema("schedule"), cls=jsonschema.Draft202012Validator)
        return dict(document)

    @property
    def folders(self) -> list[str]:
        """The run folders, the oldest first."""
        return sorted(path.parent.name for path in self.runs.glob("night-*/run.json"))


def night(home: Path, store: str) -> Night:
    found = Night(home, store)
    found.take("quickstart")
    return found

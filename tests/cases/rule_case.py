"""Small worlds, one rule of the contract each, worked by hand: how a rule file becomes workbooks and expectations.

A file in `rules/` holds tables as CSV text, perhaps a planning model other than the full one, and variants that
replace whole tables or settings. A variant says

    value            the weighted objective, as a number or a fraction
    levels           the lexicographic levels that exist, by name, each with its value
    no_plan          true: no plan exists
    kind             MILP where nations must be chosen; LP if it says nothing
    conflict         words of a rule that the conflict names
    input_error      a word that the fault names
    expected.TABLE   all rows of a result table, in the columns given
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

RULES = Path(__file__).parent / "rules"
SETTINGS: dict[str, Any] = {"start": "2026-01", "periods": 1, "period_length": "month", "objective": "weighted"}
ROUND = 6  # digits after which two quantities count as the same


@dataclass(frozen=True)
class Variant:
    """One world and what must come of it."""

    file: str
    name: str
    model: str
    settings: Mapping[str, Any]
    tables: Mapping[str, str]  # by name, as CSV text
    expected: Mapping[str, str]
    value: float | None
    levels: Mapping[str, float] | None
    no_plan: bool
    conflict: str
    kind: str
    input_error: str | None

    @property
    def id(self) -> str:
        return f"{self.file}: {self.name}"

    def write(self, folder: Path) -> Path:
        """The world as a folder of CSV files."""
        folder.mkdir()
        keys = "\n".join(f"{key},{value}" for key, value in self.settings.items())
        (folder / "Settings.csv").write_text(f"key,value\n{keys}\n", encoding="utf-8")
        for name, text in self.tables.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return folder


def read_rules() -> list[Variant]:
    """All variants of all rule files, in the order of the files."""
    return [variant for path in sorted(RULES.glob("*.toml")) for variant in _variants(path)]


def _variants(path: Path) -> list[Variant]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        Variant(
            file=path.stem,
            name=entry["name"],
            model=data.get("model", "full"),
            settings={**SETTINGS, **data.get("settings", {}), **entry.get("settings", {})},
            tables={**data["tables"], **entry.get("tables", {})},
            expected=entry.get("expected", {}),
            value=_number(entry["value"]) if "value" in entry else None,
            levels={name: _number(value) for name, value in entry["levels"].items()} if "levels" in entry else None,
            no_plan=entry.get("no_plan", False),
            kind=entry.get("kind", "LP"),
            conflict=entry.get("conflict", ""),
            input_error=entry.get("input_error"),
        )
        for entry in data["variant"]
    ]


def _number(text: str) -> float:
    return float(Fraction(text))


Rows = list[tuple[Any, ...]]


def expected_rows(text: str) -> tuple[list[str], Rows]:
    """The columns and the rows of an expected table, in a fixed order."""
    header, *records = [[cell.strip() for cell in record] for record in csv.reader(io.StringIO(text.strip()))]
    return header, _ordered([[_plain(cell) for cell in record] for record in records])


def found_rows(table: pd.DataFrame, columns: list[str]) -> Rows:
    """The rows of a result table in the given columns, in the same fixed order."""
    return _ordered([[_plain(cell) for cell in record] for record in table[columns].itertuples(index=False)])


def _ordered(rows: list[list[Any]]) -> Rows:
    return sorted((tuple(row) for row in rows), key=lambda row: tuple(map(str, row)))


def _plain(cell: Any) -> Any:
    """Numbers rounded, so that 4 and 3.9999999999 and `8/2` are one; everything else as text."""
    if cell is None or cell != cell:  # a blank cell may be NaN
        return ""
    try:
        return round(float(Fraction(cell) if isinstance(cell, str) else cell), ROUND) + 0.0
    except ValueError:
        return str(cell)

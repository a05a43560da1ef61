"""The published problems: one folder each beside this file."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/case.toml"))
cases = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def described(folder: Path) -> dict[str, Any]:
    """What case.toml says."""
    return tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))


def expected_objective(folder: Path) -> float:
    """What the program must find."""
    return float(Fraction(described(folder)["objective"]))

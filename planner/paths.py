"""Where the files that ship with the program are, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def models_folder() -> Path:
    """The folder of the model catalogues.

    A checkout's `models/` comes first: an editable install may hold a stale copy inside the package.
    """
    checkout = PACKAGE.parent / "models"
    return checkout if (PACKAGE.parent / "pyproject.toml").is_file() else PACKAGE / "_models"

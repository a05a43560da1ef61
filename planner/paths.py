"""Where the files that ship with the program are, in a checkout and in an installed wheel."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from subprocess import list2cmdline

PACKAGE = Path(__file__).resolve().parent


def as_argument(path: Path) -> str:
    """A file as one would type it in a command from the current folder:
    relative where it lies below, quoted where the shell needs it.
    """
    whole = path.absolute()
    text = str(whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else path)
    return list2cmdline([text]) if os.name == "nt" else shlex.quote(text)


def models_folder() -> Path:
    """The folder of the model catalogues.

    A checkout's `models/` comes first: an editable install may hold a stale copy inside the package.
    """
    checkout = PACKAGE.parent / "models"
    return checkout if (PACKAGE.parent / "pyproject.toml").is_file() else PACKAGE / "_models"

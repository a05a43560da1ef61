"""Where nothing may be written: what is there already, and what it would be a surprise to lose."""

from __future__ import annotations

from pathlib import Path

from planner.errors import UsageError
from planner.workbook.kind import RUN, written_by


def refuse(target: Path, replace: bool = False, precious: Path | None = None) -> None:
    """Raise UsageError where a run may not be written to `target`.

    That is: a file; a folder with something in it, unless `replace`; and, even then, a folder whose loss
    would be a surprise: one that is no run (it may hold many of them, or something else), or that is or
    contains `precious` (the input), the working or the home folder.
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; give the name of a folder")
    if not target.is_dir() or not any(target.iterdir()):
        return
    is_run = written_by(target) is not None
    if not replace:
        way_out = ", or --replace to write over it" if is_run else ""
        raise UsageError(f"{target} is not empty; choose another folder{way_out}")
    protected = {"the working folder": Path.cwd(), "the home folder": _home(), "the input": precious}
    for what, path in protected.items():
        if path is not None and path.resolve().is_relative_to(target.resolve()):
            raise UsageError(f"{target} contains {what} and is not replaced; choose another folder")
    if not is_run:
        raise UsageError(f"{target} is no run folder (it has no {RUN}) and is not replaced; choose another folder")


def refuse_file(target: Path, kind: str, suffix: str, replace: bool = False) -> None:
    """Raise UsageError where a file of a `kind` ("an Excel workbook", which ends in `suffix`) may not be written
    there.
    """
    if target.is_dir():
        raise UsageError(f"{target} is a folder; give the name of a file")
    if target.suffix.lower() != suffix:
        raise UsageError(f"{target} would be {kind}; give a name that ends in {suffix}")
    if target.exists() and not replace:
        raise UsageError(f"{target} exists; choose another name, or --replace to write over it")


def refuse_input(target: Path, replace: bool = False, precious: Path | None = None) -> None:
    """Raise UsageError where an input may not be written to `target`: an .xlsx workbook, or a folder of CSV files."""
    if target.suffix.lower() == ".xlsx":
        refuse_file(target, "an Excel workbook", ".xlsx", replace)
    elif target.suffix:
        raise UsageError(f"{target} is neither an .xlsx workbook nor the name of a folder")
    else:
        refuse(target, replace, precious)


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # a user without one
        return None

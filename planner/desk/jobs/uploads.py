"""Workbooks that were sent to the desk, each under its own SHA-256."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from planner.errors import UsageError
from planner.run.folder import whole_file

_SHA = re.compile(r"[0-9a-f]{64}")
_KEPT_NAME = re.compile(r"[^\w .()+-]")
MOST_NAME = 120  # bytes: file systems take 255, also of names that a program makes of it
ENDING = ".xlsx"
MOST_KEPT = 2 * 2**30  # bytes of all uploads together


def keep(folder: Path, content: bytes) -> str:
    """Keep a workbook; its SHA-256. Raises UsageError where there is no room for more."""
    digest = hashlib.sha256(content).hexdigest()
    target = place_of(folder, digest)
    if not target.is_file():
        used = sum(path.stat().st_size for path in target.parent.glob("*.xlsx")) if target.parent.is_dir() else 0
        if used + len(content) > MOST_KEPT:
            raise UsageError("There is no room for more workbooks; somebody who looks after the desk must make some.")
        with whole_file(target) as hidden:
            hidden.write_bytes(content)
    return digest


def place_of(folder: Path, digest: str) -> Path:
    """Where a workbook is kept. Raises UsageError for what is no SHA-256."""
    if not _SHA.fullmatch(digest):
        raise UsageError("this is no SHA-256 of a workbook")
    return folder / "uploads" / f"{digest}.xlsx"


def plain_name(name: str) -> str:
    """The name of an uploaded file, without folders and without what has a meaning elsewhere, and as what it is."""
    last = _KEPT_NAME.sub("_", re.split(r"[/\\]", name)[-1])
    stem = last[: -len(ENDING)] if last.lower().endswith(ENDING) else last
    short = stem.encode("utf-8", "replace")[-MOST_NAME:].decode("utf-8", "ignore").strip(". ")
    return f"{short or 'workbook'}{ENDING}"

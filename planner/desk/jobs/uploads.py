"""Workbooks that were sent to the desk, each under its own SHA-256:
how they are called, and how much of them one person may have.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from planner.desk.keeping import DAYS, upload_place
from planner.errors import UsageError
from planner.run.folder import whole_file

_KEPT_NAME = re.compile(r"[^\w .()+-]")
MOST_NAME = 120  # bytes: file systems take 255, also of names that a program makes of it
ENDING = ".xlsx"
MOST_KEPT = 2 * 2**30  # bytes of all uploads together
MOST_EACH = 256 * 2**20  # bytes of those of one person


def keep(folder: Path, content: bytes, mine: Collection[str]) -> str:
    """Keep a workbook; its SHA-256.

    `mine`: what is kept of the same person. Raises UsageError where there is no room for more.
    """
    digest = hashlib.sha256(content).hexdigest()
    target = upload_place(folder, digest)
    others = _bytes(upload_place(folder, known) for known in {*mine} - {digest})
    if others + len(content) > MOST_EACH:
        raise UsageError(
            f"{others / 2**20:.0f} MiB of your workbooks are kept, and you may have {MOST_EACH // 2**20} MiB. A "
            f"workbook is removed {DAYS} days after it was sent, or when the runs that were planned from it are "
            "pruned."
        )
    if target.is_file():
        target.touch()
        return digest
    if _bytes(target.parent.glob("*.xlsx")) + len(content) > MOST_KEPT:
        raise UsageError("There is no room for more workbooks; somebody who looks after the desk must make some.")
    with whole_file(target) as hidden:
        hidden.write_bytes(content)
    return digest


def _bytes(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


def plain_name(name: str) -> str:
    """The name of an uploaded file, without folders and without what has a meaning elsewhere, and as what it is."""
    last = _KEPT_NAME.sub("_", re.split(r"[/\\]", name)[-1])
    stem = last[: -len(ENDING)] if last.lower().endswith(ENDING) else last
    short = stem.encode("utf-8", "replace")[-MOST_NAME:].decode("utf-8", "ignore").strip(". ")
    return f"{short or 'workbook'}{ENDING}"

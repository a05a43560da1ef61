"""Workbooks that were sent to the desk, each under its own SHA-256: how long they stay, and how much of them one person may have.

A workbook stays while a job with it is not done, while a run that was planned from it is in the store, and for `DAYS` after it was sent.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from planner.errors import UsageError
from planner.run.folder import whole_file
from planner.store.jobs import Sent

_SHA = re.compile(r"[0-9a-f]{64}")
_KEPT_NAME = re.compile(r"[^\w .()+-]")
MOST_NAME = 120  # bytes: file systems take 255, also of names that a program makes of it
ENDING = ".xlsx"
MOST_KEPT = 2 * 2**30  # bytes of all uploads together
MOST_EACH = 256 * 2**20  # bytes of those of one person
DAYS = 7
MINUTES_UNTOUCHED = 60  # a file that was written just now may be that of a job which is about to be added


def keep(folder: Path, content: bytes, mine: Collection[str]) -> str:
    """Keep a workbook; its SHA-256. `mine`: what is kept of the same person. Raises UsageError where there is no room for more."""
    digest = hashlib.sha256(content).hexdigest()
    target = place_of(folder, digest)
    others = _bytes(place_of(folder, known) for known in {*mine} - {digest})
    if others + len(content) > MOST_EACH:
        raise UsageError(
            f"{others / 2**20:.0f} MiB of your workbooks are kept, and you may have {MOST_EACH // 2**20} MiB. A workbook is removed {DAYS} "
            "days after it was sent, or when the runs that were planned from it are pruned."
        )
    if target.is_file():
        target.touch()
        return digest
    if _bytes(target.parent.glob("*.xlsx")) + len(content) > MOST_KEPT:
        raise UsageError("There is no room for more workbooks; somebody who looks after the desk must make some.")
    with whole_file(target) as hidden:
        hidden.write_bytes(content)
    return digest


def tidy(folder: Path, kept: Collection[Sent]) -> None:
    """Remove every workbook, and every marked one, of which nobody in `kept` has need."""
    digests, jobs = {sent.sha256 for sent in kept}, {f"job-{sent.job}" for sent in kept}
    until = time.time() - 60 * MINUTES_UNTOUCHED
    places = ((folder / "uploads", digests), (folder / "inputs", digests), (folder / "marked", jobs))
    for path, names in ((path, names) for place, names in places if place.is_dir() for path in place.iterdir()):
        if path.stem in names or path.name.startswith("."):
            continue
        with contextlib.suppress(FileNotFoundError):  # somebody else tidies up
            if path.stat().st_mtime < until:
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()


def _bytes(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())


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

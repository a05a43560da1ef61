"""How every workbook of openpyxl comes to the disk."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from openpyxl import Workbook


def content_of(book: Workbook) -> bytes:
    """The content of the .xlsx file of `book`."""
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def save(book: Workbook, path: Path) -> None:
    """Write `book` to `path`, replaced if there. Raises OSError where the disk does not take it.

    openpyxl leaves the archive open where a write fails, and Python then reports the failure once more, with a
    traceback. So the workbook is made in memory and written in one step.
    """
    path.write_bytes(content_of(book))

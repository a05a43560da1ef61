"""Long tables into an .xlsx file, fast.

openpyxl makes the workbook (styles, headings, charts, print settings) but takes seconds for the cells of a long
table, as it writes them one by one. So it saves the sheets with their headings only, and the rows are then put
into the saved sheets as text: strings inline, numbers in full precision, styles by the numbers openpyxl gave
them. Inline strings are never read as formulas.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import isfinite
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

LONGEST_TEXT = 32_767  # characters in a cell
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ROWS_AT_ONCE = 5_000
END_OF_ROWS = b"</sheetData>"


@dataclass(frozen=True, slots=True)
class StreamedColumn:
    """`style` and `quoted_style` are style numbers of the workbook, the latter for texts like formulas."""

    values: pd.Series
    style: int
    quoted_style: int
    is_text: bool


def save_with_rows(saved: BytesIO, path: Path, rows: Mapping[str, tuple[int, Sequence[StreamedColumn]]]) -> None:
    """Copy the workbook in `saved` to `path`, adding rows to sheets.

    `rows` maps a part of the file (`xl/worksheets/sheet2.xml`) to the number of its first new row and its columns.
    """
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename not in rows:
                new.writestr(part.filename, content)
                continue
            first, columns = rows[part.filename]
            head, tail = _opened(content, first, columns)
            with new.open(part.filename, "w") as sheet:
                sheet.write(head)
                for chunk in _chunks(first, columns):
                    sheet.write(chunk.encode("utf-8"))
                sheet.write(tail)


def _opened(content: bytes, first: int, columns: Sequence[StreamedColumn]) -> tuple[bytes, bytes]:
    """The sheet before and after the place for new rows, with its size put right."""
    head, rows_written, tail = content.partition(END_OF_ROWS)
    if not rows_written:
        raise ValueError("the saved sheet has no place for rows")
    last = first + (len(columns[0].values) if columns else 0) - 1
    start, mark, rest = head.partition(b'<dimension ref="')
    if mark:
        end = f"A1:{get_column_letter(len(columns))}{last}".encode()
        head = start + mark + end + b'"' + rest.partition(b'"')[2]
    return head, END_OF_ROWS + tail


def _chunks(first: int, columns: Sequence[StreamedColumn]) -> Iterator[str]:
    count = len(columns[0].values) if columns else 0
    for start in range(0, count, ROWS_AT_ONCE):
        numbers = range(first + start, first + min(start + ROWS_AT_ONCE, count))
        cells = [
            list(_cells(column, get_column_letter(index + 1), numbers, start)) for index, column in enumerate(columns)
        ]
        yield "".join(
            f'<row r="{number}">{"".join(row)}</row>'
            for number, row in zip(numbers, zip(*cells, strict=True), strict=True)
        )


def _cells(column: StreamedColumn, letter: str, numbers: range, start: int) -> Iterator[str]:
    part = column.values.iloc[start : start + len(numbers)]
    if column.is_text:
        codes, names = pd.factorize(part)  # a name is spelled out once, however often it stands
        texts = [_text(str(name), column) for name in names]
        for number, code in zip(numbers, codes, strict=True):
            yield f'<c r="{letter}{number}"{texts[code]}' if code >= 0 and texts[code] else ""
        return
    style = f' s="{column.style}"'
    for number, value in zip(numbers, part.to_numpy(dtype=float).tolist(), strict=True):
        yield f'<c r="{letter}{number}"{style}><v>{value!r}</v></c>' if isfinite(value) else ""


def _text(name: str, column: StreamedColumn) -> str:
    shown = ILLEGAL_CHARACTERS_RE.sub("", name)[:LONGEST_TEXT]
    if not shown:
        return ""
    style = column.quoted_style if shown.startswith(FORMULA_STARTS) else column.style
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(shown)}</t></is></c>'

"""Damaged and doctored archives: no crash, no hang, and what is accepted, another reader reads the same.

Each case runs behind the guard in this process: had the fast reader aborted, the test run would end.
"""

from __future__ import annotations

import io
import random
import re
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as moment

import openpyxl
import pytest

from planner.workbook.package.guard import inspect_workbook, load_cells
from planner.workbook.package.unreadable import UnreadableError
from tests.unit.workbook.package.archives import Parts, Piece, built, parts_of, with_shared_texts, workbook
from tests.unit.workbook.sheets import BASE

PLAIN = workbook({**BASE, "Dates": [["d", date(2026, 1, 2)], ["n", -1.5e-7], ["t", True], ["u", " a & b <ü> "]]})
SEEDS = [PLAIN, with_shared_texts(PLAIN)]
# What stands in the XML of workbooks, to be repeated, dropped, or put elsewhere.
_TOKEN = re.compile(rb"<[^>]*>|[^<]+")
_CRUMBS = [b"1", b"-", b"e", b" ", b"&amp;", b"&#48;", b"<!-- -->", b"<v>7</v>", b"</c>", b"<c>", b'<c r="B2"><v>7</v></c>',
           b"<row/>", b"<is><t>x</t></is>", b"<f>1</f>", b"<![CDATA[7]]>", b"<sheetData>", b'<x xmlns="urn:x">', b"\xff",
           b"<si/>", b"<t/>", b"/", b"../", b"%36", b"\\", b"xl/", b"sheet2.xml", b"rId2"]  # fmt: skip
_VALUE = re.compile(rb'(<v>|r="|s="|t="|Id="|Target="|name="|PartName="|ContentType=")[^<"]*')


def mutated(seed: int) -> bytes:
    """A workbook that was changed in its bytes, its members, or the XML of one of them."""
    rng = random.Random(seed)
    content = rng.choice(SEEDS)
    kind = rng.random()
    if kind < 0.2:
        return _bytes_changed(content, rng)
    parts = parts_of(content)
    if kind < 0.4:
        return _members_changed(parts, rng)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        names = [name for name in parts if "theme" not in name and "docProps" not in name]
        name = rng.choice(names)
        parts[name] = _xml_changed(parts[name], rng)
    return built(Piece(name.encode(), data) for name, data in parts.items())


def _bytes_changed(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.choice((rng.randrange(len(changed)), max(0, len(changed) - rng.randrange(1, 1400))))
        change = rng.randrange(4)
        if change == 0:
            changed[at] = rng.randrange(256)
        elif change == 1:
            del changed[at : at + rng.choice((1, 4, 40))]
        elif change == 2:
            changed[at:at] = rng.choice((b"PK\x05\x06", b"PK\x03\x04", b"\0", bytes(22)))
        else:
            changed[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", bytes(4), b"\1\0\0\0"))
    return bytes(changed)


def _members_changed(parts: Parts, rng: random.Random) -> bytes:
    pieces = [Piece(name.encode(), data) for name, data in parts.items()]
    piece = rng.choice(pieces)
    name = piece.name.decode()
    other = rng.choice(pieces)
    changes: list[Callable[[], object]] = [
        lambda: pieces.remove(piece),
        lambda: pieces.append(
            Piece(rng.choice((name.upper(), name, f"/{name}", name.replace("/", "\\"))).encode(), other.data)
        ),
        lambda: setattr(piece, "data", other.data),
        lambda: setattr(
            piece, "central", {rng.choice(("crc", "size", "packed", "flags", "method")): rng.randrange(99)}
        ),
        lambda: setattr(piece, "local", {rng.choice(("crc", "size", "packed", "flags", "method")): rng.randrange(99)}),
        lambda: setattr(piece, "central", {"name": other.name}),
        lambda: setattr(piece, "local", {"name": other.name}),
        lambda: setattr(piece, "described", rng.choice(("<3L", "<L2Q"))),
        lambda: setattr(piece, "listed", False),
        lambda: rng.shuffle(pieces),
        lambda: pieces.append(Piece(rng.choice((b"content.xml", b"mimetype", b"xl/workbook.bin", b"xl/")), b"")),
    ]
    rng.choice(changes)()
    return built(pieces)


def _xml_changed(text: bytes, rng: random.Random) -> bytes:
    tokens = _TOKEN.findall(text)
    at, to = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    change = rng.randrange(6)
    if change == 0:
        del tokens[at]
    elif change == 1:
        tokens.insert(to, tokens[at])
    elif change == 2:
        tokens[at], tokens[to] = tokens[to], tokens[at]
    elif change == 3:
        tokens.insert(at, rng.choice(_CRUMBS))
    elif change == 4:
        near = min(at + rng.randrange(1, 8), len(tokens))
        tokens[near:near] = tokens[at:near]  # a few elements twice
    else:
        found = list(_VALUE.finditer(text))
        if found:
            one, two = rng.choice(found), rng.choice(found)
            value = rng.choice((two.group()[len(two.group(1)) :], rng.choice(_CRUMBS[:6]), b"", b"99999", b"s", b"B7"))
            return text[: one.end(1)] + value + text[one.end() :]
    return b"".join(tokens)


def plain(value: object) -> object:
    """A cell as both readers give it: no text is a blank, a whole number is a number, a day begins at midnight."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, moment())
    if isinstance(value, timedelta | moment):
        return "a time"
    return value


def trimmed(rows: Iterator[list[object]]) -> list[list[object]]:
    """Without what is blank at the end of rows and sheets."""
    kept = []
    for row in rows:
        while row and row[-1] is None:
            row.pop()
        kept.append(row)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def by_calamine(content: bytes) -> dict[str, list[list[object]]] | None:
    """The cells that are planned with; None where the workbook is refused, or a cell of it."""
    try:
        found = inspect_workbook(content)
        if any(sheet.marks for sheet in found):
            return None
        cells = load_cells(content, [sheet.name for sheet in found])
    except UnreadableError:
        return None
    return {name: trimmed([plain(value) for value in row] for row in rows) for name, rows in cells.items()}


def by_openpyxl(content: bytes) -> dict[str, list[list[object]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    return {
        sheet.title: trimmed([plain(cell) for cell in row] for row in sheet.iter_rows(values_only=True))
        for sheet in book.worksheets
    }


def agree(seed: int) -> bool:
    """Was it accepted? Where it was, both readers read the same."""
    content = mutated(seed)
    started = time.process_time()
    cells = by_calamine(content)
    assert time.process_time() - started < 5, seed
    if cells is None:
        return False
    try:
        others = by_openpyxl(content)
    except Exception:  # it refuses more, as of pictures and properties: nothing is read differently
        return True
    assert cells == others, seed
    return True


def test_the_seeds_are_read_alike() -> None:
    for content in SEEDS:
        cells = by_calamine(content)
        assert cells is not None
        assert cells == by_openpyxl(content)
        assert cells["Dates"][0][1] == datetime(2026, 1, 2)


def test_a_hundred_doctored_archives() -> None:
    accepted = [agree(seed) for seed in range(100)]
    assert 5 <= sum(accepted) <= 60  # both sides are tried


@pytest.mark.long
@pytest.mark.parametrize("block", range(10))
def test_five_thousand_doctored_archives(block: int) -> None:
    for seed in range(100 + 490 * block, 590 + 490 * block):
        agree(seed)

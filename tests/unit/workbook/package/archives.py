"""Workbooks as archives whose every byte a test can choose."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl

Parts = dict[str, bytes]


@dataclass
class Piece:
    """A member of an archive; what is None is as the data have it. `central` and `local` override header fields."""

    name: bytes
    data: bytes
    deflate: bool = True
    flags: int = 0
    extra: bytes = b""
    central_extra: bytes = b""
    described: str = ""  # the struct format of the record after the data; empty: none
    central: Mapping[str, int | bytes] = field(default_factory=dict)
    local: Mapping[str, int | bytes] = field(default_factory=dict)
    listed: bool = True
    before: bytes = b""
    after: bytes = b""


def built(pieces: Iterable[Piece], comment: bytes = b"", gap: bytes = b"", count: int | None = None) -> bytes:
    """An archive of these members, with bytes between the last of them and the directory."""
    out = io.BytesIO()
    directory = []
    for piece in pieces:
        out.write(piece.before)
        start = out.tell()
        squeezer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = squeezer.compress(piece.data) + squeezer.flush() if piece.deflate else piece.data
        true = {
            "flags": piece.flags | (8 if piece.described else 0),
            "method": 8 if piece.deflate else 0,
            "crc": zlib.crc32(piece.data),
            "packed": len(packed),
            "size": len(piece.data),
            "name": piece.name,
        }
        zeros = {"crc": 0, "packed": 0, "size": 0} if piece.described else {}
        head = {**true, **zeros, **piece.local}
        out.write(_header(b"PK\x03\x04" + struct.pack("<H", 20), head, piece.extra))
        out.write(packed)
        if piece.described:
            out.write(b"PK\x07\x08" + struct.pack(piece.described, true["crc"], true["packed"], true["size"]))
        out.write(piece.after)
        if piece.listed:
            entry = {**true, "offset": start, **piece.central}
            directory.append((entry, piece.central_extra))
    out.write(gap)
    start = out.tell()
    for entry, extra in directory:
        name = entry["name"]
        assert isinstance(name, bytes)
        middle = _fields(entry) + struct.pack("<5H2L", len(name), len(extra), 0, 0, 0, 0, entry["offset"])
        out.write(b"PK\x01\x02" + struct.pack("<2H", 20, 20) + middle + name + extra)
    total = len(directory) if count is None else count
    size = out.tell() - start
    out.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, total, total, size, start, len(comment)) + comment)
    return out.getvalue()


def _fields(head: Mapping[str, int | bytes]) -> bytes:
    return struct.pack("<2H2H3L", head["flags"], head["method"], 0, 33, head["crc"], head["packed"], head["size"])


def _header(magic: bytes, head: Mapping[str, int | bytes], extra: bytes) -> bytes:
    name = head["name"]
    assert isinstance(name, bytes)
    return magic + _fields(head) + struct.pack("<2H", len(name), len(extra)) + name + extra


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pieces_of(content: bytes) -> list[Piece]:
    return [Piece(name.encode(), data) for name, data in parts_of(content).items()]


def with_part(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The workbook with the XML of one part changed; the change must change something."""
    parts = parts_of(content)
    before = parts[part].decode()
    assert change(before) != before
    parts[part] = change(before).encode()
    return built(Piece(name.encode(), data) for name, data in parts.items())


def with_piece(content: bytes, part: str, **changes: object) -> bytes:
    """The workbook with one member written otherwise."""
    return built(
        replace(piece, **changes) if piece.name.decode() == part else piece  # type: ignore[arg-type]
        for piece in pieces_of(content)
    )


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def workbook(rows: Mapping[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, cells in rows.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_INLINE = re.compile(r' t="inlineStr"><is>(.*?)</is></c>')
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_shared_texts(content: bytes) -> bytes:
    """The workbook as Excel would write it: all texts in one part, cells with their numbers."""
    parts = parts_of(content)
    texts: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        return f' t="s"><v>{texts.setdefault(found.group(1), len(texts))}</v></c>'

    for name in parts:
        if name.startswith("xl/worksheets/"):
            parts[name] = _INLINE.sub(numbered, parts[name].decode()).encode()
    entries = "".join(f"<si>{text}</si>" for text in texts)
    assert entries
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{entries}</sst>'.encode()
    link = f'<Relationship Id="texts" Type="{_LINKS}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
    kind = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_OFFICE}sharedStrings+xml"/></Types>'
    for name, end, more in (
        ("xl/_rels/workbook.xml.rels", "</Relationships>", link),
        ("[Content_Types].xml", "</Types>", kind),
    ):
        parts[name] = parts[name].decode().replace(end, more).encode()
    return built(Piece(name.encode(), data) for name, data in parts.items())

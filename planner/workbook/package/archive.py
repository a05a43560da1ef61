"""A zip archive in which every program finds the same members with the same bytes.

Zip readers differ: some go by the directory at the end, some by the headers before each member, some search for a
directory inside a comment, some take the first of two members of one name. So an archive is taken only where all of
that agrees: members lie end to end from the first byte, the directory follows them, and one record ends the file.
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT names the records.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.workbook.package.unreadable import DoubtfulError, UnreadableError

MAXIMUM_MEMBER_BYTES = 600 * 2**20  # uncompressed
MAXIMUM_TOTAL_BYTES = 1200 * 2**20
SUSPICIOUS_RATIO = 300  # uncompressed ÷ compressed, asked of large members only
SUSPICIOUS_BYTES = 16 * 2**20
MAXIMUM_MEMBERS = 5000

_CHUNK = 2**14  # packed bytes at a time; they unpack to 16 MiB at most
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_HEADER = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _DESCRIBED, _PATCH, _STRONG, _UTF8, _MASKED = 0x1, 0x8, 0x20, 0x40, 0x800, 0x2000
_LONG = 0xFFFFFFFF
_ZIP64, _OTHER_NAME = 0x0001, 0x7075  # extra fields: 64-bit sizes; a second name
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its data lie at `start` … `start + packed` of the file and unpack to `size` bytes."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    deflated: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the directory says of a member; `name` as its bytes."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


class Archive:
    """The members of a zip archive by name."""

    def __init__(self, content: bytes) -> None:
        """Raises UnreadableError where the file is no zip archive, is damaged, encrypted, too large, or doubtful."""
        self._content = content
        self.members: Mapping[str, Member] = _members(content)
        self._folded = {name.casefold(): name for name in self.members}

    def find(self, name: str) -> str | None:
        """The member of this name, however its letters are cased."""
        return self._folded.get(name.casefold())

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes of a member in chunks. Raises UnreadableError where they are not what the directory says."""
        member = self.members[name]
        size = crc = 0
        for chunk in self._unpacked(member) if member.deflated else self._packed(member):
            size += len(chunk)
            if size > member.size:
                break
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if size != member.size or crc != member.crc:
            raise DoubtfulError(f"is damaged: its part {name} is not what the archive says of it (size or checksum)")

    def _packed(self, member: Member) -> Iterator[bytes]:
        end = member.start + member.packed
        return (self._content[at : min(at + _CHUNK, end)] for at in range(member.start, end, _CHUNK))

    def _unpacked(self, member: Member) -> Iterator[bytes]:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for packed in self._packed(member):
                if stream.eof:  # and yet there is more
                    raise zlib.error("data after its end")
                yield stream.decompress(packed)
        except zlib.error as error:
            raise UnreadableError(f"is damaged: its part {member.name} cannot be unpacked ({error})") from error
        if stream.unused_data or not stream.eof:
            raise DoubtfulError(f"is damaged: its part {member.name} does not end where the archive says")


def _members(content: bytes) -> dict[str, Member]:
    entries, directory = _directory(content)
    _check_sizes(entries)
    members: dict[str, Member] = {}
    at = 0
    for entry in sorted(entries, key=lambda each: each.offset):
        name = _name(entry)
        if entry.offset != at:
            raise DoubtfulError(f"holds bytes before its part {name} that are no part of it, or parts that overlap")
        member, at = _member(content, entry, name)
        if not name.endswith("/"):  # a folder is none
            members[name] = member
    if at != directory:
        raise DoubtfulError("holds bytes after its last part that are no part of it")
    _check_names(entries)
    return members


def _directory(content: bytes) -> tuple[list[_Entry], int]:
    """The entries of the directory, and where it begins."""
    at = len(content) - _END.size
    if at < 0 or content[at : at + 4] != b"PK\x05\x06":
        if content.rfind(b"PK\x05\x06") < 0:
            raise UnreadableError("is damaged and cannot be read as a workbook: the end of the archive is missing")
        raise DoubtfulError("holds bytes, or a comment, after the end of the archive")
    _, disk, first_disk, here, count, length, start, comment = _END.unpack_from(content, at)
    if content[max(at - 20, 0) : at].startswith(b"PK\x06\x07") or 0xFFFF in (here, count) or _LONG in (length, start):
        raise DoubtfulError("is an archive of the kind for files beyond 4 GB (zip64)")
    if disk or first_disk or here != count or comment or start + length != at:
        raise DoubtfulError("has a directory that does not lie at the end of the archive")
    entries = []
    offset = start
    for _ in range(count):
        if offset + _ENTRY.size > at or content[offset : offset + 4] != b"PK\x01\x02":
            raise DoubtfulError("is damaged: its directory names fewer parts than it counts")
        entry, offset = _entry(content, offset)
        entries.append(entry)
    if offset != at:
        raise DoubtfulError("is damaged: its directory names more parts than it counts")
    return entries, start


def _entry(content: bytes, index: int) -> tuple[_Entry, int]:
    fields = _ENTRY.unpack_from(content, index)
    _, _, _, flags, method, _, _, crc, packed, size, named, extra, comment, disk, _, _, offset = fields
    name = content[index + _ENTRY.size :][:named] if named < 2**12 else b""
    after = index + _ENTRY.size + named
    words = f"its part {name.decode('utf-8', 'replace')}"
    kinds = _extra_fields(content[after : after + extra])
    if kinds is None or _OTHER_NAME in kinds or _ZIP64 in kinds or _LONG in (packed, size, offset) or disk or not name:
        raise DoubtfulError(f"{words} has a second name, or sizes of the kind for files beyond 4 GB (zip64)")
    if flags & (_ENCRYPTED | _STRONG | _MASKED):
        raise UnreadableError("is password-protected; save it without a password")
    if method not in (_STORED, _DEFLATED) or flags & _PATCH:
        raise DoubtfulError(f"{words} is compressed in a way that workbooks are not (method {method})")
    return _Entry(name, flags, method, crc, packed, size, offset), after + extra + comment


def _extra_fields(extra: bytes) -> dict[int, bytes] | None:
    """The extra fields by kind; None where they are malformed or one comes twice."""
    fields: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        at += 4 + length
        if kind in fields or at > len(extra):
            return None
        fields[kind] = extra[at - length : at]
    return fields if not extra[at:].strip(b"\0") else None


def _name(entry: _Entry) -> str:
    """The name of a part, where all programs decode it alike and none has to guess what it means."""
    try:
        name = entry.name.decode("utf-8" if entry.flags & _UTF8 else "ascii")
    except UnicodeDecodeError as error:
        shown = entry.name.decode("utf-8", "replace")
        raise DoubtfulError(f"holds a part whose name is not plain text ({shown})") from error
    segments = name.removesuffix("/").split("/")
    odd = "\\" in name or ":" in name or not name.isprintable() or _PERCENT.search(name) is not None
    if odd or any(not segment or segment.endswith(".") or segment != segment.strip() for segment in segments):
        raise DoubtfulError(f"holds a part with an odd name ({name!r})")
    if name.endswith(".piece") or (name.endswith("/") and entry.size):
        raise DoubtfulError(f"holds a part in pieces ({name})")
    return name


def _check_names(entries: list[_Entry]) -> None:
    """No two parts of one name, however it is cased, and none inside another."""
    seen: dict[str, str] = {}
    names = [_name(entry) for entry in entries]
    for name in names:
        folded = name.removesuffix("/").casefold()
        if folded in seen:
            raise DoubtfulError(f"holds two parts of one name ({seen[folded]} and {name})")
        seen[folded] = name
    parts = {name.casefold() for name in names if not name.endswith("/")}
    for name in names:
        segments = name.removesuffix("/").casefold().split("/")
        if parts.intersection("/".join(segments[:count]) for count in range(1, len(segments))):
            raise DoubtfulError(f"holds a part inside another part ({name})")


def _member(content: bytes, entry: _Entry, name: str) -> tuple[Member, int]:
    """The member, and where the next one begins. What stands before its data must say what the directory says."""
    words = f"its part {name}"
    if entry.offset + _HEADER.size > len(content) or content[entry.offset : entry.offset + 4] != b"PK\x03\x04":
        raise DoubtfulError(f"{words} is not where the directory of the archive says")
    _, _, flags, method, _, _, crc, packed, size, named, extra = _HEADER.unpack_from(content, entry.offset)
    at = entry.offset + _HEADER.size
    local_name, fields = content[at : at + named], _extra_fields(content[at + named : at + named + extra])
    start = at + named + extra
    end = start + entry.packed
    wide = False
    if fields is not None and _ZIP64 in fields:  # some programs write both sizes in 8 bytes, however small
        wide = len(fields[_ZIP64]) == 16 and (packed, size) == (_LONG, _LONG)
        size, packed = struct.unpack("<2Q", fields[_ZIP64]) if wide else (-1, -1)
    described = bool(flags & _DESCRIBED)
    expected = (entry.crc, entry.packed, entry.size)
    later = described and crc == 0 and size == packed == 0
    agrees = local_name == entry.name and flags == entry.flags and method == entry.method
    if fields is None or _OTHER_NAME in fields or not agrees or not (later or (crc, packed, size) == expected):
        raise DoubtfulError(f"{words} has another name, size or checksum in the directory of the archive")
    if entry.method == _STORED and entry.packed != entry.size:
        raise DoubtfulError(f"{words} is stored as it is and has two sizes")
    if described:
        end += _descriptor(content, end, expected, words)
    return Member(name, start, entry.packed, entry.size, entry.crc, entry.method == _DEFLATED), end


def _descriptor(content: bytes, at: int, expected: tuple[int, int, int], words: str) -> int:
    """The length of the record after a member's data, which repeats checksum and sizes."""
    for form in ("<3L", "<L2Q"):
        plain = struct.pack(form, *expected)
        for record in (b"PK\x07\x08" + plain, plain):
            follows = content[at + len(record) : at + len(record) + 2]
            if content.startswith(record, at) and follows == b"PK":
                return len(record)
    raise DoubtfulError(f"{words} has another size or checksum after its data than in the directory of the archive")


def _check_sizes(entries: list[_Entry]) -> None:
    total = sum(entry.size for entry in entries)
    if len(entries) > MAXIMUM_MEMBERS or total > MAXIMUM_TOTAL_BYTES:
        raise UnreadableError(f"would unpack to {total // 2**20} MiB in {len(entries)} parts, which is too large")
    for entry in entries:
        huge = entry.size > MAXIMUM_MEMBER_BYTES
        dense = entry.size > SUSPICIOUS_BYTES and entry.size > SUSPICIOUS_RATIO * max(entry.packed, 1)
        if huge or dense:
            raise UnreadableError(
                f"its part {_name(entry)} would unpack from {entry.packed // 2**10} KiB "
                f"to {entry.size // 2**20} MiB, which is refused"
            )

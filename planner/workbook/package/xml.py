"""The XML of a part, streamed, as long as every program takes it for the same text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from planner.workbook.package.archive import Archive
from planner.workbook.package.unreadable import DoubtfulError, UnreadableError

OnStart = Callable[[str, dict[str, str]], None]
End = Callable[[str], object]

# A letter, digit, sign or point written as a reference: readers that look at bytes and readers that look at
# characters see different numbers, names and places. Spreadsheet programs write quotes, line ends and the like so.
_DISGUISED = re.compile(rb"&#(?:0*(?:4[3-6]|4[89]|5[0-7]|6[5-9]|[78][0-9]|90|9[5789]|1[01][0-9]|12[0-2])"
                        rb"|[xX]0*(?:2[bBdDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA]));")  # fmt: skip
_LONGEST = 32  # of a reference that is looked for across two chunks


def new_parser(part: str) -> Any:
    """An XML parser that refuses document types (and with them entities) and other encodings than UTF-8."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise DoubtfulError(f"holds a document type declaration, which is refused (its part {part})")

    def declared(_: str, encoding: str | None, __: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
            raise DoubtfulError(f"its part {part} is text in the encoding {encoding}, not UTF-8")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.XmlDeclHandler = declared
    return parser


def parse(archive: Archive, part: str, parser: Any) -> None:
    """Feed a part to its parser. Raises UnreadableError where it is no well-formed XML, or doubtful."""
    tail = b""
    try:
        for chunk in archive.read(part):
            if not tail and (b"\0" in chunk[:4] or chunk[:2] in (b"\xff\xfe", b"\xfe\xff")):
                raise DoubtfulError(f"its part {part} is text in the encoding UTF-16, not UTF-8")
            text = tail + chunk
            if b"&#" in text and (match := _DISGUISED.search(text)):
                reference = match.group().decode()
                raise DoubtfulError(f"its part {part} writes a plain character as the reference {reference}")
            tail = text[-_LONGEST:]
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableError(f"is damaged: its part {part} is not well-formed ({error})") from error


def elements(archive: Archive, part: str, start: OnStart, end: End | None = None) -> None:
    """Call `start` with name and attributes of every element of a part, and `end` with its name where it ends."""
    parser = new_parser(part)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parse(archive, part, parser)


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]

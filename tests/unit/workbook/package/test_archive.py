"""An archive that two programs could read differently is refused, and ordinary ones are not."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.cli.entry import run
from planner.workbook import read
from planner.workbook.package.guard import inspect_workbook
from planner.workbook.package.unreadable import SAVE_AGAIN, CellsError, UnreadableError
from tests.unit.workbook.package.archives import (
    Piece,
    built,
    parts_of,
    pieces_of,
    saved,
    with_part,
    with_piece,
    with_shared_texts,
    workbook,
)
from tests.unit.workbook.sheets import BASE

GOOD = with_shared_texts(workbook({**BASE, "notes": [["Some text", 1.5]]}))
LINES = "xl/worksheets/sheet6.xml"
BOOK, LINKS, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
WORDS = "xl/sharedStrings.xml"
TRANSITIONAL, STRICT = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
Attack = Callable[[], bytes]


def also(name: bytes, data: bytes | None = None, **changes: object) -> Attack:
    """One more member, by default with the content of the sheet Lines."""

    def attack() -> bytes:
        text = parts_of(GOOD)[LINES] if data is None else data
        return built([*pieces_of(GOOD), Piece(name, text, **changes)])  # type: ignore[arg-type]

    return attack


def lines(**changes: object) -> Attack:
    return lambda: with_piece(GOOD, LINES, **changes)


def xml(part: str, old: str, new: str, count: int = 1) -> Attack:
    return lambda: with_part(GOOD, part, lambda text: text.replace(old, new, count))


def replaced(old: bytes, new: bytes) -> Attack:
    def attack() -> bytes:
        assert old in GOOD
        return GOOD.replace(old, new)

    return attack


def two_archives() -> bytes:
    first, second = GOOD, workbook({**BASE, "Lines": BASE["Lines"][:2]})
    return first + second


def second_end() -> bytes:
    """A comment that is itself the end of an archive."""
    return built(pieces_of(GOOD), comment=GOOD[-22:])


def swapped_sheets() -> bytes:
    """Before their data the sheets of Lines and Demand have each other's name."""
    pieces = pieces_of(GOOD)
    names = {LINES.encode(): b"xl/worksheets/sheet7.xml", b"xl/worksheets/sheet7.xml": LINES.encode()}
    for piece in pieces:
        if piece.name in names:
            piece.local = {"name": names[piece.name]}
    return built(pieces)


ARCHIVES: dict[str, tuple[Attack, str]] = {
    "backslash": (also(rb"xl\worksheets\sheet6.xml"), "odd name"),
    "twice": (also(LINES.encode()), "two parts of one name"),
    "twice_in_capitals": (also(b"XL/Worksheets/Sheet6.XML"), "two parts of one name"),
    "twice_in_kelvin": (also("xl/wor\u212asheets/sheet6.xml".encode(), flags=0x800), "two parts of one name"),
    "double_slash": (also(b"xl//worksheets/sheet6.xml"), "odd name"),
    "leading_slash": (also(b"/xl/worksheets/sheet6.xml"), "odd name"),
    "dot": (also(b"xl/./worksheets/sheet6.xml"), "odd name"),
    "dots": (also(b"xl/x/../worksheets/sheet6.xml"), "odd name"),
    "percent": (also(b"xl/worksheets/sheet%36.xml"), "odd name"),
    "trailing_dot": (also(b"xl/worksheets/sheet6.xml."), "odd name"),
    "trailing_space": (also(b"xl/worksheets/sheet6.xml "), "odd name"),
    "nul": (also(b"xl/worksheets/sheet6.xml\0.txt"), "odd name"),
    "drive": (also(b"c:xl/worksheets/sheet6.xml"), "odd name"),
    "no_name": (also(b""), "second name"),
    "letters_of_a_code_page": (also(b"xl/media/\x81.png"), "not plain text"),
    "no_letters": (also(b"xl/media/\xff.png", flags=0x800), "not plain text"),
    "in_pieces": (also(b"xl/worksheets/sheet6.xml/[0].piece"), "in pieces"),
    "inside_another_part": (also(LINES.encode() + b"/x.xml"), "inside another part"),
    "folder_with_content": (also(b"xl/worksheets/"), "in pieces"),
    "unlisted": (also(rb"xl/worksheets/sheet6.xml", listed=False), "bytes after its last part"),
    "unlisted_first": (lambda: built([Piece(b"x.xml", b"x", listed=False), *pieces_of(GOOD)]), "bytes before its part"),
    "listed_twice": (lambda: _listed_twice(), "overlap"),
    "bytes_before": (lambda: b"PK" + GOOD, "lie at the end of the archive"),
    "bytes_between": (lines(before=b"PK\x03\x04"), "bytes before its part"),
    "bytes_before_the_directory": (lambda: built(pieces_of(GOOD), gap=b"x"), "bytes after its last part"),
    "bytes_after": (lambda: GOOD + b"\n", "after the end of the archive"),
    "comment": (lambda: built(pieces_of(GOOD), comment=b"hello"), "after the end of the archive"),
    "comment_that_is_an_end": (second_end, "does not lie at the end"),
    "two_archives": (two_archives, "does not lie at the end"),
    "count_too_low": (lambda: built(pieces_of(GOOD), count=3), "more parts than it counts"),
    "count_too_high": (lambda: built(pieces_of(GOOD), count=300), "fewer parts than it counts"),
    "other_names_before_the_data": (swapped_sheets, "another name, size or checksum"),
    "other_size_before_the_data": (lines(local={"size": 7}), "another name, size or checksum"),
    "other_checksum_before_the_data": (lines(local={"crc": 7}), "another name, size or checksum"),
    "other_method_before_the_data": (lines(local={"method": 0}), "another name, size or checksum"),
    "other_flags_before_the_data": (lines(local={"flags": 8}), "another name, size or checksum"),
    "wrong_checksum": (lines(central={"crc": 7}, local={"crc": 7}), "size or checksum"),
    "wrong_size": (lines(central={"size": 99}, local={"size": 99}), "size or checksum"),
    "two_sizes_stored": (lines(deflate=False, central={"size": 9}, local={"size": 9}), "two sizes"),
    "wrong_descriptor": (lines(described="<3L", central={"crc": 7}), "after its data"),
    "method": (lines(central={"method": 12}, local={"method": 12}), "compressed in a way"),
    "patch": (lines(central={"flags": 0x20}, local={"flags": 0x20}), "compressed in a way"),
    "encrypted": (lines(central={"flags": 1}, local={"flags": 1}), "password-protected"),
    "second_name": (lines(extra=struct.pack("<2H", 0x7075, 5) + bytes(5)), "another name"),
    "second_name_listed": (lines(central_extra=struct.pack("<2H", 0x7075, 5) + bytes(5)), "second name"),
    "zip64_listed": (lines(central_extra=struct.pack("<2HQ", 1, 8, 5)), "zip64"),
    "zip64_of_another_size": (
        lines(extra=struct.pack("<2H2Q", 1, 16, 5, 5), local={"size": 2**32 - 1, "packed": 2**32 - 1}),
        "another name, size or checksum",
    ),
    "extra_beyond_its_end": (lines(extra=struct.pack("<2H", 7, 99)), "another name"),
    "data_after_their_end": (lambda: _trailing_data(), "does not end"),
    "opendocument": (also(b"content.xml", b"<a/>"), "another kind"),
    "binary_workbook": (also(b"xl/workbook.bin", b""), "another kind"),
}


def _listed_twice() -> bytes:
    """Two entries of the directory for the same data."""
    pieces = pieces_of(GOOD)
    return built([*pieces, Piece(b"xl/x.xml", b"<a/>", central={"offset": 0, "name": b"xl/x.xml"})])


def _trailing_data() -> bytes:
    pieces = pieces_of(GOOD)
    (piece,) = (each for each in pieces if each.name.decode() == LINES)
    with zipfile.ZipFile(io.BytesIO(built([piece]))) as archive:
        packed = archive.infolist()[0].compress_size
    piece.after = b"junk"
    piece.central = piece.local = {"packed": packed + 4}
    return built(pieces)


PARTS: dict[str, tuple[Attack, str]] = {
    "two_sheets_of_one_name": (xml(BOOK, 'name="Demand"', 'name="LINES"'), "two sheets of one name"),
    "sheet_without_name": (xml(BOOK, 'name="Demand"', 'name=""'), "a sheet without a name (number 7)"),
    "two_sheets_of_one_relation": (xml(BOOK, 'r:id="rId7"', 'r:id="rId6"'), "two sheets of one part"),
    "two_sheets_of_one_part": (xml(LINKS, "worksheets/sheet7.xml", "worksheets/sheet6.xml"), "two sheets of one part"),
    "relation_twice": (xml(LINKS, 'Id="rId7"', 'Id="rId6"'), "states the relation rId6 twice"),
    "relation_unknown": (xml(BOOK, 'r:id="rId7"', 'r:id="rId77"'), "is of no part"),
    "relation_outside": (
        xml(LINKS, 'Target="/xl/worksheets/sheet6.xml"', 'Target="file:///c:/x.xml" TargetMode="External"'),
        "takes the sheet Lines from another file",
    ),
    "relation_up_and_out": (xml(LINKS, "/xl/worksheets/sheet6.xml", "../../x/sheet6.xml"), "is missing from it"),
    "relation_with_a_prefix_that_some_strip": (
        xml(LINKS, "/xl/worksheets/sheet6.xml", "xl/worksheets/sheet6.xml"),
        "is missing from it",
    ),
    "relation_in_percents": (xml(LINKS, "/sheet6.xml", "/sheet%36.xml"), "is missing from it"),
    "part_missing": (xml(LINKS, "/sheet6.xml", "/sheet66.xml"), "is missing from it"),
    "two_identifiers": (
        xml(BOOK, 'r:id="rId6"', 'r:id="rId6" xmlns:q="urn:q" q:id="rId7"'),
        "does not say clearly which part",
    ),
    "workbook_elsewhere": (
        xml("_rels/.rels", 'Target="xl/workbook.xml"', 'Target="xl/styles.xml"'),
        "names another part than xl/workbook.xml",
    ),
    "two_workbooks": (
        xml(
            "_rels/.rels",
            "</Relationships>",
            _rel := '<Relationship Id="x" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/officeDocument" Target="xl/styles.xml"/></Relationships>',
        ),
        "names another part than xl/workbook.xml",
    ),
    "two_workbook_types": (
        xml(
            TYPES,
            "</Types>",
            '<Override PartName="/xl/x.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.template.main+xml"/></Types>',
        ),
        "names several workbooks",
    ),
    "no_workbook_type": (xml(TYPES, "sheet.main+xml", "sheet.other+xml"), "names another part than"),
    "part_of_two_types": (
        xml(TYPES, "</Types>", '<Override PartName="/XL/worksheets/sheet6.xml" ContentType="x"/></Types>'),
        "states the kind of /xl/worksheets/sheet6.xml twice",
    ),
    "no_worksheet_type": (
        xml(TYPES, "worksheet+xml", "chartsheet+xml"),
        "does not say clearly whether the sheet Settings is a worksheet",
    ),
    "no_worksheet_relation": (
        xml(LINKS, "relationships/worksheet", "relationships/chartsheet"),
        "does not say clearly whether the sheet Settings is a worksheet",
    ),
    "texts_elsewhere": (xml(LINKS, "sharedStrings.xml", "styles.xml"), "which of its parts is sharedStrings"),
    "texts_unnamed": (
        xml(LINKS, "relationships/sharedStrings", "relationships/x"),
        "which of its parts is sharedStrings",
    ),
    "texts_twice": (
        xml(TYPES, "spreadsheetml.styles+xml", "spreadsheetml.sharedStrings+xml"),
        "which of its parts is sharedStrings",
    ),
    "alternate_sheets": (
        xml(
            BOOK,
            "<sheets>",
            '<x:AlternateContent xmlns:x="urn:x"><x:Choice><sheets><sheet name="a" sheetId="99" r:id="rId6" '
            'xmlns:r="urn:r"/></sheets></x:Choice></x:AlternateContent><sheets>',
        ),
        "lists its sheets in an unusual place",
    ),
    "sheets_twice": (
        xml(BOOK, "<sheets>", "<sheets/><sheets>"),
        "lists its sheets in an unusual place",
    ),
    "strict": (xml(BOOK, TRANSITIONAL + "spreadsheetml/2006/main", STRICT + "spreadsheetml/main"), "without Strict"),
    "strict_relations": (
        xml(LINKS, TRANSITIONAL + "officeDocument/2006", STRICT + "officeDocument"),
        "without Strict",
    ),
    "strict_sheet": (
        xml(LINES, TRANSITIONAL + "spreadsheetml/2006/main", STRICT + "spreadsheetml/main"),
        "without Strict",
    ),
    "sheet_of_another_format": (xml(LINES, TRANSITIONAL + "spreadsheetml/2006/main", "urn:x"), "something else"),
    "doctype": (lambda: _with_prolog(LINES, b"<!DOCTYPE x>"), "document type declaration"),
    "entity_in_a_part_of_no_interest": (
        lambda: _with_prolog("docProps/app.xml", b'<!DOCTYPE x [<!ENTITY a "b">]>'),
        "document type declaration",
    ),
    "encoding": (lambda: _with_prolog(LINES, b'<?xml version="1.0" encoding="ISO-8859-1"?>'), "encoding ISO-8859-1"),
    "utf_16": (lambda: _encoded("utf-16"), "UTF-16"),
    "utf_16_without_mark": (lambda: _encoded("utf-16-le"), "UTF-16"),
    "formats_twice": (xml("xl/styles.xml", "<cellXfs", "<cellXfs/><cellXfs"), "states its formats twice"),
    "text_without_content": (xml(WORDS, "<si>", "<si/><si>"), "a text without content"),
    "text_of_two_texts": (xml(WORDS, "<si><t>", "<si><t>a</t><t>"), "<t> in <si>"),
    "text_of_two_kinds": (xml(WORDS, "<si><t>", "<si><r><t>a</t></r><t>"), "<t> in <si>"),
    "text_in_raw_form": (xml(WORDS, "<si><t>", "<si><t><![CDATA[a]]>"), "raw text"),
    "text_with_a_comment": (xml(WORDS, "<si><t>", "<si><t><!-- a -->"), "a comment"),
    "alternate_text": (xml(WORDS, "<si><t>", '<si><x:a xmlns:x="urn:x"/><t>'), "in <si>"),
}


def _with_prolog(part: str, prolog: bytes) -> bytes:
    parts = parts_of(GOOD)
    text = parts[part].removeprefix(b'<?xml version="1.0"?>')
    parts[part] = prolog + text
    return built(Piece(name.encode(), data) for name, data in parts.items())


def _encoded(encoding: str) -> bytes:
    parts = parts_of(GOOD)
    parts[LINES] = parts[LINES].decode().encode(encoding)
    return built(Piece(name.encode(), data) for name, data in parts.items())


# What is wrong with a cell of the sheet Lines, the cell that is named, and the words.
CELLS: dict[str, tuple[Attack, str, str]] = {
    "cell_twice": (xml(LINES, '<c r="D3"', '<c r="D2" t="n"><v>7</v></c><c r="D3"'), "C3", "the cell D2 in the row 3"),
    "cell_twice_in_its_row": (xml(LINES, '<c r="D2"', '<c r="D2"><v>7</v></c><c r="D2"'), "D2", "the cell D2 after it"),
    "cells_out_of_order": (xml(LINES, '<c r="D2"', '<c r="F2"><v>7</v></c><c r="D2"'), "F2", "the cell D2 after it"),
    "row_twice": (xml(LINES, '<row r="3"', '<row r="2"/><row r="3"'), "A2", "the row 2 after the row 2"),
    "rows_out_of_order": (xml(LINES, '<row r="2"', '<row r="9"/><row r="2"'), "A9", "the row 2 after the row 9"),
    "row_without_number": (xml(LINES, '<row r="2"', "<row"), "A1", "a row without its number"),
    "cell_without_place": (xml(LINES, '<c r="D2"', "<c"), "D2", "a cell without its place"),
    "cell_of_another_row": (xml(LINES, '<c r="D2"', '<c r="D3"'), "C2", "the cell D3 in the row 2"),
    "two_values": (xml(LINES, "<v>10</v>", "<v>10</v><v>11</v>"), "D2", "two values in one cell"),
    "value_and_text": (xml(LINES, "<v>10</v>", "<v>10</v><is><t>11</t></is>"), "D2", "beside another value"),
    "formula_after_value": (xml(LINES, "<v>10</v>", "<v>10</v><f>11</f>"), "D2", "beside another value"),
    "text_in_a_number": (xml(LINES, "<v>10</v>", "<is><t>11</t></is>"), "D2", "a text of another kind"),
    "comment_in_a_number": (xml(LINES, "<v>10</v>", "<v>1<!-- -->0</v>"), "D2", "a comment"),
    "raw_text_in_a_number": (xml(LINES, "<v>10</v>", "<v>1<![CDATA[0]]></v>"), "D2", "raw text"),
    "instruction_in_a_number": (xml(LINES, "<v>10</v>", "<v>1<?a b?>0</v>"), "D2", "an instruction"),
    "element_in_a_number": (xml(LINES, "<v>10</v>", "<v>1<x/>0</v>"), "D2", "<x> in <v>"),
    "alternate_number": (
        xml(LINES, "<v>10</v>", '<q:AlternateContent xmlns:q="urn:q"><v>11</v></q:AlternateContent>'),
        "D2",
        "in <c>",
    ),
    "cell_in_a_cell": (xml(LINES, "<v>10</v>", "<v>10</v><c/>"), "D2", "<c> in <c>"),
    "number_with_a_comma": (xml(LINES, "<v>10</v>", "<v>1,5</v>"), "D2", "'1,5' where a number should be stored"),
    "number_with_an_underscore": (xml(LINES, "<v>10</v>", "<v>1_0</v>"), "D2", "where a number should be stored"),
    "number_with_space": (xml(LINES, "<v>10</v>", "<v> 10 </v>"), "D2", "where a number should be stored"),
    "text_number_beyond": (xml(LINES, 't="s"><v>', 't="s"><v>999'), "A1", "of the number '999"),
    "text_number_below": (xml(LINES, 't="s"><v>', 't="s"><v>-'), "A1", "of the number '-"),
    "format_beyond": (xml(LINES, '<c r="D2"', '<c r="D2" s="99"'), "D2", "a format of the number 99"),
    "unknown_kind": (xml(LINES, '<c r="D2" t="n"', '<c r="D2" t="q"'), "D2", "unknown kind 'q'"),
    "yes_or_no": (xml(LINES, '<c r="D2" t="n"', '<c r="D2" t="b"'), "D2", "where yes (1) or no (0)"),
    "other_names": (xml(LINES, '<c r="D2"', '<c xmlns="urn:x" r="D2"'), "D2", "a cell with"),
}  # fmt: skip
# The same, where no single cell can be named.
SHEETS: dict[str, tuple[Attack, str]] = {
    "two_blocks_of_cells": (xml(LINES, "</sheetData>", "</sheetData><sheetData/>"), "cells in an unusual place"),
    "alternate_cells": (
        xml(LINES, "<sheetData>", '<q:AlternateContent xmlns:q="urn:q"><sheetData/></q:AlternateContent><sheetData>'),
        "cells in an unusual place",
    ),
    "row_after_the_cells": (xml(LINES, "</sheetData>", '</sheetData><row r="9"/>'), "cells in an unusual place"),
    "digit_as_reference": (xml(LINES, "<v>10</v>", "<v>1&#48;</v>"), "writes a plain character as the reference &#48;"),
    "digit_as_hexadecimal": (xml(LINES, "<v>10</v>", "<v>1&#x30;</v>"), "as the reference &#x30;"),
    "no_such_cell": (xml(LINES, '<c r="D2"', '<c r="XFE2"'), "names the cell 'XFE2', which does not exist"),
}


@pytest.mark.parametrize("name", [*ARCHIVES, *PARTS, *SHEETS])
def test_what_two_programs_could_read_differently_is_one_fault(name: str, tmp_path: Path) -> None:
    attack, words = (ARCHIVES | PARTS | SHEETS)[name]
    (fault,) = read(saved(tmp_path / "book.xlsx", attack())).faults
    assert fault.place == "book.xlsx"
    assert words in fault.message
    assert any(
        advice in fault.message for advice in (SAVE_AGAIN, "save it without", "save it as Excel", "cannot be unpacked")
    )


@pytest.mark.parametrize("name", CELLS)
def test_the_doubtful_cell_is_named(name: str, tmp_path: Path) -> None:
    attack, cell, words = CELLS[name]
    (fault,) = read(saved(tmp_path / "book.xlsx", attack())).faults
    assert (fault.sheet, fault.cell) == ("Lines", cell), fault
    assert words in fault.message
    assert SAVE_AGAIN in fault.message


def test_a_value_from_another_file_is_named(tmp_path: Path) -> None:
    for formula in ("[1]Sheet1!A1", "2*'[3]My sheet'!$B$2", "SUM([2]x!A1:A9)"):
        attack = xml(LINES, "<v>10</v>", f"<f>{formula}</f><v>10</v>")
        (fault,) = read(saved(tmp_path / "book.xlsx", attack())).faults
        assert fault.place == "Lines!D2"
        assert "takes its value from another file" in fault.message
    for formula in ("Prices[1]+2", "Prices[[#This Row],[1]]*A1", '"[1]"&amp;"x!"', "Lines!A1"):
        attack = xml(LINES, "<v>10</v>", f"<f>{formula}</f><v>10</v>")
        assert read(saved(tmp_path / "book.xlsx", attack())).instance is not None, formula


# Ordinary, though not as openpyxl writes them.
ORDINARY: dict[str, Attack] = {
    "as_it_is": lambda: GOOD,
    "stored": lambda: built(Piece(piece.name, piece.data, deflate=False) for piece in pieces_of(GOOD)),
    "sizes_after_the_data": lambda: built(Piece(p.name, p.data, described="<3L") for p in pieces_of(GOOD)),
    "wide_sizes_after_the_data": lambda: built(Piece(p.name, p.data, described="<L2Q") for p in pieces_of(GOOD)),
    "growth_hint_of_excel": lines(extra=struct.pack("<2H", 0xA220, 20) + bytes(20)),
    "times_of_info_zip": lines(extra=struct.pack("<2H", 0x5455, 9) + bytes(9), central_extra=struct.pack("<2H", 0x5455, 5) + bytes(5)),
    "folders": also(b"customXml/", b"", deflate=False),
    "picture_with_a_foreign_name": also("xl/media/Bild_ü.png".encode(), b"png", flags=0x800),
    "comments_beside_the_cells": xml(LINES, "<sheetData>", "<!-- a --><sheetData>"),
    "alternate_content_beside_the_sheets": xml(
        BOOK, "<sheets>", '<x:AlternateContent xmlns:x="urn:x"><x:Choice Requires="x"><x:a/></x:Choice></x:AlternateContent><sheets>'
    ),
    "controls_with_rows_of_their_own": xml(
        LINES, "</sheetData>", '</sheetData><x:a xmlns:x="urn:x"><x:row>1</x:row><x:c/><x:v/></x:a>'
    ),
    "names_with_a_prefix": lambda: _prefixed(),
    "workbook_by_default_type": lambda: _default_type(),
    "inline_texts": xml(LINES, '<c r="D2" t="n"><v>10</v></c>', '<c r="D2"/><c r="E2" t="inlineStr"><is><t></t></is></c>'),
    "formatted_text": xml(WORDS, "<si><t>shell</t></si>", "<si><r><rPr><b/><sz val='9'/></rPr><t>she</t></r><r><t>ll</t></r></si>"),
}  # fmt: skip


def _prefixed() -> bytes:
    """As the Open XML SDK writes: every element of the sheet under a prefix."""

    def change(text: str) -> str:
        text = text.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("<x:?", "<?")
        return text.replace("xmlns=", "xmlns:x=")

    return with_part(GOOD, LINES, change)


def _default_type() -> bytes:
    def change(text: str) -> str:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        text = text.replace(f'<Override PartName="/xl/workbook.xml" ContentType="{kind}" />', "")
        return text.replace('Extension="xml" ContentType="application/xml"', f'Extension="xml" ContentType="{kind}"')

    return with_part(GOOD, TYPES, change)


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_workbooks_are_read(name: str, tmp_path: Path) -> None:
    found = read(saved(tmp_path / "book.xlsx", ORDINARY[name]()))
    assert not found.faults
    assert found.instance is not None
    assert found.instance.lines.keys() == {"L1", "L2"}


def test_formats_that_no_relation_names_are_of_no_use(tmp_path: Path) -> None:
    unnamed = with_part(GOOD, LINKS, lambda text: text.replace("relationships/styles", "relationships/x"))
    unnamed = with_part(unnamed, TYPES, lambda text: text.replace("spreadsheetml.styles+xml", "x+xml"))
    assert read(saved(tmp_path / "book.xlsx", unnamed)).instance is not None
    dated = with_part(unnamed, LINES, lambda text: text.replace('<c r="D2"', '<c r="D2" s="0"'))
    (fault,) = read(saved(tmp_path / "book.xlsx", dated)).faults
    assert "a format of the number 0, of 0" in fault.message


@pytest.mark.parametrize(
    "command",
    [
        "check BAD",
        "solve BAD -o OUT",
        "compare BAD -o OUT",
        "frontier BAD -o OUT",
        "money BAD -o OUT",
        "alternatives BAD -o OUT",
        "withdraw BAD -o OUT",
        "fairness BAD --group PL -o OUT",
        "evaluate BAD GOOD -o OUT",
        "evaluate GOOD BAD -o OUT",
        "merge BAD GOOD -o OUT",
        "merge GOOD BAD -o OUT",
        "extract BAD --nation PL -o OUT",
        "diff BAD GOOD",
        "diff GOOD BAD",
    ],
)
def test_every_command_that_opens_a_workbook_refuses_it(
    command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Had the fast reader seen it, the whole process would have been aborted, and this test run with it."""
    bad = saved(tmp_path / "bad.xlsx", also(rb"xl\worksheets\sheet6.xml", _far_out())())
    places = {"BAD": str(bad), "GOOD": str(saved(tmp_path / "good.xlsx", GOOD)), "OUT": str(tmp_path / "out")}
    assert run([places.get(word, word) for word in command.split(" ")]) == 2
    said = "".join(capfd.readouterr())
    assert "odd name" in said.replace("\n", " ")
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists()


def _far_out() -> bytes:
    """The sheet Lines with one cell so far out that the rectangle up to it does not fit into memory."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return parts_of(GOOD)[LINES].replace(b"</sheetData>", far.encode())


def test_cells_error_names_its_cells() -> None:
    with pytest.raises(CellsError, match="the sheet Lines, D2"):
        inspect_workbook(CELLS["two_values"][0]())
    with pytest.raises(UnreadableError):
        inspect_workbook(b"")

"""Which part of an archive is the workbook, which are its sheets, and where its texts and formats are.

Some programs go by the content types, some by the relations, some by the usual names. All three must agree.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.workbook.package.archive import Archive
from planner.workbook.package.unreadable import DoubtfulError, NoWorkbookError, UnreadableError
from planner.workbook.package.xml import elements, local

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_WORKBOOK_TYPES = frozenset(
    [
        *(f"{_SPREADSHEET}{kind}.main+xml" for kind in ("sheet", "template")),
        *(f"application/vnd.ms-excel.{kind}.macroEnabled.main+xml" for kind in ("sheet", "template", "addin")),
    ]
)
_TYPES, _ROOT_LINKS = "[Content_Types].xml", "_rels/.rels"
_WORKBOOK, _WORKBOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STYLES = "xl/styles.xml"
_SHARED = {"sharedStrings": "xl/sharedStrings.xml", "styles": STYLES}
_OTHER_KINDS = ("mimetype", "content.xml", "xl/workbook.bin")  # what only other kinds of workbooks hold
_UNIQUE = frozenset({"sheets", "workbookPr"})


@dataclass(frozen=True)
class Package:
    """The parts that hold what a workbook says; `sheets` by name in order, without charts and macros.

    `hidden`: the names of those that a spreadsheet program does not show.
    """

    sheets: Mapping[str, str]
    texts: str | None
    styles: str | None
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Link:
    """A relation: what kind of part it leads to, and which (None: outside the archive)."""

    kind: str
    target: str | None


def read_package(archive: Archive) -> Package:
    """Raises UnreadableError where the archive is no workbook, or where programs may find other sheets in it."""
    workbook, links = archive.find(_WORKBOOK), archive.find(_WORKBOOK_LINKS)
    if workbook is None or links is None:
        raise NoWorkbookError
    if other := next(filter(None, map(archive.find, _OTHER_KINDS)), None):
        raise DoubtfulError(f"is also a workbook of another kind (its part {other})")
    kinds = _content_types(archive)
    _check_workbook(archive, kinds, workbook)
    related = _links(archive, links)
    shared = {name: _shared_part(archive, kinds, related.values(), name) for name in _SHARED}
    stated = _stated_sheets(archive, workbook)
    hidden = frozenset(sheet.name for sheet in stated if sheet.is_hidden)
    return Package(_sheets(archive, kinds, stated, related), shared["sharedStrings"], shared["styles"], hidden)


def _content_types(archive: Archive) -> dict[str, str]:
    """The content type of each part, by its name."""
    part = archive.find(_TYPES)
    if part is None:
        raise UnreadableError(f"is no Excel workbook: its part {_TYPES} is missing; save it as .xlsx")
    stated: dict[tuple[str, str], str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        what = local(name)
        if what in ("Default", "Override"):
            key = what, attributes.get("Extension" if what == "Default" else "PartName", "").casefold()
            if key in stated:
                raise DoubtfulError(f"states the kind of {key[1]} twice (its part {_TYPES})")
            stated[key] = attributes.get("ContentType", "")

    elements(archive, part, start)
    workbooks = [key[1] for key, kind in stated.items() if key[0] == "Override" and kind in _WORKBOOK_TYPES]
    if len(workbooks) > 1:
        raise DoubtfulError(f"names several workbooks ({', '.join(workbooks)} in its part {part})")
    types = {}
    for name in archive.members:
        default = stated.get(("Default", name.casefold().rpartition(".")[2]), "")
        types[name] = stated.get(("Override", "/" + name.casefold()), default)
    return types


def _check_workbook(archive: Archive, kinds: Mapping[str, str], workbook: str) -> None:
    """Relations and content types name the same part as the workbook as its usual name."""
    part = archive.find(_ROOT_LINKS)
    if part is None:
        raise UnreadableError(f"is no Excel workbook: its part {_ROOT_LINKS} is missing; save it as .xlsx")
    named = [link.target for link in _links(archive, part).values() if link.kind == "officeDocument"]
    if named != [workbook] or kinds[workbook] not in _WORKBOOK_TYPES:
        shown = ", ".join(str(name) for name in named) or "none"
        raise DoubtfulError(f"names another part than {workbook} as its workbook ({shown}; {kinds[workbook]})")


def _links(archive: Archive, part: str) -> dict[str, _Link]:
    """The relations in a part of relations, by their name."""
    links: dict[str, _Link] = {}
    folder = posixpath.dirname(posixpath.dirname(part))

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) != "Relationship":
            return
        identifier, target = attributes.get("Id", ""), attributes.get("Target", "")
        if identifier in links:
            raise DoubtfulError(f"its part {part} states the relation {identifier} twice")
        kind, outside = attributes.get("Type", ""), attributes.get("TargetMode", "Internal") != "Internal"
        if kind.startswith(_STRICT):
            raise UnreadableError(
                "is of the kind Strict Open XML Spreadsheet; save it as Excel Workbook (.xlsx) without Strict"
            )
        links[identifier] = _Link(
            kind.removeprefix(_LINKS + "/"), None if outside else _resolved(archive, folder, target)
        )

    elements(archive, part, start)
    return links


def _resolved(archive: Archive, folder: str, target: str) -> str:
    """The part that a target names; where there is none, its name."""
    path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
    return archive.find(path) or path


def _part_of(archive: Archive, link: _Link, words: str) -> str:
    """The part that a relation leads to. Raises UnreadableError where it is outside, or is not there."""
    if link.target is None:
        raise DoubtfulError(f"takes {words} from another file")
    if link.target not in archive.members:
        raise DoubtfulError(f"is damaged: {words} is missing from it (its part {link.target} is not there)")
    return link.target


def _shared_part(archive: Archive, kinds: Mapping[str, str], links: Iterable[_Link], name: str) -> str | None:
    """The part with the texts, or with the formats, of all sheets: one, under its usual name, or none."""
    usual = archive.find(_SHARED[name])
    named = {_part_of(archive, link, f"the part {name}") for link in links if link.kind == name}
    count = sum(link.kind == name for link in links)
    typed = {part for part, kind in kinds.items() if kind == f"{_SPREADSHEET}{name}+xml"}
    expected = set() if usual is None else {usual}
    if name == "styles" and not named and not typed:
        return None  # some programs see it and some do not: no cell may refer to it
    if named != expected or count > 1 or (typed != expected and (typed or name == "sharedStrings")):
        shown = ", ".join(sorted(named | typed | expected))
        raise DoubtfulError(f"does not say clearly which of its parts is {name}, or names several ({shown})")
    return usual


@dataclass(frozen=True)
class _StatedSheet:
    """A sheet as the workbook lists it; `link`: the name of its relation."""

    name: str
    link: str
    is_hidden: bool


def _sheets(
    archive: Archive, kinds: Mapping[str, str], stated: Iterable[_StatedSheet], links: Mapping[str, _Link]
) -> dict[str, str]:
    """The part of each worksheet, by its name in the workbook."""
    sheets: dict[str, str] = {}
    seen: set[str] = set()
    for sheet in stated:
        name, link = sheet.name, links.get(sheet.link)
        if not name.strip():
            raise DoubtfulError(f"has a sheet without a name (number {len(seen) // 2 + 1})")
        if link is None:
            raise DoubtfulError(f"is damaged: the sheet {name} is of no part (relation {sheet.link!r})")
        part = _part_of(archive, link, f"the sheet {name}")
        if twice := seen.intersection({f"name {name.casefold()}", f"part {part}"}):
            raise DoubtfulError(f"has two sheets of one {min(twice)} (the second is {name})")
        seen |= {f"name {name.casefold()}", f"part {part}"}
        is_table = kinds[part] == f"{_SPREADSHEET}worksheet+xml"
        if is_table != (link.kind == "worksheet"):
            raise DoubtfulError(f"does not say clearly whether the sheet {name} is a worksheet (its part {part})")
        if is_table:
            sheets[name] = part
    return sheets


def _stated_sheets(archive: Archive, workbook: str) -> list[_StatedSheet]:
    """Each sheet, as the workbook lists them in the one place where all programs look."""
    sheets: list[_StatedSheet] = []
    open_elements: list[str] = []
    once: set[str] = set()
    prefix = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal prefix
        if not open_elements:
            prefix = root_prefix(workbook, name, attributes, "workbook")
        what = local(name)
        expected = {"sheet": ["workbook", "sheets"], "sheets": ["workbook"], "workbookPr": ["workbook"]}.get(what)
        if expected is not None:
            where = [prefix + each for each in expected]
            if open_elements != where or name != prefix + what or (what in _UNIQUE and what in once):
                raise DoubtfulError(f"lists its sheets in an unusual place (<{name}> in its part {workbook})")
            once.add(what)
        if what == "workbookPr" and prefix and attributes.get("date1904", "0") not in ("0", "false"):
            raise DoubtfulError(f"counts days from 1904 in an unusual way (its part {workbook})")
        if what == "sheet":
            identifiers = [value for key, value in attributes.items() if local(key) == "id"]
            if len(identifiers) != 1:
                raise DoubtfulError(f"does not say clearly which part the sheet {attributes.get('name')} is")
            is_hidden = attributes.get("state", "visible") != "visible"
            sheets.append(_StatedSheet(attributes.get("name", ""), identifiers[0], is_hidden))
        open_elements.append(name)

    def end(_: str) -> None:
        open_elements.pop()

    elements(archive, workbook, start, end)
    return sheets


def root_prefix(part: str, name: str, attributes: Mapping[str, str], expected: str) -> str:
    """The prefix (with its colon) of the elements of a part, by its outermost one, which must be the expected one."""
    prefix = name.removesuffix(expected)
    declared = attributes.get(f"xmlns:{prefix[:-1]}" if prefix else "xmlns", "")
    if declared.startswith(_STRICT):
        raise UnreadableError(
            "is of the kind Strict Open XML Spreadsheet; save it as Excel Workbook (.xlsx) without Strict"
        )
    if local(name) != expected or declared != MAIN:
        raise DoubtfulError(
            f"holds something else than a {expected} of Excel in its part {part} (<{name}>, {declared!r})"
        )
    return prefix

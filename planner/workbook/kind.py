"""What a file or folder is, by its contents: to say it of one that is given in place of another."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

# The file by which a folder that a command wrote is known, with the command.
_ANALYSES = (
    *("compare", "frontier", "money", "remedy", "alternatives", "stress", "withdraw", "fairness"),
    *("merge", "extract", "review"),
)
WRITTEN_BY = {"run.json": "solve"} | {f"{command}.json": command for command in _ANALYSES}
RUN = "run.json"
ABSENT, EMPTY, DATABASE = "not there", "an empty file", "an SQLite database"
DECISION, DAMAGED_JSON, TOML = "a decision record", "a damaged JSON file", "a TOML file"
_FIRST_BYTES = {
    b"PK": "",  # see _archive
    b"SQLite format 3": DATABASE,
    b"\xd0\xcf\x11\xe0": "an old or password-protected Office file",
    b"%PDF": "a PDF file",
}
_TEXTS = {".html": "a web page", ".toml": TOML, ".csv": "a CSV file"}
_NAMES = _TEXTS | {
    ".xlsx": "an Excel workbook",
    ".xlsm": "an Excel workbook",
    ".json": "a JSON file",
    ".pdf": "a PDF file",
}


def what_is(path: Path) -> str:
    """What `path` is, with its article: `a decision record`, `a folder that planner compare wrote`; or `not there`."""
    if path.is_dir():
        return _folder(path)
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except OSError as problem:
        return f"a file that cannot be read ({problem.strerror or problem})"
    if not content:
        return EMPTY
    for start, kind in _FIRST_BYTES.items():
        if content.startswith(start):
            return kind or _archive(content)
    return _text(path, content)


def named_as(path: Path) -> str | None:
    """What a file of that name is taken for, with its article: `an Excel workbook`; None for other endings."""
    return _NAMES.get(path.suffix.lower())


def no_run_folder(path: Path) -> str:
    """The sentence that `path` is no run folder: what it is, what is expected, and the run folder around it,
    if there is one.
    """
    why = f"it has no {RUN}" if path.is_dir() and not written_by(path) else f"it is {what_is(path)}"
    around = next((str(folder) for folder in path.parents if (folder / RUN).is_file()), "")
    near = f", did you mean {around}?" if around else ""
    return f"{path} is no run folder: {why}; expected a folder that planner solve wrote{near}"


def written_by(folder: Path) -> str | None:
    """The command that wrote a folder; None where it is of another kind."""
    return next((command for file, command in WRITTEN_BY.items() if (folder / file).is_file()), None)


def _folder(path: Path) -> str:
    command = written_by(path)
    if command:
        return f"a folder that planner {command} wrote"
    files = list(path.iterdir())
    if not files:
        return "an empty folder"
    return "a folder of CSV files" if any(file.suffix.lower() == ".csv" for file in files) else "a folder"


def _archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            is_workbook = "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return "a damaged zip archive or workbook"
    return "an Excel workbook" if is_workbook else "a zip archive"


def _text(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "a file of an unknown kind"
    if "\0" in text:
        return "a file of an unknown kind"
    if text.lstrip()[:1] in ("{", "["):
        return _json(path, text)
    return _TEXTS.get(path.suffix.lower(), "a text file")


def _json(path: Path, text: str) -> str:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return DAMAGED_JSON if path.suffix.lower() == ".json" else _TEXTS.get(path.suffix.lower(), "a text file")
    if isinstance(data, dict) and "decision" in data:
        return DECISION
    command = WRITTEN_BY.get(path.name)
    return f"the record of planner {command}" if command else "a JSON file of another kind"

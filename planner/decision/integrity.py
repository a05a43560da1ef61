"""What of all that a decision record names is still there, as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planner.decision.content import file_hashes, model_hashes, program_hash, tolerances_used
from planner.decision.record import Decision, DecisionRecord, broken_links
from planner.errors import UsageError
from planner.report.words.numbers import listing, plural
from planner.run.versions import versions
from planner.workbook.kind import RUN


@dataclass
class Integrity:
    """What was found. `faults`: what was changed; `notes`: what is gone, or another version; a sentence each.

    `folder` is the run folder, None where it is gone; `checked` counts the files whose hash is as recorded.
    """

    folder: Path | None
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checked: int = 0


def integrity(record: DecisionRecord, path: Path, seal: str | None = None) -> Integrity:
    """Hold the chain, the run folder, what was considered, the model and the versions against the record at `path`.

    `seal`: a hash that was noted elsewhere, such as in the minutes; it must be one of the chain. Raises UsageError
    where it is no hash.
    """
    decision = record.decision
    result = Integrity(run_folder(decision, path))
    result.faults += broken_links(record)
    if seal is not None and _seal(seal) not in record.seals:
        result.faults.append(
            f"the seal {_seal(seal)} is none of this record's: what it signed was changed, or taken away since"
        )
    if result.folder is None:
        result.notes.append(f"the run folder {decision.run.path} is gone: its files are not checked")
    else:
        _check_folder(result, decision, result.folder)
    _check_considered(result, decision)
    result.notes += _other_program(decision)
    return result


def run_folder(decision: Decision, place: Path) -> Path | None:
    """The run folder: beside the record, or where it was; None where it is gone."""
    beside = place.resolve().parent / decision.run.folder
    return next((path for path in (beside, Path(decision.run.path)) if (path / RUN).is_file()), None)


def changed_files(files: Mapping[str, str], folder: Path) -> list[str]:
    """Which files of the folder are not what was signed, or gone, a sentence each."""
    hashes = file_hashes(folder)
    changed = [
        f"{folder / name} was changed since" for name, digest in files.items() if hashes.get(name, digest) != digest
    ]
    return changed + [f"{folder / name} is gone" for name in files if name not in hashes]


def _check_folder(result: Integrity, decision: Decision, folder: Path) -> None:
    here = file_hashes(folder)
    for name, digest in decision.files.items():
        if name not in here:
            result.notes.append(f"{folder / name} is gone: it is not checked")
        elif here[name] != digest:
            result.faults.append(f"{folder / name} was changed after it was signed")
        else:
            result.checked += 1
    further = sorted(set(here) - set(decision.files))
    if further:
        result.notes.append(
            f"{folder} holds {plural(len(further), 'file')} that the record does not name: {listing(further)}"
        )


def _check_considered(result: Integrity, decision: Decision) -> None:
    for one in decision.considered:
        path = Path(one.path) / one.file
        if not path.is_file():
            result.notes.append(f"{path} (considered) is gone: it is not checked")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != one.sha256:
            result.faults.append(f"{path} (considered) was changed after it was signed")
        else:
            result.checked += 1


def _other_program(decision: Decision) -> Iterator[str]:
    """What of the program is another than then. No fault: the same plan may come out."""
    here = versions()
    for name in sorted(set(decision.versions) | set(here)):
        then, today = decision.versions.get(name, "none"), here.get(name, "none")
        if then != today:
            yield f"another version of {name}: {today}, not {then}"
    if decision.program_sha256 != program_hash():
        yield "the program's own files are others than when the record was made"
    try:
        models = model_hashes(decision.model.name)
    except OSError:
        models = {}
    yield from (f"models/{name}.toml is another than then" for name, digest in decision.model_files.items()
                if models.get(name) != digest)  # fmt: skip
    today_used = tolerances_used()
    for name, value in decision.tolerances.items():
        if today_used.get(name) != value:
            yield f"another tolerance {name}: {today_used.get(name, 'none')}, not {value}"


def _seal(text: str) -> str:
    plain = text.strip().lower()
    if len(plain) != 64 or set(plain) - set("0123456789abcdef"):
        raise UsageError(f"--seal: found {text!r}, expected the 64 hexadecimal digits that planner record prints")
    return plain

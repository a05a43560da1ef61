"""The decision record written, and approvals added to it: each signs what stood before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.decision.content import decision_of, now
from planner.decision.integrity import changed_files
from planner.decision.page import page_of
from planner.decision.record import ENDING, DecisionRecord, approved, broken_links, signed
from planner.errors import BusyError, DecisionError, UsageError
from planner.records.reading import read_record, write_record
from planner.run.folder import file_lock, whole_file
from planner.run.refusal import refuse_file
from planner.workbook.kind import DAMAGED_JSON, DECISION, RUN, no_run_folder, what_is


@dataclass(frozen=True)
class Approver:
    """Who approves, and what they say."""

    name: str
    words: str = ""


def record_decision(
    folder: Path,
    target: Path | None = None,
    considered: Sequence[Path] = (),
    consent: Approver | None = None,
    replace: bool = False,
) -> tuple[Path, DecisionRecord]:
    """Write the decision record of a run folder, or add an approval to the one that is there; its path, and what it
    says.

    `target` is by default FOLDER.decision.json beside the folder. Raises UsageError where there is nothing to record,
    or something that may not be written over; DecisionError where the record or what it signs was changed; BusyError
    where another process is writing it; FolderError.
    """
    target = target or folder.resolve().with_name(folder.resolve().name + ENDING)
    if not (folder / RUN).is_file():
        raise UsageError(no_run_folder(folder))
    if target.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{target} lies in the run folder, which it signs; choose a place outside it")
    adds = target.exists() and consent is not None and not replace and not considered
    made = None if adds else _made(folder, target, considered, replace)
    with file_lock(target.with_name(f"{target.name}.lock")) as mine:
        if not mine:
            raise BusyError(f"{target} is being written by another process; nothing was changed")
        if made is None:
            record = _kept(target, folder)
        else:
            _refuse(target, replace, bool(considered))  # somebody may have come in between
            record = made
        if consent is not None:
            record = approved(record, consent.name, consent.words, now())
        _write(record, target)
    return target, record


def read_decision(path: Path) -> DecisionRecord:
    """A decision record. Raises UsageError where there is none or it is damaged."""
    kind = what_is(path)
    if kind not in (DECISION, DAMAGED_JSON):
        beside = path.with_name(path.name + ENDING)
        near = f", did you mean {beside}?" if beside.is_file() else f", such as NAME{ENDING}"
        raise UsageError(f"{path} is no decision record: it is {kind}; expected what planner record wrote{near}")
    return read_record(path, DecisionRecord)


def _made(folder: Path, target: Path, considered: Sequence[Path], replace: bool) -> DecisionRecord:
    """The record made anew, if it may be written."""
    _refuse(target, replace, bool(considered))
    return signed(decision_of(folder, considered))


def _kept(target: Path, folder: Path) -> DecisionRecord:
    """The record that is there, if it holds and signs this folder as it is."""
    record = read_decision(target)
    faults = [*broken_links(record), *changed_files(record.decision.files, folder)]
    if faults:
        raise DecisionError("\n".join([*(f"{target}: {fault}" for fault in faults), "The approval was not added."]))
    return record


def _refuse(target: Path, replace: bool, considered: bool) -> None:
    """Raise UsageError where the record may not be written; one that somebody approved is never written over."""
    if target.exists() and not replace:
        more = (
            "what was considered is part of what is approved" if considered else "--approved-by NAME adds an approval"
        )
        raise UsageError(f"{target} exists ({more}); choose another name, or --replace to write over it")
    refuse_file(target, "a decision record", ".json", replace)
    if target.exists():
        names = [approval.name for approval in read_decision(target).approvals]
        if names:
            raise UsageError(
                f"{target} was approved by {', '.join(names)} and is not written over; choose another name"
            )


def _write(record: DecisionRecord, target: Path) -> None:
    with whole_file(target.with_suffix(".html")) as hidden:
        hidden.write_text(page_of(record, target.name), encoding="utf-8", newline="\n")
    with whole_file(target) as hidden:
        write_record(record, hidden)

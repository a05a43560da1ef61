"""The order of things in a merge: read, settle, lay out, check, write; whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from planner.errors import Fault, InputError, UsageError
from planner.exchange.gaps import KINDS, Gap, beside, placeholders, silent_nations, unclaimed_nodes, unstated_references
from planner.exchange.merge.merged import MergedTables, as_input, lay_out, provenance
from planner.exchange.merge.record import GapsRecord, MergeRecord, SourceRecord
from planner.exchange.merge.resolve import Settled, StatementConflict, settle
from planner.exchange.merge.sources import (
    Sender,
    Statements,
    merged_settings,
    note_sheets,
    read_senders,
    read_statements,
    stated_settings,
    unknown_speakers,
)
from planner.exchange.rights import CELL, Territory
from planner.records.reading import write_record
from planner.run.folder import whole_file, whole_folder
from planner.run.refusal import refuse_input
from planner.workbook import interpret
from planner.workbook.names.names import suggestion
from planner.workbook.reading.reader import read_tables
from planner.workbook.reading.spelling import write_csv_folder
from planner.workbook.write.convert import write_sheets

RECORD = "merge.json"
_ROW = re.compile(r"\brow (\d+)\b")


@dataclass(frozen=True)
class Merged:
    """What a merge wrote, and what the coordination cell should know of it."""

    path: Path
    senders: tuple[Sender, ...]
    rows: int
    decided: tuple[StatementConflict, ...]
    gaps: tuple[Gap, ...]


def merge(
    workbooks: Sequence[Path],
    output: Path,
    prefer: Sequence[str] = (),
    *,
    with_gaps: bool = False,
    replace: bool = False,
) -> Merged:
    """Merge what each sender states into one input at `output` (.xlsx, or a folder of CSV files).

    `prefer` names the speakers whose word decides conflicts, the first first. With `with_gaps` the input is also
    written where it refers to names that nobody states. Raises InputError, which lists every conflict that is not
    decided, every row that its sender may not state, and every fault, in the sender's file and cell; UsageError for
    a list that cannot be merged or a place that may not be written.
    """
    _refuse(workbooks, output, replace)
    senders = read_senders(workbooks)
    _check_preference(prefer, senders)
    settings = stated_settings(senders)
    stated = read_statements(senders, merged_settings(settings))
    territory = Territory((row.speaker, name, row.texts) for name, rows in stated.rows.items() for row in rows)
    settled = settle(stated, territory, prefer)
    if unknown := unknown_speakers(senders, territory.nations):
        raise InputError(unknown)  # whatever else they state is nobody's
    faults = [*stated.faults, *settled.faults]
    faults += [conflict.fault for conflict in settled.conflicts if conflict.decided is None]
    if faults:
        raise InputError(faults)
    return _write(output, senders, stated, settled, with_gaps, replace)


def _write(
    output: Path, senders: Sequence[Sender], stated: Statements, settled: Settled, with_gaps: bool, replace: bool
) -> Merged:
    horizon = stated.meaning.horizon
    labels = [horizon.label(period) for period in range(horizon.periods)] if horizon else []
    merged = lay_out(settled.rows, labels)
    nations = [row.cells["nation"].text for row in settled.rows["Nations"] if "nation" in row.cells]
    speakers = {sender.file: sender.speaker for sender in senders}
    silent = silent_nations(nations, speakers.values())
    references = _checked(merged, output, silent, with_gaps)
    gaps = [*silent, *placeholders(merged), *unclaimed_nodes(merged, speakers), *references]
    result = Merged(output, tuple(senders), len(merged.rows), tuple(settled.conflicts), tuple(gaps))
    sheets = merged.texts | note_sheets(senders)
    sheets |= {
        "#sources": _sources(senders),
        "#conflicts": _conflict_rows(settled.conflicts),
        "#gaps": _gap_rows(gaps),
    } | provenance(merged)
    if output.suffix:
        with whole_file(output) as hidden:
            write_sheets(sheets, hidden)
    else:
        with whole_folder(output, replace) as hidden:
            write_csv_folder(sheets, hidden)
            write_record(_record(result), hidden / RECORD)
    return result


def _checked(merged: MergedTables, output: Path, silent: Sequence[Gap], with_gaps: bool) -> list[Gap]:
    """The missing references, if they may be missing. Raises InputError for all that `planner check` would refuse."""
    raw = as_input(merged, output)
    faults = interpret(raw).faults
    gaps = unstated_references(merged, read_tables(raw)) if faults else {}
    others = [*beside(faults, gaps)]
    wrong = others if with_gaps else [*faults]
    if wrong:
        unstated = 0 if with_gaps else len(faults) - len(others)
        raise InputError([_in_senders_words(fault, merged) for fault in wrong], _way_out(unstated, silent))
    return [*gaps.values()]


def _way_out(unstated: int, silent: Sequence[Gap]) -> str:
    """What helps where names are missing that nobody states; blank where none are."""
    if not unstated:
        return ""
    who = f" ({'; '.join(gap.message for gap in silent)})" if silent else ""
    return f"Names that nobody states: {unstated} of them{who}. With --with-gaps the input is written nevertheless."


def _in_senders_words(fault: Fault, merged: MergedTables) -> Fault:
    """A fault of the merged input, at the cell of the sender who said it (or who stated its row)."""
    sheet, place = fault.sheet or "", (fault.sheet or "", fault.cell or "")

    def source(match: re.Match[str]) -> str:
        row = merged.rows.get((sheet, int(match[1])))
        return next(iter(row.cells.values())).place if row else match[0]

    message = _ROW.sub(source, fault.message)
    statement, row = merged.statements.get(place), merged.row_of(place)
    if statement is None and row is not None:
        statement = next(iter(row.cells.values()))
    where = statement.place if statement else f"all workbooks together, {sheet or fault.place}"
    return replace(fault, place=where, message=message, sheet=None, cell=None)


def _refuse(workbooks: Sequence[Path], output: Path, replace: bool) -> None:
    if len(workbooks) < 2:
        raise UsageError("a merge takes two workbooks or more")
    resolved = [path.resolve() for path in workbooks]
    twice = next((path for path in workbooks if resolved.count(path.resolve()) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice} is given twice")
    if output.resolve() in resolved:
        raise UsageError(f"{output} is one of the workbooks to merge; choose another name")
    refuse_input(output, replace)


def _check_preference(prefer: Sequence[str], senders: Sequence[Sender]) -> None:
    speakers = list(dict.fromkeys(sender.speaker for sender in senders))
    for name in prefer:
        if name not in speakers:
            raise UsageError(f"--prefer: {name!r} sent no workbook{suggestion(name, speakers)}")


def _sources(senders: Sequence[Sender]) -> list[list[str]]:
    rows = [[sender.speaker, sender.file, sender.raw.sha256] for sender in senders]
    return [["stated by", "file", "sha256"], *rows]


def _conflict_rows(conflicts: Sequence[StatementConflict]) -> list[list[str]]:
    rows = [["sheet", "row", "column", "stated by", "value", "file", "cell", "holds"]]
    for conflict in conflicts:
        for speaker, statement in conflict.statements:
            holds = "yes" if speaker == conflict.decided else "no"
            place = [statement.file, f"{statement.sheet}!{statement.cell}"]
            rows.append([conflict.table, conflict.row, conflict.column, speaker, statement.text, *place, holds])
    return rows


def _gap_rows(gaps: Sequence[Gap]) -> list[list[str]]:
    rows = [[gap.kind, gap.nation, gap.sheet, gap.cell, gap.message] for gap in gaps]
    return [["kind", "nation", "sheet", "cell", "what"], *rows]


def _record(merged: Merged) -> MergeRecord:
    """merge.json: what was merged, for programs."""
    return MergeRecord(
        sources=tuple(SourceRecord(stated_by=s.speaker, file=s.file, sha256=s.raw.sha256) for s in merged.senders),
        rows=merged.rows,
        conflicts_decided=len(merged.decided),
        gaps=GapsRecord.model_validate({kind: sum(gap.kind == kind for gap in merged.gaps) for kind in KINDS}),
    )


def speakers(merged: Merged) -> list[str]:
    """Who spoke, the coordination cell last."""
    return sorted(dict.fromkeys(s.speaker for s in merged.senders), key=lambda name: (name == CELL, name))

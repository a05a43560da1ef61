"""What holds where several speak: conflicts are named, placeholders give way, and nobody speaks for another.

Rows are distinguished by the keys of the schema, and settled cell by cell; a blank cell says nothing. Rows that only
mean something together (rows that add up, alternatives of a fund, the changes of an option, the periods of a
wide demand) are one statement: they are taken from one sender, whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from planner.errors import Fault
from planner.exchange.merge.sources import Statements
from planner.exchange.merge.statements import NOTE, StatedRow, Statement
from planner.exchange.rights import CELL, CONTESTED, RIGHTS, Territory
from planner.workbook.reading.periods import show
from planner.workbook.reading.table import normalise
from planner.workbook.schema import Table

# Tables of which nations state rows, but none that leads to no nation: it would count for all.
WHOLE = frozenset({"Budgets", "Components", "Consents", "Actuals"})
# Settings on which the meaning of figures hangs: whoever differs in them has to change the workbook.
CALENDAR = frozenset({"currency", "start", "periodlength"})


@dataclass(frozen=True)
class StatementConflict:
    """A cell (or, where rows are one statement, their differing part) on which two that may state it differ.

    `statements`: (speaker, what its cell says) of each; `decided`: the speaker whose word was preferred, if one was.
    """

    table: str
    row: str
    column: str
    statements: tuple[tuple[str, Statement], ...]
    decided: str | None = None
    final: str = ""  # why nobody can be preferred
    silent: bool = False  # it is the cell's to state, and the cell says nothing

    @property
    def fault(self) -> Fault:
        """Who says what, in which cell, and who can decide."""
        words = "; ".join(
            f"{speaker} says {show(statement.text)} ({statement.place})" for speaker, statement in self.statements
        )
        way = self.final or f"one of them changes it, or --prefer {self.statements[0][0]} decides"
        if self.silent:
            decides = f"it leaves it out, the cell states it too, or --prefer {self.statements[0][0]} (or cell) decides"
            way = f"it is for the cell to state, which says nothing; {decides}"
        return Fault(self.statements[0][1].place, f"conflict over {self.column} of {self.row}: {words}; {way}")


@dataclass(frozen=True)
class SettledRow:
    """A row of the merged input. `placeholder`: columns that the cell filled in for `owners`, who are silent there."""

    table: Table
    words: str
    cells: Mapping[str, Statement]
    owners: frozenset[str]
    placeholder: tuple[str, ...] = ()


@dataclass
class Settled:
    """What came of it, and what is in the way: conflicts not decided, and rows that their senders may not state."""

    rows: dict[str, list[SettledRow]] = field(default_factory=dict)
    conflicts: list[StatementConflict] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def settle(stated: Statements, territory: Territory, prefer: Sequence[str]) -> Settled:
    """Settle every row of every table; `prefer` are the speakers whose word decides, the first first."""
    settled = Settled()
    for name, rows in stated.rows.items():
        together: dict[tuple[Hashable, ...], list[StatedRow]] = defaultdict(list)
        for row in rows:
            together[row.key].append(row)
        settled.rows[name] = []
        for alike in together.values():
            desk = _StatedRows(stated, territory.owners(name, _all_texts(alike)), prefer, settled)
            desk.settle(alike)
    return settled


def _all_texts(rows: Iterable[StatedRow]) -> dict[str, str]:
    """All that is said of a row, the first word of each."""
    texts: dict[str, str] = {}
    for row in rows:
        texts = {**row.texts, **texts}
    return texts


class _StatedRows:
    """One row (or rows that are one statement), and all that was said of it."""

    def __init__(self, stated: Statements, owners: frozenset[str], prefer: Sequence[str], settled: Settled) -> None:
        self._stated, self._owners, self._prefer, self._settled = stated, owners, prefer, settled

    def settle(self, rows: Sequence[StatedRow]) -> None:
        """Put what holds into the settled rows; rows that their senders may not state are faults."""
        allowed, placeholders = [], []
        for row in rows:
            if row.speaker == CELL and self._owners:
                placeholders.append(row)
            elif row.speaker == CELL or not self._owners or row.speaker in self._owners:
                allowed.append(row)
            else:
                self._settled.faults.append(_trespass(row, self._owners))
        if not allowed and not placeholders:
            return
        if self._of_the_cell(rows[0]) and all(row.speaker != CELL for row in rows):
            statements = {row.speaker: (row.speaker, row.first) for row in reversed(rows)}
            if not self._cell_lets_pass(rows[0], "the row", list(reversed(statements.values()))):
                return
        files = Counter(row.first.file for row in rows)
        table = rows[0].table
        one_statement = table.adds_up or not table.key or table.name in self._stated.wide
        if one_statement or max(files.values()) > 1:
            self._settle_together(allowed, placeholders)
        else:
            self._settle_cells(allowed, placeholders)

    def _of_the_cell(self, row: StatedRow) -> bool:
        """Is it the cell's alone to state? Of things without a nation, as of markets, any nation may speak."""
        return not self._owners and (row.table.name not in RIGHTS or row.table.name in WHOLE)

    def _cell_lets_pass(self, row: StatedRow, column: str, statements: Sequence[tuple[str, Statement]]) -> bool:
        """What nations say where the cell is silent is a conflict; it holds where one of them is preferred."""
        decided = self._decided([*dict.fromkeys(speaker for speaker, _ in statements), CELL])
        conflict = StatementConflict(row.table.name, row.words, column, tuple(statements), decided, silent=True)
        self._settled.conflicts.append(conflict)
        return decided not in (None, CELL)

    def _settle_cells(self, allowed: Sequence[StatedRow], placeholders: Sequence[StatedRow]) -> None:
        """One row of each sender: cell by cell."""
        rows = [*allowed, *placeholders]
        cells: dict[str, Statement] = {}
        held: list[str] = []
        for column in dict.fromkeys(name for row in rows for name in row.cells):
            speaking = rows if column in CONTESTED.get(rows[0].table.name, ()) else allowed
            statements = [(row.speaker, row.cells[column]) for row in speaking if column in row.cells]
            heard = {row.speaker for row in rows}
            unasked = column[0] != NOTE and CELL in heard and CELL not in {speaker for speaker, _ in statements}
            if (
                statements
                and unasked
                and self._of_the_cell(rows[0])
                and not self._cell_lets_pass(rows[0], column, statements)
            ):
                continue
            if statements:
                cells[column] = statements[0][1] if column[0] == NOTE else self._one_of(rows[0], column, statements)
            else:
                cells[column] = next(row.cells[column] for row in placeholders if column in row.cells)
                named = bool(allowed) and column in rows[0].table.key  # the owner's row has a name that follows
                held += [column] if column[0] != NOTE and not named else []
        self._keep(rows[0], cells, tuple(held))

    def _one_of(self, row: StatedRow, column: str, statements: Sequence[tuple[str, Statement]]) -> Statement:
        """What holds of what was said; where it differs, a conflict."""
        distinct: dict[Hashable, tuple[str, Statement]] = {}
        for speaker, each in statements:
            meaning = self._meaning(row, column, each.text)
            if meaning not in distinct or self._rank(speaker) < self._rank(distinct[meaning][0]):
                distinct[meaning] = (speaker, each)
        if len(distinct) == 1:
            return next((each for speaker, each in statements if speaker == CELL), statements[0][1])
        final = ""
        if row.table.name == "Settings" and row.key[0] in CALENDAR:
            final = "amounts and periods hang on it: the workbooks must agree"
        decided = None if final else self._decided(speaker for speaker, _ in distinct.values())
        final = final or _speaks_twice(speaker for speaker, _ in distinct.values())
        self._settled.conflicts.append(
            StatementConflict(row.table.name, row.words, column, tuple(distinct.values()), decided, final)
        )
        return next(each for speaker, each in distinct.values() if speaker == (decided or speaker))

    def _meaning(self, row: StatedRow, column: str, text: str) -> Hashable:
        if row.table.name == "Settings":
            meaning = self._stated.meaning
            return normalise(text) if column == "key" else meaning.of_setting(row.texts.get("key", ""), text)
        return self._stated.meaning.of(row.table, column, text)

    def _rank(self, speaker: str) -> int:
        """Who is preferred stands for all who say the same."""
        return self._prefer.index(speaker) if speaker in self._prefer else len(self._prefer)

    def _decided(self, speakers: Iterable[str]) -> str | None:
        """The first of those to be preferred who has spoken, once."""
        spoken = Counter(speakers)
        first = next((name for name in self._prefer if name in spoken), None)
        return first if first is not None and spoken[first] == 1 else None

    def _settle_together(self, allowed: Sequence[StatedRow], placeholders: Sequence[StatedRow]) -> None:
        """Rows that are one statement: those of one sender, whole."""
        by_file: dict[str, list[StatedRow]] = defaultdict(list)
        for row in allowed or placeholders:
            by_file[row.first.file].append(row)
        distinct: dict[Hashable, list[StatedRow]] = {}
        for rows in by_file.values():
            meaning = frozenset(Counter(map(self._all_meaning, rows)).items())
            if meaning not in distinct or self._rank(rows[0].speaker) < self._rank(distinct[meaning][0].speaker):
                distinct[meaning] = rows
        chosen = next(iter(distinct.values()))
        if len(distinct) > 1:
            speakers = [rows[0].speaker for rows in distinct.values()]
            decided = self._decided(speakers)
            chosen = next(rows for rows in distinct.values() if rows[0].speaker == (decided or rows[0].speaker))
            statements = [(rows[0].speaker, self._odd_one(rows, distinct.values())) for rows in distinct.values()]
            conflict = StatementConflict(
                chosen[0].table.name, chosen[0].words, "the rows", tuple(statements), decided, _speaks_twice(speakers)
            )
            self._settled.conflicts.append(conflict)
        weighed = self._weighed(chosen, placeholders) if allowed else {}
        for row in chosen:
            held = () if allowed else tuple(name for name in row.cells if name[0] != NOTE)
            self._keep(row, {**row.cells, **weighed}, held)

    def _weighed(self, chosen: Sequence[StatedRow], placeholders: Sequence[StatedRow]) -> dict[str, Statement]:
        """What holds in contested columns of a nation's rows that are one statement, where the cell states them too."""
        statements: dict[str, Statement] = {}
        for column in sorted(CONTESTED.get(chosen[0].table.name, ())):
            words = [(row.speaker, row.cells[column]) for row in (*chosen, *placeholders) if column in row.cells]
            if CELL in {speaker for speaker, _ in words}:
                statements[column] = self._one_of(
                    chosen[0], column, list({speaker: (speaker, statement) for speaker, statement in words}.values())
                )
        return statements

    def _all_meaning(self, row: StatedRow) -> Hashable:
        meanings = {name: self._meaning(row, name, each.text) for name, each in row.cells.items() if name[0] != NOTE}
        return frozenset(meanings.items())

    def _odd_one(self, rows: Sequence[StatedRow], others: Iterable[Sequence[StatedRow]]) -> Statement:
        """The first cell of a sender's rows that another's do not have."""
        theirs = [{(name, self._meaning(row, name, statement.text)) for row in each for name, statement in row.cells.items()}
                  for each in others if each is not rows]  # fmt: skip
        for row in rows:
            for name, statement in row.cells.items():
                if name[0] != NOTE and any(
                    (name, self._meaning(row, name, statement.text)) not in each for each in theirs
                ):
                    return statement
        return rows[0].first

    def _keep(self, row: StatedRow, cells: Mapping[str, Statement], held: tuple[str, ...]) -> None:
        row_kept = SettledRow(row.table, row.words, cells, self._owners, held)
        self._settled.rows[row.table.name].append(row_kept)


def _speaks_twice(speakers: Iterable[str]) -> str:
    twice = [speaker for speaker, count in Counter(speakers).items() if count > 1]
    return f"{twice[0]} sent both: send one, or let them agree" if twice else ""


def _trespass(row: StatedRow, owners: frozenset[str]) -> Fault:
    """A row that its sender may not state."""
    whose, table = " and ".join(sorted(owners)), row.table.name
    return Fault(
        row.first.place,
        f"found {row.words}, which is for {whose} to state; of {table}, {row.speaker} states {RIGHTS[table].words}: "
        "leave the row out, or put it on a sheet or in a column that starts with #",
    )

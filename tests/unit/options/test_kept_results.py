"""A command that was killed goes on where it was:
what it had worked out is not worked out again, and its output is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

import pytest
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal
from pydantic import TypeAdapter

from planner.analysis.alternatives.alternatives import alternatives_of_workbook
from planner.analysis.fairness.pipeline import fairness_of_workbook
from planner.analysis.stress.pipeline import stress_of_workbook
from planner.analysis.withdraw.withdraw import WithdrawalRequest, withdraw_from_workbook
from planner.options import kept_results
from planner.options.cluster import crew
from planner.options.kept_results import with_kept_results
from planner.options.outcome import OptionOutcome, solve_base
from planner.options.pipeline import compare_workbook
from planner.plan import SolveOptions
from planner.plan.again.bracket import Bracket
from planner.plan.again.remainder import Remainder
from planner.solver import checkpoint
from planner.workbook import interpret
from planner.workbook.reading.raw import read_raw
from tests.places import INPUTS

Results = list[Remainder]


class Killed(BaseException):
    """The process is no more."""


def bracketed(base: float, task: int) -> Remainder:
    """A result with all that JSON knows little of."""
    third = base / 3 + task
    values = None if task == 2 else {"cost": third, "lateness": -inf}
    return Remainder(values, f"task {task}", Bracket(-inf if task == 1 else third, None if task == 1 else third))


def worked(folder: Path, tasks: Sequence[int], last: int | None = None, base: float = 1.0) -> tuple[Results, list[int]]:
    """The results, and which tasks were worked out; the process is killed after so many."""
    done: list[int] = []

    def counted(work: Callable[..., Any], base: Any, tasks: Sequence[Any], on_result: Callable[..., None]) -> list[Any]:
        results = []
        for task in tasks:
            results.append(work(base, task))
            done.append(task[0])
            on_result(results[-1])
            if len(done) == last:
                raise Killed
        return results

    heard: Results = []
    results = with_kept_results(counted, folder, "test", base)(bracketed, base, tasks, heard.append)
    assert sorted(map(repr, heard)) == sorted(map(repr, results))
    return results, done


def killed(folder: Path, last: int) -> None:
    with pytest.raises(Killed):
        worked(folder, range(5), last)


def test_only_what_is_missing_is_worked_out(tmp_path: Path) -> None:
    killed(tmp_path, 3)
    results, done = worked(tmp_path, range(5))
    assert done == [3, 4]
    assert results == [bracketed(1.0, task) for task in range(5)]


def test_nothing_is_taken_over_where_anything_else_is_asked(tmp_path: Path) -> None:
    killed(tmp_path, 3)
    assert worked(tmp_path, range(5), base=2.0)[1] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "text", ["", "\n", '{"task": 1, "res', '{"task": 1, "result": {"values": 3}}\n', "[" * 100_000 + "\n", "\0\xff"]
)
def test_a_line_that_was_cut_off_or_damaged_is_passed_over(tmp_path: Path, text: str) -> None:
    killed(tmp_path, 3)
    (file,) = tmp_path.glob("*/0.jsonl")
    lines = file.read_bytes().split(b"\n\n")
    file.write_bytes(lines[0] + b"\n" + text.encode("latin-1"))
    results, done = worked(tmp_path, range(5))
    assert done == [1, 2, 3, 4]
    assert results == [bracketed(1.0, task) for task in range(5)]
    assert worked(tmp_path, range(5))[1] == []


def test_a_line_with_another_digit_is_passed_over(tmp_path: Path) -> None:
    killed(tmp_path, 3)
    (file,) = tmp_path.glob("*/0.jsonl")
    text = file.read_text(encoding="utf-8")
    assert "1.3333333333333333" in text
    file.write_text(text.replace("1.3333333333333333", "1.3333333333333335"), encoding="utf-8")
    results, done = worked(tmp_path, range(5))
    assert done == [1, 3, 4]
    assert results == [bracketed(1.0, task) for task in range(5)]


def test_where_nothing_can_be_kept_all_is_worked_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert worked(tmp_path / "file", range(3))[1] == [0, 1, 2]


@pytest.mark.long
def test_in_other_processes(tmp_path: Path) -> None:
    killed(tmp_path, 2)
    with crew(2) as team:
        results = with_kept_results(team, tmp_path, "test", 1.0)(bracketed, 1.0, range(5), lambda _: None)
    assert results == [bracketed(1.0, task) for task in range(5)]


def withdrawn(target: Path) -> None:
    withdraw_from_workbook(INPUTS / "quickstart.xlsx", target, WithdrawalRequest(pairs=3, remedies=1))


def stressed(target: Path) -> None:
    stress_of_workbook(INPUTS / "renewed-attack.xlsx", target, 3, seed=1)


def compared(target: Path) -> None:
    compare_workbook(INPUTS / "quickstart.xlsx", target, sweep=("line=Alpha line", "0:1:2"))


def varied(target: Path) -> None:
    alternatives_of_workbook(INPUTS / "partners.xlsx", target, count=1)


def shared(target: Path) -> None:
    fairness_of_workbook(INPUTS / "partners.xlsx", target, "Partners")


@pytest.mark.usefixtures("without_reports", "without_option_pages")
@pytest.mark.parametrize(("command", "last"), [(withdrawn, 4), (stressed, 1), (compared, 1), (varied, 2), (shared, 3)])
def test_a_killed_command_goes_on(
    command: Callable[[Path], None], last: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, kept, beside = kept_results._Kept.add, [], tmp_path / "killed"
    beside.mkdir()

    def add_until(self: kept_results._Kept, number: int, result: object) -> None:
        add(self, number, result)
        kept.append(number)
        if len(kept) == last:
            raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(kept_results._Kept, "add", add_until)
        dying.setattr(checkpoint, "_clear", lambda: None)  # nothing is tidied up by a process that is no more
        with pytest.raises(Killed):
            command(beside / "out")
    assert [path.name for path in beside.iterdir()] == [checkpoint.FOLDER]
    monkeypatch.setattr(kept_results._Kept, "add", lambda *added: kept.append(added[1]))
    command(beside / "out")
    resumed, kept[:] = len(kept), []
    command(tmp_path / "unharmed")
    assert resumed == len(kept)  # each task once
    assert [path.name for path in beside.iterdir()] == ["out"]
    written = [*(tmp_path / "unharmed").rglob("*.csv"), *(tmp_path / "unharmed").rglob("basis.json")]
    assert written
    for file in written:
        assert file.read_bytes() == (beside / "out" / file.relative_to(tmp_path / "unharmed")).read_bytes()


def test_an_outcome_is_the_same_after_it_was_kept() -> None:
    raw = read_raw(INPUTS / "renewed-attack.xlsx")
    instance = interpret(raw).instance
    assert instance is not None
    state, outcome = solve_base(raw, instance, SolveOptions(), datetime(2026, 3, 1, tzinfo=UTC))
    assert state.start
    adapter = TypeAdapter(OptionOutcome)
    again = adapter.validate_python(json.loads(json.dumps(adapter.dump_python(outcome))))
    for one, other in ((outcome.tables, again.tables), (outcome.figures, again.figures)):
        assert list(one) == list(other)
        for name, table in one.items():
            assert_frame_equal(table, other[name], check_exact=True)
    assert outcome.basis is not None
    assert again.basis is not None
    assert_array_equal(outcome.basis.columns, again.basis.columns)
    assert_array_equal(outcome.basis.rows, again.basis.rows)
    assert again.basis.rows.dtype == outcome.basis.rows.dtype
    rest = {
        name: getattr(outcome, name)
        for name in ("name", "description", "factor", "record", "exit_code", "how", "report")
    }
    assert rest == {name: getattr(again, name) for name in rest}
    assert again.record.document() == outcome.record.document()

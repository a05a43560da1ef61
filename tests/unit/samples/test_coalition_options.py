"""The options of the coalition sample: each is a change that the reader understands, and no two are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.options.changes.option import read_options
from planner.options.changes.overrides import apply_option
from planner.options.pipeline import compare_workbook
from planner.workbook import interpret
from planner.workbook.reading.raw import read_raw
from tests.places import INPUTS

COALITION = INPUTS / "coalition"
RAW = read_raw(COALITION)
OPTIONS = read_options(RAW)


def test_there_are_enough_to_choose_from() -> None:
    assert len(OPTIONS) >= 8
    changed = {change.table for option in OPTIONS.values() for change in option.changes}
    assert {"Budgets", "Funds", "Consents", "Policies", "Routes", "Events", "Settings", "Locks"} <= changed


@pytest.mark.parametrize("name", list(OPTIONS))
def test_the_changed_workbook_is_without_fault(name: str) -> None:
    changed = apply_option(OPTIONS[name], RAW)
    assert changed.problems == ()
    reading = interpret(changed.raw)
    assert [str(fault) for fault in reading.faults] == []
    assert changed.edits, "something is changed"


@pytest.mark.long
def test_side_by_side_each_ranks_otherwise_than_any_other_at_some_figure(tmp_path: Path) -> None:
    comparison = compare_workbook(COALITION, tmp_path / "compare").comparison
    assert all(outcome.solved for outcome in comparison.outcomes)
    assert len(comparison.outcomes) == 1 + len(OPTIONS)
    ranks = comparison.tables["ranks"].pivot(index="option", columns="figure", values="rank")
    assert not ranks.duplicated().any(), ranks[ranks.duplicated(keep=False)].to_string()

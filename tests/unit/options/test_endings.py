"""Options that end badly: shown as such, said with the exit code, and no other is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_world import options, sheets, write

from planner.errors import SolverStoppedError, VerificationError
from planner.options.pipeline import compare_workbook
from planner.plan.again.warm_start import WarmStart
from planner.run import verified
from planner.verify import Verification
from planner.workbook.reading.raw import RawInput

pytestmark = pytest.mark.usefixtures("without_option_reports")

TWO = options(
    ("GOOD", "Budgets", "fund=Joint", "amount", "add", 10),
    ("BAD", "Budgets", "fund=Joint", "amount", "add", 20),
)


def statuses(folder: Path) -> dict[str, tuple[str, str]]:
    record = json.loads((folder / "compare.json").read_text(encoding="utf-8"))
    return {option["name"]: (option["status"], option["message"]) for option in record["options"]}


def test_a_plan_that_fails_its_verification_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = verified.verify

    def strict(raw: RawInput, tables: Any, run: Any) -> Verification:
        found = really(raw, tables, run)
        if tables["payments"]["amount"].sum() > 1230:  # of BAD only
            return Verification({"fund_limit": 1.0}, {"fund_limit": "Joint 2026: 1 too much"}, ("fund_limit",))
        return found

    monkeypatch.setattr(verified, "verify", strict)
    with pytest.raises(VerificationError, match=r"without these options: BAD: the plan failed its verification"):
        compare_workbook(write(sheets(Options=TWO), tmp_path / "in.xlsx"), tmp_path / "out")
    endings = statuses(tmp_path / "out")
    assert endings["BAD"] == (
        "error",
        "the plan failed its verification and is not delivered (Joint 2026: 1 too much)",
    )
    assert endings["GOOD"] == ("optimal", "")
    assert not (tmp_path / "out" / "runs" / "BAD" / "tables").exists()
    assert "BAD has no plan" in (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")


def test_an_option_that_is_not_finished_in_time_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = WarmStart.solve_changed

    def slow(bench: WarmStart, instance: Any, **further: Any) -> Any:
        if any(budget.amount == 520 for budget in instance.funds["Joint"].budgets):
            raise SolverStoppedError("the time limit was reached before the first aim was proved")
        return really(bench, instance, **further)

    monkeypatch.setattr(WarmStart, "solve_changed", slow)
    with pytest.raises(SolverStoppedError, match="without these options: BAD: the time limit"):
        compare_workbook(write(sheets(Options=TWO), tmp_path / "in.xlsx"), tmp_path / "out")
    assert statuses(tmp_path / "out")["BAD"][0] == "error"
    assert statuses(tmp_path / "out")["GOOD"][0] == "optimal"

"""A whole record of a run, for tests that make up a run folder."""

from __future__ import annotations

from typing import Any

from planner.records.parts import Calendar, InputFile, ModelUsed
from planner.records.run import Counts, Options, RunRecord

NO_SUM = "0" * 64
YEARS = [2026, 2026]


def run_record(**changes: Any) -> RunRecord:
    """The record of an optimal plan of two months; `changes` as `RunRecord.but` takes them."""
    calendar = {"start": "2026-01-01", "periods": 2, "period_length": "month", "fiscal_years": YEARS,
                "labels": ["2026-01", "2026-02"], "currency": "EUR"}  # fmt: skip
    record = RunRecord(
        status="optimal",
        message="",
        title="",
        marking="",
        objective=(),
        bound=(),
        gap=None,
        verification="verified",
        verified={},
        not_enforced=(),
        removed_by_events=(),
        warnings=(),
        conflict=(),
        calendar=Calendar.model_validate(calendar),
        units={},
        model=ModelUsed(name="full", title="Full model", kind="LP", families_off=()),
        input=InputFile(file="nowhere", path="/nowhere", sha256=NO_SUM),
        options=Options(
            model="full",
            time_limit=None,
            prune=True,
            solver="highs",
            write_lp=False,
            write_mps=False,
            threads=None,
            lazy_funds=True,
            strict=False,
        ),
        counts=Counts(),
        started="2026-01-01T00:00:00Z",
        seconds={},
        peak_memory_mb={},
        versions={"python": "3", "planner": "0"},
    )
    return record.but(**changes)


def level(name: str, value: float | None, number: int = 6, status: str = "optimal") -> dict[str, Any]:
    """An objective level in EUR, as run.json has it."""
    said = {"level": number, "name": name, "title": name.capitalize(), "unit": "EUR"}
    return said | {"value": value, "bound": value, "gap": 0.0, "status": status}

"""A damaged record is an error that names file, field, found and expected: wherever it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner import cli
from planner.errors import UsageError
from planner.records.model import plain
from planner.records.reading import RecordError, read_record, record_of
from planner.records.run import Calendar, RunRecord
from planner.run.recorded.load import load_run
from tests.places import INPUTS
from tests.unit.report.report_worlds import run_of, small

FEBRUARY = INPUTS / "quickstart-february.xlsx"
Damage = Callable[[dict[str, Any]], object]


@pytest.fixture
def whole() -> dict[str, Any]:
    plan, _ = small()
    found: dict[str, Any] = json.loads(json.dumps(run_of(plan.instance, list(plan.levels)).document()))
    return found


def faults(record: dict[str, Any]) -> list[str]:
    with pytest.raises(RecordError) as error:
        record_of(json.dumps(record).encode(), RunRecord, Path("out") / "run.json")
    return str(error.value).splitlines()


def put(*path: str | int, value: object) -> Damage:
    def damage(record: Any) -> None:
        for step in path[:-1]:
            record = record[step]
        record[path[-1]] = value

    return damage


LEVEL = {
    "level": 1,
    "name": "cost",
    "title": "Cost",
    "unit": "EUR",
    "value": 1,
    "bound": 1,
    "gap": 0,
    "status": "optimal",
}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda r: r.pop("status"), ["status: is missing; expected one of optimal, feasible, infeasible, unbounded, error"]),
        (put("status", value="optimum"), ["status: found 'optimum', expected one of optimal, feasible, infeasible, unbounded, error, did you mean 'optimal'?"]),
        (put("stauts", value="optimal"), ["stauts: is no known field, did you mean 'status'?"]),
        (put("calendar", "periods", value="three"), ["calendar.periods: found 'three', expected a whole number from 0 on"]),
        (put("calendar", "labels", 1, value=7), ["calendar.labels[1]: found 7, expected a text"]),
        (put("calendar", "labels", value="2026-01"), ["calendar.labels: found '2026-01', expected a list of texts"]),
        (put("units", "shell", value=None), ["units.shell: found null, expected a text"]),
        (put("gap", value="small"), ["gap: found 'small', expected a number or null"]),
        (put("gap", value=True), ["gap: found true, expected a number or null"]),
        (put("objective", value=[LEVEL | {"value": "1"}]), ["objective[0].value: found '1', expected a number or null"]),
        (put("objective", value="12"), ["objective: found '12', expected a number or a list of tables or null"]),
        (put("input", "sha256", value="0"), ["input.sha256: found '0', expected a checksum of 64 hexadecimal digits"]),
        (put("started", value="yesterday"), ["started: found 'yesterday', expected a moment such as 2026-03-01T02:00:00Z"]),
        (put("versions", value={"python": "3.11"}), ["versions: has no version of planner; expected one"]),
    ],
)  # fmt: skip
def test_what_is_damaged_is_named(whole: dict[str, Any], damage: Damage, said: list[str]) -> None:
    damage(whole)
    assert faults(whole) == [f"out/run.json: {one}" for one in said]


def test_all_that_is_wrong_is_told_at_once(whole: dict[str, Any]) -> None:
    for damage in (put("title", value=1), put("model", "kind", value="QP"), put("seconds", "read", value="1 s")):
        damage(whole)
    assert [line.split(": ")[1] for line in faults(whole)] == ["title", "model.kind", "seconds.read"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no JSON in UTF-8"),
        (b'{"status": "optimal"', "is no JSON in UTF-8"),
        (b'{"title": "\xff"}', "is no JSON in UTF-8"),
        (b"[]", "found a list, expected a table"),
    ],
)
def test_what_is_no_record_at_all(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(UsageError, match=said):
        read_record(tmp_path / "run.json", RunRecord)


def test_every_reader_says_it(tmp_path: Path, whole: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    del whole["calendar"]["fiscal_years"]
    (tmp_path / "tables").mkdir()
    (tmp_path / "run.json").write_text(json.dumps(whole), encoding="utf-8")
    place = f"{tmp_path / 'run.json'}: calendar.fiscal_years: is missing; expected a list of whole numbers"
    with pytest.raises(RecordError) as error:
        load_run(tmp_path)
    assert str(error.value) == place
    for command in (
        ["verify", str(tmp_path)],
        ["diff", str(tmp_path), str(tmp_path)],
        ["explain", str(tmp_path), "April"],
        ["replan", str(tmp_path), str(FEBRUARY), "-o", str(tmp_path / "next")],
        ["runs", "add", str(tmp_path), "--store", str(tmp_path / "runs.sqlite")],
    ):
        assert cli.run(command) == 64, command
        assert place in capsys.readouterr().err, command


def test_a_record_is_frozen_and_changed_only_by_checked_copies(whole: dict[str, Any]) -> None:
    record = RunRecord.model_validate(whole, by_alias=True, by_name=False)
    with pytest.raises(ValueError, match="frozen"):
        record.title = "x"  # type: ignore[misc]
    assert record.but(title="Other").title == "Other"
    assert record.title == "Two places"
    with pytest.raises(ValueError, match="status"):
        record.but(status="fine")
    assert record.document() == {**record.but(title="Other").document(), "title": "Two places"}


def test_records_hold_no_infinity_and_plain_numbers() -> None:
    found = plain({"a": inf, "b": nan, "c": np.float64(1.5), "d": [np.int64(2)], "e": "Łódź", "f": {3, 1}})
    assert found == {"a": None, "b": None, "c": 1.5, "d": (2,), "e": "Łódź", "f": (1, 3)}
    assert type(found["c"]) is float
    assert type(found["d"][0]) is int


def test_fields_that_are_not_known_are_left_out_and_null_stays() -> None:
    plan, _ = small()
    document = run_of(plan.instance, list(plan.levels)).but(bound=None).document()
    assert "replan" not in document
    assert document["bound"] is None
    assert isinstance(RunRecord.model_validate(document).calendar, Calendar)

"""Every column of every result table is recomputed: whatever is changed, left out, doubled or swapped is found.

What is not found must be declared, in what `planner verify` says and in run.json. Prices are.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from planner.cli.entry import run
from planner.verify import Verification, verify, verify_run
from planner.verify.table_form import COLUMNS
from tests.places import INPUTS
from tests.unit.verify.worked import worked_accord, worked_plan

pytestmark = pytest.mark.usefixtures("without_reports")

QUICKSTART = INPUTS / "quickstart.xlsx"
WHOLE = frozenset({"period", "arrives", "due", "ready", "expires", "year", "cash_year"})
Mutation = tuple[str, str, str, pd.DataFrame]  # kind, table, column, the table

# A change that makes another plan that is as good and as consistent: two rows that differ in nothing else are
# swapped, or a name that only tells rows apart; or an allocation that a fund need not make, as a row of Eligibility
# without beneficiaries admits the line too.
VOLUNTARY = ("Pledge", "Casting")  # of the worked accord


def mutations(tables: dict[str, pd.DataFrame], rng: random.Random) -> Iterator[Mutation]:
    for name, table in tables.items():
        if name not in COLUMNS or table.empty:
            continue
        needed = [row for row in range(len(table)) if name != "allocations" or tuple(table.iloc[row, :2]) != VOLUNTARY]
        row = rng.choice(needed)
        yield "dropped", name, "", table.drop(index=table.index[row]).reset_index(drop=True)
        yield "doubled", name, "", pd.concat([table, table.iloc[[row]]], ignore_index=True)
        for column in table.columns:
            yield "changed", name, column, changed(table, column, rng)
            swapped = swap(table, column, rng)
            if swapped is not None:
                yield "swapped", name, column, swapped


def changed(table: pd.DataFrame, column: str, rng: random.Random) -> pd.DataFrame:
    """One cell says something else, of the same kind where there is one."""
    row, new = rng.randrange(len(table)), table.astype({column: object})
    value = table[column].iloc[row]
    if isinstance(value, str) or value is None:
        others = sorted({str(other) for other in table[column]} - {str(value)}) or ["somewhere"]
        new.iloc[row, list(table.columns).index(column)] = rng.choice(others)
    elif column in WHOLE and not pd.isna(value):
        new.iloc[row, list(table.columns).index(column)] = value + rng.choice([-1, 1])
    else:
        new.iloc[row, list(table.columns).index(column)] = 1.0 if pd.isna(value) else value * 1.01 + 1
    return new


def swap(table: pd.DataFrame, column: str, rng: random.Random) -> pd.DataFrame | None:
    """Two rows exchange one cell, and are no longer the same two rows."""
    at = list(table.columns).index(column)
    pairs = [(one, two) for one in range(len(table)) for two in range(one) if different(table, one, two, column)]
    if not pairs:
        return None
    one, two = rng.choice(pairs)
    new = table.astype({column: object})
    new.iloc[one, at], new.iloc[two, at] = table[column].iloc[two], table[column].iloc[one]
    return new


def different(table: pd.DataFrame, one: int, two: int, column: str) -> bool:
    here, there = (
        table.iloc[row].map(str) for row in (one, two)
    )  # `astype` leaves blanks, which differ from each other
    return bool(here[column] != there[column] and (here.drop(column) != there.drop(column)).any())


def worked(module: ModuleType, folder: Path) -> Callable[[dict[str, pd.DataFrame]], Verification]:
    source = module.write_input(folder)
    levels: Any = module.levels()
    return lambda tables: verify(source, tables, {"objective": levels, "model": {"name": "full"}})


def accepted(module: ModuleType, folder: Path) -> list[tuple[str, str, str]]:
    """The mutations that the checker lets pass."""
    check, tables = worked(module, folder), module.tables()
    assert check(tables).passed
    rng = random.Random(module.__name__)
    tried = [*mutations(tables, rng)]
    assert len(tried) > 100
    return [(kind, name, column) for kind, name, column, table in tried if check({**tables, name: table}).passed]


@pytest.mark.long
@pytest.mark.parametrize("module", [worked_plan, worked_accord], ids=["plan", "accord"])
def test_every_change_of_any_column_is_found(module: ModuleType, tmp_path: Path) -> None:
    assert accepted(module, tmp_path / "input") == []


def test_an_entry_of_a_contributor_that_pays_nothing_is_a_fault(tmp_path: Path) -> None:
    """The row of a known name without payments: its figures are 0."""
    check, tables = worked(worked_accord, tmp_path / "input"), worked_accord.tables()
    table = tables["nations"]
    spare = {
        **table.iloc[0].to_dict(),
        "nation": "MD",
        "contributed": 0.0,
        "produced": 0.0,
        "received": 0.0,
        "balance": 7.0,
    }
    years = set(table.loc[table["nation"] == "MD", "year"])
    spare["year"] = next(year for year in (2027, 2028) if year not in years)
    assert check({**tables, "nations": pd.concat([table, pd.DataFrame([spare])], ignore_index=True)}).failed == (
        "nations",
    )


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quickstart") / "run"
    assert run(["solve", str(QUICKSTART), "-o", str(folder), "-q"]) == 0
    return folder


def test_what_is_not_recomputed_is_declared(quickstart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads((quickstart / "run.json").read_text(encoding="utf-8"))
    every = set()
    for path in (quickstart / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            every |= {f"{path.stem}.{column}" for column in next(csv.reader(stream))}
    known = {f"{name}.{column}" for name, columns in COLUMNS.items() for column in columns}
    assert set(record["not_recomputed"]) == every - known
    assert {name.partition(".")[0] for name in record["not_recomputed"]} == {"attribution", "draws", "prices"}
    assert run(["verify", "--all", str(quickstart)]) == 0
    said = capsys.readouterr().out.replace("\n", " ")
    assert "not recomputed: draws (worth), attribution (level, " in said
    assert "prices (family, " in said


def test_a_table_that_has_changed_since_is_a_fault(quickstart: Path, tmp_path: Path) -> None:
    """Also where the change makes another good plan, or is in what is not recomputed: one byte is enough."""
    for name in ("production", "prices"):
        folder = tmp_path / name
        shutil.copytree(quickstart, folder)
        path = folder / "tables" / f"{name}.csv"
        path.write_bytes(path.read_bytes()[:-1] + b"\r\n")
        found = verify_run(folder)
        assert found.failed == ("tables",)
        assert found.first_failure == f"tables: table {name} has changed since the run wrote it (another SHA-256)"
    (folder / "tables" / "spare.csv").write_text("a\n", encoding="utf-8")
    (folder / "tables" / "prices.csv").write_bytes((quickstart / "tables" / "prices.csv").read_bytes())
    assert "table spare" in verify_run(folder).first_failure

"""Extract and merge on random worlds: the parts make up the whole, and one nation's change is the only one."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pandas as pd
import pytest

from planner.exchange.extract import extract
from planner.exchange.merge.merging import merge
from planner.exchange.rights import CELL
from planner.exchange.views import known_nations
from planner.run.pipeline import solve_workbook
from planner.workbook.reading.raw import read_raw
from planner.workbook.reading.spelling import csv_text
from planner.workbook.reading.table import cell_text
from planner.workbook.write.differences import differences
from tests.seeds import seeds
from tests.worlds.good_workbook import GOOD
from tests.worlds.partners import partner_world
from tests.worlds.worlds import write_world

pytestmark = pytest.mark.usefixtures("without_reports")


def parts_of(source: Path, place: Path) -> list[Path]:
    """The extracts of all nations and of the cell, in an order of chance."""
    names = [*known_nations(read_raw(source)), CELL]
    random.Random(source.name).shuffle(names)
    return [extract(source, name, place / name).path for name in names]


@pytest.mark.parametrize("seed", seeds(4, 12))
def test_the_parts_make_up_the_whole(seed: int, tmp_path: Path) -> None:
    source = write_world(partner_world(seed), tmp_path / f"world{seed}")
    merged = merge(parts_of(source, tmp_path), tmp_path / "merged")
    assert merged.gaps == ()
    assert differences(read_raw(source), read_raw(merged.path)) == []


def test_a_workbook_with_every_table_filled_comes_back_whole(tmp_path: Path) -> None:
    source = tmp_path / "good"
    source.mkdir()
    for name, rows in GOOD.items():
        text = csv_text([[cell_text(cell) for cell in row] for row in rows])
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    merged = merge(parts_of(source, tmp_path), tmp_path / "merged")
    assert merged.gaps == ()
    assert differences(read_raw(source), read_raw(merged.path)) == []


@pytest.mark.parametrize("seed", seeds(2, 4))
def test_what_one_nation_changes_is_all_that_changes(seed: int, tmp_path: Path) -> None:
    source = write_world(partner_world(seed), tmp_path / f"world{seed}")
    parts = parts_of(source, tmp_path)
    sheet = tmp_path / "UA" / "Demand.csv"
    with sheet.open(encoding="utf-8", newline="") as stream:
        rows = [*csv.DictReader(stream)]
    rows[0]["quantity"] = "77"
    sheet.write_text(csv_text([[*rows[0]], *([*row.values()] for row in rows)]), encoding="utf-8")
    merged = merge(parts, tmp_path / "merged")
    changed = differences(read_raw(source), read_raw(merged.path))
    assert [(row.table, row.column, row.after, row.kind) for row in changed] == [
        ("Demand", "quantity", "77", "changed")
    ]


@pytest.mark.parametrize("seed", seeds(1, 3))
def test_everybody_gets_a_view_of_a_plan_and_no_payment_of_another(seed: int, tmp_path: Path) -> None:
    source = write_world(partner_world(seed, "lexicographic"), tmp_path / f"world{seed}")
    run = solve_workbook(source, tmp_path / "run").folder
    paid = pd.read_csv(run / "tables" / "payments.csv")
    for name in (*known_nations(read_raw(source)), CELL):
        extract(source, name, tmp_path / name, run)
        seen = pd.read_csv(tmp_path / name / "tables" / "payments.csv")
        own = {CELL, name} if name == CELL else {name}
        assert name == CELL or set(seen["contributor"]) <= own
        assert len(paid) >= len(seen)

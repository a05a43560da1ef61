"""The extracts of every nation and of the cell, merged again, are the input they came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.exchange.extract import extract
from planner.exchange.merge.merging import merge
from planner.exchange.rights import CELL
from planner.exchange.views import known_nations
from planner.workbook import read
from planner.workbook.reading.raw import read_raw
from planner.workbook.write.differences import differences
from tests.places import INPUTS
from tests.unit.exchange.exchange_worlds import three


def there_and_back(source: Path, place: Path, suffix: str) -> None:
    raw = read_raw(source)
    parts = []
    for nation in [*known_nations(raw), CELL]:
        parts.append(place / f"part-{nation}{suffix}")
        extract(source, nation, parts[-1])
    found = merge(parts, place / f"again{suffix}")
    assert found.gaps == ()
    assert found.decided == ()
    assert differences(raw, read_raw(found.path)) == []
    assert read(found.path).faults == ()


@pytest.mark.parametrize("suffix", [".xlsx", ""])
@pytest.mark.parametrize("sample", ["partners.xlsx", "partners"])
def test_a_sample_comes_back_whole(sample: str, suffix: str, tmp_path: Path) -> None:
    there_and_back(INPUTS / sample, tmp_path, suffix)


@pytest.mark.long
@pytest.mark.parametrize("suffix", [".xlsx", ""])
def test_the_coalition_comes_back_whole(suffix: str, tmp_path: Path) -> None:
    there_and_back(INPUTS / "coalition.xlsx", tmp_path, suffix)


def test_a_world_with_wide_tables_and_sums_comes_back_whole(tmp_path: Path) -> None:
    whole = merge(three(tmp_path), tmp_path / "all").path
    (whole / "Capacity.csv").write_text("object,2026-01,2026-02\nDepot,5,6\nWorks:gun,,3\n", encoding="utf-8")
    there_and_back(whole, tmp_path, "")


def test_notes_come_back_to_who_wrote_them(tmp_path: Path) -> None:
    note = "topic,note\nAbout,{}\n"
    parts = three(tmp_path, cell={"notes": note.format("cell")}, pl={"notes": note.format("PL")})
    whole = merge(parts, tmp_path / "all").path
    for nation, other in (("PL", "cell"), ("cell", "PL")):
        part = extract(whole, nation, tmp_path / f"part-{nation}").path
        text = "".join(path.read_text(encoding="utf-8") for path in part.glob("notes*.csv"))
        assert f"About,{nation}" in text
        assert f"About,{other}" not in text
    assert not [*extract(whole, "UA", tmp_path / "part-UA").path.glob("notes*.csv")]

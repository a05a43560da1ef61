"""Numbers for people: thin spaces between thousands, a minus sign, no exponents."""

from __future__ import annotations

import re

import pytest

from planner.numerals import THIN_SPACE, numeral
from tests.places import ROOT


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (11_500_000.0, "11 500 000"),
        (13_888_889.2, "13 888 889"),
        (319_444.444, "319 444"),
        (-1234.5, "−1 234.5"),
        (12.5, "12.5"),
        (0.000042, "0.000042"),
        (-4.2e-9, "−0.0000000042"),
        (0.0, "0"),
    ],
)
def test_a_number_is_written_as_people_read_it(value: float, text: str) -> None:
    assert numeral(value) == text.replace(" ", THIN_SPACE)


def test_thousands_are_set_apart_in_few_places() -> None:
    """Each passes what it formats to `spelled`, but for the width of a column of a sheet,
    in which commas count as much.
    """
    formats = re.compile(r"\{[^{}]*:,(\.|\d|\{\w+\})*[a-z]\}")
    folder = ROOT / "planner"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.py") if formats.search(path.read_text("utf-8"))}
    assert found == {"numerals.py", "report/words/numbers.py", "cli/lines/text.py", "report/excel/workbook.py"}

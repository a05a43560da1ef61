"""The brief prints on two pages, however much there is to tell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from planner.analysis.writing import page
from planner.domain.instance import PlanningInstance
from planner.review.page import review_findings
from planner.review.pipeline import review
from planner.review.record import Breach, Mended, Whose
from planner.run.pipeline import solve_workbook
from tests.moments import LONG
from tests.unit.review.test_review import FEBRUARY, JANUARY, book


class Long:
    """What was compared, of thirty nations, commitments and months."""

    def __init__(self, table: pd.DataFrame, instance: PlanningInstance) -> None:
        self.instance = instance
        self.table = pd.concat(
            [
                table.assign(nation=f"N{place}", commitment=f"Commitment number {place}", period=f"2026-{place:02}")
                for place in range(30)
            ],
            ignore_index=True,
        )


def breach(place: int) -> Breach:
    limit = {
        "by": "attribution",
        "share": 0.3,
        "least": 0.1,
        "most": 0.6,
        "of": "Rail crossing at the border",
        "cells": "Routes!G7:R7",
    }
    return Breach(
        kind="commitment", what=f"Area North ammunition {place}", party="Artillery ammunition", item="shell", period="2026-05",
        planned=120_000.0, actual=23_000.0, missing=97_000.0, unit="round",
        whose=tuple(Whose.model_validate({"nation": nation, **limit}) for nation in ("PL", "DE", "NO")),
        mended=(Mended(period="2027-03", quantity=1200.0),), state="open",
        remedy="deliver 95 800 round by 2027-06 at the latest; more of Rail crossing at the border (Routes!G7:R7)",
    )  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("many", [False, True])
def test_the_brief_prints_on_two_pages(tmp_path: Path, many: bool) -> None:
    program = shutil.which("chromium") or ""
    if not program:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    solve_workbook(book(tmp_path / "input"), tmp_path / "plan")
    found = review(tmp_path / "plan", book(tmp_path / "february", JANUARY + FEBRUARY), tmp_path / "review")
    record = found.record
    brief = tmp_path / "review" / "review.html"
    if many:
        record = record.but(
            breaches=tuple(map(breach, range(200))),
            marking="EXAMPLE",
            not_reported=tuple(f"paid in 2026-{month:02}" for month in range(1, 13)),
        )
        brief.write_text(
            page(review_findings(Long(found.compared.table, found.compared.instance), record)), encoding="utf-8"
        )  # type: ignore[arg-type]
    printed = tmp_path / "brief.pdf"
    command = [program, "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={printed}", brief.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=LONG)
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", printed.read_bytes()))
    assert 1 <= pages <= 2

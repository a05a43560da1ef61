"""A component of two items, of which one is told apart by recipient and the other is needed by one nation alone."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from planner.run.pipeline import solve_workbook
from tests.places import INPUTS

SAMPLE = INPUTS / "renewed-attack"
MORE = {
    "Items": [["motor", "Motor", "Components", "land", "piece", "1"]],
    "Nodes": [["Base", "destination", "PL", "52", "20", "0", ""], ["Maker", "factory", "DE", "51", "10", "", ""]],
    "Routes": [["", "Works", "Base", "road", "", "1", "5", ""], ["", "Maker", "Works", "road", "", "1", "5", ""]],
    "Lines": [["motor line", "Maker", "motor", "10", "12"]],
    "Components": [["item", "component", "quantity"], ["rounds", "motor", "1"], ["missiles", "motor", "1"]],
    "Surge": [["attack", "Base", "missiles", "0", "2", "1"]],
    "Stocks": [["Works", "motor", "20"]],
}


@pytest.mark.usefixtures("without_reports")
def test_parts_of_goods_for_one_nation_are_used_for_that_nation(tmp_path: Path) -> None:
    """Missiles are for PL and UA, rounds for UA alone;
    the depot gives to UA, so that missiles and motors are told apart.
    """
    world = shutil.copytree(SAMPLE, tmp_path / "world")
    nodes = (world / "Nodes.csv").read_text("utf-8")
    nodes = nodes.replace("Forward,depot,PL,51,22,,", "Forward,depot,PL,51,22,,UA").replace("52,19,0,", "52,19,,")
    (world / "Nodes.csv").write_text(nodes, "utf-8")
    for name, rows in MORE.items():
        with (world / f"{name}.csv").open("a", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)
    result = solve_workbook(world, tmp_path / "run")
    assert result.plan.instance.recipients.of("motor")
    assert not result.plan.instance.recipients.of("rounds")
    assert result.record.verification == "verified"

"""What no plan can make up for is an aim of every model that ships; a model without the aim keeps its rules.

The United States paid 3000 for half-European missiles before the horizon; Poland, of whom two fifths are asked,
nothing. Poland's 900 for European ones leave 450 − 0.35 × 900 = 135 of content and 0.4 × 3900 − 900 = 660 of
contributions lacking.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner import catalogue
from planner.analysis.money.money import money_of_workbook
from planner.errors import NoPlanError
from planner.paths import models_folder
from planner.plan import SolveOptions, solve
from planner.workbook import read_instance

TABLES = {
    "Settings": "key,value\nstart,2026-01\nperiods,1\n",
    "Nations": "nation,groups,contribution_min\nPL,EU,0.4\nUS,,\n",
    "Items": "item,value\nmissile,10\n",
    "Nodes": "node,kind,nation,storage_t\nRadom,factory,PL,0\n",
    "Lines": "line,factory,item,unit_cost,content\nAll,Radom,missile,12,\nHalf,Radom,missile,10,PL:0.5; US:0.5\n",
    "Demand": "demand,destination,item,period,quantity\nwish,Radom,missile,1,141\n",
    "Funds": "fund,content_group,content_min,content_scope\nSAFE,EU,0.65,fund\n",
    "Budgets": "fund,contributor,year,amount\nSAFE,PL,2026,900\nSAFE,US,2026,900\n",
    "Actuals": "period,kind,fund,contributor,cost_type,object,quantity\n2025-12,paid,SAFE,US,procurement,Half,3000\n",
}


@pytest.fixture
def world(tmp_path: Path) -> Path:
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("model", sorted(path.stem for path in models_folder().glob("*.toml")))
def test_every_model_makes_up_for_what_it_can(world: Path, model: str) -> None:
    plan = solve(read_instance(world), SolveOptions(model=model))
    assert plan.levels[0].name == "past_lack"
    assert plan.levels[0].value == pytest.approx(135 + 660)
    assert sorted(lack.amount for lack in plan.lacking) == pytest.approx([135, 660])


def test_a_model_without_the_aim_keeps_the_rules(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = catalogue.load("full")
    others = tuple(level for level in full.levels if level.name != "past_lack")
    monkeypatch.setattr("planner.plan.optimise.load", lambda _: replace(full, levels=others))
    with pytest.raises(NoPlanError):
        solve(read_instance(world))


def test_the_least_money_for_the_goods_does_not_let_rules_lack_more(world: Path, tmp_path: Path) -> None:
    """With y more of Poland's, u of America's and H half-European missiles' money, 141 missiles cost 1692 − 0.2 H = 900
    + y + u. Content lacks max(0, 0.57 H − 142.2), contributions 660 + 0.4 u − 0.6 y, together at most 795: y is least
    where the content just comes out, H = 142.2 / 0.57.
    """
    result = money_of_workbook(world, tmp_path / "money")
    (remedy,) = result.remedies
    assert remedy.is_whole
    least = 1692 - 900 - (795 - 660 + 0.6 * 792) - 0.08 * 142.2 / 0.57
    assert sum(remedy.money.values()) == pytest.approx(least, rel=1e-5)

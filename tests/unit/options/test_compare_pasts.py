"""Options of which some lack something from the past: levels are compared by name, and one that is not there is 0."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from planner.options.pipeline import compare_workbook
from planner.options.record import level_titles
from tests.places import CASES

pytestmark = pytest.mark.usefixtures("without_option_pages")

RULE = CASES / "rules" / "past_portfolio.toml"


def test_an_option_that_lacks_nothing_is_before_one_that_does(tmp_path: Path) -> None:
    """The base lacks 0.6 of content for good (see the rule file), with less paid before nothing is lacking."""
    rule = tomllib.loads(RULE.read_text(encoding="utf-8"))
    variant = next(entry for entry in rule["variant"] if "stays lacking" in entry["name"])
    tables = {**rule["tables"], **variant["tables"]}
    tables["Settings"] = "key,value\nstart,2026-01\nperiods,2\nobjective,lexicographic\n"
    tables["Options"] = (
        "option,table,where,column,change,value\nNOTHING,Actuals,kind=paid,quantity,set,0\n"
        "TWICE,Actuals,kind=paid,quantity,scale,2\nCONTENT,Actuals,kind=paid,object,set,All\n"
    )
    source = tmp_path / "in"
    source.mkdir()
    for name, text in tables.items():
        (source / f"{name}.csv").write_text(text, encoding="utf-8")
    comparison = compare_workbook(source, tmp_path / "out").comparison
    assert comparison.ranks == {"CONTENT": 1, "NOTHING": 2, "base": 3, "TWICE": 4}
    assert [comparison.figure(name, "past_lack") for name in ("CONTENT", "base")] == [0, pytest.approx(0.6)]
    places = comparison.tables["ranks"].set_index(["figure", "option"])["rank"]["past_lack"]
    assert places.to_dict() == {"CONTENT": 1, "NOTHING": 1, "base": 3, "TWICE": 4}


def test_an_aim_that_only_an_option_has_stands_where_the_model_has_it(tmp_path: Path) -> None:
    rule = tomllib.loads(RULE.read_text(encoding="utf-8"))
    tables = dict(rule["tables"])
    tables["Settings"] = "key,value\nstart,2026-01\nperiods,2\nobjective,lexicographic\n"
    tables["Items"] = "item,value\nmissile,10\n"
    tables["Options"] = "option,table,where,column,change,value\nHALF,Actuals,kind=paid,object,set,Half\n"
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    comparison = compare_workbook(tmp_path, tmp_path / "out").comparison
    assert [name for name, *_ in level_titles(comparison)] == ["past_lack", "other_shortfall", "cost"]
    assert comparison.figure("base", "past_lack") == 0

"""Result tables as CSV: exact, stable, and read back as they were."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.plan.plan import TABLE_COLUMNS
from planner.run.tables import NUMBERS, read_tables, table_text, write_tables


def test_numbers_keep_full_precision_and_whole_columns_have_no_point() -> None:
    table = pd.DataFrame({"period": [1, 12], "quantity": [0.1 + 0.2, 1e-9], "cost": [10.0, 123456789012.25]})
    assert table_text(table) == "period,quantity,cost\n1,0.30000000000000004,10.0\n12,1e-09,123456789012.25\n"


def test_names_are_quoted_only_where_they_must_be() -> None:
    table = pd.DataFrame(
        {"item": ["a,b", 'say "x"', "two\nlines", "Łódź", None], "quantity": [1.0, 2.0, 3.0, 4.0, float("nan")]}
    )
    assert table_text(table) == 'item,quantity\n"a,b",1.0\n"say ""x""",2.0\n"two\nlines",3.0\nŁódź,4.0\n,\n'


def test_an_empty_table_still_has_its_columns() -> None:
    assert table_text(pd.DataFrame(columns=list(TABLE_COLUMNS["scrap"]))) == "node,item,period,quantity,cost\n"


def test_tables_come_back_as_they_were(tmp_path: Path) -> None:
    stocks = pd.DataFrame(
        {"node": ["007", "NA"], "item": ["x", "a\r\nb"], "period": [1, 2], "quantity": [1 / 3, 2e300]}
    )
    prices = pd.DataFrame(
        {"family": ["ramp"], "object": ["l"], "item": [None], "period": pd.array([None], "Int64"), "price": [-0.1]}
    )
    write_tables({"stocks": stocks, "prices": prices}, tmp_path / "tables")
    back = read_tables(tmp_path / "tables")
    pd.testing.assert_frame_equal(back["stocks"], stocks, check_dtype=False)
    assert back["prices"]["item"].tolist() == [""]
    assert back["prices"]["period"].isna().all()
    assert (tmp_path / "tables" / "stocks.csv").read_bytes().count(b"\n") == 4  # one of them inside a name


@pytest.mark.parametrize("table", TABLE_COLUMNS)
def test_every_column_is_either_a_number_or_a_name(table: str) -> None:
    names = {"family", "object", "level", "unit", "line", "factory", "nation", "item", "route", "origin", "destination"}
    names |= {"mode", "node", "demand", "commitment", "target", "expansion", "fund", "contributor", "cost_type", "flow"}
    names |= {"contingency", "kind", "recipient", "ordered", "domain"}
    names |= {"unique", "exact", "confirmed", "together_with"}
    names |= {"name", "taken_by", "group", "of_item", "contributors", "tried", "cells"}
    assert set(TABLE_COLUMNS[table]) <= NUMBERS | names

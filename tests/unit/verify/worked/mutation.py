"""A plan with one cell of its tables changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

Tables = dict[str, pd.DataFrame]


def mutated(tables: Tables, table: str, where: Mapping[str, Any], column: str, value: object) -> Tables:
    """The tables with `column` of the first row that `where` names set to `value`, which it was not."""
    frame = tables[table].astype(object)
    chosen = pd.Series(True, index=frame.index)
    for key, wanted in where.items():
        chosen &= frame[key] == wanted
    assert chosen.any(), f"no row of {table} has {where}"
    row = frame.index[chosen][0]
    assert frame.at[row, column] != value
    frame.at[row, column] = value
    return {**tables, table: frame}


def first_of_each_family(mutations: list[Any]) -> list[Any]:
    """As parameters, the family that must fail being last; beyond the first of a family only with -m long."""
    seen: Counter[str] = Counter()
    found = []
    for mutation in mutations:
        seen[mutation[-1]] += 1
        found.append(pytest.param(*mutation, marks=[pytest.mark.long] if seen[mutation[-1]] > 1 else []))
    return found

"""A plan with one cell of its tables changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

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

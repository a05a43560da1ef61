"""Limits as a whole, to be raised: their rows in the plan and in every response, by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.formulation.families import FAMILIES
from planner.formulation.model.family import Directory, Kind
from planner.formulation.model.model import Model
from planner.formulation.money.funding import FUND_LIMIT

RISE = 0.5  # of a limit


class NamedLimit(NamedTuple):
    """A limit under one name: its family (`fund_limit` for all the money of a fund), object and item."""

    family: str
    object: str
    item: str


class Help(NamedTuple):
    """A limit that was raised by half, by itself; and by how much less damage that leaves at each level that was worked
    out.
    """

    limit: NamedLimit
    gain: Mapping[str, float]


def limits_of(model: Model) -> dict[NamedLimit, NDArray[np.intp]]:
    """Every limit of the input that a row stands for, with its rows."""
    rows_of: defaultdict[NamedLimit, list[int]] = defaultdict(list)
    directory = Directory(model.instance)
    for part in (model, *model.responses):
        for name, rows in part.rows.items():
            family = FAMILIES[name]
            if family.kind is not Kind.LIMIT:
                continue
            for key, row in rows.items():
                index = family.index(*key)
                if family.is_fund_money:
                    limit = NamedLimit(FUND_LIMIT.name, index.fund, "")
                else:
                    object_, item, _ = family.place(directory, index)
                    limit = NamedLimit(name, object_, item or "")
                rows_of[limit].append(row)
    return {limit: np.array(rows, dtype=np.intp) for limit, rows in rows_of.items()}

"""What a plan does, read off its tables: quantities by the keys of the model's columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from planner.domain.reach import Reach
from planner.formulation.model.model import Key
from planner.plan.response_tables import NOBODY

Tables = Mapping[str, pd.DataFrame]
Done = dict[str, dict[Key, float]]  # family -> key -> units


def done_by(tables: Tables, reach: Reach) -> Done:
    """Production, stocks, shipments and investments of a plan,
    goods by class as `expiry` and `recipients` tell them.
    """
    done: Done = {"production": {}, "expansion": {}, "stock": {}, "shipment": {}}
    for row in _rows(tables["production"]):
        done["production"][row["line"], row["period"] - 1] = row["quantity"]
    for row in _rows(tables["investments"]):
        done["expansion"][row["expansion"], row["period"] - 1] = row["quantity"]
    legs = {(leg.route, leg.origin, leg.destination): leg.name for leg in reach.legs}
    for flow, row in _flows(tables, reach):
        place = row["node"] if flow == "stock" else legs[row["route"], row["origin"], row["destination"]]
        key = (row["item"], place, row["period"] - 1, _goods_class(row, reach))
        done[flow][key] = done[flow].get(key, 0.0) + row["quantity"]
    return done


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def _flows(tables: Tables, reach: Reach) -> Iterator[tuple[str, dict[str, Any]]]:
    """Stocks and shipments from the table that tells most of them: recipients, else expiry, else their own."""
    for flow, table in (("stock", "stocks"), ("shipment", "shipments")):
        yield from ((flow, row) for row in _rows(tables[table]) if len(reach.items[row["item"]].classes) == 1)
    for name in ("expiry", "recipients"):
        for row in _rows(tables[name]):
            apart = bool(reach.recipients.of(row["item"]))
            is_from_here = row["flow"] in ("stock", "shipment") and apart == (name == "recipients")
            if is_from_here and len(reach.items[row["item"]].classes) > 1:
                yield row["flow"], row | {"node": row["object"], "route": row["object"]}


def _goods_class(row: Mapping[str, Any], reach: Reach) -> int:
    item = row["item"]
    if len(reach.items[item].classes) == 1:
        return reach.items[item].classes[0]
    expires = row["expires"]
    last = reach.periods if expires is None or pd.isna(expires) else int(expires) - 1
    recipient = row.get("recipient")
    if recipient == NOBODY:
        return reach.class_for(item, last, None)
    return reach.class_for(item, last, recipient if isinstance(recipient, str) else "")

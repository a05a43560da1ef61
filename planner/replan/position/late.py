"""What should have come and has not: late is not lost. Only reports, or the workbook, say that it is cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

LATE, WAITING, CANCELLED, LOST = "late", "waiting", "cancelled", "lost"
ORDER, SHIPMENT, GOODS = "order", "shipment", "goods on order"


@dataclass(frozen=True, slots=True)
class Late:
    """Units of an item that were due in a period, and what becomes of them.

    `state`: late (comes in `due`), waiting (comes once it can: not in this plan), cancelled, lost (it can come no
    more). Periods are 0-based, of the workbook; `reported` is the period of the report, None: this memo reports it.
    """

    kind: str  # order with a line, shipment on a route, goods on order (Stocks with a period)
    what: str  # the line or route; blank for goods on order
    item: str
    node: str  # where it is made, or arrives
    quantity: float
    was_due: int
    due: int | None
    state: str = LATE
    why: str = ""
    reported: int | None = None


COLUMNS = ("kind", "what", "item", "node", "quantity", "was_due", "due", "state", "why")


def late_entries(late: Iterable[Late], label: Callable[[int], str]) -> list[dict[str, Any]]:
    """As tables and run.json tell them (COLUMNS), periods as people write them; `due` None: not in this plan."""
    return [
        {name: getattr(entry, name) for name in COLUMNS}
        | {"was_due": label(entry.was_due), "due": None if entry.due is None else label(entry.due)}
        for entry in late
    ]

"""Locks: decisions that people have fixed or bounded."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.verify.input.rule_data import Lock
from planner.verify.money.ledger import MAKING, Ledger
from planner.verify.verification import Findings, Floats, number

OBJECT_KEYS = {"line": MAKING, "route": ("transport",), "node": ("storage",), "expansion": ("capacity",)}


def check_locks(ledger: Ledger, findings: Findings) -> None:
    """minimum ≤ decision ≤ maximum (both the quantity, where it is fixed), in each period of the lock or in all.

    Payments are locked by the fiscal year in which the fund counts them.
    """
    arrays = ledger.arrays
    frames = {kind: _FRAMES[kind](ledger) for kind in {lock.kind for lock in arrays.case.locks}}
    for lock in arrays.case.locks:
        if lock.kind == "pay" and not arrays.case.money_is_limited:
            continue
        window = arrays.case.calendar.mask(lock.first, lock.last)
        labels = [arrays.label(period) for period in range(arrays.case.periods)]
        if lock.kind == "pay":
            window = np.isin(np.arange(len(ledger.years)), arrays.case.calendar.year_codes[window])
            labels = [str(year) for year in ledger.years]
        if window.any():
            _bounds(lock, _decision(frames[lock.kind], lock, len(window)), window, labels, findings)


def _bounds(lock: Lock, amounts: Floats, window: np.ndarray, labels: list[str], findings: Findings) -> None:
    places = [labels[index] for index in np.flatnonzero(window)]
    values = amounts[window]
    if lock.total:
        values, places = np.array([values.sum()]), [f"{places[0]} to {places[-1]}"]
    for residual, limit, side in (
        (lock.minimum - values, lock.minimum, "at least"),
        (values - lock.maximum, lock.maximum, "at most"),
    ):

        def say(row: int, limit: float = limit, side: str = side) -> str:
            what = f"lock {lock.name!r} ({lock.kind}) in {places[row]}"
            return f"{what}: {number(values[row])}, {side} {number(limit)} is locked"

        findings.check(
            "payment_lock" if lock.kind == "pay" else "lock",
            residual,
            np.maximum(values, np.nan_to_num(limit, posinf=0.0)),
            say,
        )


def _decision(frame: pd.DataFrame, lock: Lock, slots: int) -> Floats:
    """What is locked, by period (payments: by fiscal year), summed over all that the lock's keys leave open."""
    chosen = np.ones(len(frame), dtype=bool)
    for key, name in lock.keys.items():
        chosen &= (frame[key] == name).to_numpy(dtype=bool)
    rows = frame[chosen]
    amounts = np.bincount(rows["slot"].to_numpy(dtype=np.intp), rows["amount"].to_numpy(dtype=float), slots)
    return np.asarray(amounts, dtype=np.float64)


def _named(names: list[str], codes: pd.Series[int]) -> np.ndarray:
    return np.asarray(np.array([*names, ""], dtype=object)[codes.to_numpy(dtype=np.intp)])


def _frame(table: pd.DataFrame, **columns: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({**columns, "slot": table["t"].to_numpy(), "amount": table["quantity"].to_numpy()})


def _make(ledger: Ledger) -> pd.DataFrame:
    lines, table = list(ledger.arrays.case.lines.values()), ledger.arrays.plan.production
    return _frame(
        table,
        line=_named([line.name for line in lines], table["line"]),
        node=_named([line.factory for line in lines], table["line"]),
        item=_named([line.item for line in lines], table["line"]),
    )


def _ship(ledger: Ledger) -> pd.DataFrame:
    legs, table = ledger.arrays.case.legs, ledger.arrays.plan.shipments
    return _frame(
        table,
        route=_named([leg.route for leg in legs], table["leg"]),
        origin=_named([leg.origin for leg in legs], table["leg"]),
        item=_named(ledger.arrays.items, table["item"]),
    )


def _stock(ledger: Ledger) -> pd.DataFrame:
    table = ledger.arrays.plan.stocks
    return _frame(
        table, node=_named(ledger.arrays.nodes, table["node"]), item=_named(ledger.arrays.items, table["item"])
    )


def _deliver(ledger: Ledger) -> pd.DataFrame:
    demands, table = list(ledger.arrays.case.demands.values()), ledger.arrays.plan.deliveries
    return _frame(
        table,
        demand=_named([demand.name for demand in demands], table["demand"]),
        node=_named([demand.destination for demand in demands], table["demand"]),
        item=_named([demand.item for demand in demands], table["demand"]),
    )


def _invest(ledger: Ledger) -> pd.DataFrame:
    table = ledger.arrays.plan.investments
    return _frame(table, expansion=_named(list(ledger.arrays.case.expansions), table["expansion"]))


def _pay(ledger: Ledger) -> pd.DataFrame:
    table = ledger.payments
    columns = {key: np.where(table["cost_type"].isin(kinds), table["object"], "") for key, kinds in OBJECT_KEYS.items()}
    return pd.DataFrame({**table[["fund", "contributor", "amount"]], **columns, "slot": table["y"]})


_FRAMES = {"make": _make, "ship": _ship, "stock": _stock, "deliver": _deliver, "invest": _invest, "pay": _pay}

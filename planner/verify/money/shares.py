"""The tables of who pays and who produces: by fund and year, and against keys and work-share goals."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan, nan
from typing import Any

import numpy as np
import pandas as pd

from planner.verify.money.ledger import MAKING, Ledger, by_key, sums
from planner.verify.money.nations import amounts_by_nation
from planner.verify.verification import Findings, number

MONEY = ("contributed", "over", "produced", "work_goal", "work_balance")
SHARES = ("part", "share_due", "share_paid", "difference", "work_share")


def check_ledger(ledger: Ledger, findings: Findings) -> None:
    """By nation, fund and fiscal year: contributed, produced, balance = produced − contributed. A missing row says 0.

    contributed: payments of that contributor from the fund; produced: what the fund pays for lines and capacity in
    the nation, in the year in which it counts the payment. Where money is only counted: what is produced there,
    in the year in which it is made, under no fund.
    """
    right = _right_ledger(ledger)
    stated: dict[tuple[str, str, int], dict[str, float]] = {}
    for row in _rows(ledger.arrays.plan.ledger):
        key = (str(row["nation"]), str(row["fund"]), int(row["year"]))
        if key in stated:
            findings.fault("ledger", f"{_spelled(key)} occurs twice")
        stated[key] = {column: float(row[column]) for column in ("contributed", "produced", "balance")}
    for key in right | stated:
        contributed, produced = right.get(key, (0.0, 0.0))
        for column, amount in (
            ("contributed", contributed),
            ("produced", produced),
            ("balance", produced - contributed),
        ):
            stated_value = stated.get(key, {}).get(column, 0.0)
            size = max(contributed, produced)
            findings.one(
                "ledger", abs(stated_value - amount), size, _differs(_spelled(key), column, stated_value, amount)
            )


def check_burden_sharing(ledger: Ledger, findings: Findings) -> None:
    """By contributor, over the horizon (blank year) and by fiscal year: its part in all that is paid, in what nations
    with a key pay, against the key; its work share, against its goal. What does not exist is blank.
    """
    right = {(row["nation"], row["year"]): row for row in _right_shares(ledger)}
    seen: set[tuple[str, int]] = set()
    for row in _rows(ledger.arrays.plan.burden_sharing):
        key = (str(row["nation"]), 0 if isnan(row["year"]) else int(row["year"]))
        if key not in right or key in seen:
            findings.fault("burden_sharing", f"{key[0]!r} in {key[1] or 'all years'} does not belong there, or twice")
            continue
        seen.add(key)
        for column in (*MONEY, *SHARES):
            stated_value, amount = float(row[column]), right[key][column]
            text = _differs(f"{key[0]!r} in {key[1] or 'all years'}", column, stated_value, amount)
            if isnan(stated_value) != isnan(amount):
                findings.fault("burden_sharing", text)
            elif not isnan(amount):
                scale = max(right[key]["pool"], right[key]["produced"]) if column in MONEY else abs(amount)
                findings.one("burden_sharing", abs(stated_value - amount), scale, text)
    for key in right.keys() - seen:
        findings.fault("burden_sharing", f"{key[0]!r} in {key[1] or 'all years'} is missing")


def _right_ledger(ledger: Ledger) -> dict[tuple[str, str, int], tuple[float, float]]:
    case = ledger.arrays.case
    if not case.money_is_limited:
        names = sorted(case.nations)
        made = amounts_by_nation(ledger.costs, names)["produced"]
        return {
            (name, "", year): (0.0, float(made[i, j]))
            for i, name in enumerate(names)
            for j, year in enumerate(ledger.years)
            if made[i, j] > 0
        }
    paid = ledger.payments
    work = paid[paid["cost_type"].isin((*MAKING, "capacity")) & (paid["nation"] != "")]
    gave, made_by = (
        by_key(sums(rows, [who, "fund", "year"])) for who, rows in (("contributor", paid), ("nation", work))
    )
    return {key: (gave.get(key, 0.0), made_by.get(key, 0.0)) for key in gave | made_by}


def _right_shares(ledger: Ledger) -> Iterator[dict[str, Any]]:
    case = ledger.arrays.case
    payers = dict.fromkeys(str(name) for name in ledger.payments["contributor"])
    names = list(dict.fromkeys([*sorted(case.nations), *payers]))
    amounts = amounts_by_nation(ledger.costs, names)
    keys = np.array([(case.burdens[n].key if n in case.burdens else None) or 0.0 for n in names])
    for index, year in enumerate((0, *ledger.years)):
        span = slice(None) if index == 0 else slice(index - 1, index)
        paid, made = amounts["contributed"][:, span].sum(axis=1), amounts["produced"][:, span].sum(axis=1)
        total, pool = float(paid.sum()), float(paid[keys > 0].sum())
        for i, name in enumerate(names):
            if total <= 0 or not (keys[i] > 0 or paid[i] > 0 or made[i] > 0):
                continue
            burden = case.burdens.get(name)
            goal = burden.work_share_min if burden else None
            due = float(keys[i] / keys.sum()) if keys[i] > 0 else nan
            share = float(paid[i]) / pool if keys[i] > 0 and pool > 0 else nan
            wanted = nan if goal is None else goal * float(paid[i])
            yield {
                "nation": name,
                "year": year,
                "pool": total,
                "contributed": float(paid[i]),
                "part": float(paid[i]) / total,
                "share_due": due,
                "share_paid": share,
                "difference": share - due,
                "over": float(paid[i]) - due * pool if pool > 0 else nan,
                "produced": float(made[i]),
                "work_share": float(made[i] / paid[i]) if paid[i] > 0 else nan,
                "work_goal": wanted,
                "work_balance": float(made[i]) - wanted,
            }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _spelled(key: tuple[str, str, int]) -> str:
    return f"{key[0]!r} in fund {key[1] or '(none)'} in {key[2]}"


def _differs(where: str, column: str, stated: float, right: float) -> str:
    return f"{where}: {column} is {number(stated)}, expected {number(right)}"

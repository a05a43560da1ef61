"""The result tables, with names turned into numbers; rows that make no sense are reported and left out.

Codes count things in the order of the input: `case.items`, `case.nodes`, `case.legs` and so on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.verify.input.data import Case
from planner.verify.table_form import (
    COLUMNS,
    Index,
    check_same,
    check_unique,
    day,
    file_row,
    pick,
    typed,
    with_known,
    with_period,
)
from planner.verify.verification import Codes, Findings


@dataclass(frozen=True)
class Coding:
    """The numbering of everything in the case."""

    items: Index
    nodes: Index
    lines: Index
    legs: Index  # route, origin and destination joined
    demands: Index  # name and due (1-based) joined
    targets: Index
    expansions: Index

    @classmethod
    def of(cls, case: Case) -> Coding:
        """The positions of all that result tables name, in the order of the input."""
        return cls(
            Index(list(case.items)),
            Index(list(case.nodes)),
            Index(list(case.lines)),
            Index([joined(leg.route, leg.origin, leg.destination) for leg in case.legs]),
            Index([joined(name, day(due + 1)) for name, due in case.demands]),
            Index(list(case.targets)),
            Index(list(case.expansions)),
        )


def joined(*parts: str) -> str:
    """One key made of several parts."""
    return "\x1f".join(parts)


@dataclass(frozen=True)
class PlanTables:
    """Cleaned tables. Periods are 0-based in columns `t` (and `due`); codes are in columns named after the thing."""

    production: pd.DataFrame  # line, t, quantity, cost
    shipments: pd.DataFrame  # leg, item, t, quantity, tonnes, cost, arrives (1-based)
    stocks: pd.DataFrame  # node, item, t, quantity
    deliveries: pd.DataFrame  # demand, t, quantity
    shortfalls: pd.DataFrame  # demand, quantity
    targets: pd.DataFrame  # target, item (−1: none), t, wanted, held, below
    scrap: pd.DataFrame  # node, item, t, quantity, cost
    investments: pd.DataFrame  # expansion, t, ready (1-based), quantity, cost
    payments: pd.DataFrame  # fund, contributor, cost_type, object, nation (texts), year, amount, cash_year
    allocations: pd.DataFrame  # fund, line, item, nation (texts), quantity
    nations: pd.DataFrame  # nation (text), year and amounts
    ledger: pd.DataFrame  # nation, fund (texts), year and amounts
    burden_sharing: pd.DataFrame  # nation (text), year (NaN: the horizon), amounts and shares
    expiry: pd.DataFrame  # texts as they are, t, expires (0-based), quantity
    recipients: pd.DataFrame  # texts as they are, thing (node, line, leg or demand), item_code, t, expires, quantity


def clean(case: Case, tables: Mapping[str, pd.DataFrame], findings: Findings) -> PlanTables:
    """Names: rows speak of known things that belong together. Periods: 1…P. No row twice, none below 0."""
    coding = Coding.of(case)
    return PlanTables(
        production=_production(case, coding, tables, findings),
        shipments=_shipments(case, coding, tables, findings),
        stocks=_node_items(case, coding, "stocks", tables, findings),
        deliveries=_demand_rows(case, coding, "deliveries", tables, findings),
        shortfalls=_demand_rows(case, coding, "shortfalls", tables, findings),
        targets=_targets(case, coding, tables, findings),
        scrap=_node_items(case, coding, "scrap", tables, findings),
        investments=_investments(case, coding, tables, findings),
        payments=_payments(case, tables, findings),
        allocations=_allocations(case, tables, findings),
        nations=_nations(case, tables, findings),
        ledger=typed("ledger", tables, findings),
        burden_sharing=typed("burden_sharing", tables, findings),
        expiry=_expiry(case, tables, findings),
        recipients=_recipients(case, coding, tables, findings),
    )


def _production(case: Case, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = typed("production", tables, findings)
    frame = with_known("production", frame, coding.lines.codes(frame["line"]), ["line"], findings, "line")
    lines, codes = list(case.lines.values()), frame["line"].to_numpy(dtype=np.intp)
    check_same("production", frame, "factory", pick([line.factory for line in lines], codes), findings)
    check_same("production", frame, "item", pick([line.item for line in lines], codes), findings)
    nations = [case.nodes[line.factory].nation for line in lines]
    check_same("production", frame, "nation", pick(nations, codes), findings)
    frame = with_period(case, "production", frame, findings)
    check_unique("production", frame, ["line", "t"], findings)
    return frame[["line", "t", "quantity", "cost"]]


def _shipments(case: Case, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = typed("shipments", tables, findings)
    ends = ["route", "origin", "destination"]
    keys = [joined(*key) for key in frame[ends].drop_duplicates().itertuples(index=False)]
    legs = coding.legs.codes(keys)[frame.groupby(ends, sort=False).ngroup().to_numpy(dtype=np.intp)]
    frame = with_known("shipments", frame, legs, ends, findings, "leg")
    frame = with_known("shipments", frame, coding.items.codes(frame["item"]), ["item"], findings, "item")
    modes = pick([leg.mode for leg in case.legs], frame["leg"].to_numpy(dtype=np.intp))
    check_same("shipments", frame, "mode", modes, findings)
    frame = with_period(case, "shipments", frame, findings)
    check_unique("shipments", frame, ["leg", "item", "t"], findings)
    return frame[["leg", "item", "t", "arrives", "quantity", "tonnes", "cost"]]


def _node_items(
    case: Case, coding: Coding, table: str, tables: Mapping[str, pd.DataFrame], findings: Findings
) -> pd.DataFrame:
    frame = typed(table, tables, findings)
    frame = with_known(table, frame, coding.nodes.codes(frame["node"]), ["node"], findings, "node")
    frame = with_known(table, frame, coding.items.codes(frame["item"]), ["item"], findings, "item")
    frame = with_period(case, table, frame, findings)
    check_unique(table, frame, ["node", "item", "t"], findings)
    return frame[["node", "item", "t", "quantity", *(["cost"] if table == "scrap" else [])]]


def _demand_rows(
    case: Case, coding: Coding, table: str, tables: Mapping[str, pd.DataFrame], findings: Findings
) -> pd.DataFrame:
    frame = typed(table, tables, findings)
    due = [day(value) for value in frame["due"]]
    codes = coding.demands.codes([joined(*key) for key in zip(frame["demand"], due, strict=True)])
    frame = with_known(table, frame, codes, ["demand", "due"], findings, "demand")
    demands, codes = list(case.demands.values()), frame["demand"].to_numpy(dtype=np.intp)
    for column in ("commitment", "destination", "item"):
        check_same(table, frame, column, pick([getattr(demand, column) for demand in demands], codes), findings)
    if table == "deliveries":
        frame = with_period(case, table, frame, findings)
    keys = ["demand", "t"] if table == "deliveries" else ["demand"]
    check_unique(table, frame, keys, findings)
    return frame[[*keys, "quantity"]]


def _targets(case: Case, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = typed("targets", tables, findings)
    frame = with_known("targets", frame, coding.targets.codes(frame["target"]), ["target"], findings, "target")
    blank = (frame["item"] == "").to_numpy()
    items = coding.items.codes(frame["item"])
    frame = with_known("targets", frame, np.where(blank, len(case.items), items), ["item"], findings, "item")
    frame["item"] = np.where(frame["item"] == len(case.items), -1, frame["item"])
    frame = with_period(case, "targets", frame, findings)
    check_unique("targets", frame, ["target", "item", "t"], findings)
    return frame[["target", "item", "t", "wanted", "held", "below"]]


def _investments(case: Case, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = typed("investments", tables, findings)
    codes = coding.expansions.codes(frame["expansion"])
    frame = with_known("investments", frame, codes, ["expansion"], findings, "expansion")
    objects = [expansion.object for expansion in case.expansions.values()]
    check_same("investments", frame, "object", pick(objects, frame["expansion"].to_numpy(dtype=np.intp)), findings)
    frame = with_period(case, "investments", frame, findings)
    check_unique("investments", frame, ["expansion", "t"], findings)
    return frame[["expansion", "t", "ready", "quantity", "cost"]]


def _payments(case: Case, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = typed("payments", tables, findings)
    frame = with_known("payments", frame, Index(list(case.funds)).codes(frame["fund"]), ["fund"], findings, "place")
    for column in ("year", "cash_year"):
        year = frame[column].to_numpy(dtype=np.float64)
        good = np.isin(year, np.array(case.calendar.year_list, dtype=np.float64))
        if not good.all():
            index = int(np.argmin(good))
            text = f"{column} {day(year[index])} is no fiscal year of the horizon"
            findings.fault("periods", f"payments, row {file_row(frame, index)}: {text}")
            frame, year = frame[good], year[good]
        frame = frame.assign(**{column: year.astype(np.intp)})
    check_unique("payments", frame, ["fund", "contributor", "cost_type", "object", "year", "cash_year"], findings)
    return frame[[*COLUMNS["payments"]]]


def _allocations(case: Case, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = typed("allocations", tables, findings)
    for column, known in (("fund", list(case.funds)), ("line", list(case.lines)), ("nation", sorted(case.nations))):
        frame = with_known("allocations", frame, Index(known).codes(frame[column]), [column], findings, "place")
    expected = np.array([case.lines[str(line)].item for line in frame["line"]] + [""], dtype=object)[:-1]
    check_same("allocations", frame, "item", expected, findings)
    check_unique("allocations", frame, ["fund", "line", "nation"], findings)
    return frame[[*COLUMNS["allocations"]]]


def _nations(case: Case, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = typed("nations", tables, findings)
    payers = {budget.contributor for fund in case.funds.values() for budget in fund.budgets}
    known = Index(sorted(case.nations | payers))
    frame = with_known("nations", frame, known.codes(frame["nation"]), ["nation"], findings, "place")
    good = frame["year"].isin(case.calendar.year_list)
    if not good.all():
        findings.fault("periods", "nations: a year is no fiscal year of the horizon")
    frame = frame[good]
    check_unique("nations", frame, ["nation", "year"], findings)
    return frame


def _expiry(case: Case, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    """Only what any row must have; what the flows mean is for the check of shelf life."""
    frame = typed("expiry", tables, findings)
    frame = with_known("expiry", frame, Index(list(case.items)).codes(frame["item"]), ["item"], findings, "item_code")
    frame = with_period(case, "expiry", frame, findings)
    keys = ["flow", "object", "origin", "destination", "item", "due", "t", "expires"]
    check_unique("expiry", frame, keys, findings)
    return frame.assign(expires=frame["expires"].to_numpy(dtype=np.float64) - 1)


def things_of(coding: Coding, frame: pd.DataFrame) -> Codes:
    """What `object` (with the places or the due period, where they tell things apart) means, by flow; −1: unknown."""
    places = np.full(len(frame), -1, dtype=np.intp)
    flows = frame["flow"].to_numpy(dtype=object)
    objects, due = frame["object"], [day(value) for value in frame["due"]]
    keys = {
        "shipment": [joined(*key) for key in frame[["object", "origin", "destination"]].itertuples(index=False)],
        "delivery": [joined(*key) for key in zip(objects, due, strict=True)],
    }
    for known, named in (
        (coding.lines, ("production", "consumption")),
        (coding.legs, ("shipment",)),
        (coding.demands, ("delivery",)),
        (coding.nodes, ("entry", "stock", "scrap")),
    ):
        for flow in named:
            places = np.where(flows == flow, known.codes(keys.get(flow, objects.tolist())), places)
    return places


def _recipients(case: Case, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    """Goods distinguished by recipient; what the flows mean is for the check of access."""
    table = "recipients"
    frame = typed(table, tables, findings)
    frame = with_known(table, frame, coding.items.codes(frame["item"]), ["item"], findings, "item_code")
    frame = with_known(table, frame, things_of(coding, frame), ["flow", "object"], findings, "thing")
    known = Index(["", "(reserve)", *sorted(case.nations)])
    frame = with_known(table, frame, known.codes(frame["recipient"]), ["recipient"], findings, "recipient_code")
    frame = with_period(case, table, frame, findings)
    check_unique(table, frame, ["flow", "thing", "item_code", "recipient", "t", "expires"], findings)
    return frame


def together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One below the other, without those that have no row: pandas 2 warns of them."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled or frames[:1], ignore_index=True)

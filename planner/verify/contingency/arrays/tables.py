"""The response tables, with names turned into numbers; rows that make no sense are reported and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from planner.verify.contingency.data import Contingency, Strike
from planner.verify.plan_arrays import PlanArrays
from planner.verify.table_form import (
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
from planner.verify.tables import Coding, joined
from planner.verify.verification import Codes, Findings, Flags

RESERVE = "(reserve)"  # for nobody yet
ANYONE = "(any)"  # not distinguished


@dataclass(frozen=True)
class Need:
    """What a case asks for: a surge, or a demand of the plan that stands beside it. `due` is 0-based."""

    case: int
    kind: str  # surge or demand
    demand: str
    destination: str
    item: str
    due: int
    quantity: float
    priority: float
    last: int  # last period of delivery, cut to the response
    shortage_cost: float | None
    delay_cost: float

    @property
    def key(self) -> tuple[str, ...]:
        """(kind, demand, destination, item, due period), as the tables write them."""
        return self.kind, self.demand, self.destination, self.item, day(self.due + 1)


@dataclass(frozen=True)
class ResponseTables:
    """Codes of cases are in column `case`; `t` and `h` count periods from the horizon's and the response's begin."""

    cases: pd.DataFrame
    deliveries: pd.DataFrame  # need, t, h, quantity
    uncovered: pd.DataFrame  # need, quantity
    moves: pd.DataFrame  # leg, item, recipient (text), t, h, arrives (1-based), quantity, tonnes, cost
    making: pd.DataFrame  # line, recipient, t, h, quantity, ordered (text), cost
    stocks: pd.DataFrame  # node, item, recipient, t, h, quantity
    expiry: pd.DataFrame
    coverage: pd.DataFrame
    draws: pd.DataFrame
    reach: pd.DataFrame


@dataclass(frozen=True)
class Cases:
    """The cases of an input, their needs, and the goods that move in them."""

    arrays: PlanArrays

    @cached_property
    def strikes(self) -> tuple[Strike, ...]:
        """Each contingency with each period in which it may strike, in the order of the input."""
        return self.arrays.case.contingencies.strikes(self.arrays.case.periods)

    @cached_property
    def index(self) -> Index:
        """Positions of cases by `contingency` and `strike` (from 1), joined."""
        return Index([joined(each.contingency.name, day(each.period + 1)) for each in self.strikes])

    @cached_property
    def begin(self) -> Codes:
        """[case]: first period of the response, 0-based: the strike less the warning, at least 0."""
        return np.array([each.begin for each in self.strikes], dtype=np.intp)

    @cached_property
    def end(self) -> Codes:
        """[case]: last period of the response, 0-based."""
        return np.array([each.end for each in self.strikes], dtype=np.intp)

    def words(self, case: int) -> str:
        """`'Renewed attack' striking in 2027-03`: a case, for messages."""
        strike = self.strikes[case]
        return f"{strike.contingency.name!r} striking in {self.arrays.label(strike.period)}"

    @cached_property
    def needs(self) -> list[Need]:
        """What each case needs: its surge, then the standing demand; cases in order."""
        return [need for case, strike in enumerate(self.strikes) for need in self._needs(case, strike)]

    def _needs(self, case: int, strike: Strike) -> list[Need]:
        needs = []
        for surge in strike.contingency.surges:
            due = strike.period + surge.offset
            if due <= strike.end:
                names = ("surge", "", surge.destination, surge.item)
                last = min(due + surge.max_delay, strike.end)
                costs = surge.shortage_cost, surge.delay_cost
                needs.append(Need(case, *names, due, surge.quantity, surge.priority, last, *costs))
        items = {surge.item for surge in strike.contingency.surges}
        for demand in self.arrays.case.demands.values():
            stands = {"all": True, "binding": demand.binding}.get(strike.contingency.standing, False)
            if stands and demand.item in items and strike.begin <= demand.due <= strike.end:
                names = ("demand", demand.name, demand.destination, demand.item)
                last = min(demand.due + demand.max_delay, strike.end)
                costs = demand.shortage_cost, demand.delay_cost
                needs.append(Need(case, *names, demand.due, demand.quantity, demand.priority, last, *costs))
        return needs

    @cached_property
    def moving(self) -> Flags:
        """True for the contingency's surge items and all that they are made of, by case and item."""
        moving = np.zeros((len(self.strikes), len(self.arrays.items)), dtype=bool)
        known: dict[str, list[int]] = {}
        for case, strike in enumerate(self.strikes):
            name = strike.contingency.name
            if name not in known:
                known[name] = [self.arrays.item_code[item] for item in self.goods_of(strike.contingency)]
            moving[case, known[name]] = True
        return moving

    def goods_of(self, contingency: Contingency) -> frozenset[str]:
        """Its surge items and, through Components, all that they are made of."""
        return with_parts(self.arrays, {surge.item for surge in contingency.surges})


def with_parts(arrays: PlanArrays, items: set[str]) -> frozenset[str]:
    """The items and all that they are made of, by any line."""
    items_with_parts, fresh = set(items), set(items)
    while fresh:
        parts = {part for item, part in arrays.case.bill if item in fresh}
        fresh = parts - items_with_parts
        items_with_parts |= fresh
    return frozenset(items_with_parts)


def clean_responses(cases: Cases, tables: Mapping[str, pd.DataFrame], findings: Findings) -> ResponseTables:
    """Rows speak of a case of the input and of things that belong together, each once, within their response."""
    coding = Coding.of(cases.arrays.case)
    return ResponseTables(
        cases=_of_cases("cases", cases, tables, findings, ["case"]),
        deliveries=_needed("responses", cases, tables, findings),
        uncovered=_needed("uncovered", cases, tables, findings),
        moves=_moves(cases, coding, tables, findings),
        making=_making(cases, coding, tables, findings),
        stocks=_stocks(cases, coding, tables, findings),
        expiry=_expiry(cases, coding, tables, findings),
        coverage=_of_cases("coverage", cases, tables, findings, ["case", "kind", "destination", "item", "after"]),
        draws=_of_cases("draws", cases, tables, findings, ["case", "node", "item"]),
        reach=_of_cases("reach", cases, tables, findings, ["case", "destination", "item", "node"]),
    )


def _of_cases(
    table: str, cases: Cases, tables: Mapping[str, pd.DataFrame], findings: Findings, keys: list[str] | None = None
) -> pd.DataFrame:
    frame = typed(table, tables, findings)
    pairs = zip(frame["contingency"], frame["strike"], strict=True)
    codes = cases.index.codes([joined(name, day(strike)) for name, strike in pairs])
    frame = with_known(table, frame, codes, ["contingency", "strike"], findings, "case")
    if keys:
        check_unique(table, frame, keys, findings)
    return frame


def _dated(table: str, cases: Cases, frame: pd.DataFrame, keys: list[str], findings: Findings) -> pd.DataFrame:
    """With `t` and `h`; rows outside their response are reported and left out."""
    frame = with_period(cases.arrays.case, table, frame, findings)
    case, period = frame["case"].to_numpy(dtype=np.intp), frame["t"].to_numpy(dtype=np.intp)
    good = (period >= cases.begin[case]) & (period <= cases.end[case])
    if not good.all():
        index = int(np.argmin(good))
        when = f"{cases.arrays.label(period[index])} is outside the response to {cases.words(int(case[index]))}"
        findings.fault("response_window", f"{table}, row {file_row(frame, index)}: {when}")
    dated: pd.DataFrame = frame[good].assign(h=(period - cases.begin[case])[good])
    check_unique(table, dated, keys, findings)
    return dated


def _needed(table: str, cases: Cases, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = _of_cases(table, cases, tables, findings)
    needs = cases.needs
    index = Index([joined(str(need.case), *need.key) for need in needs])
    columns = ["kind", "demand", "destination", "item", "due"]
    keys = [
        joined(str(case), *values[:-1], day(values[-1]))
        for case, *values in frame[["case", *columns]].itertuples(index=False)
    ]
    frame = with_known(table, frame, index.codes(keys), columns, findings, "need")
    if table == "uncovered":
        check_unique(table, frame, ["need"], findings)
        return frame
    return _dated(table, cases, frame, ["need", "t"], findings)


def _moves(cases: Cases, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    table = "response_moves"
    frame = _of_cases(table, cases, tables, findings)
    ends = ["route", "origin", "destination"]
    keys = [joined(*key) for key in frame[ends].itertuples(index=False)]
    frame = with_known(table, frame, coding.legs.codes(keys), ends, findings, "leg")
    modes = [leg.mode for leg in cases.arrays.case.legs]
    check_same(table, frame, "mode", pick(modes, frame["leg"].to_numpy(dtype=np.intp)), findings)
    frame = _goods(table, cases, coding, frame, findings)
    return _dated(table, cases, frame, ["case", "leg", "item", "recipient", "t"], findings)


def _goods(table: str, cases: Cases, coding: Coding, frame: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """With the code of an item that moves in the case, for a known recipient."""
    frame = with_known(table, frame, coding.items.codes(frame["item"]), ["item"], findings, "item")
    _check_moving(table, cases, frame, frame["item"].to_numpy(dtype=np.intp), findings)
    return _for_known(table, cases, frame, findings)


def _for_known(table: str, cases: Cases, frame: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    recipients = Index(["", RESERVE, ANYONE, *sorted(cases.arrays.case.nations)])
    codes = recipients.codes(frame["recipient"])
    return with_known(table, frame, codes, ["recipient"], findings, "recipient_code")


def _check_moving(table: str, cases: Cases, frame: pd.DataFrame, item: Codes, findings: Findings) -> None:
    case = frame["case"].to_numpy(dtype=np.intp)
    size = np.where(cases.moving[case, item], 0.0, frame["quantity"].to_numpy(dtype=float))

    def say(row: int) -> str:
        what = f"{cases.arrays.items[item[row]]!r} waits in the response to {cases.words(int(case[row]))}"
        return f"{table}, row {file_row(frame, row)}: {what}"

    findings.check("response_goods", size, size, say)


def _making(cases: Cases, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    table = "response_making"
    frame = _of_cases(table, cases, tables, findings)
    frame = with_known(table, frame, coding.lines.codes(frame["line"]), ["line"], findings, "line")
    lines, codes = list(cases.arrays.case.lines.values()), frame["line"].to_numpy(dtype=np.intp)
    check_same(table, frame, "factory", pick([line.factory for line in lines], codes), findings)
    check_same(table, frame, "item", pick([line.item for line in lines], codes), findings)
    nations = [cases.arrays.case.nodes[line.factory].nation for line in lines]
    check_same(table, frame, "nation", pick(nations, codes), findings)
    _check_moving(table, cases, frame, cases.arrays.line_item[codes], findings)
    frame = _for_known(table, cases, frame, findings)
    return _dated(table, cases, frame, ["case", "line", "recipient", "t"], findings)


def _stocks(cases: Cases, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    table = "response_stocks"
    frame = _of_cases(table, cases, tables, findings)
    frame = with_known(table, frame, coding.nodes.codes(frame["node"]), ["node"], findings, "node")
    frame = _goods(table, cases, coding, frame, findings)
    return _dated(table, cases, frame, ["case", "node", "item", "recipient", "t"], findings)


def _expiry(cases: Cases, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    """Only what any row must have; what the flows mean is for the check of shelf life."""
    table = "response_expiry"
    frame = _of_cases(table, cases, tables, findings)
    frame["item_name"] = frame["item"]
    frame = _goods(table, cases, coding, frame, findings)
    keys = ["case", "flow", "object", "origin", "destination", "item", "recipient", "due", "t", "expires"]
    return _dated(table, cases, frame, keys, findings)

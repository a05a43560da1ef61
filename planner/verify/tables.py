"""The result tables, with names turned into numbers; rows that make no sense are reported and left out.

Codes count things in the order of the input: `case.items`, `case.nodes`, `case.legs` and so on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.verify.data import Case
from planner.verify.verification import Codes, Findings, Floats, number

NAME_COLUMNS = frozenset(
    (
        *("line", "factory", "nation", "item", "route", "origin", "destination", "mode", "node", "demand"),
        *("commitment", "target", "expansion", "object", "fund", "contributor", "cost_type", "flow"),
    )
)
COLUMNS: dict[str, tuple[str, ...]] = {
    "production": ("line", "factory", "nation", "item", "period", "quantity", "cost"),
    "shipments": ("route", "origin", "destination", "mode", "item", "period", "arrives", "quantity", "tonnes", "cost"),
    "stocks": ("node", "item", "period", "quantity"),
    "deliveries": ("demand", "commitment", "destination", "item", "due", "period", "quantity"),
    "shortfalls": ("demand", "commitment", "destination", "item", "due", "quantity"),
    "targets": ("target", "period", "wanted", "held", "below", "item"),
    "scrap": ("node", "item", "period", "quantity", "cost"),
    "investments": ("expansion", "object", "period", "ready", "quantity", "cost"),
    "payments": ("fund", "contributor", "cost_type", "object", "nation", "year", "amount", "cash_year"),
    "allocations": ("fund", "line", "item", "nation", "quantity"),
    "nations": ("nation", "year", "contributed", "produced", "received", "balance"),
    "expiry": ("flow", "object", "origin", "destination", "item", "due", "period", "expires", "quantity"),
}
# Columns that may not be below 0.
AMOUNTS = ("quantity", "amount", "below", "wanted", "held", "tonnes", "cost")


class Index:
    """Numbers for names."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self._index = pd.Index(self.names, dtype=object)

    def __len__(self) -> int:
        return len(self.names)

    def codes(self, column: pd.Series[str] | Sequence[str]) -> Codes:
        """The number of each name; −1 for an unknown one. Names repeat, so each is looked up once."""
        places, found = pd.factorize(np.asarray(column, dtype=object))
        return np.asarray(self._index.get_indexer(pd.Index(found, dtype=object)), dtype=np.intp)[places]


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
        return cls(
            Index(list(case.items)),
            Index(list(case.nodes)),
            Index(list(case.lines)),
            Index([joined(leg.route, leg.origin, leg.destination) for leg in case.legs]),
            Index([joined(name, str(due + 1)) for name, due in case.demands]),
            Index(list(case.targets)),
            Index(list(case.expansions)),
        )


def joined(*parts: str) -> str:
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
    expiry: pd.DataFrame  # texts as they are, t, expires (0-based), quantity


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
        expiry=_expiry(case, tables, findings),
    )


def _row(frame: pd.DataFrame, place: int) -> int:
    """The row of the CSV file; the header is row 1."""
    return int(frame.index[place]) + 2


def _typed(table: str, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    """The table with texts as texts (blank: "") and numbers as floats (unreadable: reported, 0)."""
    raw = tables.get(table)
    if raw is None:
        raw = pd.DataFrame(columns=list(COLUMNS[table]))
    columns: dict[str, object] = {}
    for column in COLUMNS[table]:
        if column not in raw.columns:
            if (table, column) != ("targets", "item"):
                findings.fault("table_form", f"table {table} has no column {column!r}")
            columns[column] = [""] * len(raw) if column in NAME_COLUMNS else np.zeros(len(raw))
        elif column in NAME_COLUMNS:
            columns[column] = _texts(raw[column])
        else:
            columns[column] = _numbers(table, column, raw[column], findings)
    return pd.DataFrame(columns)


def _texts(column: pd.Series[str]) -> np.ndarray:
    places, found = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    words = np.array([str(name) for name in found] + [""], dtype=object)
    return np.asarray(words[places])


def _numbers(table: str, column: str, raw: pd.Series[float], findings: Findings) -> Floats:
    values = np.asarray(pd.to_numeric(raw, errors="coerce"), dtype=np.float64)
    bad = ~np.isfinite(values)
    if column == "due" and table == "expiry":
        bad &= np.asarray([str(cell) not in {"", "nan", "None", "<NA>"} for cell in raw], dtype=bool)
    if bad.any():
        place = int(np.argmax(bad))
        findings.fault("table_form", f"{table}, row {place + 2}: {column} is {raw.iloc[place]!r}, not a number")
    values = np.where(np.isfinite(values), values, 0.0)
    if column in AMOUNTS:
        residual = -values
        findings.check(
            "non_negative", residual, np.abs(values), lambda k: f"{table}, row {k + 2}: {column} is {number(values[k])}"
        )
    return values


def _period(case: Case, table: str, frame: pd.DataFrame, findings: Findings, column: str = "period") -> pd.DataFrame:
    """The rows whose period is one of 1…P, with it 0-based in `t`."""
    given = frame[column].to_numpy(dtype=np.float64)
    good = (given >= 1) & (given <= case.periods) & (given == np.floor(given))
    if not good.all():
        place = int(np.argmin(good))
        findings.fault(
            "periods", f"{table}, row {_row(frame, place)}: {column} {number(given[place])} is not in 1…{case.periods}"
        )
    kept: pd.DataFrame = frame[good]
    return kept.assign(t=given[good].astype(np.intp) - 1)


def _known(
    table: str, frame: pd.DataFrame, code: Codes, texts: Sequence[str], findings: Findings, name: str
) -> pd.DataFrame:
    """The rows with a known thing, its code in column `name`; the first unknown one is reported."""
    unknown = code < 0
    if unknown.any():
        place = int(np.argmax(unknown))
        described = ", ".join(f"{column} {_shown(frame[column].iloc[place])}" for column in texts)
        findings.fault("names", f"{table}, row {_row(frame, place)}: the input has no such {described}")
    kept: pd.DataFrame = frame[~unknown]
    return kept.assign(**{name: code[~unknown]})


def _shown(value: object) -> str:
    return number(float(value)) if isinstance(value, int | float | np.number) else repr(value)


def _same(table: str, frame: pd.DataFrame, column: str, expected: np.ndarray, findings: Findings) -> None:
    """A column that follows from another one of its row agrees with it."""
    wrong = frame[column].to_numpy(dtype=object) != expected
    if wrong.any():
        place = int(np.argmax(wrong))
        text = f"{table}, row {_row(frame, place)}: {column} is {frame[column].iloc[place]!r}"
        findings.fault("names", f"{text}, expected {expected[place]!r}")


def _unique(table: str, frame: pd.DataFrame, keys: list[str], findings: Findings) -> None:
    again = frame.duplicated(keys).to_numpy()
    if again.any():
        place = int(np.argmax(again))
        findings.fault("duplicates", f"{table}, row {_row(frame, place)} repeats an earlier row")


def _pick(values: Sequence[str | None], codes: Codes) -> np.ndarray:
    """The value of each code, blank as ""."""
    lookup = np.array([value or "" for value in values] + [""], dtype=object)
    return np.asarray(lookup[codes])


def _production(case: Case, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = _typed("production", tables, findings)
    frame = _known("production", frame, coding.lines.codes(frame["line"]), ["line"], findings, "line")
    lines, codes = list(case.lines.values()), frame["line"].to_numpy(dtype=np.intp)
    _same("production", frame, "factory", _pick([line.factory for line in lines], codes), findings)
    _same("production", frame, "item", _pick([line.item for line in lines], codes), findings)
    nations = [case.nodes[line.factory].nation for line in lines]
    _same("production", frame, "nation", _pick(nations, codes), findings)
    frame = _period(case, "production", frame, findings)
    _unique("production", frame, ["line", "t"], findings)
    return frame[["line", "t", "quantity", "cost"]]


def _shipments(case: Case, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = _typed("shipments", tables, findings)
    ends = ["route", "origin", "destination"]
    keys = [joined(*key) for key in frame[ends].drop_duplicates().itertuples(index=False)]
    legs = coding.legs.codes(keys)[frame.groupby(ends, sort=False).ngroup().to_numpy(dtype=np.intp)]
    frame = _known("shipments", frame, legs, ends, findings, "leg")
    frame = _known("shipments", frame, coding.items.codes(frame["item"]), ["item"], findings, "item")
    modes = _pick([leg.mode for leg in case.legs], frame["leg"].to_numpy(dtype=np.intp))
    _same("shipments", frame, "mode", modes, findings)
    frame = _period(case, "shipments", frame, findings)
    _unique("shipments", frame, ["leg", "item", "t"], findings)
    return frame[["leg", "item", "t", "arrives", "quantity", "tonnes", "cost"]]


def _node_items(
    case: Case, coding: Coding, table: str, tables: Mapping[str, pd.DataFrame], findings: Findings
) -> pd.DataFrame:
    frame = _typed(table, tables, findings)
    frame = _known(table, frame, coding.nodes.codes(frame["node"]), ["node"], findings, "node")
    frame = _known(table, frame, coding.items.codes(frame["item"]), ["item"], findings, "item")
    frame = _period(case, table, frame, findings)
    _unique(table, frame, ["node", "item", "t"], findings)
    return frame[["node", "item", "t", "quantity", *(["cost"] if table == "scrap" else [])]]


def _demand_rows(
    case: Case, coding: Coding, table: str, tables: Mapping[str, pd.DataFrame], findings: Findings
) -> pd.DataFrame:
    frame = _typed(table, tables, findings)
    due = [number(value) for value in frame["due"]]
    codes = coding.demands.codes([joined(name, day) for name, day in zip(frame["demand"], due, strict=True)])
    frame = _known(table, frame, codes, ["demand", "due"], findings, "demand")
    demands, codes = list(case.demands.values()), frame["demand"].to_numpy(dtype=np.intp)
    for column in ("commitment", "destination", "item"):
        _same(table, frame, column, _pick([getattr(demand, column) for demand in demands], codes), findings)
    if table == "deliveries":
        frame = _period(case, table, frame, findings)
    keys = ["demand", "t"] if table == "deliveries" else ["demand"]
    _unique(table, frame, keys, findings)
    return frame[[*keys, "quantity"]]


def _targets(case: Case, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = _typed("targets", tables, findings)
    frame = _known("targets", frame, coding.targets.codes(frame["target"]), ["target"], findings, "target")
    blank = (frame["item"] == "").to_numpy()
    items = coding.items.codes(frame["item"])
    frame = _known("targets", frame, np.where(blank, len(case.items), items), ["item"], findings, "item")
    frame["item"] = np.where(frame["item"] == len(case.items), -1, frame["item"])
    frame = _period(case, "targets", frame, findings)
    _unique("targets", frame, ["target", "item", "t"], findings)
    return frame[["target", "item", "t", "wanted", "held", "below"]]


def _investments(case: Case, coding: Coding, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = _typed("investments", tables, findings)
    codes = coding.expansions.codes(frame["expansion"])
    frame = _known("investments", frame, codes, ["expansion"], findings, "expansion")
    objects = [expansion.object for expansion in case.expansions.values()]
    _same("investments", frame, "object", _pick(objects, frame["expansion"].to_numpy(dtype=np.intp)), findings)
    frame = _period(case, "investments", frame, findings)
    _unique("investments", frame, ["expansion", "t"], findings)
    return frame[["expansion", "t", "ready", "quantity", "cost"]]


def _payments(case: Case, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = _typed("payments", tables, findings)
    frame = _known("payments", frame, Index(list(case.funds)).codes(frame["fund"]), ["fund"], findings, "place")
    for column in ("year", "cash_year"):
        year = frame[column].to_numpy(dtype=np.float64)
        good = np.isin(year, np.array(case.calendar.year_list, dtype=np.float64))
        if not good.all():
            place = int(np.argmin(good))
            text = f"{column} {number(year[place])} is no fiscal year of the horizon"
            findings.fault("periods", f"payments, row {_row(frame, place)}: {text}")
        frame = frame[good].assign(**{column: year[good].astype(np.intp)})
    _unique("payments", frame, ["fund", "contributor", "cost_type", "object", "year", "cash_year"], findings)
    return frame[[*COLUMNS["payments"]]]


def _allocations(case: Case, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = _typed("allocations", tables, findings)
    for column, known in (("fund", list(case.funds)), ("line", list(case.lines)), ("nation", sorted(case.nations))):
        frame = _known("allocations", frame, Index(known).codes(frame[column]), [column], findings, "place")
    expected = np.array([case.lines[str(line)].item for line in frame["line"]] + [""], dtype=object)[:-1]
    _same("allocations", frame, "item", expected, findings)
    _unique("allocations", frame, ["fund", "line", "nation"], findings)
    return frame[[*COLUMNS["allocations"]]]


def _nations(case: Case, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    frame = _typed("nations", tables, findings)
    payers = {budget.contributor for fund in case.funds.values() for budget in fund.budgets}
    known = Index(sorted(case.nations | payers))
    frame = _known("nations", frame, known.codes(frame["nation"]), ["nation"], findings, "place")
    good = frame["year"].isin(case.calendar.year_list)
    if not good.all():
        findings.fault("periods", "nations: a year is no fiscal year of the horizon")
    frame = frame[good]
    _unique("nations", frame, ["nation", "year"], findings)
    return frame


def _expiry(case: Case, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    """Only what any row must have; what the flows mean is for the check of shelf life."""
    frame = _typed("expiry", tables, findings)
    frame = _known("expiry", frame, Index(list(case.items)).codes(frame["item"]), ["item"], findings, "item_code")
    frame = _period(case, "expiry", frame, findings)
    keys = ["flow", "object", "origin", "destination", "item", "due", "t", "expires"]
    _unique("expiry", frame, keys, findings)
    return frame.assign(expires=frame["expires"].to_numpy(dtype=np.float64) - 1)

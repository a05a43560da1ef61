"""Result tables as they are written: columns, typed cells, known names, periods; what makes no sense is reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd

from planner.verify.input.data import Case
from planner.verify.verification import Codes, Findings, Floats, number

NAME_COLUMNS = frozenset(
    (
        *("line", "factory", "nation", "item", "route", "origin", "destination", "mode", "node", "demand"),
        *("commitment", "target", "expansion", "object", "fund", "contributor", "cost_type", "flow"),
        *("contingency", "kind", "recipient", "domain", "ordered", "level"),
    )
)
CASE = ("contingency", "strike")
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
    "ledger": ("nation", "fund", "year", "contributed", "produced", "balance"),
    "burden_sharing": (
        *("nation", "year", "contributed", "part", "share_due", "share_paid", "difference", "over"),
        *("produced", "work_share", "work_goal", "work_balance"),
    ),
    "expiry": ("flow", "object", "origin", "destination", "item", "due", "period", "expires", "quantity"),
    "recipients": (
        *("flow", "object", "origin", "destination", "item", "recipient", "due", "period", "expires", "quantity"),
    ),
    "cases": (
        *("contingency", "strike", "begins", "ends", "weight", "need", "uncovered", "coverage", "promised", "lack"),
        "cost",
    ),
    "responses": (*CASE, "kind", "demand", "destination", "item", "due", "period", "quantity"),
    "uncovered": (*CASE, "kind", "demand", "destination", "item", "due", "quantity"),
    "response_moves": (
        *(*CASE, "route", "origin", "destination", "mode", "item", "recipient", "period", "arrives", "quantity"),
        *("tonnes", "cost"),
    ),
    "response_making": (
        *(*CASE, "line", "factory", "nation", "item", "recipient", "period", "quantity", "ordered", "cost"),
    ),
    "response_stocks": (*CASE, "node", "item", "recipient", "period", "quantity"),
    "response_expiry": (
        *(*CASE, "flow", "object", "origin", "destination", "item", "recipient", "due", "period", "expires"),
        "quantity",
    ),
    "coverage": (
        *(*CASE, "kind", "destination", "item", "domain", "after", "wanted", "covered", "wanted_so_far"),
        "covered_so_far",
    ),
    "draws": (*CASE, "node", "nation", "item", "at_begin", "under_way", "lost", "used", "left"),
    "reach": (*CASE, "destination", "item", "node", "days", "quantity"),
    "access_value": ("nation", "level", "closed", "now", "open"),
}
# Columns of which no more is checked than their sign or order, and fields of run.json.
BOUNDED = ("access_value.closed", "access_value.open")
BOUNDED_FIELDS = ("worth.expected", "worth.evpi", "worth.planning")
# Tables of an input with contingencies.
RESPONSE_TABLES = (
    *("cases", "responses", "uncovered", "response_moves", "response_making", "response_stocks", "response_expiry"),
    *("coverage", "draws", "reach", "access_value"),
)
OPTIONAL = frozenset(("recipients", *RESPONSE_TABLES))
NEVER = 10.0**6  # the last period of use of goods that do not expire
# Tables in which a number may be blank, and what that is read as.
BLANKS: dict[str, dict[str, float]] = {
    "expiry": {"due": 0.0},
    "recipients": {"due": 0.0, "expires": NEVER},
    "response_expiry": {"due": 0.0},
    "access_value": {"closed": np.inf, "open": np.inf},
    "burden_sharing": dict.fromkeys(COLUMNS["burden_sharing"][1:], np.nan),
}
# Columns that may not be below 0.
AMOUNTS = (
    *("quantity", "amount", "below", "wanted", "held", "tonnes", "cost", "need", "uncovered", "lack", "covered"),
    *("at_begin", "under_way", "lost", "left"),
)


class Index:
    """Numbers for names."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self._index = pd.Index(self.names, dtype=object)

    def __len__(self) -> int:
        return len(self.names)

    def codes(self, column: pd.Series[str] | Sequence[str]) -> Codes:
        """The number of each name; −1 for an unknown one. Names repeat, so each is looked up once."""
        if not len(column):
            return np.zeros(0, dtype=np.intp)
        places, codes = pd.factorize(np.asarray(column, dtype=object))
        return np.asarray(self._index.get_indexer(pd.Index(codes, dtype=object)), dtype=np.intp)[places]


def file_row(frame: pd.DataFrame, index: int) -> int:
    """The row of the CSV file; the header is row 1."""
    return int(frame.index[index]) + 2


def typed(table: str, tables: Mapping[str, pd.DataFrame], findings: Findings) -> pd.DataFrame:
    """The table with texts as texts (blank: "") and numbers as floats (unreadable: reported, 0)."""
    raw = tables.get(table)
    if raw is None or (raw.empty and set(COLUMNS[table]) <= set(raw.columns)):
        return _without_rows(table).copy(deep=False)
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


@cache
def _without_rows(table: str) -> pd.DataFrame:
    kinds = {column: object if column in NAME_COLUMNS else np.float64 for column in COLUMNS[table]}
    return pd.DataFrame({column: np.array([], dtype=kind) for column, kind in kinds.items()})


def _texts(column: pd.Series[str]) -> np.ndarray:
    places, texts = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    words = np.array([str(name) for name in texts] + [""], dtype=object)
    return np.asarray(words[places])


def _numbers(table: str, column: str, raw: pd.Series[float], findings: Findings) -> Floats:
    values = np.asarray(pd.to_numeric(raw, errors="coerce"), dtype=np.float64)
    bad = ~np.isfinite(values)
    blank = BLANKS.get(table, {}).get(column)
    if blank is not None:
        bad &= np.asarray([str(cell) not in {"", "nan", "None", "<NA>"} for cell in raw], dtype=bool)
    if bad.any():
        index = int(np.argmax(bad))
        findings.fault("table_form", f"{table}, row {index + 2}: {column} is {raw.iloc[index]!r}, not a number")
    values = np.where(np.isfinite(values), values, 0.0 if blank is None else blank)
    if column in AMOUNTS:
        residual = -values
        findings.check(
            "non_negative", residual, np.abs(values), lambda k: f"{table}, row {k + 2}: {column} is {number(values[k])}"
        )
    return values


def day(value: float) -> str:
    """A period or a year as a file has it, so also as part of a key: `12`, `-1`, `2026`.

    Quantities are written for people (`number`).
    """
    return f"{float(value):.9g}"


def with_period(
    case: Case, table: str, frame: pd.DataFrame, findings: Findings, column: str = "period"
) -> pd.DataFrame:
    """The rows whose period is one of 1…P, with it 0-based in `t`."""
    periods = frame[column].to_numpy(dtype=np.float64)
    good = (periods >= 1) & (periods <= case.periods) & (periods == np.floor(periods))
    if not good.all():
        index = int(np.argmin(good))
        findings.fault(
            "periods",
            f"{table}, row {file_row(frame, index)}: {column} {day(periods[index])} is not in 1…{case.periods}",
        )
        frame, periods = frame[good], periods[good]
    return frame.assign(t=periods.astype(np.intp) - 1)


def with_known(
    table: str, frame: pd.DataFrame, code: Codes, texts: Sequence[str], findings: Findings, name: str
) -> pd.DataFrame:
    """The rows with a known thing, its code in column `name`; the first unknown one is reported."""
    unknown = code < 0
    if unknown.any():
        index = int(np.argmax(unknown))
        described = ", ".join(f"{column} {_shown(frame[column].iloc[index])}" for column in texts)
        findings.fault("names", f"{table}, row {file_row(frame, index)}: the input has no such {described}")
        frame, code = frame[~unknown], code[~unknown]
    return frame.assign(**{name: code})


def _shown(value: object) -> str:
    return day(float(value)) if isinstance(value, int | float | np.number) else repr(value)


def check_same(table: str, frame: pd.DataFrame, column: str, expected: np.ndarray, findings: Findings) -> None:
    """A column that follows from another one of its row agrees with it."""
    if frame.empty:
        return
    wrong = frame[column].to_numpy(dtype=object) != expected
    if wrong.any():
        index = int(np.argmax(wrong))
        text = f"{table}, row {file_row(frame, index)}: {column} is {frame[column].iloc[index]!r}"
        findings.fault("names", f"{text}, expected {expected[index]!r}")


def check_unique(table: str, frame: pd.DataFrame, keys: list[str], findings: Findings) -> None:
    """No two rows of a table have the same key."""
    if len(frame) < 2:
        return
    again = frame.duplicated(keys).to_numpy()
    if again.any():
        index = int(np.argmax(again))
        findings.fault("duplicates", f"{table}, row {file_row(frame, index)} repeats an earlier row")


def pick(values: Sequence[str | None], codes: Codes) -> np.ndarray:
    """[row]: the value of each code, blank as ""."""
    lookup = np.array([value or "" for value in values] + [""], dtype=object)
    return np.asarray(lookup[codes])

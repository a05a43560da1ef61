"""Result tables as CSV: UTF-8, `\\n`, numbers in full precision, the same bytes on every run.

Written column by column instead of with `DataFrame.to_csv`: a third faster on long tables (most of the time
goes into spelling out floating-point numbers), and the form of every number is ours to hold stable.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd

_NEEDS_QUOTES = re.compile('[",\n\r]')


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> dict[str, str]:
    """Write each table to `folder`/NAME.csv, columns and rows in the order they have; the SHA-256 of each by name."""
    folder.mkdir(exist_ok=True)
    written = {}
    for name, table in tables.items():
        content = table_text(table).encode("utf-8")
        (folder / f"{name}.csv").write_bytes(content)
        written[name] = hashlib.sha256(content).hexdigest()
    return written


def table_text(table: pd.DataFrame) -> str:
    """A table as CSV text. An empty cell stands for None and for NaN; whole-number columns have no point."""
    header = ",".join(_quoted(str(column)) for column in table.columns)
    columns = [_cells(table.iloc[:, index]) for index in range(table.shape[1])]
    return "\n".join([header, *map(",".join, zip(*columns, strict=True)), ""])


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Name → table, of those that `write_tables` wrote. Names stay text: `007` is not 7, `NA` is not a gap."""
    return {path.stem: read_table(path) for path in sorted(folder.glob("*.csv"))}


def read_table(path: Path) -> pd.DataFrame:
    """One result table; numeric columns as numbers, all others as text (empty: blank). Raises ValueError with the
    file's name where it cannot be read."""
    try:
        content = path.read_bytes()
        header, _, rows = content.partition(b"\n")
        if header.strip() and not rows:
            return _without_rows(header).copy(deep=False)
        return _with_numbers(pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8"))
    except ValueError as fault:
        raise ValueError(f"{path.name}: {fault}") from fault


@lru_cache(maxsize=64)
def _without_rows(header: bytes) -> pd.DataFrame:
    """Many tables of a small plan are empty: pandas' reader would take as long for each of them as for others."""
    return _with_numbers(pd.DataFrame(columns=next(csv.reader([header.decode("utf-8")])), dtype=str))


def _with_numbers(texts: pd.DataFrame) -> pd.DataFrame:
    spelled = {column: texts[column].to_numpy(dtype=object) for column in texts.columns if column in NUMBERS}
    return texts.assign(**{column: pd.to_numeric(cells) for column, cells in spelled.items()})


NUMBERS = frozenset(
    [
        "period",
        "arrives",
        "due",
        "year",
        "cash_year",
        "ready",
        "expires",
        "quantity",
        "tonnes",
        "cost",
        "wanted",
        "held",
        "below",
        "amount",
        "price",
        "one_less",
        "range_more",
        "range_less",
        "together",
        "contributed",
        "produced",
        "received",
        "balance",
        "part",
        "share_due",
        "share_paid",
        "difference",
        "over",
        "work_share",
        "work_goal",
        "work_balance",
        *("first", "last", "share", "least", "most"),
        *("strike", "begins", "ends", "weight", "need", "uncovered", "coverage", "promised", "lack"),
        *("after", "covered", "wanted_so_far", "covered_so_far"),
        *("at_begin", "under_way", "lost", "used", "left", "worth", "days"),
        *("closed", "now", "open"),
    ]
)


def _cells(column: pd.Series) -> list[str]:
    kind, values = column.dtype.kind, column.tolist()
    if kind in "iuf":
        texts = list(map(str if kind in "iu" else repr, values))
        if column.notna().all():
            return texts
        return ["" if gap else text for gap, text in zip(column.isna(), texts, strict=True)]
    spelled = {value: _spelled(value) for value in set(values)}
    return [spelled[value] for value in values]


def _spelled(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return repr(value) if isinstance(value, float) else _quoted(str(value))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text

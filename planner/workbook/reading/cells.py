"""How the cells of one column become values: one reader for each kind of column, no silent coercion.

Every reader takes the raw cells of a column and returns as many values. A blank cell gives the column's
default; a cell that is wrong is reported once, through `fail(row, message)`, and gives BAD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from math import isfinite
from typing import Any

from planner.tolerances import SAME
from planner.workbook.names.names import either, suggestion
from planner.workbook.reading.periods import ANY, BAD, EACH, PeriodError, PeriodReader, from_strike, show
from planner.workbook.reading.table import normalise
from planner.workbook.schema import LARGEST, Column

Fail = Callable[[int, str], None]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\Z", re.ASCII)
_SHARE_WITHIN = re.compile(
    r":\s*(\d+\.?\d*|\.\d+)\s*[,/|\s]\s*\S", re.ASCII
)  # in a name: shares without ; between them
_ALMOST_NUMBER = re.compile(r"[+-]?\d[\d\s.,'\u00a0\u202f]*%?\Z")
_CONTROL = re.compile("[\x00-\x1f\x7f\u0085\u2028\u2029]")
_YES = {"yes": True, "true": True, "no": False, "false": False}


class CellError(ValueError):
    """The cell is wrong; the message says what was found and what was expected."""


def read_column(column: Column, cells: Sequence[Any], textual: bool, periods: PeriodReader, fail: Fail) -> list[Any]:
    """The values of a column of rows that are not blank as a whole."""
    if column.kind == "number" and not textual:
        values = _numbers(column, cells, fail)
    else:
        values = _remembered(column, cells, _reader(column, textual, periods), fail)
    if column.required:
        for row, cell in enumerate(cells):
            if cell is None:
                fail(row, f"is blank; expected {expectation(column)}")
                values[row] = BAD
    return values


def expectation(column: Column) -> str:
    """What a column's cells must be, in words."""
    if column.kind in ("number", "integer"):
        return _number_expectation(column)
    words = {
        "name": "a name",
        "text": "text",
        "yes_no": "yes or no",
        "choice": either(column.choices),
        "period": "a period",
        "strikes": "periods separated by ;, or any",
        "names": "names separated by ;",
        "choices": f"{either(column.choices)}, separated by ;",
        "shares": "shares such as PL:0.7; US:0.3",
        "any": "a value",
    }
    return words[column.kind]


def _number_expectation(column: Column) -> str:
    noun = "a whole number" if column.kind == "integer" else "a number"
    low = f"{column.minimum:g}" if column.minimum is not None else None
    high = f"{column.maximum:g}" if column.maximum is not None else None
    if column.positive:
        return f"{noun} above {low}" + (f" and at most {high}" if high else "")
    if low is not None and high is not None:
        return f"{noun} from {low} to {high}"
    return f"{noun} of at least {low}" if low is not None else noun


def _magnitude_words(column: Column) -> str:
    least, largest = column.magnitude
    here = f"a number from {least:g} to {largest:g}" + (
        f" {column.unit}".replace("{currency}", "of money") if column.unit else ""
    )
    return here if column.positive else f"0 or {here}"


def _numbers(column: Column, cells: Sequence[Any], fail: Fail) -> list[Any]:
    """The lean path for the many number cells of a workbook; a NaN fails both comparisons."""
    least, largest = column.magnitude
    low = -largest if column.minimum is None else column.minimum
    high = largest if column.maximum is None else column.maximum
    default = column.default if column.default is None else float(column.default)
    values: list[Any] = []
    for row, cell in enumerate(cells):
        if type(cell) is float and low <= cell <= high and (abs(cell) >= least or (cell == 0 and not column.positive)):
            values.append(cell)
        elif cell is None:
            values.append(default)
        else:
            values.append(_attempt(lambda: read_number(column, cell, False), row, fail) if cell is not BAD else BAD)  # noqa: B023
    return values


def _attempt(read: Callable[[], Any], row: int, fail: Fail) -> Any:
    try:
        return read()
    except CellError as error:
        fail(row, str(error))
        return BAD


def _remembered(column: Column, cells: Sequence[Any], read: Callable[[Any], Any], fail: Fail) -> list[Any]:
    """Reads each distinct content once."""
    memory: dict[Any, Any] = {}
    values: list[Any] = []
    for row, cell in enumerate(cells):
        if cell is None:
            values.append(column.default)
            continue
        if cell is BAD:
            values.append(BAD)
            continue
        key = cell if type(cell) is str else (type(cell), cell)
        value = memory.get(key, memory)
        if value is memory:
            try:
                value = memory[key] = read(cell)
            except CellError as error:
                fail(row, str(error))
                value = BAD
        values.append(value)
    return values


def _reader(column: Column, textual: bool, periods: PeriodReader) -> Callable[[Any], Any]:
    if column.kind == "number":
        return lambda cell: read_number(column, cell, textual)
    if column.kind == "integer":
        return lambda cell: read_integer(column, cell, textual)
    if column.kind == "period":
        return lambda cell: read_period(column, cell, periods)
    if column.kind == "strikes":
        return lambda cell: read_strikes(cell, periods)
    if column.kind == "choice":
        return lambda cell: read_choice(column, cell)
    if column.kind == "choices":
        return lambda cell: tuple(dict.fromkeys(read_choice(column, part) for part in split_list(cell)))
    if column.kind == "yes_no":
        return lambda cell: read_yes_no(cell, textual)
    return _PLAIN[column.kind]


def read_number(column: Column, cell: Any, textual: bool) -> float:
    """A finite number within the bounds of the column. Raises CellError."""
    expected = f"expected {_number_expectation(column)}"
    if isinstance(cell, str):
        if textual and _NUMBER.match(cell):
            number = float(cell)
        else:
            raise CellError(_text_for_number(cell, expected, textual))
    elif isinstance(cell, bool) or not isinstance(cell, float | int):
        raise CellError(f"found {show(cell)}, {expected}")
    else:
        number = float(cell)
    if not isfinite(number):
        raise CellError(f"found {number}, which is not finite; {expected}")
    least, largest = column.magnitude
    if number and not least <= abs(number) <= largest:
        wrong = f"beyond {largest:g}" if abs(number) > largest else f"nearer 0 than {least:g}"
        raise CellError(f"found {number:g}, which is {wrong}; expected {_magnitude_words(column)}")
    too_low = column.minimum is not None and (number < column.minimum or (column.positive and number == column.minimum))
    if too_low or (column.maximum is not None and number > column.maximum):
        raise CellError(f"found {show(number)}, {expected}")
    return number


def _text_for_number(cell: str, expected: str, textual: bool) -> str:
    if not textual and _NUMBER.match(cell):
        return f"found the number {cell} stored as text, {expected}"
    if _ALMOST_NUMBER.match(cell):
        return f"found {show(cell)}, {expected}, with a decimal point and no thousands separators"
    return f"found {show(cell)}, {expected}"


def read_integer(column: Column, cell: Any, textual: bool) -> int:
    """A whole number within the bounds of the column. Raises CellError."""
    number = read_number(column, cell, textual)
    if not number.is_integer():
        raise CellError(f"found {show(number)}, expected {_number_expectation(column)}")
    return int(number)


def read_period(column: Column, cell: Any, periods: PeriodReader) -> Any:
    """What the column understands of a period: a number, a span, or periods from the strike. Raises CellError."""
    counted = from_strike(cell) if column.strike else None
    if counted is not None:
        return counted
    try:
        if column.edge == EACH:
            return periods.span(cell)
        return periods.read(cell, column.edge, column.clipped)
    except PeriodError as error:
        raise CellError(str(error)) from error


def read_strikes(cell: Any, periods: PeriodReader) -> Any:
    """`any`, or what each part of the list names: a range of periods, in the horizon or not, or NEVER."""
    if isinstance(cell, str) and cell.strip().casefold() == ANY:
        return ANY
    try:
        parts = split_list(cell) if isinstance(cell, str) else [cell]
        spans = [periods.each(part) for part in parts]
    except PeriodError as error:
        raise CellError(f"{error}; or any") from error
    return BAD if any(span is BAD for span in spans) else tuple(spans)


def read_name(cell: Any) -> str:
    """A name: text as it is, a whole number as its digits."""
    if isinstance(cell, str):
        if ";" in cell:
            raise CellError(f"found {show(cell)}, expected one name (; separates the names of a list)")
        if _CONTROL.search(cell):
            raise CellError(f"found {cell!r}, expected a name on one line without control characters")
        return cell
    if isinstance(cell, float | int) and not isinstance(cell, bool) and isfinite(cell) and abs(cell) <= LARGEST:
        if float(cell).is_integer():
            return str(int(cell))
        raise CellError(f"found the number {cell}, expected a name (a whole number is its digits)")
    raise CellError(f"found {show(cell)}, expected a name")


def read_text(cell: Any) -> str:
    """Any cell as text; a date in ISO format."""
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return cell if isinstance(cell, str) else show(cell)


def read_yes_no(cell: Any, textual: bool) -> bool:
    """Yes or no; 1 and 0 count. Raises CellError."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, float | int) and cell in (0, 1):
        return bool(cell)
    if isinstance(cell, str):
        if cell.casefold() in _YES:
            return _YES[cell.casefold()]
        if textual and cell in ("0", "1"):
            return cell == "1"
    raise CellError(f"found {show(cell)}, expected yes or no")


def read_choice(column: Column, cell: Any) -> str:
    """One of the column's choices, whatever its case, blanks and hyphens."""
    by_key = {normalise(choice): choice for choice in column.choices}
    value = by_key.get(normalise(cell)) if isinstance(cell, str) else None
    if value is None:
        hint = suggestion(cell, column.choices) if isinstance(cell, str) and len(column.choices) > 6 else ""
        raise CellError(f"found {show(cell)}, expected {either(column.choices)}{hint}")
    return value


def split_list(cell: Any) -> list[str]:
    """The names in a cell, separated by `;`."""
    if not isinstance(cell, str):
        return [read_name(cell)]
    parts = [part.strip() for part in cell.split(";")]
    names = [part for part in parts if part]
    if not names:
        raise CellError(f"found {show(cell)}, expected names separated by ;")
    return names


def read_names(cell: Any) -> tuple[str, ...]:
    """The names of a list, each once. Raises CellError."""
    return tuple(dict.fromkeys(split_list(cell)))


def read_shares(cell: Any) -> dict[str, float]:
    """`PL:0.7; US:0.3` as shares by name, adding to 1."""
    expected = "expected shares such as PL:0.7; US:0.3 that add to 1"
    shares: dict[str, float] = {}
    for part in split_list(cell):
        name, colon, number = (text.strip() for text in part.rpartition(":"))
        if not colon or not name or not _NUMBER.match(number):
            raise CellError(f"found {show(part)}, {expected}")
        if name in shares:
            raise CellError(f"found {name!r} twice, {expected}")
        share = float(number)
        if not 0 <= share <= 1:
            raise CellError(f"found the share {show(share)} of {name}, expected a share from 0 to 1")
        shares[name] = share
    total = sum(shares.values())
    if abs(total - 1) > SAME:
        if any(_SHARE_WITHIN.search(name) for name in shares):
            raise CellError(f"found {show(cell)}, {expected}, with ; between them")
        raise CellError(f"found shares that add to {total:.6g}, {expected}")
    return shares


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "name": read_name,
    "text": read_text,
    "names": read_names,
    "shares": read_shares,
    "any": lambda cell: cell,
}

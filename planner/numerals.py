"""How numbers are written for people, in one form everywhere: in tables, sentences, pages, workbooks and the log.

Thousands stand apart by a thin space, which does not break a line, and a minus is a minus sign: `−1 234.5`. A cell that
a message quotes stays as it is typed, and files for programs have plain figures.
"""

from __future__ import annotations

from decimal import Decimal

THIN_SPACE = "\u202f"  # between thousands; does not break a line
MINUS = "−"


def spelled(text: str) -> str:
    """A number that was formatted with commas between thousands, as people read it: `−1 234.5`, with a thin space."""
    return text.replace(",", THIN_SPACE).replace("-", MINUS)


def numeral(value: float, digits: int = 6) -> str:
    """A number with so many digits in all, and never fewer than stand before its point:
    `11 500 000`, `12.5`, `0.000042`.
    """
    text = f"{value:,.{digits}g}"
    if "e" in text:
        text = f"{value:,.0f}" if abs(value) >= 1 else f"{Decimal(text):f}"
    return spelled(text)

"""Rules about currencies, funds and burden sharing."""

from __future__ import annotations

from planner.workbook.reading.periods import BAD, show
from planner.workbook.reading.reader import TypedWorkbook


def check_currencies(book: TypedWorkbook) -> None:
    """The currency of Settings is worth itself."""
    table = book["Currencies"]
    for record, (currency, rate) in enumerate(table.records("currency", "rate")):
        if BAD not in (currency, rate) and currency == book.settings.currency and rate != 1:
            message = f"found {show(rate)} for {currency!r}, the currency of Settings; expected 1"
            table.fail(book.faults, record, "rate", message)


def check_funds(book: TypedWorkbook) -> None:
    """A least share of content says whose content; interest belongs to loans."""
    table = book["Funds"]
    columns = ("kind", "content_group", "content_min", "interest")
    for record, (kind, group, least, interest) in enumerate(table.records(*columns)):
        if least is not BAD and least and group is None:
            table.fail(
                book.faults,
                record,
                "content_min",
                f"found {show(least)} without a content_group; expected both or neither",
            )
        if BAD not in (kind, interest) and interest and kind != "loan":
            message = f"found interest on a fund of kind {kind}; only a loan costs interest, so it has no effect"
            table.fail(book.faults, record, "interest", message, "warning")


def check_nation_shares(book: TypedWorkbook) -> None:
    """A nation's least share of contributions is not above its largest."""
    table = book["Nations"]
    for record, (least, largest) in enumerate(table.records("contribution_min", "contribution_max")):
        if None in (least, largest) or BAD in (least, largest) or least <= largest:
            continue
        message = f"found {show(largest)}, which is below contribution_min ({show(least)}); expected at least that"
        table.fail(book.faults, record, "contribution_max", message)

"""Filled rules that this version reads and checks but does not enforce; nothing is ignored silently."""

from __future__ import annotations

from planner.workbook.reading.reader import TypedWorkbook


def unenforced_rules(book: TypedWorkbook) -> tuple[str, ...]:
    """One sentence for each kind of filled rule that is not enforced: table, how many rows."""
    sentences = []
    if len(book["Tranches"]) and not len(book["Budgets"]):
        sentences.append(
            f"Tranches ({_rows(len(book['Tranches']))}): without Budgets money is counted, and nobody pays"
        )
    return tuple(sentences + _later_actuals(book))


def _later_actuals(book: TypedWorkbook) -> list[str]:
    """What happened before the horizon counts in rules about sums; what happened in it is for the next plan."""
    table = book["Actuals"]
    rows = {
        table.rows[record]
        for record, period in enumerate(table["period"])
        if not isinstance(period, int) or period >= 0
    }
    return (
        [f"Actuals ({_rows(len(rows))}): read and checked; used by planner replan and planner review"] if rows else []
    )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"

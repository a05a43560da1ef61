"""The tables of the memo, each a `View` of the few rows that a page has room for; all rows are in memo/*.csv."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from planner.domain.titles import object_title, title_of
from planner.replan.memo import words
from planner.replan.memo.memo import Memo
from planner.report.pages.views import View, ViewCell, ViewColumn
from planner.report.words.numbers import spelled_unit

MOST = 5  # rows of each table on the page, so that it stays one page in print


def _view(name: str, caption: str, columns: Iterable[ViewColumn], rows: list[tuple[Any, ...]], **more: Any) -> View:
    return View(
        name, "", "", tuple(columns), rows, MOST, MOST, where=f"memo/{name}.csv", caption=caption, **more
    )  # fmt: skip


def outcome(memo: Memo) -> View:
    """Each aim by the last plan, now, and the change."""
    rows = [
        (row["title"], row["base"], row["value"], row["change"], spelled_unit(row["unit"]))
        for row in words.levels(memo)
    ]
    columns = (
        ViewColumn("Objective"),
        ViewColumn("By the last plan", "count"),
        ViewColumn("Now", "count"),
        ViewColumn("Change", "difference"),
        ViewColumn("Unit"),
    )
    return View("levels", "", "", columns, rows, printed=len(rows), caption="Aims by the last plan and now")


def shortfalls(memo: Memo) -> View:
    """Demands that get less, or more, than by the last plan."""
    named = _demands(memo)
    rows = [
        (named(str(row["demand"])), row["due"], row["short_before"], row["short_now"], row["change"])
        for row in memo.shortfalls.to_dict("records")
    ]
    columns = (
        ViewColumn("Demand"),
        ViewColumn("Due", "month"),
        ViewColumn("Short before", "count"),
        ViewColumn("Short now", "count"),
        ViewColumn("Change", "difference"),
    )
    return _view("shortfalls", "Demands that get less, or more", columns, rows)


def effects(memo: Memo) -> View:
    """What each group of changes does alone to each aim, and all together."""
    levels = words.levels(memo)
    rows = [
        (
            ViewCell(effect["group"], "" if effect["values"] is not None else effect["why"]),
            ", ".join(effect["tables"]),
            *(effect["changes"].get(row["name"]) for row in levels),
        )
        for effect in words.effects(memo)
    ]
    columns = (
        ViewColumn("Changed input"),
        ViewColumn("Tables"),
        *(ViewColumn(row["title"], "difference", spelled_unit(row["unit"])) for row in levels),
    )
    total = ("All together", "", *(row["change"] for row in levels))
    return View(
        "effects",
        "",
        "",
        columns,
        rows,
        printed=len(rows),
        total=total,
        caption="What each group of changes does alone",
    )


def changes(memo: Memo) -> View:
    """Cells of the input that are not as the last plan expected."""
    rows = [
        (one.table, words.row_of(memo, one), one.column or one.kind, *words.cells(one)) for one in memo.changes or []
    ]
    columns = [ViewColumn(heading) for heading in ("Table", "Row", "Column", "Expected", "Now")]
    return _view("input_changes", "What changed in the input", columns, rows)


def churn(memo: Memo) -> View:
    """What is made or sent otherwise than planned, the largest value first."""
    instance = memo.instance
    rows = []
    for row in memo.churn.rows.to_dict("records"):
        origin = f" from {object_title(instance, row['origin'])}" if row["origin"] else ""
        what = f"{'made by' if row['kind'] == 'make' else 'sent on'} {object_title(instance, row['what'])}{origin}"
        item = title_of(instance.items, row["item"])
        rows.append((what, item, row["period"], row["before"], row["after"], row["change"]))
    columns = (
        ViewColumn("What"),
        ViewColumn("Item"),
        ViewColumn("Period", "month"),
        ViewColumn("Planned before", "count"),
        ViewColumn("Now", "count"),
        ViewColumn("Change", "difference"),
    )
    return _view("plan_changes", "What changed in the plan", columns, rows, order="of most value")


def late(memo: Memo) -> View:
    """Orders and goods under way that did not come when they were due."""
    instance = memo.instance
    rows = [
        (
            f"{row['kind']} {row['what']}".strip(),
            title_of(instance.items, row["item"]),
            title_of(instance.nodes, row["node"]),
            row["quantity"],
            instance.items[row["item"]].unit if row["item"] in instance.items else "",
            row["was_due"],
            row["due"] or "–",
            f"{row['state']}: {row['why']}" if row["why"] else row["state"],
        )
        for row in memo.new_late
    ]
    columns = (
        ViewColumn("What"),
        ViewColumn("Item"),
        ViewColumn("At"),
        ViewColumn("Quantity", "count"),
        ViewColumn("Unit"),
        ViewColumn("Was due", "month"),
        ViewColumn("Now due", "month"),
        ViewColumn("State"),
    )
    return _view("late", "Late orders and goods under way", columns, rows)


def conflicts(memo: Memo) -> View:
    """Reports that do not fit together."""
    rows = []
    for row in memo.new_conflicts:
        stated, computed = words.distinct_numbers(row.stated, row.computed)
        rows.append(
            (
                row.where,
                row.what,
                ViewCell(row.stated, text=stated),
                ViewCell(row.computed, text=computed),
                row.unit,
                row.used,
            )
        )
    columns = (
        ViewColumn("Where"),
        ViewColumn("What"),
        ViewColumn("Stated", "quantity"),
        ViewColumn("By the other reports", "quantity"),
        ViewColumn("Unit"),
        ViewColumn("What the plan starts from"),
    )
    return _view("conflicts", "What does not fit together", columns, rows)


def overdue(memo: Memo) -> View:
    """Lost demand, then backlog, by due period."""
    label, named = memo.instance.horizon.label, _demands(memo)
    rows = [
        (named(name), label(due), quantity, state)
        for table, state in ((memo.newly_lost, "lost: later than it may be"), (memo.backlog, "overdue, still wanted"))
        for (name, due), quantity in sorted(table.items(), key=lambda entry: entry[0][1])
    ]
    columns = (ViewColumn("Demand"), ViewColumn("Was due", "month"), ViewColumn("Units", "count"), ViewColumn("State"))
    return _view("backlog", "Backlog and losses", columns, rows)


def _demands(memo: Memo) -> Callable[[str], ViewCell]:
    """A demand's name, with what it wants and where below it, as far as it is known."""
    instance = memo.instance
    known = {demand.name: demand for demand in instance.demands}

    def named(name: str) -> ViewCell:
        demand = known.get(name)
        if demand is None:
            return ViewCell(name)
        return ViewCell(
            name, f"{title_of(instance.items, demand.item)}, {title_of(instance.nodes, demand.destination)}"
        )

    return named

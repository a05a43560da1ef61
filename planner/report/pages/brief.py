"""brief.html: the plan on two printed pages: the answer, the worst places, the guarantees, the money."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planner.report.data.report_data import ReportData
from planner.report.pages import tables
from planner.report.pages.shell import environment
from planner.report.pages.views import View, ViewCell
from planner.report.words import wording
from planner.report.words.names import without_cells

MOST_PLACES, MOST_CASES, MOST_PAYING = 4, 4, 6
MOST_STRIKES = 1  # of the responses in sentences; the table has more
MOST_SENTENCES = 3  # of a list
SHORT = 110  # characters, of a reason


def write_brief(data: ReportData, path: Path) -> None:
    """Write the brief of a plan to `path`. Raises OSError."""
    path.write_text(render_brief(data), encoding="utf-8")


def render_brief(data: ReportData) -> str:
    """The page as text."""
    finances = data.finances
    context = {
        "data": data,
        "marking": data.marking,
        "words": wording,
        "figures": wording.figures(data),
        "commitments": _short(tables.commitments(data), 11),
        "places": _places(data),
        "cases": _cases(data),
        "paying": [
            _short(_chosen(view, *headings), MOST_PAYING)
            for view, *headings in (
                (tables.funds(data), "Fund", "Paid", "Used"),
                (tables.contributors(data), "Contributor", "Paid", "Part"),
            )
            if finances.paid
        ],
        "most": MOST_SENTENCES,
        "most_strikes": MOST_STRIKES,
        "without_cells": without_cells,
        "remedies_each": max(MOST_SENTENCES // len(data.run.remedies or "1"), 1),
    }
    return environment().get_template("brief.html.j2").render(context)


def _short(view: View, most: int) -> View:
    """The first rows, names without codes and remarks."""
    rows = [tuple(replace(cell, note="") if isinstance(cell, ViewCell) else cell for cell in row) for row in view.rows]
    return replace(view, rows=rows, most=most, printed=most)


def _chosen(view: View, *headings: str) -> View:
    """Some columns of a table."""
    places = [[column.heading for column in view.columns].index(heading) for heading in headings]
    columns = tuple(view.columns[place] for place in places)
    return replace(view, columns=columns, rows=[tuple(row[place] for place in places) for row in view.rows])


def _places(data: ReportData) -> View | None:
    """The largest gaps by value, each with its reason in short."""
    if not data.gaps:
        return None
    view = _chosen(
        tables.missing(data), "Commitment", "Destination", "Item", "Missing", "Unit", "Part of wanted", "Reason"
    )
    rows = [(*row[:-1], _in_short(row[-1].value)) for row in view.rows]
    return _short(replace(view, title="The worst places", lead="", rows=rows), MOST_PLACES)


def _in_short(reason: str) -> str:
    """A reason without cells, and its beginning where it is long."""
    text = without_cells(reason)
    return text if len(text) <= SHORT else f"{text[: SHORT - 2].rsplit(' ', 1)[0]} …"


def _cases(data: ReportData) -> View | None:
    """The cases of a renewed attack, the least covered first."""
    views = [view for view in data.guarantees.views if view.name == "cases"]
    if not views:
        return None
    headings = ("Contingency", "Strikes in", "Needed", "Covered", "Promised", "Promise missed")
    view, covered = _chosen(views[0], *headings), headings.index("Covered")
    rows = sorted(view.rows, key=lambda row: 2.0 if row[covered] is None else row[covered])
    title, order = "The least covered cases", "the least covered"
    return _short(replace(view, title=title, lead="", rows=rows, order=order), MOST_CASES)

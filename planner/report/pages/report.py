"""report.html: one file that opens offline, and can be read without script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from planner.report.data.report_data import ReportData
from planner.report.figures import money_charts, service_charts
from planner.report.figures.drawing import Figure
from planner.report.figures.maps.bottlenecks import fullness, through_the_fullest
from planner.report.figures.maps.network_map import network_map, node_kinds
from planner.report.figures.stock_charts import depot_panels, target_panels
from planner.report.pages import tables
from planner.report.pages.shell import environment
from planner.report.words import wording
from planner.report.words.notes import gather_notes
from planner.report.words.remedy_words import NO_WORSE
from planner.report.words.short_words import short_sentences

MOST_PANELS = 9
MOST_NOTES = 300
FEW_NOTES = 12  # so many stand open
_CONTENTS = '<nav class="contents" aria-label="Contents">'
_SECTIONS = re.compile(r'<h2 id="([a-z]+)">([^<]+)')


@dataclass(frozen=True, slots=True)
class OptionHeading:
    """An option of a comparison, whose run folder has no plan.xlsx."""

    name: str
    description: str


def write_report(data: ReportData, path: Path) -> None:
    """Write the report of a plan to `path`.

    Raises OSError if the file cannot be written, UsageError if the run names an unknown model.
    """
    path.write_text(render(data), encoding="utf-8")


def render(data: ReportData, option: OptionHeading | None = None) -> str:
    """The page as text; `option`: what it is the plan of, where that is an option of a comparison."""
    context = {**_of_all(data), "option": option, "sections": list(SECTIONS)}
    for parts in SECTIONS.values():
        context |= parts(data)
    return _with_contents(environment().get_template("report.html.j2").render(context))


def section(data: ReportData, name: str) -> Markup:
    """One section of the page by itself for the desk, a name of SECTIONS; empty where the plan has nothing to say in
    it.

    Raises KeyError for a name that is none.
    """
    context = {**_of_all(data), **SECTIONS[name](data), "section": f"sections/{name}.html.j2"}
    return Markup(environment().get_template("section.html.j2").render(context).strip())


def _of_all(data: ReportData) -> dict[str, Any]:
    """What every section may ask for."""
    return {
        "data": data,
        "marking": data.marking,
        "option": None,
        "tables": tables,
        "words": wording,
        "most_notes": MOST_NOTES,
        "few_notes": FEW_NOTES,
        "most_panels": MOST_PANELS,
    }


def _first_page(data: ReportData) -> dict[str, Any]:
    short = [] if data.run.remedies else short_sentences(data)
    return {"figures": wording.figures(data), "short": short, "no_worse": NO_WORSE}


def _service(data: ReportData) -> dict[str, Any]:
    return {
        "fill_chart": service_charts.fill_chart(data),
        "missing_chart": service_charts.missing_by_period(data),
    }


def _guarantees(data: ReportData) -> dict[str, Any]:
    return {
        "answer_map": data.guarantees.map(data.money),
        "domain_panels": data.guarantees.domain_panels(data.money),
        "item_panels": data.guarantees.item_panels(),
    }


def _traffic(data: ReportData) -> dict[str, Any]:
    network = network_map(data.instance, data.traffic) if data.instance.legs else None
    numbered = network.numbered if network else []
    bottlenecks = [
        fullness(data.instance, data.traffic, numbered),
        through_the_fullest(data.plan, data.traffic),
    ]
    return {
        "network": network,
        "bottlenecks": [chart for chart in bottlenecks if chart is not None],
        "kinds": node_kinds(data.instance.nodes),
    }


def _stocks(data: ReportData) -> dict[str, Any]:
    return {
        "target_panels": target_panels(data.targets[:MOST_PANELS], _labels(data)),
        "depot_panels": depot_panels(data.depots[:MOST_PANELS], _labels(data)),
    }


def _money(data: ReportData) -> dict[str, Any]:
    return {
        "fund_chart": money_charts.fund_chart(data),
        "cost_chart": money_charts.cost_chart(data),
    }


def _binding(data: ReportData) -> dict[str, Any]:
    return {"limits": tables.limits(data)}


def _nations(data: ReportData) -> dict[str, Any]:
    return {"ledger_charts": _ledger_charts(data)}


def _rules(_: ReportData) -> dict[str, Any]:
    return {}


def _sources(data: ReportData) -> dict[str, Any]:
    return {"notes": gather_notes(data.instance.notes)}


# The sections of the page in order, each with what its template asks for beside `_of_all`.
SECTIONS: Mapping[str, Callable[[ReportData], dict[str, Any]]] = {
    "first_page": _first_page,
    "service": _service,
    "guarantees": _guarantees,
    "network": _traffic,
    "stocks": _stocks,
    "money": _money,
    "binding": _binding,
    "nations": _nations,
    "rules": _rules,
    "sources": _sources,
}


def _with_contents(page: str) -> str:
    """The page with a link to each of its sections: which there are depends on the plan."""
    links = (f'<a href="#{name}">{title.strip()}</a>' for name, title in _SECTIONS.findall(page))
    return page.replace(_CONTENTS, f"{_CONTENTS}{' '.join(links)}", 1)


def _labels(data: ReportData) -> list[str]:
    horizon = data.instance.horizon
    return [horizon.label(period) for period in range(horizon.periods)]


def _ledger_charts(data: ReportData) -> list[Figure]:
    drawn = (money_charts.payers_chart, money_charts.producers_chart, money_charts.key_chart, money_charts.work_chart)
    return [chart for draw in drawn if (chart := draw(data)) is not None]

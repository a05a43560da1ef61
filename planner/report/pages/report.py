"""report.html: one file that opens offline, and can be read without script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from planner.report.data.report_data import Digest
from planner.report.figures import money_charts, service_charts
from planner.report.figures.drawing import Figure
from planner.report.figures.maps.bottlenecks import fullness, through_the_fullest
from planner.report.figures.maps.network_map import network_map, node_kinds
from planner.report.figures.stock_charts import depot_panels, target_panels
from planner.report.pages import tables
from planner.report.pages.shell import environment
from planner.report.words import wording
from planner.report.words.notes import gather_notes
from planner.report.words.short_words import short_sentences

MOST_PANELS = 9
MOST_NOTES = 300
FEW_NOTES = 12  # so many stand open
_CONTENTS = '<nav class="contents" aria-label="Contents">'
_SECTIONS = re.compile(r'<h2 id="([a-z]+)">([^<]+)')


@dataclass(frozen=True, slots=True)
class OptionTold:
    """An option of a comparison, whose run folder has no plan.xlsx."""

    name: str
    description: str


def write_report(digest: Digest, path: Path) -> None:
    """Write the report of a plan to `path`.

    Raises OSError if the file cannot be written, UsageError if the run names an unknown model.
    """
    path.write_text(render(digest), encoding="utf-8")


def render(digest: Digest, option: OptionTold | None = None) -> str:
    """The page as text; `option`: what it is the plan of, where that is an option of a comparison."""
    context = {**_of_all(digest), "option": option, "sections": list(SECTIONS)}
    for parts in SECTIONS.values():
        context |= parts(digest)
    return _with_contents(environment().get_template("report.html.j2").render(context))


def section(digest: Digest, name: str) -> Markup:
    """One section of the page by itself, a name of SECTIONS; empty where the plan has nothing to say in it.

    Raises KeyError for a name that is none.
    """
    context = {**_of_all(digest), **SECTIONS[name](digest), "section": f"sections/{name}.html.j2"}
    return Markup(environment().get_template("section.html.j2").render(context).strip())


def _of_all(digest: Digest) -> dict[str, Any]:
    """What every section may ask for."""
    return {
        "digest": digest,
        "marking": digest.marking,
        "option": None,
        "tables": tables,
        "words": wording,
        "most_notes": MOST_NOTES,
        "few_notes": FEW_NOTES,
        "most_panels": MOST_PANELS,
    }


def _first_page(digest: Digest) -> dict[str, Any]:
    short = [] if digest.run.remedies else short_sentences(digest)
    return {"figures": wording.figures(digest), "short": short}


def _service(digest: Digest) -> dict[str, Any]:
    return {
        "fill_chart": service_charts.fill_chart(digest),
        "missing_chart": service_charts.missing_by_period(digest),
    }


def _guarantees(digest: Digest) -> dict[str, Any]:
    return {
        "answer_map": digest.guarantees.map(digest.money),
        "domain_panels": digest.guarantees.domain_panels(digest.money),
        "item_panels": digest.guarantees.item_panels(),
    }


def _traffic(digest: Digest) -> dict[str, Any]:
    network = network_map(digest.instance, digest.traffic) if digest.instance.legs else None
    numbered = network.numbered if network else []
    bottlenecks = [
        fullness(digest.instance, digest.traffic, numbered),
        through_the_fullest(digest.plan, digest.traffic),
    ]
    return {
        "network": network,
        "bottlenecks": [chart for chart in bottlenecks if chart is not None],
        "kinds": node_kinds(digest.instance.nodes),
    }


def _stocks(digest: Digest) -> dict[str, Any]:
    return {
        "target_panels": target_panels(digest.targets[:MOST_PANELS], _labels(digest)),
        "depot_panels": depot_panels(digest.depots[:MOST_PANELS], _labels(digest)),
    }


def _money(digest: Digest) -> dict[str, Any]:
    return {
        "fund_chart": money_charts.fund_chart(digest),
        "cost_chart": money_charts.cost_chart(digest),
    }


def _binding(digest: Digest) -> dict[str, Any]:
    return {"limits": tables.limits(digest)}


def _nations(digest: Digest) -> dict[str, Any]:
    return {"ledger_charts": _ledger_charts(digest)}


def _rules(_: Digest) -> dict[str, Any]:
    return {}


def _sources(digest: Digest) -> dict[str, Any]:
    return {"notes": gather_notes(digest.instance.notes)}


# The sections of the page in order, each with what its template asks for beside `_of_all`.
SECTIONS: Mapping[str, Callable[[Digest], dict[str, Any]]] = {
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


def _labels(digest: Digest) -> list[str]:
    horizon = digest.instance.horizon
    return [horizon.label(period) for period in range(horizon.periods)]


def _ledger_charts(digest: Digest) -> list[tuple[str, Figure]]:
    charts_of = (
        ("Who pays", money_charts.payers_chart(digest)),
        ("Who produces", money_charts.producers_chart(digest)),
        ("The burden against the key", money_charts.key_chart(digest)),
        ("Work shares against their goals", money_charts.work_chart(digest)),
    )
    return [(title, chart) for title, chart in charts_of if chart is not None]

"""report.html: one file that opens offline, without script and without network."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from planner.domain.instance import Item, Nation
from planner.report.data.limits import Limit
from planner.report.data.report_data import MOST_REASONS, Digest
from planner.report.figures import money_charts, service_charts
from planner.report.figures.drawing import Figure, framed
from planner.report.figures.maps.bottlenecks import fullness, through_the_fullest
from planner.report.figures.maps.network_map import network_map, node_kinds
from planner.report.figures.stock_charts import depot_panels, target_panels
from planner.report.words import wording
from planner.report.words.limit_words import GROUP_TITLES
from planner.report.words.notes import gather_notes
from planner.report.words.numbers import compact, number, plural, share

TEMPLATES = Path(__file__).with_name("templates")
MOST_PANELS = 9
MOST_LIMITS = 8  # at each level
MOST_GAPS = 30
MOST_NOTES = 300
MOST_ROWS = 40  # in any other table
_CONTENTS = '<nav class="contents" aria-label="Contents">'
_SECTIONS = re.compile(r'<h2 id="([a-z]+)">([^<]+)')
_BREAKS = re.compile(r"[_>:/\\|](?=\w)|[^\s_>:/\\|-]{26}(?=\S)")
_MONTHS = re.compile(r"\b([12][0-9]{3}-[0-9Q][0-9](?:-[0-9]{2})?)\b")
SAID_OF_LEVEL = {
    "past_lack": "To make up for more of what the past lacks",
    "binding_shortfall": "To deliver more of the binding commitments",
    "contingency": "To cover more of the contingencies",
    "other_shortfall": "To deliver more of the other goods wanted",
    "lateness": "To be less late",
    "target_shortfall": "To hold more of the stock targets",
    "tier_3": "To pay less under tier 3",
    "tier_2": "To pay less under tiers 2 and 3",
    "cost": "To do the same at less cost",
    "nervousness": "To stay closer to the previous plan",
    "weighted": "To improve the weighted objective",
    "least_served_binding": "To serve the worst-served binding commitment better",
    "least_served_other": "To serve the worst-served other commitment better",
}


def write_report(digest: Digest, path: Path) -> None:
    """Write the report of a plan to `path`.

    Raises OSError if the file cannot be written, UsageError if the run names an unknown model.
    """
    path.write_text(render(digest), encoding="utf-8")


def render(digest: Digest) -> str:
    """The page as text."""
    context = {**_of_all(digest), "sections": list(SECTIONS)}
    for parts in SECTIONS.values():
        context |= parts(digest)
    return _with_contents(environment().get_template("report.html.j2").render(context))


def section(digest: Digest, name: str) -> Markup:
    """One section of the page by itself, a name of SECTIONS; empty where the plan has nothing to say in it.

    Raises KeyError for a name that is none.
    """
    context = {**_of_all(digest), **SECTIONS[name](digest), "section": f"{name}.html.j2"}
    return Markup(environment().get_template("section.html.j2").render(context).strip())


def _of_all(digest: Digest) -> dict[str, Any]:
    """What every section may ask for."""
    return {
        "digest": digest,
        "css": Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        "page_marking": Markup(css_string(digest.marking)),
        "words": wording,
        "group_titles": GROUP_TITLES,
        "item_title": lambda name: _title(digest.instance.items, name),
        "nation_title": lambda name: _title(digest.instance.nations, name),
        "most_notes": MOST_NOTES,
        "most_gaps": MOST_GAPS,
        "most_reasons": MOST_REASONS,
        "most_panels": MOST_PANELS,
        "most_rows": MOST_ROWS,
    }


def _first_page(digest: Digest) -> dict[str, Any]:
    return {"figures": wording.figures(digest)}


def _service(digest: Digest) -> dict[str, Any]:
    return {
        "fills": digest.service.by_commitment(digest.instance),
        "items": digest.service.by_item(digest.instance),
        "fill_chart": service_charts.fill_chart(digest),
        "missing_charts": [
            chart
            for chart in (service_charts.missing_by_item(digest), service_charts.missing_by_period(digest))
            if chart is not None
        ],
        "gaps": digest.gaps,
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
        "investments": _investments(digest),
    }


def _binding(digest: Digest) -> dict[str, Any]:
    return {"worths": _worths(digest)}


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


@lru_cache
def environment(*folders: Path) -> jinja2.Environment:
    """Templates of these folders, else of the report; with the filters that write numbers and names for people."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, compact=compact, share=share, plural=_plural, breakable=breakable)
    environment.filters.update(drawn=framed)
    return environment


def _with_contents(page: str) -> str:
    """The page with a link to each of its sections: which there are depends on the plan."""
    links = (f'<a href="#{name}">{title.strip()}</a>' for name, title in _SECTIONS.findall(page))
    return page.replace(_CONTENTS, f"{_CONTENTS}{' '.join(links)}", 1)


def breakable(content: object) -> Markup:
    """A text whose names may break over lines after their separators, and whose months may not break at all."""
    parts = _MONTHS.split(str(content))
    kept = [
        Markup('<span class="nowrap">{}</span>').format(part) if place % 2 else _broken(part)
        for place, part in enumerate(parts)
    ]
    return Markup("").join(kept)


def _broken(content: str) -> Markup:
    return Markup("<wbr>").join(_BREAKS.sub("\\g<0>\0", content).split("\0"))


def _plural(count: int, one: str, many: str | None = None) -> str:
    return plural(count, one, many)


def css_string(content: str) -> str:
    """A text as a CSS string in which nothing can end the string, the rule or the style element."""
    return (
        '"'
        + "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} " for letter in content)
        + '"'
    )


def _title(named: Mapping[str, Item] | Mapping[str, Nation], name: str) -> str:
    """The title of an item or nation, its name if it has none or is not known."""
    known = named.get(name)
    return known.title or name if known else name


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


def _worths(digest: Digest) -> list[tuple[str, list[Limit], int]]:
    """For each level with prices: what it is about, its strongest limits, how many there are."""
    found: dict[str, list[Limit]] = {}
    for limit in digest.limits:
        found.setdefault(limit.level, []).append(limit)
    return [(SAID_OF_LEVEL.get(level, level), _strongest(limits), len(limits)) for level, limits in found.items()]


def _strongest(limits: Sequence[Limit]) -> list[Limit]:
    """The first `MOST_LIMITS`, but of each group (money, production …) at least the first two."""
    kept: list[Limit] = []
    for group in GROUP_TITLES:
        kept += [limit for limit in limits if limit.group == group][:2]
    kept += [limit for limit in limits if limit not in kept][: max(MOST_LIMITS - len(kept), 0)]
    return [limit for limit in limits if limit in kept]


def _investments(digest: Digest) -> list[dict[str, Any]]:
    """One row an expansion: bought when, ready when, how much, at what cost; dearest first."""
    table = digest.plan.tables["investments"]
    if not len(table):
        return []
    horizon = digest.instance.horizon
    rows = []
    for (name, target), bought in table.groupby(["expansion", "object"], sort=False):
        expansion = digest.instance.expansions.get(str(name))
        first, last = int(bought["period"].min()), int(bought["period"].max())
        rows.append(
            {
                "expansion": str(name),
                "object": str(target),
                "kind": expansion.kind if expansion else "",
                "bought": horizon.label(first - 1) + (f" to {horizon.label(last - 1)}" if last > first else ""),
                "ready": horizon.label(int(bought["ready"].min()) - 1),
                "quantity": float(bought["quantity"].sum()),
                "limit": expansion.limit if expansion else float("inf"),
                "cost": float(bought["cost"].sum()),
            }
        )
    return sorted(rows, key=lambda row: -row["cost"])

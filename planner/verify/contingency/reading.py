"""From the raw tables to contingencies, what hits what, and the days of a route."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf

from planner.verify.contingency.data import Contingencies, Contingency, Hit, Moment, Surge, certain_factors
from planner.verify.input.calendar import Calendar
from planner.verify.input.names import Names
from planner.verify.input.rule_data import Fund
from planner.verify.input.sheets import Row, Sheets

STRIKE = re.compile(r"strike\s*(?:([+-])\s*(\d+))?", re.IGNORECASE)


def read_contingencies(
    sheets: Sheets, calendar: Calendar, names: Names, settings: Mapping[str, object]
) -> Contingencies:
    """Contingencies without a strike in the horizon are no case and are left out."""
    hits: dict[str | None, list[Hit]] = {}
    for row in sheets("Disruptions"):
        hits.setdefault(row.name("contingency"), []).extend(_hits(row, calendar, names))
    surges: dict[str, list[Surge]] = {}
    for row in sheets("Surge"):
        surges.setdefault(row.name("contingency") or "", []).append(_surge(row))
    contingencies = [
        _contingency(row, calendar, tuple(surges.get(name, ())), tuple(hits.get(name, ())))
        for row in sheets("Contingencies")
        for name in (row.name("contingency") or "",)
    ]
    return Contingencies(
        all=tuple(each for each in contingencies if each.strikes),
        certain=tuple(hits.get(None, ())),
        risk_weight=float(str(settings.get("riskweight", 0.0))),
        risk_tail=float(str(settings.get("risktail", 0.9))),
        has_days=any(row.raw("days") is not None for row in sheets("Routes")),
    )


def _contingency(row: Row, calendar: Calendar, surges: tuple[Surge, ...], hits: tuple[Hit, ...]) -> Contingency:
    probability = row.optional("probability", row.number)
    window = row.whole("window", 1)
    return Contingency(
        name=row.name("contingency") or "",
        probability=probability,
        strikes=_strikes(row, calendar, window),
        window=window,
        warning=row.whole("warning", 0),
        coverage=row.number("coverage", 1.0 if probability is None else 0.0),
        standing=row.choice("standing", "all"),
        money=row.money("money", inf),
        surges=surges,
        hits=hits,
    )


def _strikes(row: Row, calendar: Calendar, window: int) -> tuple[int, ...]:
    """Each period that the cell names; `any`: those from which the whole window lies in the horizon."""
    cell = row.raw("period")
    listed = row.names("period") if isinstance(cell, str) else (cell,)
    strikes: set[int] = set()
    for one in listed:
        if str(one).strip().lower() == "any":
            strikes.update(range(calendar.periods - window + 1))
            continue
        span = calendar.span(one)
        strikes.update(range(span[0], span[1] + 1) if span else ())
    return tuple(sorted(period for period in strikes if 0 <= period < calendar.periods))


def _surge(row: Row) -> Surge:
    return Surge(
        destination=row.name("destination") or "",
        item=row.name("item") or "",
        offset=row.whole("offset", 0),
        quantity=row.number("quantity", 0.0),
        priority=row.number("priority", 1.0),
        max_delay=row.whole("max_delay", 0),
        shortage_cost=row.optional("shortage_cost", row.money),
        delay_cost=row.money("delay_cost", 0.0),
    )


def _hits(row: Row, calendar: Calendar, names: Names) -> Iterator[Hit]:
    """One row as hits on single things; none where it opens with an event that does not happen."""
    certain = row.name("contingency") is None
    first = _first(row.raw("from"), calendar, certain)
    if first is None:
        return
    last = _last(row.raw("to"), calendar)
    kind, name, factor = row.choice("kind"), row.name("name") or "", row.number("factor", 1.0)
    if kind == "nation":
        nations = names.to_nations([name])
        for node, (_, nation) in names.nodes.items():
            if nation in nations:
                yield Hit("node", node, first, last, factor)
        for nation in sorted(nations) if certain else ():
            yield Hit("contributor", nation, first, last, factor)
    elif certain or kind != "fund":
        yield Hit(kind, name, first, last, factor)


def _first(cell: object, calendar: Calendar, certain: bool) -> Moment | None:
    """Blank: the strike; of a certain row the first period."""
    if cell is None:
        return Moment(0, from_strike=not certain)
    strike = _from_strike(cell)
    if strike is not None:
        return strike
    opening = calendar.opening(cell)
    return None if opening is None else Moment(opening)


def _last(cell: object, calendar: Calendar) -> Moment | None:
    if cell is None:
        return None
    return _from_strike(cell) or (Moment(calendar.closing(cell)) if calendar.span(cell) else None)


def _from_strike(cell: object) -> Moment | None:
    match = STRIKE.fullmatch(str(cell).strip())
    if match is None:
        return None
    offset = int(match[2] or 0)
    return Moment(-offset if match[1] == "-" else offset, from_strike=True)


def reduced_funds(funds: Mapping[str, Fund], certain: tuple[Hit, ...], calendar: Calendar) -> dict[str, Fund]:
    """Amounts of fiscal years whose first period of the horizon is hit:
    × the smaller factor of fund and contributor.
    """
    factors = certain_factors(certain, calendar.periods)
    first = {year: calendar.years.index(year) for year in calendar.year_list}

    def left(fund: str, contributor: str, year: int) -> float:
        if year not in first:
            return 1.0
        of_fund, of_contributor = factors.table("fund", [fund])[0], factors.table("contributor", [contributor])[0]
        return float(min(of_fund[first[year]], of_contributor[first[year]]))

    return {
        name: replace(
            fund,
            budgets=tuple(replace(b, amount=b.amount * left(name, b.contributor, b.year)) for b in fund.budgets),
        )
        for name, fund in funds.items()
    }

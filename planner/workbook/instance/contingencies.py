"""Contingencies with their surge and disruptions, and what is certain to be lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.domain.contingency.contingencies import Contingency, Disruption, Moment, Strike, Surge
from planner.workbook.instance.context import Context
from planner.workbook.names.names import either
from planner.workbook.reading.cells import split_list
from planner.workbook.reading.periods import ANY, FAR, NEVER, FromStrike


def contingencies(context: Context) -> dict[str, Contingency]:
    """Tables Contingencies, Surge and Disruptions, by contingency; strikes are 0-based periods of the horizon."""
    surges, hits = _surges(context), _disruptions(context)
    by_name = {}
    for row in context.rows("Contingencies"):
        strikes = _strikes(context, row.record, row.period, row.window)
        within = range(context.horizon.periods)
        default_coverage = 1.0 if row.probability is None else 0.0
        by_name[row.contingency] = Contingency(
            name=row.contingency,
            strikes=tuple(strike for strike in strikes if strike in within),
            title=row.name,
            probability=row.probability,
            window=row.window,
            warning=row.warning,
            coverage=default_coverage if row.coverage is None else row.coverage,
            standing=row.standing,
            money=row.money,
            surges=tuple(surges.get(row.contingency, ())),
            disruptions=tuple(hits.get(row.contingency, ())),
            outside=tuple(strike for strike in strikes if strike not in within),
        )
    return by_name


def _strikes(context: Context, record: int, spans: Any, window: int) -> list[int]:
    """All periods that a row names, each once and in order; those that hang on an event that never comes are listed."""
    if spans == ANY:
        return list(range(context.horizon.periods - window + 1))
    if NEVER in spans:
        cell = context.book["Contingencies"].cell(record, "period")
        never = [part for part, span in zip(split_list(cell), spans, strict=True) if span is NEVER]
        context.lists(
            "Contingencies",
            record,
            f"{either(list(map(repr, never)))} does not happen in the horizon; it does not strike then",
        )
    return sorted({period for span in spans if span is not NEVER for period in span})


def _surges(context: Context) -> dict[str, list[Surge]]:
    columns = ("destination", "item", "offset", "quantity", "priority", "max_delay", "shortage_cost", "delay_cost")
    surges_of: dict[str, list[Surge]] = {}
    for _, name, *row in context.rows("Surge", "contingency", *columns):
        surges_of.setdefault(name, []).append(Surge(*row))
    return surges_of


def _rows(context: Context) -> Iterator[tuple[str | None, str, str, Moment, Moment, float]]:
    """Disruptions that happen: contingency, kind, name, first, last, factor."""
    columns = ("contingency", "kind", "name", "from", "to", "factor")
    for record, contingency, kind, name, first, last, factor in context.rows("Disruptions", *columns):
        if not context.removes("Disruptions", record, "from", first):
            yield contingency, kind, name, moment(first), moment(last), factor


def moment(value: int | FromStrike | None) -> Moment:
    """A moment of a disruption as the instance has it."""
    return Strike(value.offset) if isinstance(value, FromStrike) else value


def _disruptions(context: Context) -> dict[str, list[Disruption]]:
    disruptions_of: dict[str, list[Disruption]] = {}
    for contingency, kind, name, first, last, factor in _rows(context):
        if contingency is not None:
            disruptions_of.setdefault(contingency, []).append(Disruption(kind, name, factor, first, last))
    return disruptions_of


def certain(context: Context) -> tuple[Disruption, ...]:
    """What is lost in any case, by date: `first` and `last` are periods."""
    return tuple(
        Disruption(kind, name, factor, 0 if first is None else first, FAR if last is None else last)
        for contingency, kind, name, first, last, factor in _rows(context)
        if contingency is None
    )

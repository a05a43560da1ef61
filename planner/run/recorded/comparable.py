"""Whether two plans can be compared at all: they must count the same things, in the same units, over the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from planner.domain.instance import PlanningInstance
from planner.records.run import RunRecord

MOST_ITEMS = 3  # named in one reason


@dataclass(frozen=True)
class ComparisonTerms:
    """On what terms a plan counts. What is None is not known, and then not compared."""

    model: str | None
    objective: str | None  # lexicographic or weighted
    currency: str | None
    start: str | None
    periods: int | None
    period_length: str | None
    fiscal_years: tuple[int, ...] | None
    units: Mapping[str, str] = field(default_factory=dict)  # item -> unit


def terms_of_run(record: RunRecord) -> ComparisonTerms:
    """The terms of a run, from what run.json says."""
    calendar = record.calendar
    return ComparisonTerms(
        model=record.model.name,
        objective="lexicographic" if isinstance(record.objective, tuple) else "weighted",
        currency=calendar.currency,
        start=calendar.start,
        periods=calendar.periods,
        period_length=calendar.period_length,
        fiscal_years=calendar.fiscal_years,
        units=record.units,
    )


def terms_of_input(instance: PlanningInstance, model: str) -> ComparisonTerms:
    """The terms on which an instance will be planned."""
    horizon = instance.horizon
    return ComparisonTerms(
        model=model,
        objective=instance.settings.objective,
        currency=instance.settings.currency,
        start=horizon.start.isoformat(),
        periods=horizon.periods,
        period_length=horizon.period_length,
        fiscal_years=horizon.fiscal_years,
        units=units_of(instance),
    )


def units_of(instance: PlanningInstance) -> dict[str, str]:
    """Item → the unit that it is counted in."""
    return {name: item.unit for name, item in instance.items.items()}


def differences(one: ComparisonTerms, other: ComparisonTerms) -> list[str]:
    """Why plans on these terms cannot be compared, a phrase each; none: they can."""
    return list(_differences(one, other))


def _differences(one: ComparisonTerms, other: ComparisonTerms) -> Iterator[str]:
    plain = (
        ("another currency", one.currency, other.currency),
        ("another objective", one.objective, other.objective),
        ("another planning model", one.model, other.model),
        ("another length of periods", one.period_length, other.period_length),
        ("another first period", one.start, other.start),
        ("another number of periods", one.periods, other.periods),
    )
    is_different = False
    for what, here, there in plain:
        if here is not None and there is not None and here != there:
            is_different = True
            yield f"{what}: {there}, not {here}"
    if not is_different and one.fiscal_years and other.fiscal_years and one.fiscal_years != other.fiscal_years:
        yield "other fiscal years"
    changed = [item for item, unit in one.units.items() if other.units.get(item, unit) != unit]
    for item in changed[:MOST_ITEMS]:
        yield f"another unit of {item}: {other.units[item]}, not {one.units[item]}"
    if len(changed) > MOST_ITEMS:
        yield f"other units of {len(changed) - MOST_ITEMS} more items"

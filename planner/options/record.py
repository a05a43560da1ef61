"""compare.json: what a comparison says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from planner.options.comparison import Comparison
from planner.options.outcome import OptionOutcome
from planner.records.model import AsHeadline, Count, InUnit, Moment, OfLevel, Record, Seconds, Unit
from planner.records.parts import Calendar, InputFile, Level, ModelName, Status, Versions
from planner.run.versions import versions


class Best(Record):
    """The best value at a figure, and who reaches it."""

    figure: str = Field(description="Objective level, fill_rate, or expected_coverage.")
    title: str = Field(description="As people call it.")
    unit: str = Field(description="Unit of the value.")
    value: InUnit = Field(description="The best one.")
    options: tuple[str, ...] = Field(description="Who reaches it.", min_length=1)
    among: tuple[str, ...] = Field(
        description="The options considered: at a level those that are best at every level before it; at the fill rate those "
        "that want as much as the base; at the expected coverage those that need as much if attacked, and are best at every level "
        "before contingency.",
        min_length=1,
    )


class OptionFigure(Record):
    """A headline figure of an option."""

    value: AsHeadline | None = Field(description="In the unit of tables/headline.csv.")
    difference: AsHeadline | None = Field(description="From the base.")


class OptionRecord(Record):
    """An option, and what became of it."""

    name: str = Field(description="`base` is the workbook without changes.")
    description: str = Field(description="From the Options table.")
    factor: Annotated[float, Unit("1")] | None = Field(description="Of a sweep.")
    status: Status = Field(description="How it ended, as in run.json.")
    message: str = Field(description="Why there is no plan; empty where there is one.")
    conflict: tuple[str, ...] = Field(description="Why there is none, as in run.json.")
    rank: Count | None = Field(
        description="1 is the best, level by level in their order; equals share a place; null without a plan."
    )
    objective: OfLevel | tuple[Level, ...] | None = Field(description="As in run.json.")
    verification: str = Field(description="What the independent checker says.")
    not_enforced: tuple[str, ...] = Field(description="Filled rules that its plan need not obey, each with its reason.")
    cells_changed: Count = Field(description="Cells of the input that differ from the base.")
    figures: dict[str, OptionFigure] = Field(
        description="Headline figures by name: value, and difference from the base."
    )
    solved: str = Field(description="What was built anew for it, compared with the base's model.")
    seconds: Seconds = Field(description="Of building and solving.")
    folder: str = Field(description="Its run folder, inside this one.")


class CompareRecord(Record):
    """What `planner compare` found; each option's own run.json is in its folder."""

    title: str = Field(description="Title from Settings.")
    marking: str = Field(description="Handling caveat from Settings.")
    measure: str = Field(description="In what goods are added up: the currency (by the values of the base), or units.")
    calendar: Calendar = Field(description="As in run.json.")
    sweep: str = Field(description="What was scaled, as in fund=SAFE; empty without a sweep.")
    best: tuple[Best, ...] = Field(
        description="For each objective level in order, for the fill rate and for the expected coverage: the best value, and who reaches it."
    )
    options: tuple[OptionRecord, ...] = Field(
        description="The base first, then options by name, then sweeps by factor.", min_length=2
    )
    model: ModelName = Field(description="The planning model.")
    input: InputFile = Field(description="The input of the base.")
    workers: Count | None = Field(description="Processes; null on a cluster.")
    scheduler: str | None = Field(description="Address of the Dask scheduler, if any.")
    started: Moment = Field(description="UTC.")
    seconds: Seconds = Field(description="Of the whole comparison.")
    versions: Versions = Field(description="Everything that computed.")


def comparison_record(
    comparison: Comparison,
    folders: Mapping[str, str],
    source: InputFile,
    model: ModelName,
    workers: int,
    scheduler: str | None,
    started: str,
    seconds: float,
) -> CompareRecord:
    """Everything that compare.json says; `folders` by option, the rest is what only the run knows."""
    return CompareRecord(
        title=comparison.title,
        marking=comparison.marking,
        measure=comparison.measure.unit,
        calendar=comparison.base.record.calendar,
        sweep=comparison.sweep,
        best=best(comparison),
        options=tuple(_option(comparison, outcome, folders[outcome.name]) for outcome in comparison.outcomes),
        model=model,
        input=source,
        workers=workers if scheduler is None else None,
        scheduler=scheduler,
        started=started,
        seconds=seconds,
        versions=versions(),
    )


def best(comparison: Comparison) -> tuple[Best, ...]:
    """For each level, and for the fill rate: the best value and the options that reach it, among whom.

    At a level only those count (`among`) that are best at all levels before it: what costs less because it delivers
    less is not best at cost. At the fill rate those count that want as much as the base.
    """
    entries = []
    for figure, title, unit in level_titles(comparison):
        names, among = comparison.best[figure]
        values = [value for name in names if (value := comparison.figure(name, figure)) is not None]
        if values:
            entries.append(_best(figure, title, unit, min(values), names, among))
    rates = {
        outcome.name: rate
        for outcome in comparison.solved
        if comparison.wants_as_much(outcome.name) and (rate := comparison.figure(outcome.name, "fill_rate")) is not None
    }
    if rates:
        top = max(rates.values())
        names = [name for name, rate in rates.items() if not comparison.differ(rate, top)]
        entries.append(_best("fill_rate", "Fill rate", "share", top, names, list(rates)))
    return (*entries, *_best_covered(comparison))


def _best_covered(comparison: Comparison) -> Iterator[Best]:
    """The best expected coverage, judged where its level stands: after those before `contingency`, as far as there are
    any.
    """
    solved = [outcome.name for outcome in comparison.solved]
    among = comparison.best["contingency"][1] if "contingency" in comparison.best else solved
    shares = {
        name: value
        for name in among
        if comparison.needs_as_much(name) and (value := comparison.figure(name, "expected_coverage")) is not None
    }
    if shares:
        top = max(shares.values())
        names = [name for name, value in shares.items() if not comparison.differ(value, top)]
        yield _best("expected_coverage", "Share covered if attacked", "share", top, names, list(shares))


def _best(figure: str, title: str, unit: str, value: float, names: list[str], among: list[str]) -> Best:
    return Best(figure=figure, title=title, unit=unit, value=value, options=tuple(names), among=tuple(among))


def level_titles(comparison: Comparison) -> list[tuple[str, str, str]]:
    """(name, title, unit) of each objective level, in order."""
    titles: dict[str, tuple[str, str, str]] = {}
    for outcome in comparison.solved:
        objective = outcome.record.objective
        if isinstance(objective, tuple):
            for level in objective:
                titles.setdefault(level.name, (level.name, level.title, level.unit))
        else:
            currency = outcome.record.calendar.currency
            titles.setdefault("weighted", ("weighted", "Weighted objective", currency))
    return [titles[name] for name in comparison.levels]


def _option(comparison: Comparison, outcome: OptionOutcome, folder: str) -> OptionRecord:
    record = outcome.record
    figures = comparison.tables["headline"]
    mine = figures[figures["option"] == outcome.name]
    return OptionRecord(
        name=outcome.name,
        description=outcome.description,
        factor=outcome.factor,
        status=record.status,
        message=record.message,
        conflict=record.conflict,
        rank=comparison.ranks.get(outcome.name),
        objective=record.objective,
        verification=record.verification,
        not_enforced=record.not_enforced,
        cells_changed=len(comparison.edits.get(outcome.name, ())),
        figures={
            str(row["figure"]): OptionFigure(value=row["value"], difference=row["difference"])
            for row in mine.to_dict("records")
        },
        solved=outcome.how,
        seconds=sum(record.seconds.values()),
        folder=folder,
    )

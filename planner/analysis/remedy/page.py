"""Remedies as page, tables and record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from planner.analysis.context import AnalysisContext, header
from planner.analysis.findings import Findings, FindingsTable, Section, TableField
from planner.analysis.remedy.record import RemedyResultRecord
from planner.plan.remedy.kept import MOST_COLUMNS
from planner.plan.remedy.neighbourhood import MOST_SEARCHED
from planner.plan.remedy.results import GoalRemedies
from planner.plan.remedy.search import ALTERNATIVES
from planner.report.data.money import money_scale
from planner.report.words.names import titles_of
from planner.report.words.numbers import GOODS_WEIGHTED, listing, number, plural
from planner.report.words.remedy_words import AS_OTHERS_STAY, NO_WORSE, OTHERS_STAY, RemedyWords
from planner.run.record import goal_record

HOW = {"cheapest": "Cheapest", "alternative": "Otherwise", "single": "By a single change"}


def _planned(context: AnalysisContext) -> str:
    """Which remedies were planned with all aims in order."""
    is_small = context.optimal.program.lp.columns <= MOST_COLUMNS
    return "It was" if is_small else "The cheapest of each goal was"


def remedy_findings(context: AnalysisContext, results: Sequence[GoalRemedies]) -> Findings:
    """Everything that the page, the workbook and the record say."""
    money = money_scale(context.warm_start.base_plan)
    words = RemedyWords(context.instance, money)
    changes, frontier = _changes(words, results), _frontier(words, results)
    sections = [
        Section(
            "What would help",
            f"{NO_WORSE} Each remedy was solved again from the changed input and does what it promises. "
            f"{_planned(context)} also planned with all aims in order: if the plan would use what is added for something else, the page says so.",
            points=[point for one in results for point in _points(words, one)] or ["Nothing is short."],
            tables=_by_goal(changes),
        ),
        Section(
            "What part of the shortage can be removed for less",
            "The least cost of removing each part of the shortage; the last row is the cheapest remedy.",
            tables=[frontier] if len(frontier.frame) else [],
        ),
    ]
    facts = [
        ("May be changed", "What the table Remedies lists." if context.instance.changeable else
         "Remedies has no rows: every budget, capacity, throughput, storage and consent, at default prices that only rank the changes."),
        ("Otherwise", f"At most {ALTERNATIVES} more remedies, each without the most expensive change of the one before."),
        ("Planned again", _planned_again(results)),
        *([("Other goods", OTHERS_STAY)] if any(one.items is not None for one in results) else []),
        *_cheapest_only(words, results),
        *context.choices,
    ]  # fmt: skip
    return Findings(
        kind="remedy",
        title=context.title,
        subject="What it would take",
        marking=context.instance.settings.marking,
        headline=_headline(words, results),
        money=money,
        facts=facts,
        sections=[section for section in sections if section.points or section.tables],
        record=RemedyResultRecord(**header(context), goals=tuple(goal_record(one, words) for one in results)),
        tables=[changes, frontier],
    )


def _planned_again(results: Sequence[GoalRemedies]) -> str:
    """What became of the remedies when they were planned again."""
    broken = sum(one.broken for one in results)
    if broken:
        are = "is" if broken == 1 else "are"
        return f"{plural(broken, 'remedy', 'remedies')} did not reach what the linear program promised, and {are} not shown."
    return "Every remedy reached what it promises." if any(one.remedies for one in results) else "There is no remedy."


def _headline(words: RemedyWords, results: Sequence[GoalRemedies]) -> str:
    if not results:
        return "Nothing is short."
    whole = [one for one in results if one.remedies and not one.remedies[0][0].left]
    if not whole:
        what = words.goal_within(results[0].goal) if len(results) == 1 else "any of it"
        return f"No allowed change meets {what} in full{_while(results[0])}."
    if len(results) == 1:
        return (
            f"{words.goal(results[0].goal)} can be met in full for {words.money.text(results[0].remedies[0][0].cost)}."
        )
    return f"{len(whole)} of {len(results)} can be met in full, each separately."


def _points(words: RemedyWords, one: GoalRemedies) -> Iterator[str]:
    name = words.goal(one.goal)
    if not one.remedies:
        yield f"{name}: no allowed change helps{_while(one)}."
    for raised in one.remedies:
        yield f"{name}. {HOW[raised[0].how]}: {words.remedy(raised)}"


def _cheapest_only(words: RemedyWords, results: Sequence[GoalRemedies]) -> list[tuple[str, str]]:
    names = [words.goal(one.goal) for one in results if one.cheapest_only]
    if not names:
        return []
    text = (
        f"{listing(names)}: what is short concerns more than {number(MOST_SEARCHED)} columns. Other remedies, single changes and what "
        "a part of the remedy costs were not searched."
    )
    return [("Only the cheapest", text)]


def _while(one: GoalRemedies) -> str:
    return AS_OTHERS_STAY if one.items is not None else ""


def _changes(words: RemedyWords, results: Sequence[GoalRemedies]) -> FindingsTable:
    """A row for each figure that rises."""
    rows = [
        (words.goal(one.goal), number, HOW[remedy.how], words.rise(lever, rise), lever.what, lever.cells, lever.value,
         rise, lever.price, lever.price * rise, lever.decides, remedy.cost, remedy.left)
        for one in results
        for number, (remedy, rises) in enumerate(one.remedies, 1)
        for lever, rise in rises
    ]  # fmt: skip
    columns = [
        "goal",
        "number",
        "how",
        "change",
        "what",
        "cells",
        "before",
        "rise",
        "price",
        "cost",
        "decides",
        "in_all",
        "left",
    ]
    fields = [
        TableField("goal", "To be met in full"),
        TableField("number", "Remedy", "whole"),
        TableField("how", "How"),
        TableField("change", "Change"),
        TableField("before", "Now", "figure"),
        TableField("rise", "More", "figure"),
        TableField("price", "Price per unit", "figure"),
        TableField("cost", "Cost", "money"),
        TableField("decides", "Who decides", names=titles_of(words.instance.nations)),
        TableField("in_all", "Remedy in all", "money"),
        TableField("left", "Then still short", "money", unit=GOODS_WEIGHTED),
    ]
    return FindingsTable("changes", "What each remedy changes", pd.DataFrame(rows, columns=columns), fields)


def _by_goal(changes: FindingsTable) -> list[FindingsTable]:
    """The changes of each goal as a table of the page, without what the sentences above say of a remedy as a whole."""
    fields = [one for one in changes.fields if one.key not in ("goal", "in_all", "left")]
    return [
        replace(changes, title=str(goal), frame=rows, fields=fields)
        for goal, rows in changes.frame.groupby("goal", sort=False)
    ]


def _frontier(words: RemedyWords, results: Sequence[GoalRemedies]) -> FindingsTable:
    """A row for each part of the way."""
    rows = [
        (words.goal(one.goal), remedy.short - remedy.left, (remedy.short - remedy.left) / one.short, remedy.cost)
        for one in results
        for remedy, _ in one.frontier
    ]
    fields = [
        TableField("goal", "To be met in full"),
        TableField("removed", "Less short", "money", unit=GOODS_WEIGHTED),
        TableField("part", "Part of what is short", "share"),
        TableField("cost", "Least cost", "money"),
    ]
    return FindingsTable(
        "frontier", "Money against shortfall", pd.DataFrame(rows, columns=["goal", "removed", "part", "cost"]), fields
    )

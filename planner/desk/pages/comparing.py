"""Up to four runs side by side, differences only; and a re-planned run beside the one that it follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from planner.desk.desk import Desk, Seen, number_of, page, render, seen, session_of
from planner.desk.pages.reading import MEMO, has_memo, head
from planner.options.figures import DEMANDS, GoodsMeasure, summary
from planner.report.data.report_data import ReportData
from planner.report.pages.views import View, ViewCell, ViewColumn
from planner.report.words.names import titles_of, without_commitment
from planner.report.words.numbers import Money, compact, number, plural, share, spelled_unit
from planner.run.recorded.comparable import differences, terms_of_run
from planner.tolerances import matters

MOST_RUNS = 4
ViewColumns = tuple[ViewColumn, ...]


@dataclass(frozen=True)
class Block:
    """A table of differences; `alike` rows are the same in all runs, and left out."""

    view: View
    alike: int


def routes(desk: Desk) -> list[Route]:
    """The addresses."""
    return [
        Route("/compare", page(desk, _compare)),
        Route("/runs/{run:number}/memo", page(desk, _memo)),
    ]


def _compare(desk: Desk, request: Request) -> Response:
    if session_of(request).viewer.nation is not None:
        raise HTTPException(403, "Plans are compared as a whole, which a nation's extract does not hold.")
    run_numbers = [text for text in request.query_params.getlist("run") if text.isdecimal() and len(text) < 10]
    numbers = list(dict.fromkeys(int(text) for text in run_numbers))[:MOST_RUNS]
    runs = [seen(desk, request, number) for number in numbers]
    faults = list(_faults(runs))
    blocks = [] if faults or len(runs) < 2 else list(_blocks(runs))
    return render(
        request,
        "compare.html.j2",
        runs=runs,
        marking=" · ".join(dict.fromkeys(run.marking for run in runs if run.marking)),
        faults=faults,
        money=None,
        followers=[run for run in runs if run.opened.run.parent in numbers and has_memo(run)],
        blocks=blocks,
        left_out=len(set(run_numbers)) > MOST_RUNS,
    )


def _faults(runs: Sequence[Seen]) -> Iterator[str]:
    """Why runs cannot stand side by side, a sentence each."""
    for run in runs:
        if run.opened.data is None:
            yield f"Run {run.number} has no plan, or its folder or input is gone."
    for run in runs[1:]:
        if found := list(differences(terms_of_run(runs[0].opened.record), terms_of_run(run.opened.record))):
            yield f"Run {run.number} cannot be compared with run {runs[0].number}: {'; '.join(map(str, found))}."


def _blocks(runs: Sequence[Seen]) -> Iterator[Block]:
    known = [data for run in runs if (data := run.opened.data) is not None]
    base = known[0]
    measure = GoodsMeasure.of(base.instance)
    summaries = [summary(data.plan, measure, base.instance) for data in known]
    money = Money(base.money.currency, max(data.money.factor for data in known))
    columns = (ViewColumn("What"), *(ViewColumn(f"Run {run.number}") for run in runs))
    yield _headline(summaries, money, columns)
    funds = titles_of(base.instance.funds)
    parties = funds | titles_of(base.instance.nations)  # a fund may pay for itself
    for measure_name, words in (("contributed", "pay"), ("produced", "produce"), ("received", "receive")):
        name = f"nations-{measure_name}"
        yield _sums(
            name, f"What nations {words}", summaries, "nations", "nation", measure_name, money, parties, columns
        )
    yield _sums("funds", "What funds pay", summaries, "funds", "fund", "paid", money, funds, columns)
    yield _commitments(summaries, base, columns)


def _headline(summaries: Sequence[Mapping[str, pd.DataFrame]], money: Money, columns: ViewColumns) -> Block:
    others = [{row["figure"]: row["value"] for row in tables["headline"].to_dict("records")} for tables in summaries]
    rows, alike = [], 0
    for row in summaries[0]["headline"].to_dict("records"):
        values = [_known(other.get(row["figure"])) for other in others]
        if _differ(values):
            rows.append((str(row["title"]), *_cells(values, str(row["unit"]), money, str(row["better"]))))
        else:
            alike += 1
    return _shown("headline", "Aims and headline figures", rows, alike, columns)


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _sums(
    name: str,
    title: str,
    summaries: Sequence[Mapping[str, pd.DataFrame]],
    table: str,
    key: str,
    measure: str,
    money: Money,
    titles: Mapping[str, str],
    columns: ViewColumns,
) -> Block:
    """Sums over the horizon by a key, in money, the largest difference first."""
    sums = [_by_name(tables[table].groupby(key)[measure].sum()) for tables in summaries]
    unit = f"{money.currency} of value" if measure == "received" else money.currency
    return _block(name, title, sums, unit, money, titles, columns)


def _commitments(summaries: Sequence[Mapping[str, pd.DataFrame]], base: ReportData, columns: ViewColumns) -> Block:
    """The part of each commitment that is delivered."""
    parts = []
    for tables in summaries:
        sums = tables["commitments"].groupby("commitment")[["wanted", "on_time", "late"]].sum()
        wanted = sums[sums["wanted"] > 0]
        parts.append(_by_name((wanted["on_time"] + wanted["late"]) / wanted["wanted"]))
    titles = titles_of(base.instance.commitments) | {"": without_commitment(base.instance.commitments)}
    return _block(
        "commitments", "The part of each commitment that is delivered", parts, "share", base.money, titles, columns
    )


def _by_name(values: pd.Series) -> dict[str, float]:
    return {str(name): float(value) for name, value in values.items()}


def _block(
    name: str,
    title: str,
    sums: Sequence[Mapping[str, float]],
    unit: str,
    money: Money,
    titles: Mapping[str, str],
    columns: ViewColumns,
) -> Block:
    keys = list(dict.fromkeys(key for one in sums for key in one))
    values = {key: [float(one.get(key, 0.0)) for one in sums] for key in keys}
    different = [key for key in keys if _differ(values[key])]
    different.sort(key=lambda key: -max(abs(value - values[key][0]) for value in values[key]))
    rows = [(titles.get(key, key), *_cells(values[key], unit, money, "")) for key in different]
    return _shown(name, title, rows, len(keys) - len(different), columns)


def _shown(name: str, title: str, rows: Sequence[tuple[Any, ...]], alike: int, columns: ViewColumns) -> Block:
    return Block(View(name, title, "", columns, rows, most=max(len(rows), 1)), alike)


def _differ(values: Sequence[float | None]) -> bool:
    """Does any of them differ from the first by more than matters beside it?"""
    first = values[0]
    return any((value is None) != (first is None) or _apart(value, first) for value in values[1:])


def _apart(value: float | None, first: float | None) -> bool:
    return value is not None and first is not None and matters(abs(value - first), max(abs(first), abs(value)))


def _cells(values: Sequence[float | None], unit: str, money: Money, better: str) -> list[ViewCell]:
    return [
        ViewCell(value, _difference(value, values[0], unit, money, better), _said(value, unit, money))
        for value in values
    ]


def _said(value: float | None, unit: str, money: Money) -> str:
    if value is None:
        return "–"
    if unit == "share":
        return share(value)
    if unit == DEMANDS:
        return plural(round(value), "demand")
    if unit.startswith(money.currency):
        return f"{money.text(value)}{spelled_unit(unit.removeprefix(money.currency))}"
    return f"{number(value) if abs(value) >= 1000 else compact(value)} {spelled_unit(unit)}"


def _difference(value: float | None, first: float | None, unit: str, money: Money, better: str) -> str:
    """`12 more, better`: the difference from the first run, and whether that is good, in words."""
    if value is None or first is None or not _apart(value, first):
        return ""
    more, size = value > first, abs(value - first)
    amount = f"{number(100 * size, 1)}\u00a0points" if unit == "share" else _said(size, unit, money)
    good = {"less": not more, "more": more}.get(better)
    judged = "" if good is None else ", better" if good else ", worse"
    return f"{amount} {'more' if more else 'less'}{judged}"


def _memo(desk: Desk, request: Request) -> Response:
    """What changed since the last plan, and why: the memo of a re-planned run, as it was written."""
    run = seen(desk, request, number_of(request))
    if not has_memo(run):
        raise HTTPException(404, "This run has no memo: it does not follow another.")
    body = (run.opened.run.folder / MEMO).read_text(encoding="utf-8").partition("<main>")[2].partition("</main>")[0]
    return render(request, "run/memo.html.j2", **head(run, None), body=Markup(body), before=run.opened.run.parent)

"""Where someone gets nothing: what the model least-served-first would give them, and at what price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from planner.errors import NoPlanError, SolverStoppedError
from planner.paths import as_argument
from planner.plan import Progress, SolveOptions, solve
from planner.plan.plan import Plan
from planner.report.data.money import costs, money_scale
from planner.report.data.service import Service, clean_share, read_service
from planner.report.data.unserved import Unserved, read_unserved
from planner.report.words.numbers import listing, plural, share
from planner.solver.highs import ProgressListener
from planner.tolerances import SAME, close

MODEL = "least-served-first"
# Up to this size the second plan is made by default: it then takes a second or two.
SMALL_NONZEROS = 20_000
MOST_NAMED = 4


def has_sense(plan: Plan, model: str, unserved: Unserved) -> bool:
    """Is anybody left out, by a plan that did not look at the least served, and could?"""
    return unserved.is_anything and model != MODEL and plan.instance.settings.objective == "lexicographic"


def is_small(plan: Plan) -> bool:
    """Is the program so small that the second plan is made unasked?

    Told by its size, so that it is the same everywhere.
    """
    return int(plan.counts.get("nonzeros", SMALL_NONZEROS + 1)) <= SMALL_NONZEROS


def command(source: Path) -> str:
    """The sentence that says how to see the second plan."""
    return (
        f"What the model that serves the least served first would give them: planner solve {as_argument(source)} "
        f"--model {MODEL} -o DIR, or --fair-check beside this command."
    )


def fair_sentences(
    plan: Plan, unserved: Unserved, options: SolveOptions, progress: ProgressListener | None = None
) -> list[str]:
    """What the least-served-first plan gives those who get nothing in `plan`, and what it takes, in sentences."""
    try:
        if progress is not None:
            progress(Progress("solve least-served-first"))
        settings = replace(options, model=MODEL, write_lp=None, write_mps=None)
        other = solve(plan.instance, settings, progress, priced=False)
    except (NoPlanError, SolverStoppedError) as problem:
        return [f"With --model {MODEL} no plan was found: {problem}."]
    return list(_compared(plan, other, unserved))


@dataclass(frozen=True)
class _Sums:
    """What is delivered of what is wanted, by value where every item has one."""

    service: Service

    def rate(self, column: str, name: object) -> float:
        demands = self.service.demands
        rows = demands[demands[column] == name]
        wanted = float((rows["quantity"] * rows["worth"]).sum())
        return clean_share(1 - float((rows["short"] * rows["worth"]).sum()) / wanted) if wanted > 0 else 0.0


def _compared(plan: Plan, other: Plan, unserved: Unserved) -> Iterator[str]:
    money, horizon = money_scale(plan), plan.instance.horizon
    mine, theirs = read_service(plan, money), read_service(other, money)
    sums = _Sums(theirs)
    names: list[tuple[str, str, object]] = [("destination", name, name) for name in unserved.destinations]
    names += [("destination", name, name) for name, _, _ in unserved.partly]
    names += [("item", name, name) for name in unserved.items]
    names += [("due", f"what is due in {horizon.label(period - 1)}", period) for period in unserved.periods]
    rates = {title: sums.rate(column, name) for column, title, name in names}
    before = {title: _Sums(mine).rate(column, name) for column, title, name in names}
    better = [
        f"{title} {share(rates[title])}" + (f" instead of {share(before[title])}" if before[title] else "")
        for title in rates
        if rates[title] > before[title] + SAME
    ]
    served = len(_pairs(unserved)) - _left_out(theirs.demands, unserved)
    if not better and not served:
        yield f"The model {MODEL}, solved in addition to this plan and not verified, would give them nothing either."
        return
    gets = f"would bring {listing(better, MOST_NAMED)} of what is wanted" if better else "would serve some of them"
    pairs = f", and {plural(served, 'item')} to a place that gets nothing of it now" if served else ""
    now, then = share(mine.total.delivered_share), share(theirs.total.delivered_share)
    total = (
        f"as much in all, {now} of what is wanted"
        if now == then
        else f"in all {then} of what is wanted instead of {now}"
    )
    yield (
        f"The model {MODEL}, solved in addition to this plan and not verified, {gets}{pairs}; {total}, for "
        f"{_cost(plan, other)}."
    )


def _left_out(demands: pd.DataFrame, unserved: Unserved) -> int:
    """How many of the items of which a place gets nothing it would still get nothing of."""
    left = read_unserved(demands)
    return sum(1 for name, item in _pairs(unserved) if name in left.destinations or (name, item) in _pairs(left))


def _pairs(unserved: Unserved) -> set[tuple[str, str]]:
    return {(name, item) for name, items, _ in unserved.partly for item in items}


def _cost(plan: Plan, other: Plan) -> str:
    money = money_scale(plan)
    amounts = [float(costs(made)["amount"].sum()) for made in (plan, other)]
    change = amounts[1] - amounts[0]
    if close(*amounts):
        return "the same cost of production, transport, storage and investment"
    return (
        f"{money.text(abs(change))} {'more' if change > 0 else 'less'} of production, transport, storage and investment"
    )

"""What of a new plan somebody should hear of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.numerals import numeral
from planner.plan.plan import Plan
from planner.replan.position.conflict import ReportConflict
from planner.report.data.money import fund_limit
from planner.run.pipeline import RunResult
from planner.schedule.alert import Alert
from planner.schedule.declaration import Rules
from planner.store.entry import FILL_RATE
from planner.store.store import Run, RunStore
from planner.tolerances import NOISE, SAME


def plan_alerts(
    rules: Rules, store: RunStore, run: Run, before: Run | None, result: RunResult, conflicts: Sequence[ReportConflict]
) -> list[Alert]:
    """Alerts of a plan that was just recorded; `before` is the good plan before it."""
    return [
        *_fill_rate_alerts(rules, store, run, before),
        *_gap_alerts(rules, run),
        *_fund_alerts(rules, result.plan),
        *(_conflict_alerts(conflicts) if rules.conflicts else ()),
    ]


def _fill_rate_alerts(rules: Rules, store: RunStore, run: Run, before: Run | None) -> Iterator[Alert]:
    rates = store.figure_of(FILL_RATE)
    if rules.fill_rate_falls is None or before is None or run.id not in rates or before.id not in rates:
        return
    fall = rates[before.id] - rates[run.id]
    if fall > rules.fill_rate_falls + NOISE:
        message = (
            f"the fill rate falls from {_percent(rates[before.id])} (run {before.id}) to {_percent(rates[run.id])}"
        )
        yield Alert("fill_rate", message, f"run {run.id}", fall, rules.fill_rate_falls)


def _gap_alerts(rules: Rules, run: Run) -> Iterator[Alert]:
    if rules.gap is None:
        return
    if run.gap is None:
        yield Alert("gap", "the plan is not proved to be optimal: not every level was finished", f"run {run.id}")
    elif run.gap > rules.gap:
        message = f"the solver's gap is {_percent(run.gap)}; expected at most {_percent(rules.gap)}"
        yield Alert("gap", message, f"run {run.id}", run.gap, rules.gap)


def _fund_alerts(rules: Rules, plan: Plan) -> Iterator[Alert]:
    """Funds of whose money, over the horizon, the plan pays as much as the rule names."""
    if rules.fund_used is None:
        return
    paid = plan.tables["payments"].groupby("fund")["amount"].sum()
    for name, fund in plan.instance.funds.items():
        available = fund_limit(fund, plan.instance)
        used = float(paid.get(name, 0.0)) / available if available > 0 else 0.0
        if used > 0 and used >= rules.fund_used - SAME:
            message = f"the plan pays {_percent(used)} of the money of {name}"
            yield Alert("fund_used", message, name, used, rules.fund_used)


def _conflict_alerts(conflicts: Sequence[ReportConflict]) -> Iterator[Alert]:
    for one in conflicts:
        kind = "fund_overdrawn" if one.kind == "money" else "conflict"
        figures = "" if one.stated is None else f" ({numeral(one.stated)} {one.unit} stated"
        figures += (
            f", {numeral(one.computed)} computed)" if figures and one.computed is not None else ")" if figures else ""
        )
        yield Alert(kind, f"{one.where}: {one.what}{figures}; {one.used}", one.where, one.stated, one.computed)


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"

"""A plan that people made by hand, completed at best: what it gives is fixed, the rest is optimised.

Given quantities become rows of their own (Σ over expiry classes = quantity), what a given table does
not list becomes 0, and the levels are optimised over what is left. Nothing is pruned: people may do useless things.
Only stock that a given table does not list gets no columns, as it would mostly be all of them; what a plan breaks is
reported with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from planner.catalogue import load
from planner.domain.budget_periods import BudgetPeriods
from planner.domain.fixed_plan import FixedQuantity, GivenKey, GivenPlan
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError
from planner.formulation.build import build
from planner.formulation.goods.circulation import add_circulation
from planner.formulation.model.model import Model, Terms
from planner.numerals import numeral
from planner.plan.again.impossible import reason
from planner.plan.conflict.broken import Fixed, broken_rules
from planner.plan.conflict.words import MOST_LINES
from planner.plan.plan import Plan
from planner.plan.program import Program
from planner.solver.clock import Clock, without_garbage_collection
from planner.solver.highs import Arrays, ProgressListener, Vector
from planner.solver.options import SolveOptions
from planner.tolerances import LAST_DIGITS

FAMILIES = {
    "production": ("production", 2),
    "shipments": ("shipment", 3),
    "deliveries": ("delivery", 3),
    "investments": ("expansion", 2),
    "stocks": ("stock", 3),
    "scrap": ("scrap", 3),
}  # table -> family of columns, and how much of their key the table's key is (the rest is the expiry class)


@dataclass
class Fixing:
    """What a given plan fixes: rows, columns that are 0, and what cannot be done at all."""

    rows: list[tuple[Terms, float, float]] = field(default_factory=list)  # columns, amount, units in one of the row
    fixed: list[Fixed] = field(default_factory=list)  # what each of these rows is
    zero: list[int] = field(default_factory=list)  # positions of columns
    impossible: list[str] = field(default_factory=list)

    def slack(self, rounding: float) -> Vector:
        """By how much each row may be off, where every given quantity may be off by `rounding`."""
        return np.array([rounding / scale for _, _, scale in self.rows])

    def last_digits(self) -> Vector:
        """By how much rows may be off whose quantities were written in full precision."""
        return np.array([LAST_DIGITS * max(1.0, amount) for _, amount, _ in self.rows])


def complete(
    instance: PlanningInstance,
    given: GivenPlan,
    options: SolveOptions,
    progress: ProgressListener | None = None,
    rounding: float = 0.0,
) -> Plan:
    """The best plan that does what is given; status `feasible`, without prices.

    `rounding`: by how much a given quantity may be off, in its unit, where people rounded.
    Raises NoPlanError where it cannot be carried out; its conflict lists every rule it breaks.
    """
    clock = Clock(progress)
    program, fixing = _fixed(instance, given, options, clock, given.tables.get("stocks"))
    slacks = [fixing.slack(rounding)]
    if rounding == 0:
        slacks.append(fixing.last_digits())  # tables in full precision add up to the last digits only
    for slack in slacks if not fixing.impossible else ():
        try:
            return _best(replace(program, lp=_with_rows(program.lp, fixing, slack)), fixing, given, options, clock)
        except NoPlanError as failure:
            if failure.status != "infeasible":
                break
    if "stocks" in given.tables:
        program, fixing = _fixed(instance, given, options, clock, None)
    raise _refused(replace(program, lp=_with_rows(program.lp, fixing, fixing.slack(rounding))), fixing, options)


def _fixed(
    instance: PlanningInstance,
    given: GivenPlan,
    options: SolveOptions,
    clock: Clock,
    stocks: Collection[GivenKey] | None,
) -> tuple[Program, Fixing]:
    """The program of an instance, and what the plan fixes of it; `stocks` as of `build`."""
    with clock.phase("build"), without_garbage_collection():
        model = build(instance, load(options.model), prune=False, stocks=stocks)
        add_circulation(model)
        fixing = fix(model, given)
        program = Program.of(model)
    if "shipments" in given.tables:
        model.keep(model.columns["shipment"].values())
    return program, fixing


def _best(program: Program, fixing: Fixing, given: GivenPlan, options: SolveOptions, clock: Clock) -> Plan:
    zero = np.array(fixing.zero, dtype=np.intp)
    nothing = np.zeros(len(zero))
    with clock.phase("load LP"), without_garbage_collection():
        session = program.session(options, clock.progress)
        session.change_model(zero, np.empty(0, dtype=np.intp), (nothing, nothing))
        # Payments that are given stay as they are; others follow the convention.
        lazy_funds = None if "payments" in given.tables else program.lazy_funds(options)
    with clock.phase("solve"):
        optimum = program.optimum(session, lazy_funds, options)
    with clock.phase("settle"):
        optimum.values = program.tidied(optimum, lazy_funds)
    with clock.phase("tables"), without_garbage_collection():
        plan = program.plan(optimum, clock.seconds, program.size, priced=False)
    return replace(plan, status="feasible")


def _refused(program: Program, fixing: Fixing, options: SolveOptions) -> NoPlanError:
    zero = np.array(fixing.zero, dtype=np.intp)
    broken = [*fixing.impossible, *broken_rules(program, fixing.fixed, zero, options)]
    lines = broken
    if len(broken) > MOST_LINES - 1:
        lines = [*broken[: MOST_LINES - 2], f"and {len(broken) - MOST_LINES + 2} more: run.json lists all of them"]
    message = f"the plan cannot be carried out: it breaks {len(broken)} rule{'s' * (len(broken) != 1)}"
    return NoPlanError(message, lines, explanation={"broken": broken})


def fix(model: Model, given: GivenPlan) -> Fixing:
    """What the plan fixes of the model's columns."""
    fixing = Fixing()
    for table, quantities in given.tables.items():
        places = dict(_payments(model)) if table == "payments" else _columns(model, table)
        scale = model.money_unit if table == "payments" else 1.0
        for key, entry in quantities.items():
            terms = places.pop(key, [])
            if terms:
                fixing.rows.append((terms, entry.quantity / scale, scale))
                fixing.fixed.append(Fixed(entry.place, entry.quantity, _unit(model, table, key), scale))
            elif entry.quantity > LAST_DIGITS:
                fixing.impossible.append(_sentence(model, table, key, entry))
        fixing.zero += [column for terms in places.values() for column, _ in terms]
    return fixing


def _unit(model: Model, table: str, key: GivenKey) -> str:
    """The unit of a quantity of a table."""
    instance = model.instance
    if table == "payments":
        return instance.settings.currency
    if table == "investments":
        return "units of capacity"
    what, where, *_ = key
    if table == "production":
        return f"units of {instance.lines[str(what)].item}"
    return f"units of {instance.demands_by_key[str(what), int(where)].item if table == 'deliveries' else what}"


def _columns(model: Model, table: str) -> dict[GivenKey, Terms]:
    """The columns of each thing that a table may give."""
    family, length = FAMILIES[table]
    terms_of: dict[GivenKey, Terms] = defaultdict(list)
    for key, column in model.columns[family].items():
        terms_of[key[:length]].append((column, 1.0))
    return terms_of


def _payments(model: Model) -> Iterator[tuple[GivenKey, Terms]]:
    """What each fund pays in each fiscal year, as it counts it."""
    budget_periods = BudgetPeriods(model.instance)
    terms_of: dict[GivenKey, Terms] = defaultdict(list)
    for (fund, budget_period), terms in model.paid.items():
        terms_of[fund, budget_periods.year(budget_period)] += terms
    yield from terms_of.items()


def _sentence(model: Model, table: str, key: GivenKey, entry: FixedQuantity) -> str:
    return f"{entry.place}: {reason(model, table, key)} ({numeral(entry.quantity)} planned)"


def _with_rows(lp: Arrays, fixing: Fixing, slack: Vector) -> Arrays:
    """The LP with a row for each given quantity behind its own, which may be off by `slack`."""
    amounts = np.array([amount for _, amount, _ in fixing.rows])
    lengths = [len(terms) for terms, _, _ in fixing.rows]
    ends: NDArray[np.int32] = (lp.start[-1] + np.cumsum(lengths)).astype(np.int32)
    index = [column for terms, _, _ in fixing.rows for column, _ in terms]
    value = [weight for terms, _, _ in fixing.rows for _, weight in terms]
    return replace(
        lp,
        row_lower=np.concatenate([lp.row_lower, np.maximum(amounts - slack, 0.0)]),
        row_upper=np.concatenate([lp.row_upper, amounts + slack]),
        start=np.concatenate([lp.start, ends]),
        index=np.concatenate([lp.index, np.array(index, dtype=np.int32)]),
        value=np.concatenate([lp.value, np.array(value)]),
    )

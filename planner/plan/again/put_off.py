"""When orders can be completed at the earliest, where a plan that completes them when they are due does not exist."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.catalogue import load
from planner.domain.instance import Line, Order, PlanningInstance
from planner.formulation.build import build
from planner.formulation.goods.production import PLACED_ORDER
from planner.plan.conflict.elastic import with_columns
from planner.plan.program import Program
from planner.solver.highs import HighsSession
from planner.solver.options import SolveOptions

Completions = dict[tuple[str, int], float]  # (line, period) -> good units


def completions(instance: PlanningInstance, options: SolveOptions) -> Completions | None:
    """Good units of the orders by line and period, such that a plan exists; None where none does, however late they
    come.

    minimise Σ value × late[l, t]   subject to   production[l, t] + late[l, t] − late[l, t−1] = ordered[l, t]

    and every rule of the plan; periods are those before the line's first new order can be completed. What is late in
    the last of them is in none.
    """
    lines = {name: _with_every_period(instance, line) for name, line in instance.lines.items()}
    program = Program.of(build(replace(instance, lines=lines), load(options.model), options.prune))
    rows = program.model.rows[PLACED_ORDER.name]
    columns, costs = [], []
    for (name, period), row in rows.items():
        after = rows.get((name, period + 1))
        columns.append([(row, 1.0)] + ([] if after is None else [(after, -1.0)]))
        costs.append(instance.unit_values.get(lines[name].item, 0.0) or 1.0)
    session = HighsSession(with_columns(program.lp, columns), program.settings(options))
    plan_session = program.session(options)
    session.set_column_bounds(np.arange(program.lp.columns), plan_session.column_lower, plan_session.column_upper)
    session.set_costs(np.concatenate([np.zeros(program.lp.columns), np.array(costs)]))
    outcome = session.solve("when orders can be completed", options.time_limit)
    if outcome.status != "optimal":
        return None
    made = program.model.columns["production"]
    return {key: float(outcome.values[made[key]]) for key in rows if key in made}


def _with_every_period(instance: PlanningInstance, line: Line) -> Line:
    """The line with orders (of nothing) also in the other periods in which one could be completed."""
    if not line.orders:
        return line
    opened, ends = instance.nodes[line.factory].open, min(line.order_lead_time, instance.horizon.periods)
    paid = sum(order.paid * order.quantity for order in line.orders.values())
    share = paid / (sum(order.quantity for order in line.orders.values()) or 1.0)
    first = min(line.orders)
    every = {period: Order(0.0, share) for period in range(first, ends) if period in opened}
    return replace(line, orders=every | dict(line.orders))

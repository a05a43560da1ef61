"""What the depots of a nation are worth: the plan made anew where responses may not draw on its nodes, or all may.

Nothing is moved out of a nation beforehand because its nodes are to be closed: the plan made anew dispatches from them
no more than the plan does. Neither changes the plan's own rules, nor what its responses count at the levels before
coverage: these stay held at their optimum by its faces (`planner.solver.lexicographic`), as long as no face is about
responses; and the further levels start from the basis of the plan. Where responses from the plan as it stands do as
well without the nodes, no other plan is looked for: less to draw on is never better. To close nodes takes goods out of
rows of the base's LP. To open them may let new ways exist: then the model is built again, and faces and basis are
carried over by the keys of columns and rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import nan

import numpy as np
from numpy.typing import NDArray

from planner.catalogue import RESPONSE
from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, SolverStoppedError
from planner.formulation.build import build
from planner.formulation.goods.balance import supplied_row
from planner.plan.again.structure import Structure
from planner.plan.program import Program
from planner.plan.worth.further import Further
from planner.plan.worth.results import AccessRow
from planner.solver.clock import without_garbage_collection
from planner.solver.highs import Arrays, Basis, HighsSession, other_sides
from planner.solver.lexicographic import SolvedLevel
from planner.tolerances import change_of_optimum

LEVELS = ("coverage", "contingency", "weighted")
NONE = np.empty(0, dtype=np.intp)
ColumnPositions = NDArray[np.intp]
LevelValues = Mapping[str, float]  # of the levels, by name


def access_rows(further: Further, now: LevelValues) -> Iterator[AccessRow]:
    """A row a nation with depots and level; `now`: the levels of the plan.

    closed: no response may use what lies at the nation's nodes when it begins, is under way to them, or on order for
    them; and of what responses may need, the plan made anew dispatches no more from these nodes to others than the plan
    does. open: in responses its nodes give to everybody. Raises SolverStoppedError where no time is left.
    """
    program, again = further.program, _Again(further, now)
    level_names = [name for name in LEVELS if name in now]
    for nation, nodes in nations_with_depots(program.model.instance).items():
        closed = again.closed(nodes) if is_drawn_on(program, nodes) else now
        opened = again.opened(limited) if (limited := restricted(program.model.instance, nodes)) else now
        for name in level_names:
            values = [values_of.get(name, nan) for values_of in (closed, opened)]
            one, other = (now[name] if _same(value, now[name]) else value for value in values)
            yield nation, name, one, now[name], other


def questions(program: Program) -> int:
    """The number of further plans that it takes."""
    instance = program.model.instance
    by_nation = nations_with_depots(instance).values()
    return sum(is_drawn_on(program, nodes) + bool(restricted(instance, nodes)) for nodes in by_nation)


def nations_with_depots(instance: PlanningInstance) -> dict[str, frozenset[str]]:
    """Nation → all its nodes, in the order of the input, of nations that have a depot."""
    nodes_of: dict[str, list[str]] = {name: [] for name in instance.nations}
    for node in instance.nodes.values():
        if node.nation is not None:
            nodes_of.setdefault(node.nation, []).append(node.name)
    return {
        nation: frozenset(nodes)
        for nation, nodes in nodes_of.items()
        if any(instance.nodes[node].kind == "depot" for node in nodes)
    }


def is_drawn_on(program: Program, nodes: frozenset[str]) -> bool:
    """Could any response use goods that lie at the nodes, or come to them from before?"""
    return any(
        any(flow.node in nodes for flow in response.inflows)
        or any(supply.node in nodes for supply in response.instance.supplies)
        for response in program.model.responses
    )


def restricted(instance: PlanningInstance, nodes: frozenset[str]) -> frozenset[str]:
    """Those of the nodes that do not give to everybody."""
    return frozenset(node for node in nodes if instance.nodes[node].access)


def shut(program: Program, nodes: frozenset[str]) -> Arrays:
    """The LP in which no response gets goods that lie at the nodes when it begins, or come to them from before."""
    lp = program.lp
    gone = np.zeros(len(lp.value), dtype=bool)
    supplied: list[int] = []
    for response in program.model.responses:
        rows, columns = np.zeros(lp.rows, dtype=bool), np.zeros(lp.columns, dtype=bool)
        for rows_of_family in response.rows.values():
            rows[list(rows_of_family.values())] = True
        columns[[flow.variable for flow in response.inflows if flow.node in nodes]] = True
        gone |= rows[lp.row_of_entry] & columns[lp.index]
        for supply in response.instance.supplies:
            family, key = supplied_row(response.reach, supply)
            if supply.node in nodes and key in response.rows[family]:
                supplied.append(response.rows[family][key])
    lower, upper = lp.row_lower.copy(), lp.row_upper.copy()
    lower[supplied], upper[supplied] = other_sides(lower[supplied], upper[supplied], np.zeros(len(supplied)))
    counts = np.bincount(lp.row_of_entry[~gone], minlength=lp.rows)
    return replace(
        lp,
        row_lower=lower,
        row_upper=upper,
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        index=lp.index[~gone],
        value=lp.value[~gone],
    )


def leaving_columns(program: Program, nodes: frozenset[str]) -> ColumnPositions:
    """What the plan dispatches from the nodes to others, of goods that a response may need."""
    model = program.model
    items = {name for response in model.responses for name in response.instance.items}
    legs = {leg.name for leg in model.instance.legs.values() if leg.origin in nodes and leg.destination not in nodes}
    shipments = model.columns["shipment"].items()
    return np.array([column for (item, leg, *_), column in shipments if item in items and leg in legs], dtype=np.intp)


def _same(value: float, now: float) -> bool:
    return change_of_optimum(now, value) == 0


class _Again:
    """Plans of changed programs, from the base's basis and the faces of its levels."""

    def __init__(self, further: Further, now: LevelValues) -> None:
        self._further, self._program, self._now = further, further.program, now
        self._structure = Structure.of(self._program.model)
        levels = further.optimum.levels
        first = next(index for index, level in enumerate(levels) if level.name in LEVELS)
        self._before = levels[:first]
        self._held = not self._program.model.binaries and not any(
            _is_about_responses(self._program, level) for level in levels[:first]
        )

    def closed(self, nodes: frozenset[str]) -> LevelValues:
        """The levels where responses may not draw on the nodes; none where there is no plan."""
        program = replace(self._program, lp=shut(self._program, nodes))
        if self._held and self._answered_as_well(program):
            self._further.begin()
            return self._now
        leaving = leaving_columns(self._program, nodes)
        return self._solved(program, self._further.basis, self._before, leaving)

    def _answered_as_well(self, program: Program) -> bool:
        """Do responses from the plan as it stands lose no more?

        Then no other plan can do better, as less may be drawn on.
        """
        session = self._further.session(program)
        plan_columns = np.flatnonzero(~program.of_responses)
        values = np.maximum(self._further.optimum.values[plan_columns], 0.0)
        session.change_model(plan_columns, NONE, (values, values))
        of_cases = [level for level in program.levels if level[0] in LEVELS]
        try:
            outcome = self._further.optimise(session, program, of_cases, self._further.basis)
        except NoPlanError:
            return False
        return all(_same(level.value, self._now[level.name]) for level in outcome.levels)

    def opened(self, nodes: frozenset[str]) -> LevelValues:
        """The levels where the nodes give to everybody in responses; none where there is no plan."""
        changed = replace(self._program.model.instance, open_to_responses=nodes)
        with without_garbage_collection():
            model = build(changed, self._program.model.catalogue, self._further.options.prune)
            program = Program.of(model)
        carrier, costs = self._structure.onto(Structure.of(model)), dict(program.levels)
        start, _ = carrier.basis(self._further.basis)
        before = [carrier.level(level, costs[level.name]) for level in self._before]
        return self._solved(program, start, before)

    def _solved(
        self, program: Program, start: Basis, before: Sequence[SolvedLevel], leaving: ColumnPositions = NONE
    ) -> LevelValues:
        """The levels, where the columns `leaving` are at most as large as in the plan; none where there is no plan."""
        self._further.begin()
        try:
            if self._held:
                return self._on_faces(program, start, before, leaving)
            return self._afresh(program, start, leaving)
        except NoPlanError:
            return {}

    def _limit(self, session: HighsSession, leaving: ColumnPositions) -> None:
        most = np.maximum(self._further.optimum.values[leaving], 0.0)
        session.change_model(leaving, NONE, (np.zeros(len(leaving)), most))

    def _on_faces(
        self, program: Program, start: Basis, before: Sequence[SolvedLevel], leaving: ColumnPositions
    ) -> LevelValues:
        """The levels that are reported, those before them held."""
        session = self._further.session(program)
        self._limit(session, leaving)
        self._further.hold(session, before)
        outcome = self._further.optimise(
            session, program, [level for level in program.levels if level[0] in LEVELS], start
        )
        return {level.name: level.value for level in outcome.levels}

    def _afresh(self, program: Program, start: Basis, leaving: ColumnPositions) -> LevelValues:
        """All levels up to those that are reported, and choices anew."""
        options = replace(self._further.options, time_limit=self._further.left.seconds)
        until = program.until("contingency")
        session = self._further.session(until)
        self._limit(session, leaving)
        outcome = until.optimum_from(session, start, options, self._further.optimum.by_interior_point)
        if outcome.unfinished:
            raise SolverStoppedError("no time was left for what the depots are worth")
        return {level.name: level.value for level in outcome.levels}


def _is_about_responses(program: Program, level: SolvedLevel) -> bool:
    """Does the optimal face of the level hold anything of a response? Then it is no face of another LP."""
    rows = [
        row
        for family, rows_of_family in program.model.rows.items()
        if family.startswith(RESPONSE)
        for row in rows_of_family.values()
    ]
    return bool(level.outcome.row_duals[rows].any() or level.outcome.reduced_costs[program.of_responses].any())

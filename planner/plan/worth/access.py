"""What the depots of a nation are worth: the plan made anew where responses may not draw on its nodes, or all may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import nan

from planner.domain.instance import PlanningInstance
from planner.errors import NoPlanError, SolverStoppedError
from planner.formulation.build import build
from planner.plan.again.structure import Structure
from planner.plan.program import Program
from planner.plan.worth.found import AccessRow
from planner.solver.clock import TimeLeft, without_garbage_collection
from planner.solver.highs import Basis
from planner.solver.lexicographic import Optimum
from planner.solver.options import SolveOptions
from planner.tolerances import NO_WORTH

LEVELS = ("coverage", "contingency", "weighted")


def access_rows(
    program: Program, optimum: Optimum, basis: Basis, now: Mapping[str, float], options: SolveOptions, left: TimeLeft
) -> Iterator[AccessRow]:
    """A row a nation with depots and level; `now`: the levels of the plan, solved as `optimum`, with a `basis` near it.

    closed: no response may use what lies at the nation's nodes when it begins, is under way to them, or on order for them.
    open: in responses its nodes give to everybody. Raises SolverStoppedError where no time is `left`.
    """
    again = _Again(program, optimum, basis, options, left)
    told = [name for name in LEVELS if name in now]
    for nation, nodes in nations_with_depots(program.model.instance).items():
        closed, opened = again.levels(closing(program, nodes)), again.levels(opening(program, nodes))
        for name in told:
            values = [now[name] if found is None else found.get(name, nan) for found in (closed, opened)]
            one, other = (now[name] if _same(value, now[name]) else value for value in values)
            yield nation, name, one, now[name], other


def questions(program: Program) -> int:
    """How many further plans it takes."""
    by_nation = nations_with_depots(program.model.instance).values()
    changes = [made(program, nodes) for nodes in by_nation for made in (closing, opening)]
    return sum(1 for changed in changes if changed is not None)


def nations_with_depots(instance: PlanningInstance) -> dict[str, frozenset[str]]:
    """Nation → all its nodes, in the order of the input, of nations that have a depot."""
    found: dict[str, list[str]] = {name: [] for name in instance.nations}
    for node in instance.nodes.values():
        if node.nation is not None:
            found.setdefault(node.nation, []).append(node.name)
    return {
        nation: frozenset(nodes)
        for nation, nodes in found.items()
        if any(instance.nodes[node].kind == "depot" for node in nodes)
    }


def closing(program: Program, nodes: frozenset[str]) -> PlanningInstance | None:
    """The instance in which no response draws on the nodes; None where none could anyway."""
    for response in program.model.responses:
        if any(flow.node in nodes for flow in response.inflows):
            break
        if any(supply.node in nodes for supply in response.instance.supplies):
            break
    else:
        return None
    return replace(program.model.instance, shut_to_responses=nodes)


def opening(program: Program, nodes: frozenset[str]) -> PlanningInstance | None:
    """The instance in which the nodes give to everybody in responses; None where they do anyway."""
    instance = program.model.instance
    kept = frozenset(node for node in nodes if instance.nodes[node].access)
    return replace(instance, open_to_responses=kept) if kept else None


def _same(value: float, now: float) -> bool:
    return abs(value - now) <= NO_WORTH * max(1.0, abs(now))


class _Again:
    """Plans of changed instances, from the basis of the base."""

    def __init__(self, program: Program, optimum: Optimum, basis: Basis, options: SolveOptions, left: TimeLeft) -> None:
        self._program, self._basis, self._options, self._left = program, basis, options, left
        self._by_interior_point = optimum.by_interior_point
        self._structure = Structure.of(program.model)

    def levels(self, changed: PlanningInstance | None) -> Mapping[str, float] | None:
        """Values of the levels up to contingency; none where there is no plan; None where nothing is changed."""
        if changed is None:
            return None
        with without_garbage_collection():
            model = build(changed, self._program.model.catalogue, self._options.prune)
            program = Program.of(model).until("contingency")
            session = program.session(self._options, deaf=True)
        start, _ = self._structure.carry(self._basis, Structure.of(model))
        options = replace(self._options, time_limit=self._left.seconds)
        try:
            found = program.optimum_from(session, start, options, self._by_interior_point)
        except NoPlanError:
            return {}
        if found.unfinished:
            raise SolverStoppedError("no time was left for what the depots are worth")
        return {level.name: level.value for level in found.levels}

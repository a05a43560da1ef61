"""Every remedy of a random world keeps its word: the changed input is planned anew, from nothing.

And it is of few changes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.analysis.context import prepare
from planner.analysis.remedy.remedy import RemedyRequest, remedy_of_workbook
from planner.errors import NoPlanError
from planner.plan import SolveOptions, solve
from planner.plan.program import built_program
from planner.plan.remedy.kept import changed, comes_by_itself
from planner.plan.remedy.levers import levers
from planner.plan.remedy.measures import COMMITMENT, EVERYTHING, Goal
from planner.plan.remedy.search import SLACK, Search
from planner.run.log import Log
from planner.tolerances import matters
from tests.properties.explanations.test_attributed_worlds import world_of
from tests.seeds import only_long
from tests.worlds.worlds import write_world

PART_FOR_NOTHING = 80  # a part of what lacks would come without any change
SEEDS = [*range(6), PART_FOR_NOTHING, *only_long(seed for seed in range(6, 150) if seed != PART_FOR_NOTHING)]


@pytest.mark.parametrize("others", ["move", "stay", "stay, by interior point"])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_remedy_keeps_its_word(seed: int, others: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of everything at once, the plan made anew lacks no more than what is left; of one commitment, no remedy is
    broken, also under the weighted objective.
    """
    if others != "move":
        monkeypatch.setattr("planner.plan.remedy.search.MOST_WHOLE", 0)
    if others == "stay, by interior point":
        monkeypatch.setattr("planner.plan.remedy.search.MOST_BY_SIMPLEX", 0)
    world = world_of(seed)
    for row in world["Settings"]:
        if row["key"] == "objective" and seed % 2 == 0:
            row["value"] = "lexicographic"
    (tmp_path / "in").mkdir()
    source = write_world(world, tmp_path / "in")
    try:
        result = remedy_of_workbook(source, tmp_path / "out", RemedyRequest(everything=seed % 2 == 0))
    except NoPlanError:
        return
    assert all((found.items is not None) == (others != "move") for found in result.goals)
    assert sum(found.broken for found in result.goals) == 0
    if seed % 2 or not result.goals or not result.goals[0].remedies:
        return
    context = prepare(source, SolveOptions(), None, Log())
    program = context.optimal.program
    known = {lever.name: lever for lever in levers(program.model, program.lp)}
    for remedy, _ in result.goals[0].remedies:
        instance = changed(context.instance, remedy.rises, known)
        assert instance is not None
        left = {level.name: level.value or 0.0 for level in solve(instance, priced=False).levels}
        lacking = left.get("binding_shortfall", 0.0) + left.get("other_shortfall", 0.0)
        assert lacking >= -1e-6
        if remedy.left == 0:
            assert lacking <= 1e-6 * max(1.0, remedy.short)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_penalty_finds_the_cheapest_in_one_solve(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each commitment as much comes as by two solves, the least that it lacks and then the least that costs,
    for as much.
    """
    monkeypatch.setattr("planner.plan.remedy.search.MOST_WHOLE", 0)
    try:
        context = prepare(write_world(world_of(seed), tmp_path), SolveOptions(), None, Log(), priced=False)
    except NoPlanError:
        return
    program = context.optimal.program
    whole = Search(context.optimal, {lever.name: lever for lever in levers(program.model, program.lp)})
    goals = [Goal(COMMITMENT, name) for name in whole.groups]
    for goal in [goal for goal in goals if matters(whole.value(goal))]:
        search = whole.of(goal)
        two = search.cheapest(goal, None)
        monkeypatch.setattr("planner.plan.remedy.search.MOST_BY_SIMPLEX", 0)
        one = search.cheapest(goal, None)
        monkeypatch.undo()
        monkeypatch.setattr("planner.plan.remedy.search.MOST_WHOLE", 0)
        if one is None or two is None:
            assert one is two
            continue
        assert not matters(abs(one.left - two.left), one.short)
        assert not matters(abs(one.cost - two.cost), two.cost)


@pytest.mark.parametrize("seed", [*range(4), *only_long(range(4, 200))])
def test_what_one_aim_tells_of_a_remedy_all_aims_in_order_confirm(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the plan brings by itself what a remedy promises:
    as in a large program, up to one aim, and as in a small one.
    """
    try:
        context = prepare(write_world(world_of(seed), tmp_path), SolveOptions(), None, Log(), priced=False)
    except NoPlanError:
        return
    optimal = context.optimal
    known = {lever.name: lever for lever in levers(optimal.program.model, optimal.program.lp)}
    search = Search(optimal, known)
    for goal in [Goal(EVERYTHING), *(Goal(COMMITMENT, name) for name in search.groups)]:
        remedy = search.cheapest(goal) if matters(search.value(goal)) else None
        instance = changed(context.instance, remedy.rises, known) if remedy is not None else None
        if remedy is None or instance is None:
            continue
        program = built_program(instance, optimal.options, moving=False)
        comes = comes_by_itself(program, optimal.options, goal, remedy, whole=True)
        with monkeypatch.context() as patch:
            patch.setattr("planner.plan.remedy.kept.MOST_COLUMNS", 0)
            assert comes_by_itself(program, optimal.options, goal, remedy, whole=True) == comes
            assert comes_by_itself(program, optimal.options, goal, remedy, whole=False) in (comes, None)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_remedy_of_few_changes_costs_no_more_and_needs_each(seed: int, tmp_path: Path) -> None:
    """Without any one of its changes the others cost more, or come less far."""
    source = write_world(world_of(seed), tmp_path)
    try:
        context = prepare(source, SolveOptions(), None, Log(), priced=False)
    except NoPlanError:
        return
    optimal, everything = context.optimal, Goal(EVERYTHING)
    known = {lever.name: lever for lever in levers(optimal.program.model, optimal.program.lp)}
    search = Search(optimal, known)
    cheapest, equal, few = (search.cheapest(everything, slack) for slack in (None, 0.0, SLACK))
    if cheapest is None or equal is None or few is None:
        assert cheapest is equal is few is None
        return
    assert few.left == equal.left == cheapest.left
    assert not matters(abs(equal.cost - cheapest.cost), cheapest.cost)
    assert few.cost <= cheapest.cost * (1 + SLACK) + 1e-6
    assert len(few.rises) <= len(equal.rises) <= len(cheapest.rises)
    for found, slack in ((equal, 1e-7), (few, SLACK)):
        for name in found.rises:
            others = {other: known[other] for other in found.rises if other != name}
            without = Search(optimal, others).cheapest(everything, slack=None) if others else None
            assert (
                without is None
                or without.left > found.left + 1e-7 * max(1.0, found.short)
                or without.cost > cheapest.cost + slack * max(1.0, cheapest.cost)
            )

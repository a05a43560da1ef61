"""What the fairness study says, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planner.analysis.fairness.game import everybody
from planner.analysis.fairness.study import Allocation, FairnessStudy
from planner.domain.history_slack import lacks
from planner.domain.instance import PlanningInstance
from planner.report.words.names import with_code
from planner.report.words.numbers import Money, listing, number, plural, share, spelled_unit

AmountText = Callable[[float], str]
MOST_NAMES = 4


def money_of(study: FairnessStudy) -> Money:
    """The scale of all amounts of a study."""
    largest = max(abs(value) for value in study.values.values())
    return Money.scaled(study.joint_plan.instance.settings.currency, largest)


def amounts(study: FairnessStudy) -> AmountText:
    """How values of the measure are written in sentences."""
    unit, money = study.measure.unit, money_of(study)
    if unit == "share":
        return share
    if not unit.startswith(money.currency):
        return lambda value: f"{number(value, 2)} {spelled_unit(unit)}"
    return money.text


def figures(study: FairnessStudy) -> AmountText:
    """How values of the measure are written in tables and pictures, whose headings name the unit."""
    return share if study.measure.unit == "share" else money_of(study).figure


def player_name(study: FairnessStudy, player: str) -> str:
    """A player's name with its code, everywhere alike: `Norway (NO)`."""
    return with_code(study.joint_plan.instance.nations, player)


def group_names(study: FairnessStudy, coalition: int) -> list[str]:
    """The names of the players in a coalition."""
    return [player_name(study, player) for player in study.coalitions.names(coalition)]


def headline(study: FairnessStudy, amount: AmountText) -> str:
    """Together against apart, and whether all have reason to stay."""
    apart = study.separate
    together = study.together
    names = listing([player_name(study, player.name) for player in study.players], MOST_NAMES)
    if len(study.players) == 1:
        return f"{names} adds {amount(together)} to what the beneficiaries manage alone. {core(study, amount)}"
    sentence = f"Together {names} add {amount(together)} to what the beneficiaries manage alone"
    if together - apart > study.tolerance:
        sentence += f"; each by itself, {amount(apart)} in all: joining gains {amount(together - apart)}."
    elif apart - together > study.tolerance:
        sentence += f"; each by itself, {amount(apart)} in all: others partly replace what one of them contributes."
    else:
        sentence += ", as much as each by itself in all: joining alone gains nothing."
    return f"{sentence} {stability(study, study.allocations[0], amount)}"


def stability(study: FairnessStudy, allocation: Allocation, amount: AmountText) -> str:
    """Whether an allocation lies in the core, and who objects most."""
    objection = allocation.objection
    assert objection is not None, "asked of a single player"
    if allocation.stable:
        checked = "no coalition does" if study.complete else f"none of the {len(study.values)} coalitions solved does"
        return f"{allocation.title}: in the core; {checked} better alone."
    names = listing(group_names(study, objection.coalition), MOST_NAMES)
    return f"{allocation.title}: not in the core; {names} would do better by {amount(objection.excess)} alone."


def core(study: FairnessStudy, amount: AmountText) -> str:
    """Whether there is any allocation to which nobody objects."""
    if len(study.players) == 1:
        return "With one player there is nothing to share, and nobody to object."
    if study.core_is_empty:
        return (
            f"The core is empty: however {amount(study.together)} is shared, some coalition gets at least "
            f"{amount(study.epsilon)} less than it reaches alone."
        )
    if study.core_is_empty is None:
        return "Of the coalitions solved none rules the core out; the others were not solved, so it may yet be empty."
    spare = f", each with at least {amount(-study.epsilon)} to spare" if study.epsilon < -study.tolerance else ""
    return f"The core is not empty: there are allocations at which no coalition does better alone{spare}."


def objections(study: FairnessStudy, amount: AmountText) -> list[str]:
    """The core, and each way of sharing held against it; of a single player there is one thing to say."""
    if len(study.players) == 1:
        return [core(study, amount)]
    return [core(study, amount), *(stability(study, allocation, amount) for allocation in study.allocations)]


def facts(study: FairnessStudy, instance: PlanningInstance) -> Iterator[tuple[str, str]]:
    """What the study rests on: (name, text)."""
    measure = study.measure
    titles = {level.name: level.title.lower() for level in study.joint_plan.levels}
    judged = listing([titles.get(name, name) for name in measure.levels], len(measure.levels))
    yield "Measure", f"{measure.title}, in {spelled_unit(measure.unit)}; judged by {judged}"
    yield (
        "Value of a group",
        "What its best plan improves on the plan of the beneficiaries alone; demand is the same for all.",
    )
    yield (
        "Means of a group",
        "Its factories, depots, stocks and money, and those of the beneficiaries. Open to all: places without a "
        "nation, transit points, markets, destinations. Nations outside the group contribute nothing.",
    )
    if institutions := _institutions(instance):
        yield (
            "Institutions",
            f"Money of {listing(institutions, 6)} comes with any player of the nation group of that name, else only "
            "with all players together.",
        )
    yield (
        "Terms",
        "Shares of supply and of contributions, work shares, locks that ask for something and minimum rates are "
        "asked only where every nation that brings anything is in; others may also leave goods behind that they "
        "cannot pay to keep.",
    )
    if lacks(instance):
        yield (
            "The past",
            "What rules lack from what happened before is made up for by all together alone. Where that costs "
            "deliveries, joining can look like a loss.",
        )
    yield "Solved", _solved(study)


def _solved(study: FairnessStudy) -> str:
    """How many coalitions were solved, of how many, and by which sample."""
    count, plans = len(study.players), plural(study.coalitions.programs, "plan")
    if study.exact:
        return f"All {number(1 << count)} coalitions, by {plans}."
    return (
        f"{number(len(study.values))} of {number(everybody(count) + 1)} coalitions, by {plans}: {study.samples} random "
        f"orders of joining, seed {study.seed}. Shapley values are means with a standard error."
    )


def _institutions(instance: PlanningInstance) -> list[str]:
    names = {b.contributor for fund in instance.funds.values() for b in fund.budgets if b.amount > 0}
    return sorted(names - set(instance.nations))

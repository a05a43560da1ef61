"""How limits are worded: the groups of their families, and what one more unit brings."""

from __future__ import annotations

from planner.formulation.families import FAMILIES
from planner.plan.attribution.way_words import AIMS, CLOSED, COST, FOR_OTHERS, UNREACHED

GROUP_OF = {name: family.words.group for name, family in FAMILIES.items() if family.words.group}
NO_FAMILY = {
    COST: "what it costs",
    AIMS: "earlier aims",
    UNREACHED: "no way there in time that the input allows",
    CLOSED: "disruptions that close every way there in time",
    FOR_OTHERS: "access, routes or stocks for other nations only",
}
GROUP_TITLES = {
    "money": "Money",
    "production": "Production capacity",
    "transport": "Transport and handling",
    "storage": "Storage",
    "partners": "Rules of the partners",
}


def limit_words(family: str, name: str, item: str) -> str:
    """A limit by name, as it stands within a sentence; a group of no family as it is."""
    if family not in FAMILIES:
        return NO_FAMILY.get(family, family)
    words = FAMILIES[family].words.limit or f"the rule {family.replace('_', ' ')} {{object}}"
    return words.format(object=name, item=item)


# What a better value of a level is called, as a heading.
SAID_OF_LEVEL = {
    "frozen_departure": "To stay closer to the frozen plan",
    "past_lack": "To make up for more of what the past left undone",
    "binding_shortfall": "To deliver more of the binding commitments",
    "waste": "To write off fewer surge goods",
    "coverage": "To keep more of the promised coverage",
    "contingency": "To cover more of the contingencies",
    "other_shortfall": "To meet more of the other demand",
    "lateness": "To deliver with less delay",
    "response_days": "To shorten the transit of responses",
    "target_shortfall": "To hold more of the stock targets",
    "tier_3": "To pay less under tier 3",
    "tier_2": "To pay less under tiers 2 and 3",
    "cost": "To do the same at less cost",
    "response_cost": "To respond at less cost",
    "nervousness": "To stay closer to the previous plan",
    "weighted": "To improve the weighted objective",
    "least_served_binding": "To serve the worst-served binding commitment better",
    "least_served_other": "To serve the worst-served other commitment better",
}
# What a better value of a level means; {amount} is in money of value, {unit} its unit.
GAINS = {
    "frozen_departure": "save {amount} of departure from the frozen plan",
    "past_lack": "make up for {amount} more of what the past left undone",
    "binding_shortfall": "deliver {amount} more of the binding commitments",
    "waste": "save {amount} of surge goods written off",
    "coverage": "cover {amount} more of what is promised",
    "contingency": "cover {amount} more of contingency demand",
    "other_shortfall": "deliver {amount} more of the other demand",
    "lateness": "save {amount} of lateness (goods × periods)",
    "response_days": "save {amount} of transit of responses (value × days)",
    "target_shortfall": "fill {amount} of missing stock (goods × periods)",
    "tier_3": "save {amount} paid under tier 3",
    "tier_2": "save {amount} paid under tiers 2 and 3",
    "cost": "save {amount}",
    "response_cost": "save {amount} of responses",
    "nervousness": "save {amount} of departure from the previous plan",
    "weighted": "lower the weighted objective by {amount}",
    "least_served_binding": "raise the least fill rate of binding commitments by {amount}",
    "least_served_other": "raise the least fill rate of other commitments by {amount}",
}
# What a worse value of a level means.
LOSSES = {
    "frozen_departure": "add {amount} of departure from the frozen plan",
    "past_lack": "leave {amount} more undone of what the past owes",
    "binding_shortfall": "leave {amount} more of the binding commitments unmet",
    "waste": "add {amount} of surge goods written off",
    "coverage": "leave {amount} more of what is promised uncovered",
    "contingency": "leave {amount} more of contingency demand uncovered",
    "other_shortfall": "leave {amount} more of the other demand unmet",
    "lateness": "add {amount} of lateness (goods × periods)",
    "response_days": "add {amount} of transit of responses (value × days)",
    "target_shortfall": "add {amount} of missing stock (goods × periods)",
    "tier_3": "add {amount} paid under tier 3",
    "tier_2": "add {amount} paid under tiers 2 and 3",
    "cost": "cost {amount}",
    "response_cost": "add {amount} to the cost of responses",
    "nervousness": "add {amount} of departure from the previous plan",
    "weighted": "raise the weighted objective by {amount}",
    "least_served_binding": "lower the least fill rate of binding commitments by {amount}",
    "least_served_other": "lower the least fill rate of other commitments by {amount}",
}
RATES = frozenset({"least_served_binding", "least_served_other"})  # levels that are a share, not money

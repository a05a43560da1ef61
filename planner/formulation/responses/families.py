"""What is known of the rows of responses: those that a response has as the plan has them, and those of a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from planner.catalogue import RESPONSE
from planner.formulation.goods import balance, demand, production, storage, transport
from planner.formulation.goods.balance import MATERIAL_BALANCE
from planner.formulation.goods.demand import DEMAND_BALANCE
from planner.formulation.goods.production import PLACED_ORDER
from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, figure
from planner.formulation.model.model import Model
from planner.formulation.rules import consents


class InCase(NamedTuple):
    """A row of a response: `row` is its index as the plan has it, with periods from the beginning of the response."""

    contingency: str
    strike: int
    row: Any


# Where the sense of a response's row is another: it may write goods off, and complete less than was ordered.
SIGNS = {MATERIAL_BALANCE.name: Sign.NEVER_BELOW, PLACED_ORDER.name: Sign.NEVER_ABOVE}


def in_response(family: Family) -> Family:
    """The plan's family as the response to each case has it:
    its limits are the plan's, and are reported as the plan's.
    """

    def index(contingency: str, strike: int, *key: Any) -> InCase:
        return InCase(contingency, strike, family.index(*key))

    def place(directory: Directory, index: InCase) -> Place:
        thing, item, period = family.place(directory, index.row)
        begin = directory.cases[index.contingency, index.strike].begin
        return f"{index.contingency}: {thing}", item, None if period is None else period + begin

    declared = replace(
        family,
        name=RESPONSE + family.name,
        index=index,
        kind=Kind.IDENTITY,
        place=place,
        sign=SIGNS.get(family.name, family.sign),
        needed=lambda instance: bool(instance.cases) and family.needed(instance),
        right_hand_side=None,
        figures={},
        built_anew=True,
        origins=None,
        size=None,
        lazy=False,
        cumulative=False,
        adds_up=False,
        share=None,
        words=Words(),
    )
    if family is not DEMAND_BALANCE:
        return declared
    words = Words(lacking="of {item} at {object}")
    return replace(declared, kind=Kind.TASK, place=need_place, origins=need_origins, words=words)


def need_place(directory: Directory, index: InCase) -> Place:
    """The place of the demand balance of a response: contingency and destination, item, period due (1…P)."""
    case = directory.cases[index.contingency, index.strike]
    wanted = directory.needs[case.key][tuple(index.row)].wanted
    return f"{index.contingency}: {wanted.destination}", wanted.item, case.begin + wanted.due + 1


def need_origins(model: Model, index: InCase) -> Iterator[Origin]:
    """A surge, or the standing demand."""
    response = next(one for one in model.responses if one.case.key == (index.contingency, index.strike))
    need = response.need_of[tuple(index.row)]
    due = response.case.begin + need.wanted.due
    if need.kind == "demand":
        field = figure("Demand", "quantity", demand=need.demand, period=due)
    else:
        field = figure("Surge", "quantity", contingency=index.contingency, destination=need.wanted.destination,
                       item=need.wanted.item, offset=due - response.case.strike)  # fmt: skip
    yield Origin(field, need.wanted.quantity, 1.0)


EXPANDED = (balance, production, transport, storage, demand, consents)
FAMILIES = tuple(in_response(family) for module in EXPANDED for family in module.FAMILIES if family.in_responses)

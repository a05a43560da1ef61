"""The registry: every family of rows, as the modules that add them declare it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from planner.formulation.goods import (
    balance,
    circulation,
    demand,
    expansion,
    production,
    storage,
    targets,
    transport,
)
from planner.formulation.model import past
from planner.formulation.money import beneficiaries, common_procurement, contributions, funding, spending
from planner.formulation.responses import coverage, losses, measures
from planner.formulation.responses import families as responses
from planner.formulation.rules import consents, least_served, locks, stability, supply_shares

if TYPE_CHECKING:
    from planner.formulation.model.family import Family

MODULES = (
    *(balance, production, expansion, transport, storage, demand, least_served, targets, stability, circulation),
    *(spending, funding, beneficiaries, contributions, common_procurement, supply_shares, past, consents, locks),
    *(responses, coverage, measures, losses),
)


def _named(families: Iterable[Family]) -> Mapping[str, Family]:
    """By name. Raises ValueError where two families have one."""
    by_name: dict[str, Family] = {}
    for family in families:
        if family.name in by_name:
            raise ValueError(f"two families are called {family.name}")
        by_name[family.name] = family
    return by_name


FAMILIES: Mapping[str, Family] = _named(family for module in MODULES for family in module.FAMILIES)

"""A model that leaves rules out says which of them the data would need."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

import planner
from planner.catalogue import Catalogue, FamilyEntry, load, model_names
from planner.domain.instance import NodeItem
from planner.domain.rules import Policy
from planner.formulation.families import FAMILIES
from planner.run.unenforced import not_enforced
from tests.places import INPUTS

INSTANCE = planner.read(INPUTS / "quickstart")


def all_off() -> Catalogue:
    full = load("full")

    def off(families: object) -> dict[str, FamilyEntry]:
        return {name: replace(family, enabled=False) for name, family in families.items()}  # type: ignore[attr-defined]

    return replace(full, name="none", constraints=off(full.constraints), rules=off(full.rules))


def test_the_full_model_leaves_nothing_out() -> None:
    assert not_enforced(INSTANCE, load("full")) == ()


def test_only_what_the_data_call_for_is_listed() -> None:
    # The quickstart has line, route and storage limits by weight, and neither funds, ramps, policies nor targets.
    titles = {text.split(" (")[0] for text in not_enforced(INSTANCE, all_off())}
    assert titles == {"Material balance", "Demand", "Line capacity", "Route capacity", "Storage by weight"}


def test_what_this_version_cannot_enforce_comes_first() -> None:
    instance = replace(INSTANCE, not_enforced=("Surge (1 row): not prepared for",))
    assert not_enforced(instance, all_off())[0] == "Surge (1 row): not prepared for"
    assert not_enforced(instance, load("full")) == instance.not_enforced


@pytest.mark.parametrize("name", model_names())
def test_every_model_in_the_folder_can_say_what_it_leaves_out(name: str) -> None:
    catalogue = load(name)
    assert len(not_enforced(INSTANCE, catalogue)) <= len(catalogue.switched_off)


def test_each_limit_is_seen() -> None:
    line, node = next(iter(INSTANCE.lines.values())), next(iter(INSTANCE.nodes.values()))
    leg = next(iter(INSTANCE.legs.values()))
    more = replace(
        INSTANCE,
        lines={line.name: replace(line, ramp=5.0, min_rate=1.0)},
        nodes={node.name: replace(node, throughput_t=9.0, storage_m3=9.0, storage_neq_kg=9.0)},
        legs={leg.name: replace(leg, capacity_m3=9.0)},
        node_items={("winter_pallet", node.name): NodeItem(storage=3.0)},
    )
    for family in (
        "ramp",
        "minimum_rate",
        "throughput",
        "storage_volume",
        "storage_explosive",
        "route_volume",
        "storage_item",
    ):
        assert FAMILIES[family].needed(more), family
        assert not FAMILIES[family].needed(INSTANCE), family
    embargo = load("full").rules["forbid"].title
    policy = Policy("embargo", "forbid", frozenset({"winter_pallet"}), range(4))
    assert any(rule.startswith(embargo) for rule in not_enforced(replace(INSTANCE, policies=(policy,)), all_off()))
    assert not any(rule.startswith(embargo) for rule in not_enforced(INSTANCE, all_off()))
    unlimited = replace(line, capacity=(inf,) * 4)
    assert not FAMILIES["line_capacity"].needed(replace(INSTANCE, lines={line.name: unlimited}))

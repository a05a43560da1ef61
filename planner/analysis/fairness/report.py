"""The fairness study as findings: sections, chart, tables."""

from __future__ import annotations

import pandas as pd

from planner.analysis.fairness import wording
from planner.analysis.fairness.charts import shares_chart
from planner.analysis.fairness.game import members
from planner.analysis.fairness.record import FairnessRecord
from planner.analysis.fairness.study import FairnessStudy
from planner.analysis.findings import Findings, FindingsTable, Section, TableField
from planner.domain.instance import PlanningInstance

KIND = "fairness"


def findings(study: FairnessStudy, instance: PlanningInstance, record: FairnessRecord) -> Findings:
    """What the study says, for all outputs."""
    settings = instance.settings
    money, amount = wording.money_of(study), wording.amounts(study)
    players, sharing = _players(study), _sharing(study)
    coalitions, allocations = _coalitions(study), _allocations(study)
    sections = [
        Section(
            "Who gains by joining",
            "What each player reaches alone, what is lost without it, and its fair share of what all reach together: "
            "the Shapley value, its mean contribution over all orders of joining.",
            [shares_chart(study)],
            [players],
        ),
        Section(
            "Would anybody rather leave?",
            "An allocation is in the core if no coalition reaches more alone than its share.",
            tables=[allocations, sharing],
            points=wording.objections(study, amount),
        ),
        Section(
            "All coalitions" if study.complete else "Coalitions solved",
            "Value: what the coalition adds to what the beneficiaries manage alone. Objection: by how much more it "
            "reaches alone than the Shapley values of its members.",
            tables=[coalitions],
        ),
    ]
    return Findings(
        kind=KIND,
        title=settings.title or "Plan",
        subject="Who gains by joining",
        marking=settings.marking,
        headline=wording.headline(study, amount),
        money=money,
        facts=[*wording.facts(study, instance), ("Joint plan", f"{record.verification}.".capitalize())],
        sections=sections,
        record=record,
        tables=[players, sharing, allocations, coalitions],
    )


def _value(study: FairnessStudy, key: str, heading: str, note: str = "") -> TableField:
    """A column of values of the measure."""
    currency = study.joint_plan.instance.settings.currency
    return TableField.of_aim(key, heading, study.measure.unit, currency, note)


def _players(study: FairnessStudy) -> FindingsTable:
    rows = []
    for player in study.players:
        low, high = player.share.interval
        rows.append(
            {
                "player": player.name,
                "name": wording.player_name(study, player.name),
                "alone": player.alone,
                "without": player.others,
                "brings": player.brings(study.together),
                "shapley": player.share.value,
                "error": player.share.error,
                "low": low,
                "high": high,
                "gain": player.gain,
                "part": player.share.value / study.together if abs(study.together) > study.tolerance else None,
            }
        )
    fields = [
        TableField("name", "Player"),
        _value(study, "alone", "Alone", "What it adds alone"),
        _value(study, "brings", "Lost without it", "What all together lose where it stays out"),
        _value(study, "shapley", "Shapley value", "Its mean contribution over all orders of joining"),
        *(() if study.exact else (_value(study, "error", "Standard error", "95 % lie within 1.96 of it"),)),
        _value(study, "gain", "Gain", "From joining: Shapley value less what it adds alone"),
        TableField("part", "Part", "share", "Of what all reach together"),
    ]
    return FindingsTable("players", "Players", pd.DataFrame(rows), fields)


def _sharing(study: FairnessStudy) -> FindingsTable:
    """What each way of sharing gives each player."""
    rows = [
        {
            "player": player.name,
            "name": wording.player_name(study, player.name),
            **{allocation.name: allocation.shares[index] for allocation in study.allocations},
            "contributed": player.contributed,
        }
        for index, player in enumerate(study.players)
    ]
    headings = {"shapley": "Shapley value", "contribution": "By contribution", "least_core": "Least core"}
    fields = [
        TableField("name", "Player"),
        *(_value(study, allocation.name, headings[allocation.name]) for allocation in study.allocations),
        TableField("contributed", "Contributed", "money", "What it pays in the joint plan"),
    ]
    return FindingsTable("sharing", "What each way of sharing gives", pd.DataFrame(rows), fields)


def _coalitions(study: FairnessStudy) -> FindingsTable:
    shapley = study.allocations[0].shares
    rows = [
        {
            "coalition": "; ".join(study.coalitions.names(coalition)) or "(nobody)",
            "names": "; ".join(wording.group_names(study, coalition)) or "(nobody)",
            "size": coalition.bit_count(),
            "value": value,
            "reached": study.coalitions.reached(coalition),
            "given": sum(shapley[player] for player in members(coalition)),
            "objection": value - sum(shapley[player] for player in members(coalition)),
        }
        for coalition, value in sorted(study.values.items(), key=lambda entry: (entry[0].bit_count(), entry[0]))
    ]
    fields = [
        TableField("names", "Coalition"),
        TableField("size", "Players", "whole"),
        _value(study, "value", "Value"),
        _value(study, "given", "Given by Shapley"),
        _value(study, "objection", "Objection"),
    ]
    return FindingsTable("coalitions", "Coalitions", pd.DataFrame(rows), fields)


def _allocations(study: FairnessStudy) -> FindingsTable:
    rows = []
    for allocation in study.allocations:
        objection = allocation.objection
        rows.append(
            {
                "allocation": allocation.title,
                "in_core": ("yes" if study.complete else "yes, of those solved") if allocation.stable else "no",
                "worst_off": "; ".join(study.coalitions.names(objection.coalition)) if objection else "",
                "worst_off_names": "; ".join(wording.group_names(study, objection.coalition)) if objection else "",
                "objection": objection.excess if objection else None,
            }
        )
    fields = [
        TableField("allocation", "Allocation"),
        TableField("in_core", "In the core?"),
        TableField("worst_off_names", "Worst-off coalition"),
        _value(study, "objection", "It would gain by leaving", "Negative: it would lose"),
    ]
    return FindingsTable("allocations", "Ways of sharing, held against the core", pd.DataFrame(rows), fields)

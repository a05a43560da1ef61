"""What the guarantee is worth, for people: perfect information, planning for the attack, depots, one more unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan

import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.domain.titles import title_of
from planner.plan.plan import Plan
from planner.plan.worth.results import Worth
from planner.report.pages.views import View, ViewColumn, coded
from planner.report.words.numbers import GOODS_WEIGHTED, Money, counted, share, with_article
from planner.tolerances import SAME

MOST_NATIONS = 3  # in sentences


@dataclass(frozen=True, slots=True)
class GuaranteeWorth:
    """Empty where the input has no case; `missing`: why it was not worked out."""

    sentences: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    missing: str = ""


def read_worth(plan: Plan, missing: str | None, money: Money) -> GuaranteeWorth:
    """Sentences and tables; `missing` is what run.json says where the worth was not worked out."""
    if not plan.instance.cases:
        return GuaranteeWorth()
    views = [_units(plan, plan.tables["draws"])]
    if plan.worth is None:
        return GuaranteeWorth((), tuple(view for view in views if view.rows), missing or "")
    depots = plan.tables["access_value"]
    sentences = [*_of_plans(plan.instance, plan.worth, money), *_of_depots(plan, depots, money)]
    views = [_figures(plan.worth), _depots(plan, depots), *views]
    return GuaranteeWorth(tuple(sentences), tuple(view for view in views if view.rows))


# ── Perfect information and planning ─────────────────────────────────────────────────────────────


def _of_plans(instance: PlanningInstance, worth: Worth, money: Money) -> Iterator[str]:
    expected, saved = money.text(worth.expected), money.text(worth.evpi)
    part = f" ({share(worth.evpi / worth.expected)})" if worth.expected > 0 else ""
    aside = ", and promises and the extra weight of the worst cases left aside" if _counts_more(instance) else ""
    if worth.level == "weighted":
        yield (
            f"At best, plan and responses are expected to cost {expected}, with each case weighted by its "
            f"probability{aside}."
        )
    else:
        yield (
            f"At best, the need expected to stay uncovered is {expected}, by value and priority, with each case "
            f"weighted by its probability{aside}."
        )
    if _is_nothing(worth.evpi, worth):
        yield (
            "Knowing in time which case occurs would save nothing: one plan serves every case as well as a plan "
            "made for it alone."
        )
    else:
        yield f"Knowing in time which case occurs, and planning for it alone, would save {saved} of that{part}."
    yield _of_planning(worth, money)


def _counts_more(instance: PlanningInstance) -> bool:
    """Does the plan look at promises, or at the worst cases, beside what is expected?"""
    promised = any(contingency.coverage > 0 for contingency in instance.contingencies.values())
    return promised or instance.settings.risk_weight > 0


def _of_planning(worth: Worth, money: Money) -> str:
    if worth.planning is None:
        return "A plan made without regard to an attack could not cover what must be covered."
    saved, weighted = money.text(worth.planning), worth.level == "weighted"
    if _is_nothing(worth.planning, worth):
        return (
            "Planning for the attack saves nothing: a plan "
            f"{'for peace alone' if weighted else 'that puts its other aims first'} does as well."
        )
    if weighted:
        return (
            f"Planning for the attack saves {saved}: a plan for peace alone would cost that much more, with the "
            "responses to it."
        )
    return (
        f"Planning for the attack saves {saved} of need: a plan that puts its other aims first would leave that "
        "much more uncovered."
    )


def _is_nothing(amount: float, worth: Worth) -> bool:
    return abs(amount) <= SAME * max(1.0, abs(worth.expected))


def _figures(worth: Worth) -> View:
    what = "Cost of the plan and its responses" if worth.level == "weighted" else "Need that stays uncovered"
    rows: list[tuple[object, ...]] = [
        (f"{what}, as expected at best", worth.expected, "risk weight 0, promises left out"),
        ("Saved if it were known in time which case occurs", worth.evpi, "expected value of perfect information"),
    ]
    if worth.planning is not None:
        rows.append(
            ("Saved by planning for the attack", worth.planning, "against a plan that puts its other aims first")
        )
    of = "" if worth.level == "weighted" else GOODS_WEIGHTED
    columns = (ViewColumn("Figure"), ViewColumn("Amount", "money", of=of), ViewColumn("What it is"))
    return View("worth of the guarantee", "What the guarantee is worth", "", columns, rows)


# ── Depots by nation ─────────────────────────────────────────────────────────────────────────────


CONDITIONS = {
    "closed": "If responses could use nothing that lies in {nation} or is on its way there",
    "open": "If all places in {nation} were open to everybody",
}
CHANGES = {
    "coverage": "{amount} {more} of what is promised would be missed",
    "contingency": "{amount} {more} of the need would stay uncovered, by value and priority",
    "weighted": "the plan and its responses would cost {amount} {more}",
}


Changes = dict[str, float]  # by level; not a number where what must be covered could not be


def _of_depots(plan: Plan, depots: pd.DataFrame, money: Money) -> Iterator[str]:
    """A sentence for each nation by whose closing most would be lost,
    and for each by whose opening most would be won.
    """
    for side, condition in CONDITIONS.items():
        by_nation: dict[str, Changes] = {}
        for row in depots.to_dict("records"):
            by_nation.setdefault(row["nation"], {})[row["level"]] = row[side] - row["now"]
        for nation, changes in _most_changed(by_nation):
            condition_text = condition.format(nation=with_article(title_of(plan.instance.nations, nation)))
            yield f"{condition_text}, {_changed(changes, money)}."


def _most_changed(by_nation: Mapping[str, Changes]) -> list[tuple[str, Changes]]:
    """Nations without which what must be covered could not be, and of the others those that change most,
    level by level in order.
    """
    impossible = [one for one in by_nation.items() if isnan(sum(one[1].values()))]
    changed = [one for one in by_nation.items() if any(abs(change) > SAME for change in one[1].values())]
    possible = [one for one in changed if not isnan(sum(one[1].values()))]
    return impossible + sorted(possible, key=lambda one: [-abs(change) for change in one[1].values()])[:MOST_NATIONS]


def _changed(changes: Changes, money: Money) -> str:
    """`… more of what is promised would be missed, and … less of need would stay uncovered …`"""
    if isnan(sum(changes.values())):
        return "what must be covered could not be"
    parts = [
        CHANGES[level].format(amount=money.text(abs(change)), more="more" if change > 0 else "less")
        for level, change in changes.items()
        if abs(change) > SAME
    ]
    return ", and ".join(parts)


def _depots(plan: Plan, depots: pd.DataFrame) -> View:
    levels, currency = {level.name: level for level in plan.levels}, plan.instance.settings.currency
    rows = [
        (
            title_of(plan.instance.nations, row["nation"]),
            levels[row["level"]].title,
            counted(levels[row["level"]].unit, currency) or "money",
            *(None if isnan(row[name]) else row[name] for name in ("closed", "now", "open")),
            None if isnan(row["closed"]) else row["closed"] - row["now"],
            row["now"] - row["open"],
        )
        for row in depots.to_dict("records")
    ]
    return View(
        "worth of depots",
        "What the depots of each nation are worth",
        "The plan solved again, as if responses could use nothing that lies at the places of a nation, comes to them "
        "or is on order for them (it sends no more from them than this plan does); this plan; and the plan solved "
        "again as if these places were open to all. Less is better. A dash: what must be covered could not be.",
        (
            ViewColumn("Nation"),
            ViewColumn("Counted"),
            ViewColumn("Of what"),
            ViewColumn("Closed", "money"),
            ViewColumn("As it is", "money"),
            ViewColumn("Open to all", "money"),
            ViewColumn("Lost by closing", "money"),
            ViewColumn("Won by opening", "money"),
        ),
        rows,
    )


# ── One more unit ────────────────────────────────────────────────────────────────────────────────


def _units(plan: Plan, draws: pd.DataFrame) -> View:
    instance = plan.instance
    weight = {(case.contingency.name, case.strike + 1): case.weight for case in instance.cases}
    cases = [weight[key] for key in zip(draws["contingency"], draws["strike"], strict=True)]
    worth = pd.to_numeric(draws["worth"]).astype(float).fillna(0.0)
    counted = draws.assign(brings=worth * cases, helps=worth > SAME)
    sums = counted.groupby(["node", "item"], sort=False)[["brings", "helps"]].sum()
    sums = sums[sums["brings"] > SAME].sort_values("brings", ascending=False, kind="stable")
    rows = [
        (
            coded(instance.nodes, node),
            title_of(instance.nations, instance.nation_of(node) or ""),
            title_of(instance.items, item),
            instance.items[item].unit,
            int(helps),
            brings,
        )
        for (node, item), brings, helps in zip(sums.index, sums["brings"], sums["helps"], strict=True)
    ]
    weighted = instance.settings.objective == "weighted"
    return View(
        "one more unit",
        "Where one more unit would help most",
        "By how much the expected loss would fall per additional unit at a place when the response begins, with the "
        "plan unchanged. It holds for the first part of a unit; no further one gains more.",
        (
            ViewColumn("Place"),
            ViewColumn("Nation"),
            ViewColumn("Item"),
            ViewColumn("Unit"),
            ViewColumn("Cases", "count", note="Cases in which one more unit there helps"),
            ViewColumn(
                "Saved per unit",
                "quantity",
                instance.settings.currency if weighted else f"{instance.settings.currency} of {GOODS_WEIGHTED}",
            ),
        ),
        rows,
        most=15,
    )

"""What the rules that partners set came to, and what each costs: shares of supply, consents, locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

import numpy as np
import pandas as pd

from planner.domain.instance import PlanningInstance
from planner.domain.rules import Consent, Lock, Policy
from planner.domain.titles import Named, title_of
from planner.formulation.rules.consents import CONSENT
from planner.formulation.rules.locks import LOCK
from planner.formulation.rules.supply_shares import LARGEST_SHARE, SMALLEST_SHARE
from planner.plan.plan import Plan
from planner.report.data.limits import best_of
from planner.report.data.worth import LimitWorth, worth
from planner.report.pages.views import View, ViewColumn
from planner.report.words.limit_words import RATES
from planner.report.words.numbers import Money, compact, listing
from planner.tolerances import SAME


def partner_views(plan: Plan, money: Money) -> tuple[View, ...]:
    """Those that have something to show."""
    views = (_supply_shares(plan, money), _consents(plan, money), _locks(plan, money))
    return tuple(view for view in views if view.rows)


class _LargestPrices:
    """The largest price of each object of some families at each level, in words."""

    column = ViewColumn("Price per unit, by aim")

    def __init__(self, plan: Plan, money: Money, *families: str) -> None:
        table = plan.tables["prices"]
        self._plan, self._money = plan, money
        rows = table[table["family"].isin(families)]
        worths = [worth(str(row["family"]), row) for row in rows.to_dict("records")]
        rows = rows.assign(worth=pd.Series(worths, index=rows.index, dtype=object))
        matters = [abs(one.gain) > SAME or abs(one.loss or 0.0) > SAME for one in worths]
        self._rows = rows[np.array(matters, dtype=bool)]

    def of(self, name: str, item: str | None = None) -> str:
        rows = self._rows[self._rows["object"] == name]
        if item is not None:
            rows = rows[rows["item"] == item]
        largest = (
            (level.title, self._largest(level.name, rows[rows["level"] == level.name]))
            for level in self._plan.levels
            if level.name in set(rows["level"])
        )
        return "; ".join(f"{title}: {price}" for title, price in largest) or "none"

    def _largest(self, level: str, rows: pd.DataFrame) -> str:
        worths: list[LimitWorth] = rows["worth"].tolist()
        best = best_of(worths)
        period = float(pd.to_numeric(rows["period"], errors="coerce").to_numpy(dtype=float)[best])
        when = f" in {self._plan.instance.horizon.label(int(period) - 1)}" if isfinite(period) else ""
        largest = worths[best]
        gain = self._text(level, largest.gain)
        if not largest.exact:
            return f"at most {gain}{when}"
        if largest.is_one or largest.loss is None:
            return f"{gain}{when}"
        return f"{gain} if it gives way, {self._text(level, largest.loss)} if it tightens{when}"

    def _text(self, level: str, price: float) -> str:
        return compact(price) if level in RATES else self._money.text(price)


def _supply_shares(plan: Plan, money: Money) -> View:
    prices = _LargestPrices(plan, money, LARGEST_SHARE.name, SMALLEST_SHARE.name)
    rows = []
    for policy in plan.instance.policies:
        if policy.kind == "forbid" or policy.share is None:
            continue
        for name, item, supplied, whole in _supplied(plan, policy):
            part = supplied / whole
            at_limit = abs(part - policy.share) <= SAME
            state = "at its limit" if at_limit else ""
            limit = ("at most" if policy.kind == LARGEST_SHARE.name else "at least", policy.share)
            title = title_of(plan.instance.items, item)
            price = prices.of(f"{policy.name}: {name}", item)
            rows.append(
                (policy.name, title, title_of(plan.instance.nations, name), supplied, part, *limit, state, price)
            )
    return View(
        "shares of supply",
        "Shares of supply",
        "Of an item, what each listed name makes (or the route dispatches) as a share of all that is made (or that "
        "all listed routes dispatch) in the periods of the policy. Price: what a further unit would bring (at most) "
        "or cost (at least).",
        (
            ViewColumn("Policy"),
            ViewColumn("Item"),
            ViewColumn("Who or what"),
            ViewColumn("Units", "quantity"),
            ViewColumn("Share", "share"),
            ViewColumn("Rule"),
            ViewColumn("Limit", "share"),
            ViewColumn("State", "flag"),
            prices.column,
        ),
        rows,
        20,
    )


def _supplied(plan: Plan, policy: Policy) -> Iterable[tuple[str, str, float, float]]:
    """(name, item, units of the name, units of all), where there is any supply."""
    made, sent = _within(plan.tables["production"], policy), _within(plan.tables["shipments"], policy)
    sent = sent[sent["route"].isin(policy.routes)]
    for item in (name for name in plan.instance.items if name in policy.items):
        of_item, on_routes = made[made["item"] == item], sent[sent["item"] == item]
        whole, all_routes = float(of_item["quantity"].sum()), float(on_routes["quantity"].sum())
        for name, nodes in policy.places.items() if whole > 0 else ():
            yield name, item, float(of_item[of_item["factory"].isin(nodes)]["quantity"].sum()), whole
        for route in policy.routes if all_routes > 0 else ():
            yield route, item, float(on_routes[on_routes["route"] == route]["quantity"].sum()), all_routes


def _within(table: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    period = table["period"] - 1
    return table[(period >= policy.periods.start) & (period < policy.periods.stop)]


def _consents(plan: Plan, money: Money) -> View:
    prices = _LargestPrices(plan, money, CONSENT.name)
    rows = [
        (
            consent.name,
            title_of(plan.instance.nations, consent.nation),
            consent.kind,
            _named(plan.instance, consent.items),
            _ways(plan.instance, consent),
            *_state(plan.instance, consent),
            prices.of(consent.name),
        )
        for consent in plan.instance.consents
    ]
    return View(
        "consents",
        "Consents: what moves only when a nation agrees",
        "What is not given is withheld. The price is that of the first unit let through in the period in which it "
        "would bring most; none: letting more through there would improve no aim.",
        (
            ViewColumn("Consent"),
            ViewColumn("Nation"),
            ViewColumn("Kind"),
            ViewColumn("Items"),
            ViewColumn("Ways"),
            ViewColumn("State", "flag"),
            ViewColumn("Withheld"),
            prices.column,
        ),
        rows,
        20,
    )


def _state(instance: PlanningInstance, consent: Consent) -> tuple[str, str]:
    horizon = instance.horizon
    if not consent.withheld:
        return consent.status, "nothing"
    if len(consent.withheld) >= horizon.periods:
        return consent.status, "the whole horizon"
    consent_given = f"{consent.status} from {horizon.label(consent.withheld.stop)}"
    return consent_given, f"{horizon.label(consent.withheld.start)} to {horizon.label(consent.withheld.stop - 1)}"


def _named(instance: PlanningInstance, items: Iterable[str]) -> str:
    """Items by name, or by category where all of one are meant."""
    wanted = set(items)
    if wanted >= set(instance.items):
        return "all"
    names: list[str] = []
    by_category: dict[str, set[str]] = {}
    for item in instance.items.values():
        by_category.setdefault(item.category, set()).add(item.name)
    for category, members in by_category.items():
        if category and len(members) > 1 and members <= wanted:
            names.append(category)
            wanted -= members
    names += [title_of(instance.items, name) for name in instance.items if name in wanted]
    return listing(names)


def _ways(instance: PlanningInstance, consent: Consent) -> str:
    routes = dict.fromkeys(instance.legs[leg].route for leg in consent.legs)
    return listing(list(routes), 2) if routes else "none"


def _locks(plan: Plan, money: Money) -> View:
    prices = _LargestPrices(plan, money, LOCK.name)
    rows = [
        (
            lock.name,
            lock.kind,
            _what(plan.instance, lock),
            _bound(lock, money),
            _when(plan.instance, lock),
            prices.of(lock.name),
        )
        for lock in plan.instance.locks
    ]
    return View(
        "locks",
        "Locks: decisions that are fixed or bounded",
        "Price: what a further unit of the bound would bring (of a maximum) or cost (of a minimum or a fixed "
        "amount), in the period in which it matters most; none: without the lock, all else unchanged, no aim would "
        "be better.",
        (
            ViewColumn("Lock"),
            ViewColumn("Kind"),
            ViewColumn("What"),
            ViewColumn("Bound"),
            ViewColumn("When"),
            prices.column,
        ),
        rows,
        20,
    )


def _what(instance: PlanningInstance, lock: Lock) -> str:
    titles: Mapping[str, Mapping[str, Named]] = {
        **dict.fromkeys(("from", "at"), instance.nodes),
        "item": instance.items,
        "fund": instance.funds,
        "of": instance.nations,
    }
    named: Mapping[str, str | None] = {
        "line": lock.line,
        "route": lock.route,
        "from": lock.origin,
        "at": lock.node,
        "item": lock.item,
        "demand": lock.demand,
        "expansion": lock.expansion,
        "fund": lock.fund,
        "of": lock.contributor,
    }
    parts = (f"{key} {title_of(titles.get(key, {}), name)}" for key, name in named.items() if name is not None)
    return ", ".join(parts) or "everything"


def _bound(lock: Lock, money: Money) -> str:
    def text(amount: float) -> str:
        return money.text(amount) if lock.kind == "pay" else compact(amount)

    per = "in all" if lock.total else "a year" if lock.kind == "pay" else "a period"
    if lock.minimum is not None and lock.minimum == lock.maximum:
        return f"fixed to {text(lock.minimum)} {per}"
    parts = [f"at least {text(lock.minimum)}"] if lock.minimum is not None else []
    parts += [f"at most {text(lock.maximum)}"] if lock.maximum is not None else []
    return f"{' and '.join(parts)} {per}"


def _when(instance: PlanningInstance, lock: Lock) -> str:
    horizon = instance.horizon
    if not lock.periods:
        return "never"
    if len(lock.periods) == horizon.periods:
        return "whole horizon"
    first, last = horizon.label(lock.periods.start), horizon.label(lock.periods.stop - 1)
    return first if first == last else f"{first} to {last}"

"""What was not done as it was pledged or planned, whose that was, and what of it was done later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from planner.domain.instance import Demand, PlanningInstance
from planner.domain.titles import object_title
from planner.formulation.families import FAMILIES
from planner.replan.position.actuals import Actuals
from planner.replan.position.backlog import follow
from planner.replan.replan import Start
from planner.report.words.limit_words import NO_FAMILY, limit_words
from planner.report.words.names import goods_text
from planner.report.words.numbers import with_unit
from planner.review.compared import Compared
from planner.review.record import Breach, Mended, Whose
from planner.tolerances import matters

BreachKind = Literal["commitment", "production", "shipment", "payment"]
KINDS: dict[str, BreachKind] = {"made": "production", "shipped": "shipment", "paid": "payment"}
VERBS = {"production": "make", "shipment": "ship", "payment": "pay"}
_BY: dict[str, Literal["line's nation", "route's origin", "contributor"]] = {
    "production": "line's nation", "shipment": "route's origin", "payment": "contributor"}  # fmt: skip


def departures(compared: Compared) -> list[Breach]:
    """Less made, shipped or paid than planned, by object and period; deliveries are compared by commitment."""
    label, departures_of = compared.instance.horizon.label, []
    for key, difference in compared.differences.items():
        if key.kind not in KINDS or difference > 0:
            continue
        kind = KINDS[key.kind]
        nation = compared.nation(key)
        whose = Whose(nation=nation, by=_BY[kind] if nation else "unknown")
        departures_of.append(
            Breach(
                kind=kind,
                what=key.object,
                party=key.party,
                item=key.item,
                period=label(key.period),
                planned=compared.planned.get(key, 0.0),
                actual=compared.actual.get(key, 0.0),
                missing=-difference,
                unit=compared.unit(key),
                whose=(whose,),
                mended=(),
                state="open",
                remedy="",
                plan_ends=compared.plan_ends,
                later={
                    period: amount
                    for period, amount in compared.plan.get(key.course, {}).items()
                    if period > label(key.period)
                },
            )
        )
    return [mend(breach, compared) for breach in departures_of]


def mend(breach: Breach, compared: Compared) -> Breach:
    """A departure with what mends it: as far as all that was done since has caught up with what the same plan had by
    then.

    What is still missing falls to the least of `missing + Σ (planned − done)` over the periods since, at least 0, and
    never rises again. Only periods of that plan count, and only those with a report; what was noted of others stays.
    """
    kind = next(kind for kind, kind_of_breach in KINDS.items() if kind_of_breach == breach.kind)
    done = compared.done.get((kind, breach.what, breach.party, breach.item), {})
    since = [period for period in compared.heard[kind] if breach.period < period <= breach.plan_ends]
    parts = [part for part in breach.mended if part.period not in since]
    left = behind = breach.missing - sum(part.quantity for part in parts)
    for period in since:
        behind += breach.later.get(period, 0.0) - done.get(period, 0.0)
        if matters(left - max(behind, 0.0), breach.missing):
            parts.append(Mended(period=period, quantity=left - max(behind, 0.0)))
            left = max(behind, 0.0)
    return _with(breach, sorted(parts, key=lambda part: part.period), compared.instance)


def _with(breach: Breach, parts: Sequence[Mended], instance: PlanningInstance) -> Breach:
    mended = breach.but(mended=tuple(parts))
    if not matters(mended.left, breach.missing):
        return mended.but(state="mended", remedy="")
    amount = amount_words(mended.left, breach, instance)
    return mended.but(state="open", remedy=f"{VERBS[breach.kind]} {amount} more than planned")


def amount_words(amount: float, breach: Breach, instance: PlanningInstance) -> str:
    """`8 pallets`, `4 000 rounds of 155 mm rounds`: an amount of a breach, by the name of the item,
    where the input still has it.
    """
    if breach.item in instance.items:
        return goods_text(amount, instance.items[breach.item])
    return f"{with_unit(amount, breach.unit)}{f' of {breach.item}' if breach.item else ''}"


def commitment_breaches(start: Start, compared: Compared) -> list[Breach]:
    """Demands of a commitment, and binding ones, that were not met in full when due, since the workbook's start."""
    instance, now = start.instance, start.now.now
    happened = start.now.happened
    left = {period: _left(instance, happened, period) for period in range(now)}
    planned = _left_as_planned(start, compared)
    shares = start.run.tables.get("attribution")
    breaches = []
    for demand in instance.demands:
        if not (demand.commitment or demand.binding) or not 0 <= demand.due < now:
            continue
        missing = left[demand.due].get(demand.key, 0.0)
        if matters(missing, demand.quantity):
            whose = _whose(start, demand, shares) if matters(planned.get(demand.key, 0.0), demand.quantity) else ()
            breaches.append(_commitment(instance, demand, missing, left, whose or _pledged(instance, demand)))
    return breaches


def _left(instance: PlanningInstance, happened: Actuals, period: int) -> dict[tuple[str, int], float]:
    """What is still wanted of each demand at the end of a period."""
    so_far = {key: amount for key, amount in happened.delivered.items() if key[2] <= period}
    backlog = follow(instance, replace(happened, now=period + 1, delivered=so_far))
    return {**backlog.open_, **backlog.lost}


def _left_as_planned(start: Start, compared: Compared) -> dict[tuple[str, int], float]:
    """What the plan itself left of each demand when due: in the demand's table of deliveries, by its due period."""
    shift = start.last.start
    left = {
        demand.key: demand.quantity for demand in start.instance.demands if compared.first <= demand.due < compared.now
    }
    table = start.run.tables["deliveries"]
    for name, due, period, amount in table[["demand", "due", "period", "quantity"]].itertuples(index=False):
        key = (str(name), int(due) - 1 + shift)
        if key in left and period <= due:
            left[key] -= amount
    return left


def _commitment(
    instance: PlanningInstance,
    demand: Demand,
    missing: float,
    left: Mapping[int, Mapping[tuple[str, int], float]],
    whose: tuple[Whose, ...],
) -> Breach:
    label = instance.horizon.label
    parts, remaining = [], missing
    for period in range(demand.due + 1, len(left)):
        after = left[period].get(demand.key, 0.0)
        if matters(remaining - after, missing):
            parts.append(Mended(period=label(period), quantity=remaining - after))
            remaining = after
    state, remedy = _state_of_commitment(instance, demand, remaining, len(left), whose)
    return Breach.model_validate(
        {
            "kind": "commitment",
            "what": demand.name,
            "party": demand.commitment or "",
            "item": demand.item,
            "period": label(demand.due),
            "planned": demand.quantity,
            "actual": demand.quantity - missing,
            "missing": missing,
            "unit": instance.items[demand.item].unit,
            "whose": whose,
            "mended": tuple(parts),
            "state": state,
            "remedy": remedy,
        }
    )


def _state_of_commitment(
    instance: PlanningInstance, demand: Demand, remaining: float, now: int, whose: tuple[Whose, ...]
) -> tuple[str, str]:
    """(state, remedy) of a demand of which so much is still missing before period `now`."""
    if not matters(remaining, demand.quantity):
        return "mended", ""
    last = demand.due + demand.max_delay
    label = instance.horizon.label(last)
    if last < now:
        state, remedy = "lost", f"none in time: it could be delivered until {label}"
    else:
        amount = goods_text(remaining, instance.items[demand.item])
        state, remedy = "open", f"deliver {amount} by {label} at the latest"
    titles = {one: object_title(instance, one.of) for one in whose if one.of and one.of not in NO_FAMILY.values()}
    limits = list(dict.fromkeys(f"{title} ({one.cells})" if one.cells else title for one, title in titles.items()))
    return state, f"{remedy}; more of {', '.join(limits[:2])}" if limits else remedy


def _whose(start: Start, demand: Demand, table: pd.DataFrame | None) -> tuple[Whose, ...]:
    """Of a shortfall that the plan already had: the limits that the plan's attribution names, with their shares, and
    what is no limit beside them. Nobody, where there is no limit: earlier aims, costs and ways that do not exist are
    not the doing of a nation.
    """
    if table is None:
        return ()
    due = pd.to_numeric(table["due"], errors="coerce")
    mine = table[
        (table["kind"] == "demand") & (table["name"] == demand.name) & (due == demand.due - start.last.start + 1)
    ]
    parties = []
    for row in mine.to_dict("records"):
        share, least, most = (_number(row[name]) for name in ("share", "least", "most"))
        family, name = str(row["family"]), str(row["object"])
        is_limit = family in FAMILIES
        if share:
            parties.append(
                Whose(
                    nation=str(row["nation"]) if is_limit else "",
                    by="attribution",
                    share=share,
                    least=least,
                    most=most,
                    of=name if is_limit else limit_words(family, name, ""),
                    cells=str(row["cells"]) if is_limit else "",
                )
            )
    return tuple(parties) if any(one.of not in NO_FAMILY.values() for one in parties) else ()


def _number(value: object) -> float | None:
    parsed = pd.to_numeric(pd.Series([value]), errors="coerce").iloc[0]
    return None if pd.isna(parsed) else float(parsed)


def _pledged(instance: PlanningInstance, demand: Demand) -> tuple[Whose, ...]:
    """The nations that pledged the commitment; where it names none, that is said."""
    commitment = instance.commitments.get(demand.commitment or "")
    nations = commitment.nations if commitment else ()
    return tuple(Whose(nation=nation, by="pledged it") for nation in nations) or (Whose(nation="", by="unknown"),)


def still_there(breach: Breach, instance: PlanningInstance) -> bool:
    """Does the workbook still have what a departure is about?"""
    known: Mapping[str, object] = {
        "production": instance.lines, "shipment": instance.legs, "payment": instance.funds}.get(breach.kind, {})  # fmt: skip
    return breach.what in known or any(demand.name == breach.what for demand in instance.demands)


def is_reviewed(breach: Breach, compared: Compared) -> bool:
    """Is it about what was compared now, so that a breach that is not found any more was corrected?"""
    label = compared.instance.horizon.label
    if breach.kind == "commitment":
        return breach.period in {label(period) for period in range(compared.now)}
    kind = next(name for name, kind_of_breach in KINDS.items() if kind_of_breach == breach.kind)
    heard = {label(period) for period in range(compared.first, compared.now) if (kind, period) not in compared.silent}
    return breach.period in heard

"""Locks: decisions that are fixed or bounded from outside.

Index sets: locks k, periods t of their window (one row for all where the lock is on the total).
Locks of payments are in `contributions`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from planner.domain.instance import PlanningInstance
from planner.domain.rules import Lock
from planner.formulation.model.family import Directory, Family, Kind, Origin, Place, Sign, Words, figure
from planner.formulation.model.model import EQUAL, GREATER, LESS, Bounds, Frame, Key, Model, Terms

DecisionWords = dict[str, Any]  # what identifies a column, in the words of the Locks table, and its period


def add_locks(model: Model) -> None:
    """Bounds on what is made, dispatched, stored, delivered or bought.

    lock (k, bound, t):  Σ of the decisions that k names, in t or over all t, = quantity, ≥ minimum or ≤ maximum
        dual ≤ 0 of a maximum, ≥ 0 of a minimum, of either sign where fixed: objective per further unit.
    A key that the lock leaves blank is summed over.
    """
    for family, (kind, decision_of) in _KINDS.items():
        locks = [lock for lock in model.instance.locks if lock.kind == kind]
        if not locks or not model.enabled("lock"):
            continue
        terms_of: dict[str, dict[int, Terms]] = {lock.name: defaultdict(list) for lock in locks}
        for key, column in model.columns[family].items():
            decision = decision_of(model.instance, key)
            for lock in locks:
                if decision["period"] in lock.periods and names(lock, decision):
                    terms_of[lock.name][decision["period"]].append((column, 1.0))
        for lock in locks:
            _add_rows(model, lock, terms_of[lock.name])


def names(lock: Lock, decision: DecisionWords) -> bool:
    """Does the lock name the decision? What it leaves blank is any."""
    return all(getattr(lock, key) in (None, value) for key, value in decision.items() if key != "period")


def amounts(frame: Frame) -> Bounds:
    """lock: the quantity, minimum or maximum; those of payments are not here."""
    return {
        (lock.name, bound, *period): amount
        for lock in frame.instance.locks
        if lock.kind != "pay"
        for _span, period in _spans(lock)
        for bound, _sense, amount in bounds(lock)
    }


def _spans(lock: Lock) -> list[tuple[range, tuple[int, ...]]]:
    """(periods, what they add to the key) of the lock's rows."""
    return [(lock.periods, ())] if lock.total else [(range(t, t + 1), (t,)) for t in lock.periods]


def _add_rows(model: Model, lock: Lock, terms_of: dict[int, Terms]) -> None:
    for span, period in _spans(lock):
        terms = [term for t in span for term in terms_of.get(t, ())]
        if lock.kind == "ship":
            model.keep(column for column, _ in terms)
        for bound, sense, amount in bounds(lock):
            key: tuple[str | int, ...] = (lock.name, bound, *period)
            if terms or not _holds(sense, amount):
                model.row("lock", key, terms, sense, amount, key)


def bounds(lock: Lock) -> Iterator[tuple[str, int, float]]:
    """(what it is, sense, amount) of the lock's rows."""
    if lock.minimum is not None and lock.minimum == lock.maximum:
        yield "quantity", EQUAL, lock.minimum
        return
    if lock.minimum:
        yield "minimum", GREATER, lock.minimum
    if lock.maximum is not None:
        yield "maximum", LESS, lock.maximum


def _holds(sense: int, amount: float) -> bool:
    """Does a bound hold where there is nothing to decide?"""
    return sense == LESS or amount == 0


# ── What each kind of lock is about ──────────────────────────────────────────────────────────────


def _make(instance: PlanningInstance, key: Key) -> DecisionWords:
    name, period = key
    line = instance.lines[name]
    return {"line": name, "node": line.factory, "item": line.item, "period": period}


def _ship(instance: PlanningInstance, key: Key) -> DecisionWords:
    item, name, period, _class = key
    leg = instance.legs[name]
    return {"route": leg.route, "origin": leg.origin, "item": item, "period": period}


def _stock(_: PlanningInstance, key: Key) -> DecisionWords:
    item, node, period, _class = key
    return {"node": node, "item": item, "period": period}


def _deliver(instance: PlanningInstance, key: Key) -> DecisionWords:
    name, due, period, _class = key
    demand = instance.demands_by_key[name, due]
    return {"demand": name, "node": demand.destination, "item": demand.item, "period": period}


def _invest(_: PlanningInstance, key: Key) -> DecisionWords:
    name, period = key
    return {"expansion": name, "period": period}


# family of columns -> kind of lock, and how its key becomes a decision
_KINDS: dict[str, tuple[str, Callable[[PlanningInstance, Key], DecisionWords]]] = {
    "production": ("make", _make),
    "shipment": ("ship", _ship),
    "stock": ("stock", _stock),
    "delivery": ("deliver", _deliver),
    "expansion": ("invest", _invest),
}


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class LockIndex(NamedTuple):
    """A lock on goods in a period (0-based); `bound`: minimum or maximum."""

    lock: str
    bound: str
    period: int | None = None  # None: all periods of the lock


def _place(directory: Directory, row: LockIndex) -> Place:
    return row.lock, directory.locks[row.lock].item, None if row.period is None else row.period + 1


def lock_origins(model: Model, name: str, bound: str, slope: float) -> Iterator[Origin]:
    """The bound of a lock; `slope` as of an `Origin`."""
    lock = next(lock for lock in model.instance.locks if lock.name == name)
    value = lock.maximum if bound == "maximum" else lock.minimum
    yield Origin(figure("Locks", bound, lock=name), value, slope)


def _origins(model: Model, row: LockIndex) -> Iterator[Origin]:
    yield from lock_origins(model, row.lock, row.bound, 1.0)


LOCK = Family(
    name="lock",
    index=LockIndex,
    unit="units",
    dual="per unit",
    sign=Sign.AS_BOUND,
    kind=Kind.RULE,
    place=_place,
    right_hand_side=amounts,
    figures={
        "locks": {
            "minimum": lambda lock: (lock.minimum is None, lock.minimum == 0, lock.minimum == lock.maximum),
            "maximum": lambda lock: (lock.maximum is None, lock.minimum == lock.maximum),
        }
    },
    origins=_origins,
    needed=lambda instance: any(lock.kind != "pay" for lock in instance.locks),
    adds_up=True,
    words=Words(
        group="partners", limit="lock {object}", step="{unit} less bound by lock", lacking="for the lock {object}"
    ),
)
FAMILIES = (LOCK,)

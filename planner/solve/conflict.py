"""Why no plan exists: an irreducible set of rules that cannot hold together, in the planner's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from planner.domain.standing import standings
from planner.errors import NoPlanError
from planner.formulation.model import Key, Model
from planner.formulation.spans import Spans
from planner.solve.prices import DEFINITIONS, Places
from planner.solve.session import Session

IIS_SECONDS = 60.0


@contextmanager
def explained(model: Model, session: Session) -> Iterator[None]:
    """Where there is no plan, say which rules cannot hold together."""
    try:
        yield
    except NoPlanError as failure:
        rules = conflicting_rules(model, session) if failure.status == "infeasible" else []
        raise NoPlanError(str(failure), rules, failure.status) from failure


def conflicting_rules(model: Model, session: Session) -> list[str]:
    """One sentence a rule of an irreducible infeasible set; the last says what the set is.

    Where HiGHS finds none in time: the rows that a least relaxation breaks.
    """
    rows = session.conflict_rows(IIS_SECONDS)
    if rows:
        named = [(*_name(model, row), session.row_bound(row)) for row in rows]
        # What can be changed first; then the balances through which those rules meet.
        named.sort(key=lambda row: row[0] in DEFINITIONS)
        sentences = [rule_sentence(model, *row) for row in named]
        if len(rows) == 1:
            return [*sentences, "This rule cannot hold by itself: nothing in the plan can help it."]
        return [*sentences, "These rules cannot hold together; without any one of them the others can."]
    broken = session.least_relaxation()
    sentences = [
        f"{rule_sentence(model, *_name(model, row), session.row_bound(row))} (broken by {amount:,.6g})"
        for row, amount in broken
    ]
    return [*sentences, "These rules would be broken by the least relaxation that allows a plan."]


def _name(model: Model, row: int) -> tuple[str, Key]:
    """(family, key) of a row."""
    for family, keys in model.rows.items():
        for key, position in keys.items():
            if position == row:
                return family, key
    raise KeyError(row)


def rule_sentence(model: Model, family: str, key: Key, amount: float) -> str:
    """`Line capacity of shell at L in 2026-03: units started stay within capacity (120 units started)`

    `amount`: what the row's bound is, as the model counts it.
    """
    entry = model.catalogue.constraints[family]
    if family in {"spend_balance", "payment_balance"}:
        return f"{entry.title} {_whose_money(model, family, key)}: {entry.meaning}"
    object_, item, period = Places(model).of(family, key)
    what = f" of {item}" if item and item not in object_ else ""
    when = f" in {model.instance.horizon.label(period - 1)}" if period else ""
    scale, unit = (model.money_unit, model.instance.settings.currency) if entry.unit == "money" else (1.0, entry.unit)
    limit = f" ({amount * scale:,.6g} {unit})" if amount else ""
    return f"{entry.title}{what} at {object_}{when}: {entry.meaning}{limit}{_past(model, family, key, unit)}"


def _past(model: Model, family: str, key: Key, unit: str) -> str:
    """How a rule about sums stands by what happened before the horizon, which its bound counts."""
    standing = standings(model.instance).get((family, key), 0.0)
    if not standing:
        return ""
    return f"; what happened before {'lacks' if standing < 0 else 'leaves'} {abs(standing):,.6g} {unit} of it"


def _whose_money(model: Model, family: str, key: Key) -> str:
    """`for procurement at F:shell in fiscal year 2026`, `by SAFE, EDIP in fiscal year 2026`"""
    year = Spans(model.instance).year(key[-1])
    if family == "spend_balance":
        return f"for {key[0]} at {key[1]} in fiscal year {year}"
    funds = ", ".join(entry.fund for entry in key[0].admitted)
    return f"by {funds or 'no fund'} in fiscal year {year}"

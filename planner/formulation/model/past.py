"""The past: rules about sums count what happened before the horizon, as constants of their rows.

Index set: rules a that what happened before the horizon breaks by itself (`planner.domain.history_slack`).
Variable: past_lack[a] ≥ 0, by how much the row stays short of what is asked, though the plan does what it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from planner.domain.history_slack import CountedKey, lacks
from planner.formulation.model.family import Directory, Family, Kind, Place, Sign
from planner.formulation.model.model import GREATER, LESS, Key, Model, Terms

LEVEL = "past_lack"


class PastTerm(NamedTuple):
    """The rule whose slack at the start a row counts, how much of it one unit of the row is,
    and what that is worth in currency.
    """

    rule: CountedKey
    unit: float
    worth: float


def add_counted_row(
    model: Model,
    family: str,
    key: Key,
    terms: Terms,
    sense: int,
    counted: PastTerm,
    names: Sequence[str | int],
    free: float = 0.0,
) -> None:
    """A row of a rule about a sum, ≥ −free or ≤ free with what happened before the horizon in it, if the model has the
    family.

    slack: how far the past alone is over (above 0) or short of (below 0) what is asked.
    ≥:  terms + past_lack ≥ −slack − free        ≤:  terms − past_lack ≤ slack + free
    past_lack_limit (family, key):  past_lack ≤ what the past lacks: the plan itself breaks nothing.
    Where the past alone breaks nothing, under the weighted objective, and in a model without the level there is no
    past_lack: what nothing minimises would cost nothing. dual: as the family's.
    The level `past_lack` is Σ worth · past_lack.
    """
    lacking = model.lacks.get(counted.rule, 0.0) / counted.unit
    if not model.enabled(family) or not (terms or lacking):
        return
    upward = 1.0 if sense == GREATER else -1.0
    if lacking and _is_minimised(model):
        lack = model.variable("past_lack", (family, *key), (family, *names))
        model.row("past_lack_limit", (family, *key), [(lack, 1.0)], LESS, lacking, (family, *names))
        model.objectives[LEVEL].append((lack, counted.worth))
        terms = [*terms, (lack, upward)]
    slack = model.history_slacks.get(counted.rule, 0.0) / counted.unit
    model.row(family, key, terms, sense, -upward * (slack + free) or 0.0, names)


def _is_minimised(model: Model) -> bool:
    return not model.weighted and any(level.name == LEVEL for level in model.catalogue.levels)


# ── What is known of the rows ────────────────────────────────────────────────────────────────────


class PastIndex(NamedTuple):
    """The row of a rule that counts the past: its family, and the key there."""

    family: str
    key: Key

    @classmethod
    def of(cls, family: str, *key: Any) -> PastIndex:
        """From the family and the parts of the key."""
        return cls(family, key)


def _place(_: Directory, row: PastIndex) -> Place:
    return ": ".join(str(part) for part in row.key if isinstance(part, str)), None, None


PAST_LACK_LIMIT = Family(
    name="past_lack_limit",
    index=PastIndex.of,
    unit="as the family",
    dual="per unit lacking",
    sign=Sign.NEVER_ABOVE,
    kind=Kind.IDENTITY,
    place=_place,
    needed=lambda instance: bool(lacks(instance)),
)
FAMILIES = (PAST_LACK_LIMIT,)

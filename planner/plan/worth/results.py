"""The worth of a guarantee: what it is measured by."""

from __future__ import annotations

from dataclasses import dataclass

ACCESS_COLUMNS = ("nation", "level", "closed", "now", "open")


@dataclass(frozen=True, slots=True)
class Worth:
    """In `unit`, that of `level`: contingency, or the weighted objective.

    `expected`: the level at risk weight 0 with coverage left out, from which the other two are computed. `evpi`: by how
    much it would be less if it were known which case comes. `planning`: by how much it would be more if the plan were
    made without regard to the cases; None where such a plan could not answer what must be covered.
    """

    level: str
    unit: str
    expected: float
    evpi: float
    planning: float | None


AccessRow = tuple[str, str, float, float, float]  # as ACCESS_COLUMNS; NaN: no plan covers what must be covered

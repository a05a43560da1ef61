"""How many random worlds a property is tried on: a few in every run, many more before a release."""

from __future__ import annotations

import pytest


def seeds(quick: int, long: int) -> list[object]:
    """The seeds 0 … `long` − 1 for `parametrize`; those from `quick` on are tried with `-m long` only."""
    return [*range(quick), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(quick, long))]

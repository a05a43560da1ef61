"""How many random worlds a property is tried on: a few in every run, many more before a release."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

_asked = False  # for what is marked long


def ask_for_long() -> None:
    """Make the long cases too. Else they are not even collected, as thousands of them take a while to be left out."""
    global _asked
    _asked = True


def only_long(cases: Iterable[object]) -> list[object]:
    """These cases of a parametrised test, to be tried with `-m long` only."""
    return [pytest.param(case, marks=pytest.mark.long) for case in cases] if _asked else []


def seeds(quick: int, long: int) -> list[object]:
    """The seeds 0 … `long` − 1 for `parametrize`; those from `quick` on are tried with `-m long` only."""
    return [*range(quick), *only_long(range(quick, long))]

"""The session on HiGHS says so where HiGHS does not take what it is handed."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solver.highs import Arrays, HighsSession


def test_an_entry_that_stands_twice_is_refused() -> None:
    """HiGHS would go on without any row, and call what it has infeasible or optimal."""
    twice = Arrays(
        columns=1,
        row_lower=np.array([1.0]),
        row_upper=np.array([2.0]),
        start=np.array([0, 2], dtype=np.int32),
        index=np.array([0, 0], dtype=np.int32),
        value=np.array([1.0, 1.0]),
    )
    with pytest.raises(ValueError, match="occurs twice"):
        HighsSession(twice, {})

"""The session on HiGHS says so where HiGHS does not take what it is handed."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solver.highs import AT_LOWER, BASIC, FACTORISATIONS, Arrays, Basis, HighsSession


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


@pytest.mark.parametrize("deaf", [False, True])
def test_a_basis_that_is_factorised_after_each_pivot_is_given_up(deaf: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where bounds hardly leave a plan. Of a small LP it costs little, and the same pivots lead to the optimum."""
    size = 60  # each row is broken by itself, so dual simplex takes a pivot for each
    lp = Arrays(
        columns=size,
        row_lower=np.arange(1.0, size + 1),
        row_upper=np.full(size, np.inf),
        start=np.arange(size + 1, dtype=np.int32),
        index=np.arange(size, dtype=np.int32),
        value=np.ones(size),
    )

    def solved_again() -> tuple[HighsSession, str, int]:
        session = HighsSession(lp, {"presolve": "off", "simplex_update_limit": 1}, deaf=deaf)
        session.set_costs(np.arange(1.0, size + 1))
        session.start_from(Basis(np.full(size, AT_LOWER, dtype=np.int8), np.full(size, BASIC, dtype=np.int8)))
        outcome = session.again("level", 1000)
        return session, outcome.status, outcome.iterations

    _, status, pivots = solved_again()
    assert (status, pivots) == ("optimal", size)
    monkeypatch.setattr("planner.solver.highs.LARGE_NONZEROS", 0)
    session, status, pivots = solved_again()
    assert status == "iteration limit"
    assert FACTORISATIONS < pivots < size
    for interior_point in (False, True):
        session.forget_basis()
        assert session.solve("level", interior_point=interior_point).status == "optimal", (
            "the next solve is not stopped"
        )

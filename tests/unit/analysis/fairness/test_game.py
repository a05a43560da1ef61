"""Shapley values and the core against published games and the axioms."""

from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pytest

from planner.analysis.fairness.game import (
    everybody,
    least_core_of,
    members,
    proportional,
    sampled_shapley,
    shapley,
    slack,
    worst_objection,
)
from planner.errors import UsageError

Game = dict[int, float]


def game(players: str, worth: dict[str, float]) -> Game:
    """A game by the letters of its coalitions; those not named are worth nothing."""
    places = {letter: place for place, letter in enumerate(players)}
    values = dict.fromkeys(range(1 << len(players)), 0.0)
    for names, value in worth.items():
        values[sum(1 << places[letter] for letter in names)] = value
    return values


def savings(costs: Game) -> Game:
    """The savings game of a cost game: what a coalition saves against each going alone."""
    return {s: sum(costs[1 << i] for i in members(s)) - cost for s, cost in costs.items()}


# Ten dams of the Tennessee Valley Authority serve navigation (N), flood control (F) and power (P): alternate costs in
# thousand dollars of Ransmeier, as in Straffin & Heaney, "Game theory and the Tennessee Valley Authority",
# International Journal of Game Theory 10 (1981), 35-43.
TVA = game(
    "NFP",
    {"N": 163_520, "F": 140_826, "P": 250_096, "NF": 301_607, "NP": 378_821, "FP": 367_370, "NFP": 412_584},
)


def test_the_tennessee_valley_authority() -> None:
    # By hand: c of each, less what it saves on average over the six orders of joining.
    # Savings: NF 2739, NP 34795, FP 23552, NFP 141858.
    values = savings(TVA)
    assert {s: values[s] for s in (3, 5, 6, 7)} == {3: 2739, 5: 34_795, 6: 23_552, 7: 141_858}
    costs = [TVA[1 << i] - share.value for i, share in enumerate(shapley(values.__getitem__, 3))]
    # N: (2739 + 34795) / 6 + (141858 - 23552) / 3 = 6255 2/3 + 39435 1/3 = 45691
    assert costs == pytest.approx([163_520 - 45_691, 140_826 - 40_069.5, 250_096 - 56_097.5])
    assert costs == pytest.approx([117_829, 100_756.5, 193_998.5])  # as published
    shares = [TVA[1 << i] - cost for i, cost in enumerate(costs)]
    found = worst_objection(values, shares)
    assert found is not None
    assert found.excess < 0  # in the core
    epsilon, fair = least_core_of(values, 3)
    # The nucleolus shares the savings equally here, for all pairs save less than a third of all: 47286 each.
    assert epsilon == pytest.approx(-47_286)
    assert fair == pytest.approx([47_286] * 3)


def test_the_municipal_water_supply_of_skane() -> None:
    """Young, Okada & Hashimoto, "Cost allocation in water resources development", Water Resources Research 18 (1982),
    463-475: six groups of municipalities A, H, K, L, M, T; costs in million Swedish crowns.
    """
    costs = game("AHKLMT", SKANE)
    assert len([s for s, cost in costs.items() if cost]) == 63
    found = _shapley_costs(costs, 6)
    assert found == pytest.approx([20.01, 10.71, 6.61, 10.37, 16.94, 19.18], abs=0.01)  # table 4 there
    # "The Shapley value is not in the core": H, K and L pay 27.69 and would pay 27.26 alone.
    values = savings(costs)
    shares = [costs[1 << i] - x for i, x in enumerate(found)]
    objection = worst_objection(values, shares)
    assert objection is not None
    assert sum(found[i] for i in (1, 2, 3)) == pytest.approx(27.69, abs=0.01)
    assert objection.coalition == 0b001110
    assert objection.excess == pytest.approx(27.69 - 27.26, abs=0.01)
    assert least_core_of(values, 6)[0] < 0  # the core is not empty


def _shapley_costs(costs: Game, players: int) -> list[float]:
    return [share.value for share in shapley(costs.__getitem__, players)]


SKANE = {
    "A": 21.95, "H": 17.08, "K": 10.91, "L": 15.88, "M": 20.81, "T": 21.98,
    "AH": 34.69, "AK": 32.86, "AL": 37.83, "AM": 42.76, "AT": 43.93, "HK": 22.96, "HL": 25.00, "HM": 37.89,
    "HT": 39.06, "KL": 26.79, "KM": 31.45, "KT": 32.89, "LM": 31.10, "LT": 37.86, "MT": 39.41,
    "AHK": 40.74, "AHL": 43.22, "AHM": 55.50, "AHT": 56.67, "AKL": 48.74, "AKM": 53.40, "AKT": 54.84,
    "ALM": 53.05, "ALT": 59.81, "AMT": 61.36, "HKL": 27.26, "HKM": 42.55, "HKT": 44.94, "HLM": 45.81,
    "HLT": 46.98, "HMT": 56.49, "KLM": 42.01, "KLT": 48.77, "KMT": 50.32, "LMT": 51.46,
    "AHKL": 48.95, "AHKM": 60.25, "AHKT": 62.72, "AHLM": 64.03, "AHLT": 65.20, "AHMT": 74.10, "AKLM": 63.96,
    "AKLT": 70.72, "AKMT": 72.27, "ALMT": 73.41, "HKLM": 48.07, "HKLT": 49.24, "HKMT": 59.35, "HLMT": 64.41,
    "KLMT": 56.61,
    "AHKLM": 69.76, "AHKLT": 70.93, "AHKMT": 77.42, "AHLMT": 83.00, "AKLMT": 73.97, "HKLMT": 66.46,
    "AHKLMT": 83.82,
}  # fmt: skip


def test_the_airport_game() -> None:
    """Littlechild & Owen, "A simple expression for the Shapley value in a special case" (1973): a runway as long as
    the longest aircraft needs; each piece of it is shared equally by those that use it.
    """
    needs = [12.0, 28.0, 30.0]
    costs = {s: max((needs[i] for i in members(s)), default=0.0) for s in range(8)}
    assert _shapley_costs(costs, 3) == pytest.approx([4.0, 4.0 + 8.0, 4.0 + 8.0 + 2.0])


def test_the_glove_game() -> None:
    """One left glove, two right ones, a pair is worth 1: Shapley 2/3, 1/6, 1/6; the core gives the left glove all."""
    values = game("LRS", {"LR": 1, "LS": 1, "LRS": 1})
    assert [x.value for x in shapley(values.__getitem__, 3)] == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    objection = worst_objection(values, [2 / 3, 1 / 6, 1 / 6])
    assert objection is not None
    assert (objection.coalition, objection.excess) == (0b011, pytest.approx(1 / 6))
    epsilon, fair = least_core_of(values, 3)
    assert epsilon == pytest.approx(0, abs=1e-9)
    assert fair == pytest.approx([1, 0, 0], abs=1e-9)


def test_majority_has_no_core() -> None:
    """Two of three take all: each pair can object by 1/3 at best."""
    values = game("ABC", {"AB": 1, "AC": 1, "BC": 1, "ABC": 1})
    epsilon, fair = least_core_of(values, 3)
    assert epsilon == pytest.approx(1 / 3)
    assert fair == pytest.approx([1 / 3] * 3)


def random_game(seed: int, players: int) -> Game:
    values = dict(enumerate(np.random.default_rng(seed).uniform(0, 100, 1 << players).tolist()))
    return values | {0: 0.0}


@pytest.mark.parametrize("seed", range(5))
def test_the_formula_is_the_mean_over_all_orders(seed: int) -> None:
    values, players = random_game(seed, 4), 4
    added = [0.0] * players
    for order in permutations(range(players)):
        coalition = 0
        for player in order:
            added[player] += values[coalition | 1 << player] - values[coalition]
            coalition |= 1 << player
    expected = [total / factorial(players) for total in added]
    assert [x.value for x in shapley(values.__getitem__, players)] == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_efficiency_dummy_symmetry_and_additivity(seed: int) -> None:
    one, other = random_game(seed, 5), random_game(seed + 100, 5)
    shares = [x.value for x in shapley(one.__getitem__, 5)]
    assert sum(shares) == pytest.approx(one[31])
    # Player 5 adds 7 to whatever it joins.
    dummy = {s: one[s & 31] + (7.0 if s >> 5 else 0.0) for s in range(64)}
    assert [x.value for x in shapley(dummy.__getitem__, 6)] == pytest.approx([*shares, 7.0])
    # Two players who can stand for each other get the same.
    alike = {s: one[s & 24 | (s & 3).bit_count()] for s in range(32)}
    assert shapley(alike.__getitem__, 5)[0].value == pytest.approx(shapley(alike.__getitem__, 5)[1].value)
    both = shapley(lambda s: one[s] + other[s], 5)
    others = shapley(other.__getitem__, 5)
    assert [x.value for x in both] == pytest.approx([a + b.value for a, b in zip(shares, others, strict=True)])


def test_sampling_comes_within_its_error_bar() -> None:
    """Of 40 seeds, the 95 % interval of a player holds the exact value in about 38; all add up to v(all)."""
    values, players = random_game(3, 6), 6
    exact = [x.value for x in shapley(values.__getitem__, players)]
    inside = 0
    for seed in range(40):
        sampled = sampled_shapley(values.__getitem__, players, 60, seed)
        assert sum(x.value for x in sampled) == pytest.approx(values[63])
        inside += sum(x.interval[0] <= e <= x.interval[1] for x, e in zip(sampled, exact, strict=True))
    assert 0.88 < inside / (40 * players) < 0.99
    rough, fine = (sampled_shapley(values.__getitem__, players, n, 1) for n in (20, 2000))
    assert max(x.error for x in fine) < min(x.error for x in rough) / 5
    assert fine == sampled_shapley(values.__getitem__, players, 2000, 1)  # seeded


def test_one_player_has_nobody_to_object() -> None:
    values = {0: 0.0, 1: 5.0}
    assert [x.value for x in shapley(values.__getitem__, 1)] == [5.0]
    assert worst_objection(values, [5.0]) is None
    assert least_core_of(values, 1) == (0.0, [5.0])


def test_in_proportion() -> None:
    assert proportional(10.0, [1.0, 3.0]) == [2.5, 7.5]
    with pytest.raises(UsageError):
        proportional(10.0, [0.0, 0.0])


def test_what_counts_as_nothing_grows_with_the_values() -> None:
    assert slack({0: 0.0, 1: 5e9}) == pytest.approx(5e3)
    assert everybody(3) == 7

"""What draws say: means with Student's interval, quantiles, and shares with Wilson's interval.

Student (1908), The probable error of a mean; Wilson (1927), Probable inference, the law of succession, and statistical
inference. Quantiles by linear interpolation between the ordered draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, sqrt
from typing import NamedTuple

import numpy as np

from planner.analysis.stress.drawing import Vector

CONFIDENCE = 0.95
QUANTILES = (0.05, 0.5, 0.95)


class Spread(NamedTuple):
    """Mean, its standard error and interval, and quantiles."""

    mean: float
    standard_error: float
    low: float
    high: float
    q5: float
    q50: float
    q95: float


class ShareOfDraws(NamedTuple):
    """A share of the draws, with its interval."""

    share: float
    standard_error: float
    low: float
    high: float


def spread(values: Vector) -> Spread:
    """Of at least two draws. The standard error is the standard deviation (n − 1) ÷ √n."""
    from scipy.stats import t

    count = len(values)
    mean = fsum(values) / count
    error = sqrt(fsum((values - mean) ** 2) / (count - 1) / count)
    reach = float(t.ppf((1 + CONFIDENCE) / 2, count - 1)) * error
    q5, q50, q95 = (float(one) for one in np.quantile(values, QUANTILES))
    return Spread(mean, error, mean - reach, mean + reach, q5, q50, q95)


def share(in_draw: Vector) -> ShareOfDraws:
    """The share of draws that are True, with its standard error and interval."""
    from scipy.stats import binomtest

    count, among = int(in_draw.sum()), len(in_draw)
    interval = binomtest(count, among).proportion_ci(CONFIDENCE, method="wilson")
    part = count / among
    return ShareOfDraws(part, sqrt(part * (1 - part) / among), float(interval.low), float(interval.high))


def rank_correlation(one: Vector, other: Vector) -> float | None:
    """Spearman's; None where either does not vary."""
    from scipy.stats import spearmanr

    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(spearmanr(one, other).statistic)


def level(losses: Vector, weights: Sequence[float], risk_weight: float, risk_tail: float) -> Vector:
    """The level contingency of each draw: (1 − w) × Σ π L + w × Π × CVaR(L); `losses`: [case, draw].

    CVaR = min over η of η + Σ (π ÷ Π) × max(L − η, 0) ÷ (1 − risk_tail), least at one of the L; of risk_tail 1 the
    largest L.
    """
    by, total = np.array(weights)[:, None], float(sum(weights))
    expected: Vector = (by * losses).sum(axis=0)
    if risk_weight == 0 or total == 0:
        return (1 - risk_weight) * expected
    if risk_tail == 1:
        worst = losses.max(axis=0)
    else:
        within = total * (1 - risk_tail)
        beyond = [loss + (by * np.maximum(losses - loss, 0.0)).sum(axis=0) / within for loss in losses]
        worst = np.min(beyond, axis=0)
    measure: Vector = (1 - risk_weight) * expected + risk_weight * total * worst
    return measure

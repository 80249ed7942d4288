"""The bias of the sample coherence, and its removal.

For circular Gaussian speckle, true coherence g and L independent looks, the mean of the sample
coherence is (Touzi et al. 1999, IEEE TGRS 37(1), eq. 12)

    E = G(L) G(3/2) / G(L + 1/2)  3F2(3/2, L, L; L + 1/2, 1; g^2)  (1 - g^2)^L,   G: gamma function.

Written term by term this is the mean of

    G(n + 3/2) G(n + L) / (G(n + 1) G(n + L + 1/2))

over n that follow a negative binomial distribution (L, g^2): all terms are positive and of order 1.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

LONGEST_MEAN = 2000.0  # mean of n up to which the sum is taken
STEPS = 96
LOOKS_STEP = 0.01  # looks are told apart to 1 %
MOST_LOOKS = 1000.0


def expected_coherence(coherence: np.ndarray, looks: float) -> np.ndarray:
    """Mean of the sample coherence magnitude for a true coherence (0-1) and L > 1 independent looks."""
    return np.interp(coherence, *_table(float(looks)))


def unbiased(coherence: np.ndarray, looks: np.ndarray | float) -> np.ndarray:
    """True coherence whose expected sample coherence is the one given, float32.

    coherence : sample coherence, any shape; looks : independent looks, a number or the same shape.
    Good to 0.01: looks are rounded to 1 %. 0 where the sample is below what no coherence gives on
    average. NaN where the looks are not above 1: one look has coherence 1 whatever the truth.
    """
    sample = np.asarray(coherence, np.float32)
    number = np.broadcast_to(np.asarray(looks, np.float64), sample.shape)
    known = np.isfinite(sample) & (number > 1 + LOOKS_STEP)
    result = np.full(sample.shape, np.nan, np.float32)
    steps = np.round(np.log(np.clip(number[known], 1, MOST_LOOKS)) / LOOKS_STEP).astype(np.int64)
    values = sample[known]
    corrected = np.empty_like(values)
    order = np.argsort(steps, kind="stable")
    classes, starts = np.unique(steps[order], return_index=True)
    for step, members in zip(classes, np.split(order, starts[1:])):
        truth, expected = _table(float(np.exp(step * LOOKS_STEP)))
        corrected[members] = np.interp(values[members], expected, truth)
    result[known] = corrected
    return result


@lru_cache(maxsize=1024)
def _table(looks: float) -> tuple[np.ndarray, np.ndarray]:
    """True coherence from 0 to 1 and the expected sample coherence.

    The sum is taken up to where n is 2000 on average; the bias left above is below 3e-4 and
    falls to 0 at coherence 1.
    """
    from scipy.special import gammaln, xlogy

    highest = LONGEST_MEAN / (looks + LONGEST_MEAN)  # squared coherence with that mean of n
    spread = np.sqrt(LONGEST_MEAN / (1 - highest))
    n = np.arange(int(LONGEST_MEAN + 12 * spread), dtype=np.float64)
    value = np.exp(gammaln(n + 1.5) + gammaln(n + looks) - gammaln(n + 1) - gammaln(n + looks + 0.5))
    ways = gammaln(n + looks) - gammaln(looks) - gammaln(n + 1)
    truth = np.sin(np.linspace(0, np.arcsin(np.sqrt(highest)), STEPS))
    expected = [
        (np.exp(ways + xlogy(n, square) + looks * np.log1p(-square)) * value).sum() for square in truth**2
    ]
    return np.append(truth, 1.0), np.append(expected, 1.0)

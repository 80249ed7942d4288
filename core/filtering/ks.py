"""The two-sample Kolmogorov-Smirnov test of two samples of one size, exactly.

D is the largest distance between two empirical distribution functions of M values each, so
M D is a whole number. Its exact distribution for continuous values counts lattice paths
(Gnedenko and Korolyuk 1951); ties can only make M D smaller, so the level is kept with them.
"""

from __future__ import annotations

from math import comb


def exact_level(dates: int, k: int) -> float:
    """P(M D >= k) for two samples of M = `dates` values from one continuous distribution."""
    if k <= 0:
        return 1.0
    paths = sum((1 if j % 2 else -1) * comb(2 * dates, dates - j * k) for j in range(1, dates // k + 1))
    return 2 * paths / comb(2 * dates, dates)


def critical_count(dates: int, alpha: float) -> int:
    """Smallest k with P(M D >= k) <= alpha; M + 1 where no outcome is as rare as alpha."""
    low, high = 0, dates + 1  # the level at `low` is above alpha, at `high` not
    while high - low > 1:
        middle = (low + high) // 2
        if exact_level(dates, middle) <= alpha:
            high = middle
        else:
            low = middle
    return high

"""The two-sample Kolmogorov-Smirnov test of two samples of one size, exactly."""

from __future__ import annotations


def exact_level(dates: int, k: int) -> float:
    """P(M D >= k) for two samples of M = `dates` values from one continuous distribution."""
    raise NotImplementedError


def critical_count(dates: int, alpha: float) -> int:
    """Smallest k with P(M D >= k) <= alpha; M + 1 where no outcome is as rare as alpha."""
    raise NotImplementedError

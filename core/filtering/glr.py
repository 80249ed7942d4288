"""Generalised likelihood ratio test of two pixels with speckle of one number of looks.

The intensity of L-look speckle follows a gamma distribution of shape L. For two such pixels with
M independent dates each, the likelihood ratio of "one mean" against "two means" depends on
the ratio of the two mean intensities alone, which follows F(2 L M, 2 L M) when the means are
equal (Parizzi and Brcic 2011, IEEE GRSL 8(3), on this test among others; Conradsen et al. 2003
for the ratio). So the test has its level exactly from very few dates, where KS cannot reject
anything or has little power. It compares mean levels only: scatterers of another kind but the
same mean intensity pass, so KS is to be preferred as soon as there are dates enough for it.
"""

from __future__ import annotations


def critical_ratio(dates: int, alpha: float, looks: float = 1.0) -> float:
    """Ratio (> 1) of mean intensities above which two pixels differ at level alpha (two-sided)."""
    from scipy.special import fdtri

    freedom = 2.0 * looks * dates
    return float(fdtri(freedom, freedom, 1.0 - alpha / 2.0))

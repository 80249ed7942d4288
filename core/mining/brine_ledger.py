"""Brine per funnel and date: amounts, rates, diameters, years, thresholds, and records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..units import MM_PER_M, years_between
from . import brine
from .brine import Deposit
from .datetable import Period
from .volumes import Volumes

Float64 = NDArray[np.float64]
Columns = dict[str, tuple[type, list[Any]]]


@dataclass(frozen=True)
class Ledger:
    """Amounts per date (N) and funnel (K); `*_std` is NaN where it is not known.

    volume [m3], brine Q [t], product Ty [t], dissolution area F [m2], diameter d [m]; the same by the second route
    from `area` [m2], the ground beyond the threshold at the date. total_std : of the product of all funnels [t], (N,).
    """

    dates: tuple[date, ...]
    origin: date
    years: Float64
    ids: tuple[int, ...]
    deposit: Deposit
    volumes: Volumes
    brine: Float64
    product: Float64
    product_std: Float64
    total_std: Float64
    dissolution: Float64
    diameter: Float64
    diameter_std: Float64
    product_by_area: Float64
    diameter_by_area: Float64

    @property
    def total(self) -> Float64:
        """Product of all funnels [t], (N,)."""
        return np.asarray(self.product.sum(axis=1))

    @property
    def rates(self) -> Float64:
        """Mean rate since the origin [t/yr], (N, K); NaN at the origin."""
        return self.product / np.where(self.years > 0, self.years, np.nan)[:, None]

    @property
    def interval_rates(self) -> Float64:
        """Rate since the date before [t/yr], (N, K); the first date counts from the origin."""
        years, product = self._from_origin()
        first = len(years) - len(self.dates)
        steps = np.diff(product, axis=0) / np.diff(years)[:, None]
        return steps if first else np.vstack([np.full(len(self.ids), np.nan), steps])

    def between(self, start: date, stop: date, column: int | None = None) -> float | None:
        """Product [t] of a funnel (its column), or of all, between two dates; None outside the record."""
        years, product = self._from_origin()
        amounts = product.sum(axis=1) if column is None else product[:, column]
        begin, end = (years_between(self.origin, day) for day in (start, stop))
        return brine.amount_between(years, amounts, begin, end)

    def _from_origin(self) -> tuple[Float64, Float64]:
        """Years and product with the origin, where nothing is extracted yet, in front."""
        if self.years[0] == 0:
            return self.years, self.product
        return np.append(0.0, self.years), np.vstack([np.zeros(len(self.ids)), self.product])


def make_ledger(
    dates: tuple[date, ...],
    origin: date,
    ids: tuple[int, ...],
    deposit: Deposit,
    volumes: Volumes,
    volume_std: Float64,
) -> Ledger:
    """The ledger of summed volumes; volume_std [m3] is (N, K + 1), the last column that of all funnels together."""
    q = brine.brine_mass(volumes.volume, deposit)
    ty = brine.product_mass(q, deposit)
    f = brine.dissolution_area(ty, deposit)
    std = brine.product_mass(brine.brine_mass(volume_std, deposit), deposit)
    d = brine.channel_diameter(f, deposit.well_spacing)
    return Ledger(
        dates=dates,
        origin=origin,
        years=np.array([years_between(origin, day) for day in dates]),
        ids=ids,
        deposit=deposit,
        volumes=volumes,
        brine=q,
        product=ty,
        product_std=std[:, :-1],
        total_std=std[:, -1],
        dissolution=f,
        diameter=d,
        diameter_std=brine.diameter_std(
            brine.dissolution_area(std[:, :-1], deposit), d, deposit.well_spacing
        ),
        product_by_area=brine.product_of_area(volumes.area, deposit),
        diameter_by_area=brine.channel_diameter(volumes.area, deposit.well_spacing),
    )


def columns(ledger: Ledger) -> Columns:
    """The table of all funnels and dates, one row each, funnel by funnel; units are in the names."""
    n, k = ledger.product.shape
    order = [(date_, funnel) for funnel in range(k) for date_ in range(n)]

    def values(array: Float64, digits: int = 3) -> tuple[type, list[Any]]:
        return float, [_plain(array[place], digits) for place in order]

    return {
        "funnel": (int, [ledger.ids[f] for _, f in order]),
        "date": (str, [ledger.dates[t].isoformat() for t, _ in order]),
        "years": (float, [_plain(ledger.years[t], 4) for t, _ in order]),
        "area_m2": values(ledger.volumes.area, 1),
        "volume_m3": values(ledger.volumes.volume),
        "brine_t": values(ledger.brine),
        "product_t": values(ledger.product),
        "product_std_t": values(ledger.product_std),
        "rate_t_yr": values(ledger.rates),
        "interval_rate_t_yr": values(ledger.interval_rates),
        "dissolution_area_m2": values(ledger.dissolution),
        "diameter_m": values(ledger.diameter),
        "diameter_std_m": values(ledger.diameter_std),
        "product_by_area_t": values(ledger.product_by_area),
        "diameter_by_area_m": values(ledger.diameter_by_area),
        "deepest_mm": values(ledger.volumes.deepest * MM_PER_M, 2),
        "missing_share": values(ledger.volumes.missing, 4),
        "filled_volume_m3": values(ledger.volumes.filled),
    }


def by_year(ledger: Ledger) -> list[dict[str, Any]]:
    """Product per calendar year, linear between dates: year, days covered, tonnes per funnel and in all."""
    rows = []
    for year in range(ledger.origin.year, ledger.dates[-1].year + 1):
        start, stop = max(date(year, 1, 1), ledger.origin), min(date(year + 1, 1, 1), ledger.dates[-1])
        if stop <= start:
            continue
        rows.append(
            {
                "year": year,
                "days": (stop - start).days,
                "product_t": {str(k): ledger.between(start, stop, c) for c, k in enumerate(ledger.ids)},
                "total_t": ledger.between(start, stop),
                "rate_t_yr": (ledger.between(start, stop) or 0.0) / years_between(start, stop),
            }
        )
    return rows


def by_threshold(ledger: Ledger, tested: Float64) -> list[dict[str, Any]]:
    """Effect of the threshold at the last date: volume, product, and share of the volume lost.

    The first one tested is minus infinity, which takes all pixels and is None here: unlike a threshold of 0, which
    keeps the positive half of the noise, it is not biased.
    """
    volume = ledger.volumes.by_threshold.sum(axis=1)
    rows = []
    for limit, amount in zip(tested, volume):
        product = float(brine.product_mass(brine.brine_mass(amount, ledger.deposit), ledger.deposit))
        lost = float(1.0 - amount / volume[0]) if volume[0] > 0 else None
        rows.append(
            {
                "threshold_mm": round(float(limit) * MM_PER_M, 6) if np.isfinite(limit) else None,
                "volume_m3": float(amount),
                "product_t": product,
                "lost_share": lost,
            }
        )
    return rows


def against_records(ledger: Ledger, periods: tuple[Period, ...]) -> tuple[list[dict[str, Any]], list[str]]:
    """Recorded and estimated tonnes per period, and what could not be compared."""
    rows: list[dict[str, Any]] = []
    skipped: list[str] = []
    for period in periods:
        name = f"{period.first} to {period.last}" + (f" of funnel {period.funnel}" if period.funnel else "")
        if period.funnel and period.funnel not in ledger.ids:
            skipped.append(f"The record {name} has no such funnel in this run and was not compared.")
            continue
        column = ledger.ids.index(period.funnel) if period.funnel else None
        found = ledger.between(period.first, period.last, column)
        if found is None:
            skipped.append(
                f"The record {name} reaches beyond {ledger.origin} to {ledger.dates[-1]} and was not compared."
            )
            continue
        rows.append(
            {
                "funnel": period.funnel or None,
                "from": period.first.isoformat(),
                "to": period.last.isoformat(),
                "recorded_t": period.tonnes,
                "estimated_t": found,
                "difference_t": found - period.tonnes,
                "ratio": found / period.tonnes if period.tonnes else None,
            }
        )
    return rows, skipped


def _plain(value: float, digits: int) -> float | None:
    return round(float(value), digits) + 0.0 if np.isfinite(value) else None

"""Predicted against measured subsidence, date by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..stack import Grid
from ..units import MM_PER_M
from .subsidence import SubsidenceSeries

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """Subsidence [m] of the predicted pixels at the dates that prediction and measurement share, (n, P)."""

    dates: tuple[date, ...]
    subsidence: Float64


@dataclass(frozen=True)
class Series:
    """A place of each funnel over record and prediction: label, subsidence and standard deviation (n,) [m]."""

    label: str
    position: int  # in the order of the pixels
    dates: tuple[date, ...]
    subsidence: Float64
    std: Float64


def measured_at(
    series: SubsidenceSeries, dates: tuple[date, ...], origin: date, index: NDArray[np.intp], grid: Grid
) -> Measured:
    """Read a displacement folder at dates, relative to `origin`; refuses another grid and an unknown origin."""
    if not _same_grid(series.grid, grid):
        raise InputError(
            "TRUTH",
            f"{series.folder}: {series.grid.width} x {series.grid.height} pixels",
            f"the grid of the prediction ({grid.width} x {grid.height} pixels, same origin)",
            "Invert the same stack with 'sbas'",
        )
    known = {day: number for number, day in enumerate(series.dates)}
    shared = tuple(day for day in dates if day in known)
    if not shared:
        raise InputError("TRUTH", str(series.folder), "a folder with some of the predicted dates", "Check DATES")
    values = series.read(numbers=[known[day] for day in shared])
    flat = values.reshape(len(shared), -1)[:, index]
    if series.origin != origin:
        if origin not in known:
            raise InputError(
                "TRUTH",
                f"{series.folder}, which begins {series.origin.isoformat()}",
                f"a folder that holds {origin.isoformat()}, the first date of the record",
                "Invert the whole stack",
            )
        flat = flat - series.read(numbers=[known[origin]]).reshape(-1)[index]
    return Measured(shared, flat)


def score_rows(dates: tuple[date, ...], errors: Float64, std: Float64) -> list[dict[str, Any]]:
    """One row per date of errors (n, P) [m], NaN left out: bias, std, RMSE, extremes, range [mm], coverage [%].

    std : predicted standard deviation (n, P) [m].
    """
    rows = []
    for day, error, sigma in zip(dates, errors, std):
        known = np.isfinite(error)
        mm = MM_PER_M * error[known]
        if not mm.size:
            rows.append({"date": day.isoformat(), "pixels": 0})
            continue
        rows.append(
            {
                "date": day.isoformat(),
                "pixels": int(mm.size),
                "bias_mm": float(mm.mean()),
                "std_mm": float(mm.std()),
                "rmse_mm": float(np.sqrt((mm**2).mean())),
                "max_error_mm": float(np.abs(mm).max()),
                "lowest_mm": float(mm.min()),
                "highest_mm": float(mm.max()),
                "within_2_std_percent": float(100.0 * (np.abs(error[known]) <= 2.0 * sigma[known]).mean()),
            }
        )
    return rows


def overall(errors: Float64) -> dict[str, float]:
    """The same over all dates [mm]."""
    mm = MM_PER_M * errors[np.isfinite(errors)]
    if not mm.size:
        return {}
    return {
        "bias": float(mm.mean()),
        "std": float(mm.std()),
        "rmse": float(np.sqrt((mm**2).mean())),
        "max": float(np.abs(mm).max()),
    }


def _same_grid(first: Grid, second: Grid) -> bool:
    size = max(abs(second.transform[1]), abs(second.transform[5]))
    near = np.allclose(first.transform, second.transform, rtol=0, atol=1e-3 * size)
    return first.shape == second.shape and bool(near)

"""Volume of the trough between two dates: of the model with its uncertainty, and as measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from .. import crs as coordinates
from ..units import years_between
from .pim_fit import PimEstimate
from .pim_input import Source, reach, window_around
from .pim_surface import derivatives
from .subsidence import open_series, row_areas
from .surveyor import EDGE, propagated
from .volume_noise import noise_covariance, volume_std

STABLE = 0.001  # m: where the model says that the ground stands still


@dataclass(frozen=True)
class Volume:
    """Volume [m3] from `first` to `last` with its standard deviation; measured ones are None where unknown."""

    first: date
    last: date
    modelled: float
    modelled_std: float
    measured: float | None = None
    measured_std: float | None = None


def volume_between(source: Source, estimate: PimEstimate, first: date, last: date, layer: object) -> Volume:
    """The model's volume between two dates, and the measured one where the record has both dates.

    modelled_std comes from the covariance of the parameters. The measured volume sums the vertical conversion of the
    line of sight over the pixels that the model lets sink more than 10 mm; its deviation comes from the spatially
    correlated noise of pixels that the model leaves in place.
    """
    a, b = years_between(source.origin, first), years_between(source.origin, last)
    model = estimate.model
    free, slopes = derivatives(lambda values: np.array([model.volume(values, b, a)]), estimate)
    std = float(propagated(slopes, estimate.covariance[np.ix_(free, free)])[0]) if len(free) else 0.0
    modelled = model.volume(estimate.values, b, a)
    measured = _measured(source, estimate, first, last, layer)
    return Volume(first, last, modelled, std, *measured)


def _measured(
    source: Source, estimate: PimEstimate, first: date, last: date, layer: object
) -> tuple[float | None, float | None]:
    days = (source.origin, *source.dates)
    if source.phases or not source.items or first not in days or last not in source.dates:
        return None, None
    series = open_series(source.folder)
    window = window_around(source, layer, reach(estimate.model.panels))  # type: ignore[arg-type]
    later = series.read(window, [source.dates.index(last)])[0]
    before = series.read(window, [source.dates.index(first)])[0] if first in source.dates else 0.0
    moved = later - before
    x, y = source.pixels(window)
    a, b = years_between(source.origin, first), years_between(source.origin, last)
    modelled = estimate.model.fields(estimate.values, x, y, [b], a)[0, 0].reshape(moved.shape)
    counted = (modelled > EDGE) & np.isfinite(moved)
    if not counted.any():
        return None, None
    areas = row_areas(source.grid)[window.row : window.row + window.height]
    volume = float((np.where(counted, moved, 0.0) * areas[:, None]).sum())
    size = coordinates.pixel_size(source.grid)
    covariance = noise_covariance(moved, np.abs(modelled) < STABLE, size)
    if covariance is None:
        return volume, None
    return volume, volume_std(covariance, counted, size, float(areas.mean()))

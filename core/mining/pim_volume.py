"""Volume of the trough between two dates: of the model with its uncertainty, and as measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from .. import crs as coordinates
from ..units import years_between
from .funnel_areas import Funnels
from .gap_check import GapCheck
from .gap_reach import FARTHEST, TRUSTED, Flags, Float64, Size, depths, farthest, half_widths
from .gaps import FILL, GapFiller
from .pim_fit import PimEstimate
from .pim_input import Source, reach, window_around
from .pim_surface import derivatives
from .subsidence import open_series, row_areas
from .surveyor import EDGE, propagated
from .volume_noise import noise_covariance, reference_counts, reference_std, volume_std

STABLE = 0.001  # m: where the model says that the ground stands still


@dataclass(frozen=True)
class TroughGaps:
    """Pixels of the trough without a value in the measured volume.

    missing : how many; share : of the trough's ground; filled : those that were filled, volume [m3] from them, and
    std [m3] by it; widest, half_width [m]: of the gaps and of the trough; trusted [m]: width that is not reported.
    """

    missing: int
    share: float
    filled: int
    volume: float
    std: float
    widest: float
    half_width: float
    trusted: float

    def notes(self) -> list[str]:
        """What the user should know about the gaps."""
        texts = []
        if self.missing > self.filled:
            texts.append(
                f"{self.missing - self.filled:,} pixels of the trough ({100 * self.share:.0f} % of its ground lacks a "
                "value) add nothing to the measured volume"
                + (
                    f": they lie farther than {FARTHEST:g} of the trough's half-width from any value."
                    if self.filled
                    else "."
                )
            )
        elif self.widest > self.trusted:
            texts.append(
                f"A gap of the trough reaches {self.widest:.0f} m from any value, and the trough's half-width is "
                f"{self.half_width:.0f} m: beyond {TRUSTED:g} of it the filled part of the measured volume is a guess."
            )
        return texts


@dataclass(frozen=True)
class Volume:
    """Volume [m3] from `first` to `last` with its standard deviation; measured ones are None where unknown."""

    first: date
    last: date
    modelled: float
    modelled_std: float
    measured: float | None = None
    measured_std: float | None = None
    gaps: TroughGaps | None = None


def volume_between(
    source: Source, estimate: PimEstimate, first: date, last: date, layer: object, gaps: str = FILL
) -> Volume:
    """The model's volume between two dates, and the measured one where the record has both dates.

    modelled_std comes from the covariance of the parameters. The measured volume sums the vertical conversion of the
    line of sight over the pixels that the model lets sink more than 10 mm; its deviation comes from the spatially
    correlated noise of pixels that the model leaves in place, and that of the reference, which all share.
    gaps : `fill` or `leave` pixels without a value.
    """
    a, b = years_between(source.origin, first), years_between(source.origin, last)
    model = estimate.model
    free, slopes = derivatives(lambda values: np.array([model.volume(values, b, a)]), estimate)
    std = float(propagated(slopes, estimate.covariance[np.ix_(free, free)])[0]) if len(free) else 0.0
    modelled = model.volume(estimate.values, b, a)
    measured = _measured(source, estimate, first, last, layer, gaps == FILL)
    return Volume(first, last, modelled, std, *measured)


def _measured(
    source: Source, estimate: PimEstimate, first: date, last: date, layer: object, fills: bool
) -> tuple[float | None, float | None, TroughGaps | None]:
    days = (source.origin, *source.dates)
    if source.phases or not source.items or first not in days or last not in source.dates:
        return None, None, None
    series = open_series(source.folder)
    window = window_around(source, layer, reach(estimate.model.panels))  # type: ignore[arg-type]
    later = series.read(window, [source.dates.index(last)])[0]
    before = series.read(window, [source.dates.index(first)])[0] if first in source.dates else 0.0
    moved = later - before
    x, y = source.pixels(window)
    a, b = years_between(source.origin, first), years_between(source.origin, last)
    modelled = estimate.model.fields(estimate.values, x, y, [b], a)[0, 0].reshape(moved.shape)
    trough = modelled > EDGE
    if not (trough & np.isfinite(moved)).any():
        return None, None, None
    areas = row_areas(source.grid)[window.row : window.row + window.height]
    size = coordinates.pixel_size(source.grid)
    filled, gaps = _filled(moved, modelled, areas, size, fills)
    counted = trough & np.isfinite(filled)
    volume = float((np.where(counted, filled, 0.0) * areas[:, None]).sum())
    covariance = noise_covariance(moved, np.abs(modelled) < STABLE, size)
    if covariance is None:
        return volume, None, gaps
    noise = volume_std(covariance, counted, size, float(areas.mean()))
    stated = series.read_std(window, source.dates.index(last)) is not None
    shared = 0.0 if stated else reference_std(reference_counts(series.stack, size), covariance)
    std = float(np.sqrt(noise**2 + gaps.std**2 + (shared * (counted * areas[:, None]).sum()) ** 2))
    return volume, std if np.isfinite(std) else None, gaps


def _filled(
    moved: Float64, modelled: Float64, areas: Float64, size: Size, fills: bool
) -> tuple[Float64, TroughGaps]:
    """The measured motion with the gaps of the modelled trough filled, and what they are."""
    trough = modelled > EDGE
    one = Funnels(np.ones(moved.shape, np.int32), (1,))
    width = half_widths(modelled, one, EDGE, size)
    filled, std = moved, 0.0
    gap: Flags = trough & ~np.isfinite(moved)
    if fills and gap.any():
        limit = farthest(width, one, size)
        check = GapCheck(Funnels(trough.astype(np.int32), (1,)), limit, areas, size)
        filled, stds = GapFiller(limit, size, check).fill(moved)
        std = 0.0 if stds is None else float(stds[-1])
    new = gap & np.isfinite(filled)
    ground = np.broadcast_to(areas[:, None], gap.shape)
    return filled, TroughGaps(
        missing=int(gap.sum()),
        share=float(ground[gap].sum() / ground[trough].sum()),
        filled=int(new.sum()),
        volume=float((filled * ground)[new].sum()),
        std=std,
        widest=float(depths(~np.isfinite(moved), size)[gap].max(initial=0.0)),
        half_width=float(width[0]),
        trusted=max(TRUSTED * float(width[0]), *size),
    )

"""What a coregistered stack remembers of its radar frame, so that places on the map can be found in it.

In the metadata of `stack.json`: `epoch` (UTC), `azimuth_time_s` of row 0 and `starting_range_m` of column 0 of single
looks, `azimuth_interval_s`, `range_spacing_m`, `orbits` (state vectors around the pass, by date), `reference_date`, and
`dem` (root and path of the ellipsoidal heights that were used). Later steps pass them on; `azimuth_looks` and
`range_looks` say what they averaged. Decision 22.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..stack import Stack
from .orbit import VECTORS, Orbit

Float64 = NDArray[np.float64]

MARGIN = 2.0  # s beyond the image on both sides, 14 km
NAMES = ("epoch", "azimuth_time_s", "starting_range_m", "azimuth_interval_s", "range_spacing_m", "orbits")
LOST_ON_MAPS = ("epoch", "azimuth_time_s", "starting_range_m", "orbits", "dem")


@dataclass(frozen=True, eq=False)
class RadarFrame:
    """Times and ranges of the pixels of a stack, and the orbits of its dates.

    shape : rows and columns of the stack, of `looks` (rows, columns) single looks each. epoch : UTC. azimuth_time [s
    from epoch] and starting_range [m] : of row 0 and column 0 of single looks, apart by azimuth_interval and
    range_spacing. reference : date whose pixels they are. orbits : by date, each with an epoch of its own.
    """

    shape: tuple[int, int]
    looks: tuple[int, int]
    epoch: datetime
    azimuth_time: float
    azimuth_interval: float
    starting_range: float
    range_spacing: float
    reference: date
    orbits: dict[date, Orbit]

    @property
    def orbit(self) -> Orbit:
        """Of the reference, in seconds from the frame's epoch."""
        return self.orbits[self.reference].since(self.epoch)

    @property
    def span(self) -> tuple[float, float]:
        """First and last time in which places are looked for [s from epoch]."""
        last = self.azimuth_time + self.shape[0] * self.looks[0] * self.azimuth_interval
        return self.azimuth_time - 0.5 * MARGIN, last + 0.5 * MARGIN

    def times(self, rows: NDArray[Any] | float) -> Float64:
        """Zero-Doppler times [s from epoch] of the middles of rows, which may be fractional."""
        first = (np.asarray(rows, np.float64) + 0.5) * self.looks[0] - 0.5
        return self.azimuth_time + first * self.azimuth_interval

    def ranges(self, columns: NDArray[Any] | float) -> Float64:
        """Slant ranges [m] of the middles of columns, which may be fractional."""
        first = (np.asarray(columns, np.float64) + 0.5) * self.looks[1] - 0.5
        return self.starting_range + first * self.range_spacing

    def rows(self, times: Float64) -> Float64:
        """Fractional rows of zero-Doppler times [s from epoch]."""
        return ((times - self.azimuth_time) / self.azimuth_interval + 0.5) / self.looks[0] - 0.5

    def columns(self, ranges: Float64) -> Float64:
        """Fractional columns of slant ranges [m]."""
        return ((ranges - self.starting_range) / self.range_spacing + 0.5) / self.looks[1] - 0.5


def described(
    epoch: datetime,
    azimuth_time: float,
    starting_range: float,
    orbits: Iterable[tuple[date, Orbit, tuple[float, float]]],
) -> dict[str, Any]:
    """The metadata of a frame. orbits : dates, their orbits, and their images' spans [s from the orbit's epoch]."""
    return {
        "epoch": epoch.isoformat(),
        "azimuth_time_s": float(azimuth_time),
        "starting_range_m": float(starting_range),
        "orbits": {day.isoformat(): _written(orbit, span) for day, orbit, span in orbits},
    }


def frame_of(stack: Stack) -> RadarFrame | None:
    """The frame that the metadata describe; None where they do not."""
    facts = stack.metadata
    if not all(name in facts for name in NAMES):
        return None
    try:
        orbits = {date.fromisoformat(day): _read(entry) for day, entry in facts["orbits"].items()}
        reference = date.fromisoformat(facts["reference_date"])
        frame = RadarFrame(
            stack.grid.shape,
            (int(facts.get("azimuth_looks", 1)), int(facts.get("range_looks", 1))),
            datetime.fromisoformat(facts["epoch"]),
            float(facts["azimuth_time_s"]),
            float(facts["azimuth_interval_s"]),
            float(facts["starting_range_m"]),
            float(facts["range_spacing_m"]),
            reference,
            orbits,
        )
        _check(frame)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            "INPUT",
            f"a radar frame that cannot be read ({error!r})",
            "a stack of 'coregister'",
            "Run it again",
        ) from error
    if reference not in orbits:
        raise InputError(
            "INPUT", f"no orbit of {reference}", "the orbit of the reference", "Run 'coregister' again"
        )
    return frame


def _check(frame: RadarFrame) -> None:
    """Raise ValueError for numbers that place nothing."""
    steps = (*frame.looks, frame.azimuth_interval, frame.range_spacing, frame.starting_range)
    if not (min(steps) > 0.0 and np.isfinite([*steps, frame.azimuth_time]).all()):
        raise ValueError("looks, intervals and ranges that are not above 0")
    if any(epoch.tzinfo for epoch in (frame.epoch, *(orbit.epoch for orbit in frame.orbits.values()))):
        raise ValueError("epochs with a time zone; they are UTC without one")


def _written(orbit: Orbit, span: tuple[float, float]) -> dict[str, Any]:
    """The state vectors that the polynomials between two times need, with a margin."""
    first, last = np.searchsorted(orbit.times, [span[0] - MARGIN, span[1] + MARGIN], side="right")
    chosen = slice(max(0, int(first) - VECTORS // 2), int(last) + VECTORS // 2)
    return {
        "epoch": orbit.epoch.isoformat(),
        "source": orbit.source,
        "times": orbit.times[chosen].tolist(),
        "positions": orbit.positions[chosen].tolist(),
        "velocities": orbit.velocities[chosen].tolist(),
    }


def _read(entry: dict[str, Any]) -> Orbit:
    times, positions, velocities = (
        np.array(entry[name], np.float64) for name in ("times", "positions", "velocities")
    )
    return Orbit(datetime.fromisoformat(entry["epoch"]), times, positions, velocities, str(entry["source"]))

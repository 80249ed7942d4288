"""The bursts of two dates that show the same ground, found by their position along the track."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .bursts import Burst, Scene
from .geometry import SPAN_MARGIN, geo2rdr, rdr2geo

LEAST_SHARED = 0.5  # of the reference's valid lines; synchronised passes share more than 95 %


@dataclass(frozen=True)
class BurstPair:
    """A burst of the reference and the burst of another date that shows the same ground.

    line_shift, sample_shift : whole pixels to add to the reference's coordinates to be near the
    secondary's (exact at the middle of the burst on the ellipsoid, to half a pixel).
    lines, samples : half-open ranges in the reference that are valid in both after that shift.
    """

    reference: Burst
    secondary: Burst
    line_shift: int
    sample_shift: int
    lines: tuple[int, int]
    samples: tuple[int, int]


def match(reference: Scene, secondary: Scene) -> list[BurstPair]:
    """The pairs of bursts in the order of the reference; bursts without a partner are left out.

    Refused are dates without a common burst.
    """
    pairs = [
        pair
        for name, bursts in reference.bursts.items()
        for pair in _swath(bursts, secondary.bursts.get(name, ()), reference, secondary)
    ]
    if not pairs:
        raise InputError(
            "Bursts",
            f"{secondary.date} ({_shown(secondary)})",
            f"images that show bursts of {reference.date} ({_shown(reference)})",
            "Leave out the date, or download the neighbouring slice of its pass",
        )
    return pairs


def _swath(
    bursts: tuple[Burst, ...], others: tuple[Burst, ...], reference: Scene, secondary: Scene
) -> list[BurstPair]:
    if not others:
        return []
    times = np.array([burst.middle_time for burst in bursts])
    middles = np.array([burst.ranges(0.5 * (burst.samples - 1)) for burst in bursts])
    points = rdr2geo(reference.orbit, times, middles)
    first, last = secondary.orbit.times[0], secondary.orbit.times[-1]
    span = (
        max(others[0].azimuth_time - SPAN_MARGIN, float(first)),
        min(others[-1].stop_time + SPAN_MARGIN, float(last)),
    )
    passed, ranges = geo2rdr(secondary.orbit, points, span)
    found = []
    for burst, time, distance in zip(bursts, passed, ranges):
        if np.isfinite(time):
            pair = _pair(burst, _nearest(others, float(time)), float(time), float(distance))
            if pair is not None:
                found.append(pair)
    return found


def _nearest(bursts: tuple[Burst, ...], time: float) -> Burst:
    return min(bursts, key=lambda burst: abs(burst.middle_time - time))


def _pair(burst: Burst, other: Burst, time: float, distance: float) -> BurstPair | None:
    line_shift = round(float(other.line_of(time)) - 0.5 * (burst.lines - 1))
    sample_shift = round(float(other.sample_of(distance)) - 0.5 * (burst.samples - 1))
    lines = _shared(burst.valid_lines, other.valid_lines, line_shift)
    samples = _shared(burst.valid_samples, other.valid_samples, sample_shift)
    least = LEAST_SHARED * (burst.valid_lines[1] - burst.valid_lines[0])
    if lines[1] - lines[0] < least or samples[1] <= samples[0]:
        return None
    return BurstPair(burst, other, line_shift, sample_shift, lines, samples)


def _shared(own: tuple[int, int], other: tuple[int, int], shift: int) -> tuple[int, int]:
    return max(own[0], other[0] - shift), min(own[1], other[1] - shift)


def _shown(scene: Scene) -> str:
    return "; ".join(
        f"{name} {bursts[0].burst_id} to {bursts[-1].burst_id}" for name, bursts in scene.bursts.items()
    )

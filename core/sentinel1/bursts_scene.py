"""One pass over the area from its slices: joined, without duplicates, with the best orbit at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from ..errors import InputError
from ..monitor import Monitor
from . import eof
from .bursts import Burst, Product, Scene, Swath, midnight
from .orbit import Orbit
from .safe import refuse_old_processor

SAME_PASS = timedelta(
    minutes=30
)  # between the starts of slices of one pass; the next pass is 98 minutes later
SAME_BURST = 0.5  # s; bursts of one swath start 2.76 s apart
SAME_VECTOR = 0.5  # s; state vectors are 10 s apart


@dataclass(frozen=True, eq=False)
class Pass:
    """The slices of one pass, by time."""

    products: tuple[Product, ...]

    @property
    def tracks(self) -> set[int]:
        """Relative orbits of the slices: two where the pass crosses the ascending node."""
        return {product.track for product in self.products}


def group_passes(products: Sequence[Product]) -> list[Pass]:
    """The passes that images belong to, by time. Refused are two tracks or directions, and two passes of a day."""
    ordered = sorted(products, key=lambda product: (product.start, product.path))
    groups: list[list[Product]] = []
    for product in ordered:
        last = groups[-1][-1] if groups else None
        if last and product.platform == last.platform and product.start - last.start <= SAME_PASS:
            groups[-1].append(product)
        else:
            groups.append([product])
    passes = [Pass(tuple(group)) for group in groups]
    _one_track(passes)
    dates = [one.products[0].date for one in passes]
    for earlier, later in zip(dates, dates[1:]):
        if earlier == later:
            raise InputError(
                "Folder of images", str(earlier), "one pass per day", "Leave out one of the two images"
            )
    return passes


def _one_track(passes: list[Pass]) -> None:
    for one in passes[1:]:
        first, other = passes[0].products[0], one.products[0]
        if not (passes[0].tracks & one.tracks) or first.direction != other.direction:
            raise InputError(
                "Folder of images",
                f"track {first.track} {first.direction} ({first.date}) and track {other.track} {other.direction} "
                f"({other.date})",
                "images of one track",
                "Put each track into a folder of its own: their images see the ground from different sides",
            )


def join(one: Pass, orbits: Sequence[eof.OrbitFile], monitor: Monitor) -> Scene:
    """All bursts of a pass, with the orbit of a file that covers it, or else of the annotation (told in the log).

    Refused are processors that lose the phase, and passes that no orbit covers.
    """
    for product in one.products:
        refuse_old_processor(product)
    first = one.products[0]
    epoch = midnight(first.start)
    swaths: dict[str, list[Swath]] = {}
    for product in one.products:
        for swath in product.swaths:
            swaths.setdefault(swath.name, []).append(swath)
    bursts = {
        name: found
        for name, parts in sorted(swaths.items())
        if (found := _unique([burst.since(epoch) for swath in parts for burst in swath.bursts]))
    }
    if not bursts:
        raise InputError("Bursts", str(first.date), "an image with valid pixels", "Leave out this date")
    orbit = _orbit(one, orbits, monitor)
    every = [burst for found in bursts.values() for burst in found]
    start, stop = min(burst.azimuth_time for burst in every), max(burst.stop_time for burst in every)
    if not orbit.covers(start, stop):
        raise InputError(
            "Orbit",
            f"{orbit.source} of {first.date}",
            "state vectors around all bursts",
            "Give a folder with the orbit files (EOF) of the dates",
        )
    joined = tuple(swath for parts in swaths.values() for swath in parts)
    return Scene(first.date, first.platform, first.track, epoch, bursts, orbit, joined)


def _unique(bursts: list[Burst]) -> tuple[Burst, ...]:
    """Bursts with data along the track, each once; of two that are the same, the one with more valid lines."""
    kept: list[Burst] = []
    for burst in sorted(bursts, key=lambda burst: burst.azimuth_time):
        if burst.valid_lines[1] == 0:
            continue
        if kept and burst.azimuth_time - kept[-1].azimuth_time < SAME_BURST:
            kept[-1] = max(kept[-1], burst, key=lambda one: one.valid_lines[1] - one.valid_lines[0])
        else:
            kept.append(burst)
    return tuple(kept)


def _orbit(one: Pass, orbits: Sequence[eof.OrbitFile], monitor: Monitor) -> Orbit:
    start = min(product.start for product in one.products)
    stop = max(product.stop for product in one.products)
    platform, epoch = one.products[0].platform, midnight(one.products[0].start)
    file = eof.choose(list(orbits), platform, start, stop)
    if file is not None:
        return eof.read(file, start, stop, epoch)
    monitor.info(
        f"{one.products[0].date} {platform}: no orbit file covers {start:%H:%M:%S} to {stop:%H:%M:%S} UTC; "
        "the orbit of the annotation is used."
    )
    return _merge([swath.orbit.since(epoch) for product in one.products for swath in product.swaths])


def _merge(orbits: list[Orbit]) -> Orbit:
    """One orbit of the vectors of several slices and swaths, which mostly repeat each other."""
    times = np.concatenate([orbit.times for orbit in orbits])
    order = np.argsort(times, kind="stable")
    kept = order[np.diff(times[order], prepend=-np.inf) > SAME_VECTOR]
    return replace(
        orbits[0],
        times=times[kept],
        positions=np.concatenate([orbit.positions for orbit in orbits])[kept],
        velocities=np.concatenate([orbit.velocities for orbit in orbits])[kept],
    )

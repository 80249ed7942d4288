"""A displacement folder minus one screen per date, relative to the same reference as before.

The screens' own value in the reference areas stays in, so that the reference keeps standing still. The velocity
loses the slope of what was removed; its standard deviation by resampling images is taken anew from the corrected
series, over all dates (which of them were filled in where a pixel has gaps is not recorded). What comes from the
interferograms' residuals stays as the inversion left it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...blocks import Plan
from ...errors import InputError
from ...monitor import Monitor
from ...raster import StackReader, Window, writing
from .. import block, outputs, reference_record
from ..complete import Finish
from ..displacement_input import has_redundancy, settings
from ..reference_area import Reference, combine, evaluate, summarize
from ..velocity import slope, spread_over_images
from .screens import REMOVED, Screens, open_screens, screen_file, screen_title
from .source import Source
from .spread import Spread

RECOMPUTED = (outputs.VELOCITY, outputs.VELOCITY_STD_IMAGES)


class Written(NamedTuple):
    """Spread [mm] of each date but the first, the screens as removed, and the reference areas afterwards."""

    spreads: list[Spread]
    removed: Screens
    reference: Reference
    notes: list[str]


def write_series(
    stage: outputs.Stage,
    source: Source,
    screens: Screens,
    steps: Plan,
    monitor: Monitor,
) -> Written:
    """Write displacement/, removed/ and the products of a corrected displacement folder."""
    notes: list[str] = []
    level = _reference_level(source, screens, notes)
    (stage.path / REMOVED).mkdir(exist_ok=True)
    _velocity(stage, source, screens, level, steps, monitor.part(0.0, 0.2))
    spreads = _dates(stage, source, screens, level, steps, monitor.part(0.2, 0.7))
    removed = open_screens(stage.path, REMOVED, source.stack.grid, source.dates)
    _deviation(stage, source, steps, monitor.part(0.7, 0.9))
    _copy_products(stage, source, steps, monitor.part(0.9, 1.0))
    return Written(spreads, removed, _reference_now(stage, source), notes)


def finishing(
    source: Source,
    written: Written,
    algorithm: str,
    title: str,
    parameters: dict[str, object],
    mark: str,
    explanation: tuple[str, ...],
    notes: list[str],
    steps: Plan,
) -> Finish:
    """What `complete` needs to make the folder whole."""
    earlier = settings(source.stack)
    return Finish(
        algorithm,
        title,
        source.folder,
        source.stack,
        written.reference,
        "height_error" in source.stack.products,
        int(earlier.get("max_points", 300_000)),
        float(earlier.get("point_coherence", 0.7)),
        has_redundancy(source.reader, steps.blocks),
        parameters,
        mark,
        explanation,
        notes,
    )


def _reference_level(source: Source, screens: Screens, notes: list[str]) -> NDArray[np.float64]:
    """(N,) what the reference areas would move by without their screens [mm]; added to the screens.

    The areas keep the value that they had, which need not be zero: a reference that was taken interferogram by
    interferogram leaves the median over an area free to move a little. A constant screen so changes nothing.
    """
    areas, weights, statistic = reference_record.recall(source.stack)
    if not areas:
        notes.append(
            "The folder does not say which pixels its reference has: the results are relative to a reference that the "
            "correction may have moved. Run 'reference' on them."
        )
        return np.zeros(len(source.dates))
    change = np.empty((len(areas), len(source.dates)))
    for number, acquisition in enumerate(source.reader.stack.acquisitions):
        for place, area in enumerate(areas):
            before = source.reader.read(acquisition.items["displacement"], area.window)
            after = before - screens.read(number, area.window)
            before[~np.isfinite(after)] = np.nan
            change[place, number] = (
                summarize(area.values(after), statistic)[0] - summarize(area.values(before), statistic)[0]
            )
        source.close()
        screens.reader.close()
    level = combine(change, weights)
    if not np.isfinite(level).all():
        day = source.dates[int(np.flatnonzero(~np.isfinite(level))[0])]
        raise InputError(
            "INPUT",
            f"no value left in the reference areas at {day:%Y-%m-%d}",
            "a correction that covers the reference",
            "Choose another reference with 'reference' first, or a correction that covers it",
        )
    return level


def _dates(
    stage: outputs.Stage,
    source: Source,
    screens: Screens,
    level: NDArray[np.float64],
    steps: Plan,
    monitor: Monitor,
) -> list[Spread]:
    """Write displacement and what was removed; the spread of each date is that of its unsteady part."""
    grid, dates, years = source.stack.grid, source.dates, source.network.years
    now = outputs.displacement_reader(stage.path, grid, source.stack.wavelength, dates)
    spreads = []
    total = len(dates) * len(steps.blocks)
    for number, acquisition in enumerate(source.reader.stack.acquisitions):
        day = dates[number]
        spread = Spread(f"{day:%Y%m%d}")
        removed_title = screen_title(day, dates[0])
        path = stage.path / outputs.date_file(day)
        with (
            writing(path, grid, outputs.date_title(day), "mm") as displacement,
            writing(stage.path / screen_file(REMOVED, day), grid, removed_title, "mm") as removed,
        ):
            for place, window in enumerate(steps.blocks):
                monitor.step((number * len(steps.blocks) + place) / total)
                before = source.reader.read(acquisition.items["displacement"], window)
                screen = screens.read(number, window).astype(np.float64) + level[number]
                after = (before - screen).astype(np.float32)
                displacement.write(after)
                removed.write(screen)
                spread.add(
                    _unsteady(before, source.reader, window, years[number]),
                    _unsteady(after, now, window, years[number]),
                )
        source.close()
        now.close()
        screens.reader.close()
        spreads.append(spread)
    return spreads[1:]


def _unsteady(
    values: NDArray[np.float32], reader: StackReader, window: Window, years: float
) -> NDArray[np.float64]:
    """Displacement without what the velocity of its folder makes of it: motion would hide the atmosphere."""
    rate = reader.read(outputs.stored(outputs.VELOCITY.role), window).astype(np.float64)
    unsteady: NDArray[np.float64] = values - years * rate
    return unsteady


def _velocity(
    stage: outputs.Stage,
    source: Source,
    screens: Screens,
    level: NDArray[np.float64],
    steps: Plan,
    monitor: Monitor,
) -> None:
    """Velocity without the slope of what is removed."""
    speed = outputs.VELOCITY
    weights = slope(source.network.years)
    with writing(stage.path / speed.file, source.stack.grid, speed.description, speed.unit) as writer:
        for place, window in enumerate(steps.blocks):
            monitor.step(place / len(steps.blocks))
            change = np.full((window.height, window.width), float(weights @ level))
            for number, weight in enumerate(weights):
                change += weight * screens.read(number, window)
                screens.reader.close()
            writer.write(source.reader.read(outputs.stored(speed.role), window) - change)
            source.close()
    monitor.step(1.0)


def _deviation(stage: outputs.Stage, source: Source, steps: Plan, monitor: Monitor) -> None:
    """Standard deviation of the velocity by resampling images, of the corrected series."""
    grid, dates, years = source.stack.grid, source.dates, source.network.years
    rows = block.portion_rows(grid.width)
    now = outputs.displacement_reader(stage.path, grid, source.stack.wavelength, dates)
    spread = outputs.VELOCITY_STD_IMAGES
    with writing(stage.path / spread.file, grid, spread.description, spread.unit) as writer:
        for place, window in enumerate(steps.blocks):
            monitor.step(place / len(steps.blocks))
            series = np.empty((len(dates), window.height, window.width), np.float32)
            for number, acquisition in enumerate(now.stack.acquisitions):
                series[number] = now.read(acquisition.items["displacement"], window)
                now.close()
            own = source.reader.read(outputs.stored(outputs.VELOCITY_STD.role), window)
            source.close()
            images = np.empty((window.height, window.width))
            for start in range(0, window.height, rows):
                part = series[:, start : start + rows].astype(np.float64)
                flat = spread_over_images(part.reshape(len(dates), -1), None, years)
                images[start : start + rows] = flat.reshape(part.shape[1:])
            writer.write(np.hypot(images, np.where(np.isfinite(own), own, 0.0)))
    monitor.step(1.0)


def _copy_products(stage: outputs.Stage, source: Source, steps: Plan, monitor: Monitor) -> None:
    """The other rasters, without the pixels that the correction could not reach."""
    grid = source.stack.grid
    now = outputs.displacement_reader(stage.path, grid, source.stack.wavelength, source.dates)
    others = [p for p in outputs.PRODUCTS if p.role in source.stack.products and p not in RECOMPUTED]
    for number, product in enumerate(others):
        monitor.step(number / len(others))
        with writing(stage.path / product.file, grid, product.description, product.unit) as writer:
            for window in steps.blocks:
                values = source.reader.read(outputs.stored(product.role), window)
                values[~np.isfinite(now.read(outputs.stored(outputs.VELOCITY.role), window))] = np.nan
                writer.write(values)
        source.close()
        now.close()


def _reference_now(stage: outputs.Stage, source: Source) -> Reference:
    """The areas' series after the correction, with the weights that they had."""
    areas, weights, statistic = reference_record.recall(source.stack)
    reader = outputs.displacement_reader(stage.path, source.stack.grid, source.stack.wavelength, source.dates)
    reads = [partial(reader.read, a.items["displacement"]) for a in reader.stack.acquisitions]
    found = evaluate(areas, reads, statistic)
    reader.close()
    automatic = bool(source.stack.reference.get("automatic", False))
    return replace(found, weights=weights, combined=np.zeros(len(source.dates)), automatic=automatic)

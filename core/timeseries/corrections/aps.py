"""Atmospheric phase screens by filtering in time and space (Ferretti et al. 2001; Hooper et al. 2007).

    result = run_aps(ApsParams(input="displacement", output="filtered"))

What is high-pass in time (`temporal`) and smooth in space (`spatial`) counts as atmosphere of its date.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ... import crs as coordinates
from ...blocks import Compute
from ...errors import InputError
from ...monitor import Monitor
from ...raster import Window, writing
from ...result import Result
from ...units import years_between
from .. import block, outputs
from . import finish, running, screens, spatial, temporal
from .params import ApsParams
from .resample import require_map
from .source import Source, open_source

ALGORITHM = "aps"
HIGH = f"{running.SCRATCH}/high"
SMOOTH = f"{running.SCRATCH}/smooth"


def run_aps(params: ApsParams, monitor: Monitor | None = None, compute: Compute | None = None) -> Result:
    """Write a displacement folder without what looks like atmosphere; what was removed lies beside it.

    A folder that an equal run has finished (same parameters, same inputs) is kept as it is.
    """
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    source = open_source(params.input, series_only=True)
    require_map(source.stack, "INPUT")
    if len(source.dates) < temporal.LEAST_DATES:
        raise InputError(
            "INPUT",
            f"{len(source.dates)} dates",
            f"at least {temporal.LEAST_DATES} dates, to tell atmosphere from motion",
            "Use a longer series, or 'gacos' and 'deramp', which need fewer",
        )
    try:
        return running.once(
            ALGORITHM, params, source, [], monitor, partial(_work, params, source, monitor, compute)
        )
    finally:
        source.close()


def _work(
    params: ApsParams, source: Source, monitor: Monitor, compute: Compute, stage: outputs.Stage, mark: str
) -> Result:
    years = np.array([years_between(source.dates[0], day) for day in source.dates])
    seasons = temporal.harmonics(years)
    _high_pass(stage, source, years, params, compute, monitor.part(0.0, 0.15))
    smooth = _smooth(stage, source, params, compute, monitor.part(0.15, 0.4))
    notes = []
    if not seasons:
        notes.append(
            "The series is shorter than a year or has too few dates for seasonal terms: only the trend was set aside, "
            "and a seasonal motion that is wide in space may have been taken for atmosphere."
        )
    aside = ("trend", "trend and annual term", "trend, annual and semi-annual terms")[seasons]
    correction = finish.Correction(
        ALGORITHM,
        "Displacement without atmospheric screens",
        params.describe(),
        mark,
        (
            f"The {aside} of each pixel were set aside. Of the rest, what differs from its Gaussian mean over "
            f"{params.time:g} days (standard deviation) and is smooth over {params.space:g} m counts as atmosphere "
            "of its date. The terms set aside are in the result in full.",
        ),
        notes,
    )
    result = Result(ALGORITHM, stage.path)
    result.number("seasonal_terms", seasons, "", "Seasonal terms set aside (1 annual, 2 with semi-annual)")
    return finish.apply(
        stage, source, partial(_draw, smooth), correction, result, compute, monitor.part(0.4, 1.0)
    )


def _high_pass(
    stage: outputs.Stage,
    source: Source,
    years: NDArray[np.float64],
    params: ApsParams,
    compute: Compute,
    monitor: Monitor,
) -> None:
    """Write the high-pass of every date [mm] as scratch."""
    grid, dates = source.stack.grid, source.dates
    operator = temporal.high_pass(years, params.time, temporal.harmonics(years))
    steps = running.blocks(source, compute, 8 * len(dates) + 64, len(dates))
    rows = block.portion_rows(grid.width)
    (stage.path / HIGH).mkdir(parents=True)
    with ExitStack() as files:
        writers = [
            files.enter_context(writing(stage.path / screens.screen_file(HIGH, day), grid)) for day in dates
        ]
        for number, window in enumerate(steps.blocks):
            monitor.step(number / len(steps.blocks))
            series = np.empty((len(dates), window.height, window.width), np.float32)
            for place, acquisition in enumerate(source.reader.stack.acquisitions):
                series[place] = source.reader.read(acquisition.items["displacement"], window)
                source.close()
            for start in range(0, window.height, rows):
                part = np.ascontiguousarray(series[:, start : start + rows])
                flat = temporal.filtered(part.reshape(len(dates), -1), years, params.time, operator)
                series[:, start : start + rows] = flat.reshape(part.shape)
            for writer, values in zip(writers, series):
                writer.write(values)
    monitor.step(1.0)


def _smooth(
    stage: outputs.Stage, source: Source, params: ApsParams, compute: Compute, monitor: Monitor
) -> screens.Screens:
    """Write the high-pass, smoothed in space, as scratch."""
    grid, dates = source.stack.grid, source.dates
    east, north = coordinates.pixel_size(grid)
    sigma = (params.space / north, params.space / east)
    halo = spatial.reach(sigma[0])
    high = screens.open_screens(stage.path, HIGH, grid, dates)

    def draw(number: int, window: Window) -> NDArray[np.float64]:
        first = max(0, window.row - halo)
        last = min(grid.height, window.row + window.height + halo)
        values = high.read(number, Window(first, 0, last - first, grid.width))
        high.reader.close()
        start = window.row - first
        return spatial.gaussian_mean(values, sigma)[start : start + window.height]

    steps = running.blocks(source, compute, 48, 1, halo)
    return screens.write_screens(stage.path, SMOOTH, grid, dates, draw, steps, monitor)


def _draw(smooth: screens.Screens, number: int, window: Window) -> NDArray[np.float64]:
    """Atmosphere of a date against that of the first [mm]."""
    first, now = (smooth.read(k, window).astype(np.float64) for k in (0, number))
    smooth.reader.close()
    return now - first

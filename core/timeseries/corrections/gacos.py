"""Tropospheric delay from GACOS: d_corrected = d + (ZTD_later - ZTD_earlier) / cos(incidence).

    result = run_gacos(GacosParams(input="stack", output="corrected", delays="gacos"))

A longer path looks like motion away from the satellite, so the screen of a date is -(ZTD - ZTD_first) / cos(incidence).
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ... import los
from ...blocks import Compute
from ...errors import InputError
from ...monitor import Monitor
from ...raster import StackReader, Window
from ...result import Result
from ...stack import Stack
from ...units import MM_PER_M
from .. import outputs, selection
from . import finish, running, ztd
from .params import GacosParams
from .resample import OneRaster, onto_grid, require_map
from .source import Source, open_source

ALGORITHM = "gacos"


def run_gacos(params: GacosParams, monitor: Monitor | None = None, compute: Compute | None = None) -> Result:
    """Write a stack or displacement folder without the tropospheric delay that GACOS models.

    A folder that an equal run has finished (same parameters, same inputs) is kept as it is.
    """
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    source = open_source(params.input)
    require_map(source.stack, "INPUT")
    if not los.has_incidence(source.stack):
        los.constant_incidence(source.stack)
    delays = ztd.find(Path(params.delays).expanduser().absolute())
    before = len(source.dates)
    source, notes = _with_delays(source, delays, params.missing)
    files = [file for day in source.dates for file in ztd.files_of(delays[day])]
    work = partial(_work, params, source, delays, before - len(source.dates), notes, monitor, compute)
    try:
        return running.once(ALGORITHM, params, source, files, monitor, work)
    finally:
        source.close()


def _with_delays(source: Source, delays: dict[date, Path], missing: str) -> tuple[Source, list[str]]:
    """The source with the dates that have a delay; refuses, or excludes interferograms, where one is missing."""
    lacking = [day for day in source.dates if day not in delays]
    if not lacking:
        return source, []
    named = selection.listed([day.isoformat() for day in lacking])
    if len(lacking) == len(source.dates):
        have = selection.listed([day.isoformat() for day in sorted(delays)])
        raise InputError(
            "DELAYS",
            f"files of {have}",
            f"files of the dates of the stack ({named})",
            "Order these dates from GACOS",
        )
    if source.is_series or missing == "refuse":
        raise InputError(
            "DELAYS",
            f"no file for {len(lacking)} of {len(source.dates)} dates: {named}",
            "a file for every date",
            "Order these dates from GACOS"
            + (
                "; a displacement folder cannot do without a date, so correct the interferograms instead"
                if source.is_series
                else ", or set MISSING to exclude, which leaves out their interferograms"
            ),
        )
    gone = [p.name for p in source.stack.kept if p.date1 in lacking or p.date2 in lacking]
    rest = selection.without_excluded(selection.exclude(source.stack, gone, "no GACOS delay"))
    if not rest.kept:
        raise InputError(
            "DELAYS",
            f"no file for {named}",
            "files for both dates of some interferogram",
            "Order these dates from GACOS",
        )
    notes = [f"No delay for {named}: {len(gone)} interferogram(s) were left out."]
    parts = selection.components(rest)
    if len(parts) > len(selection.components(source.stack)):
        notes.append(selection.describe_split(parts))
    return Source(source.folder, rest), notes


def _work(
    params: GacosParams,
    source: Source,
    delays: dict[date, Path],
    missing: int,
    notes: list[str],
    monitor: Monitor,
    compute: Compute,
    stage: outputs.Stage,
    mark: str,
) -> Result:
    part = monitor.part(0.0, 0.2)
    zenith = []
    for number, day in enumerate(source.dates):
        part.step(number / len(source.dates))
        path = stage.path / running.SCRATCH / f"{day:%Y%m%d}_ztd.tif"
        zenith.append(onto_grid(ztd.read(delays[day]), source.stack.grid, path, "DELAYS", str(delays[day])))
    draw = partial(_draw, zenith, source.stack, StackReader(source.folder, source.stack))
    correction = finish.Correction(
        ALGORITHM,
        "Tropospheric delay of GACOS removed",
        params.describe(),
        mark,
        (
            "The zenith total delay of each date was put onto the grid (bilinear) and divided by the cosine of the "
            "incidence; its difference between the dates of a pair is removed, so triplets close as before.",
        ),
        notes,
        {"delays": params.describe()["delays"]},
    )
    result = Result(ALGORITHM, stage.path)
    result.number("dates_missing", missing, "", "Dates without a GACOS file, left out")
    return finish.apply(stage, source, draw, correction, result, compute, monitor.part(0.2, 1.0))


def _draw(
    zenith: list[OneRaster], stack: Stack, geometry: StackReader, number: int, window: Window
) -> NDArray[np.float64]:
    """Screen of a date [mm]: displacement that its delay pretends, against the first date."""
    first, now = (zenith[k].read(window).astype(np.float64) for k in (0, number))
    theta = los.incidence(stack, geometry, window)
    geometry.close()
    screen: NDArray[np.float64] = -MM_PER_M * (now - first) / np.cos(theta.astype(np.float64))
    return screen

"""Ramps and stratified delay, per date through the network.

    result = run_deramp(DerampParams(input="stack", output="deramped", degree=2, height="linear"))

Each interferogram gets its coefficients by a robust fit on up to 8 million values in all (evenly spaced pixels);
the network turns them into coefficients per date, and differences of those are taken from the interferograms:
triplets close as before. Of a displacement folder each date is fitted against the first.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...blocks import Compute
from ...errors import InputError
from ...monitor import Monitor
from ...raster import StackReader, Window
from ...result import Result
from ...vector import VectorInput
from .. import outputs
from ..masking import load_mask
from . import finish, running
from .params import DerampParams
from .rampfit import Fitted, fit_terms
from .resample import OneRaster, onto_grid, open_raster, require_map
from .source import Source, open_source

ALGORITHM = "deramp"

Float64 = NDArray[np.float64]


def run_deramp(
    params: DerampParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write a stack or displacement folder without ramps; what was removed lies beside it.

    A folder that an equal run has finished (same parameters, same inputs) is kept as it is.
    """
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    source = open_source(params.input)
    files = [Path(path) for path in (params.dem, params.mask) if path and not isinstance(path, VectorInput)]
    usable = _usable(params, source)
    if params.dem is not None:
        require_map(source.stack, "DEM")
    elif params.height != "none" and "height" not in source.stack.geometry:
        raise InputError(
            "DEM", "nothing", "a DEM, as the stack has no heights", "Choose one, or set HEIGHT to none"
        )
    work = partial(_work, params, source, usable, monitor, compute)
    try:
        return running.once(ALGORITHM, params, source, files, monitor, work)
    finally:
        source.close()


def _work(
    params: DerampParams,
    source: Source,
    usable: NDArray[np.bool_] | None,
    monitor: Monitor,
    compute: Compute,
    stage: outputs.Stage,
    mark: str,
) -> Result:
    notes: list[str] = []
    heights = _heights(params, source, stage)
    fitted = fit_terms(params, source, usable, heights, compute, notes, monitor.part(0.0, 0.3))
    result = Result(ALGORITHM, stage.path)
    _put_numbers(result, fitted, params)
    heading, header, rows = _table(source, fitted)
    result.tables["terms"] = {"header": list(header), "rows": [list(row) for row in rows]}
    correction = finish.Correction(
        ALGORITHM,
        "Ramps removed" if params.degree else "Stratified delay removed",
        params.describe(),
        mark,
        _explanation(params, source, fitted),
        notes,
        spreads=fitted.spreads,
        figures=partial(_figures, source, fitted),
        tables=((heading, header, rows),),
    )
    draw = partial(_draw, fitted, heights)
    return finish.apply(stage, source, draw, correction, result, compute, monitor.part(0.3, 1.0))


def _usable(params: DerampParams, source: Source) -> NDArray[np.bool_] | None:
    """Pixels where the fit may look; None for all."""
    grid = source.stack.grid
    usable = load_mask(params.mask, grid)
    if params.exclude is None:
        return usable
    outside = ~load_mask(params.exclude, grid, "EXCLUDE")  # type: ignore[operator]
    usable = outside if usable is None else usable & outside
    if not usable.any():
        raise InputError(
            "EXCLUDE",
            params.exclude.name or "layer",
            "polygons that leave some pixels for the fit",
            "Make them smaller, or widen MASK",
        )
    return usable


def _heights(params: DerampParams, source: Source, stage: outputs.Stage) -> OneRaster | None:
    if params.height == "none":
        return None
    if params.dem is None:
        return OneRaster(StackReader(source.folder, source.stack), source.stack.geometry["height"])
    path = stage.path / running.SCRATCH / "height.tif"
    dataset = open_raster(Path(params.dem), "DEM")
    return onto_grid(dataset, source.stack.grid, path, "DEM", str(params.dem))


def _draw(fitted: Fitted, heights: OneRaster | None, number: int, window: Window) -> Float64:
    """Screen of a date [mm], about zero over the pixels of the fit."""
    rows, cols = np.indices((window.height, window.width))
    rows, cols = rows + window.row, cols + window.col
    out = np.zeros((window.height, window.width))
    if number == 0:
        return out
    height = None if heights is None else heights.read(window).ravel()
    columns = fitted.shape.columns(rows.ravel(), cols.ravel(), height)
    for coefficient, column, centre in zip(fitted.removed[number], columns, fitted.centre):
        out += coefficient * (column - centre).reshape(out.shape)
    return out


def _put_numbers(result: Result, fitted: Fitted, params: DerampParams) -> None:
    put = result.number
    put("fit_pixels", fitted.pixels, "", "Pixels of the fit, at least")
    put("moving_share", fitted.excluded, "%", "Pixels left out of the fit because they move")
    put("fit_noise", fitted.noise, "mm", "Median scatter about the fit")
    put("reach", fitted.reach, "", "Spread of what is removed, over the image against over the pixels of the fit")
    put("misclosure", fitted.misclosure, "mm", "Root mean square of the terms that no date explains")
    worst = int(np.argmax(np.abs(fitted.rate)))
    put(
        "trend",
        float(fitted.rate[worst]),
        "mm/yr",
        f"Largest steady change of a term ({fitted.shape.names[worst]})",
    )
    put("trend_std", float(fitted.rate_std[worst]), "mm/yr", "Its standard deviation")
    kept = params.trend == "keep"
    put("velocity_removed", 0.0 if kept else float(abs(fitted.rate[worst])), "mm/yr",
        "Largest term taken from the velocity, per half width or km of height")  # fmt: skip


def _table(source: Source, fitted: Fitted) -> Any:
    header = ("Date", *(f"{name} [mm{'/km' if name == 'height' else ''}]" for name in fitted.shape.names))
    rows = [(day.isoformat(), *(float(v) for v in row)) for day, row in zip(source.dates, fitted.removed)]
    return "Terms removed from each date, relative to the first", header, rows


def _figures(source: Source, fitted: Fitted) -> Any:
    from ...figures.corrections import coefficients

    caption = "Terms of each date: x and y from the middle of the image to the ends of its longer side, height per km."
    return ((coefficients(source.dates, fitted.shape.names, fitted.removed), caption),)


def _explanation(params: DerampParams, source: Source, fitted: Fitted) -> tuple[str, ...]:
    per = "date against the first" if source.is_series else "interferogram"
    texts = [
        f"The terms {', '.join(fitted.shape.names)} and a constant were fitted to each {per} by iteratively "
        "reweighted least squares (Huber); the network makes terms of each date of them, and only their differences "
        "are removed, without the constant: triplets close as before."
    ]
    if params.find_moving:
        texts.append(
            f"{fitted.excluded:.0f} % of the pixels were left out of the fit because their mean rate differs from "
            "that of most ground by more than three standard deviations."
        )
    if params.trend == "keep":
        texts.append(
            "What of these terms grows steadily with time stayed in the data: it cannot be told from motion, and the "
            "velocity does not change."
        )
    return tuple(texts)

"""The residual phase of every interferogram: `residual/YYYYMMDD_YYYYMMDD.tif`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import atomic
from ..monitor import Monitor
from ..raster import write_geotiff
from ..stack import Pair
from .model_folder import Modelled, on_grid

FOLDER = "residual"


def file_of(pair: Pair) -> str:
    """Path of a pair's residual inside the folder."""
    return f"{FOLDER}/{pair.date1:%Y%m%d}_{pair.date2:%Y%m%d}.tif"


def write(
    stage: Path, pairs: Sequence[Pair], residual: NDArray[np.float64], made: Modelled, monitor: Monitor
) -> None:
    """Write residuals (M, P) [rad] of the pixels of `made`, observed minus modelled."""
    (stage / FOLDER).mkdir(exist_ok=True)
    for number, (pair, values) in enumerate(zip(pairs, residual)):
        monitor.step(number / len(pairs))
        raster = on_grid(values, made)
        write_geotiff(stage / file_of(pair), raster, made.source.grid, f"Residual phase {pair.name}", "rad")


def remove_stale(folder: Path, pairs: Sequence[Pair]) -> None:
    """Remove residuals of an earlier run that this one has not written."""
    new = {file_of(pair) for pair in pairs}
    for path in sorted((folder / FOLDER).glob("*.tif")):
        if path.relative_to(folder).as_posix() not in new:
            atomic.remove_with_sidecars(path)

"""Displacement folders with known series, without an inversion."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
from osgeo import osr

from groundline.core import manifest
from groundline.core.raster import write_geotiff
from groundline.core.stack import DISPLACEMENT, Acquisition, Grid, Item, Stack
from groundline.core.timeseries import outputs

from .stacks import FIRST


def series_folder(folder: Path, series: np.ndarray, step: int = 12, pixel: float = 300.0) -> Stack:
    """A displacement folder of series (N, rows, cols) [mm], relative to the first date; reference at the corner."""
    rows, cols = series.shape[1:]
    grid = Grid(cols, rows, (300_000.0, pixel, 0.0, 4_000_000.0, 0.0, -pixel), _utm())
    days = [FIRST + timedelta(days=step * n) for n in range(len(series))]
    years = np.array([(d - FIRST).days for d in days]) / 365.25
    series = (series - series[0]).astype(np.float32)
    (folder / "displacement").mkdir(parents=True)
    for day, values in zip(days, series):
        write_geotiff(folder / outputs.date_file(day), values, grid)
    weights = (years - years.mean()) / ((years - years.mean()) ** 2).sum()
    layers = {"velocity": np.tensordot(weights, series, axes=1), "redundancy": np.ones((rows, cols))}
    for product in outputs.products(False):
        write_geotiff(folder / product.file, layers.get(product.role, np.full((rows, cols), 0.9)), grid)
    area = {"name": "corner", "x": 0.0, "y": 0.0, "pixels": 4, "weight": 1.0, "spans": [[0, 0, 2], [1, 0, 2]]}
    stack = Stack(
        DISPLACEMENT,
        grid,
        0.0555,
        acquisitions=tuple(
            Acquisition(d, items={"displacement": Item("here", outputs.date_file(d))}) for d in days
        ),
        products={p.role: Item("here", p.file, factor=p.factor) for p in outputs.products(False)},
        roots={"here": "."},
        metadata={"incidence_deg": 39.0, "heading_deg": -12.0},
        reference={"automatic": False, "statistic": "median", "areas": [area]},
    )
    manifest.save(folder, stack)
    return stack


def _utm() -> str:
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32650)
    return str(reference.ExportToWkt())

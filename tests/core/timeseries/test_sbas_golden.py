"""Real interferograms against published results of other programs."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from osgeo import ogr

from groundline.core import manifest
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader, grid_of, open_dataset, read_geotiff, write_geotiff
from groundline.core.stack import EXCLUDED, Grid
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import VectorInput


def chip(grid: Grid, row: int, col: int, size: int) -> VectorInput:
    """A polygon that holds exactly size x size pixels."""
    x0, dx, _, y0, _, dy = grid.transform
    left, right, top, bottom = x0 + col * dx, x0 + (col + size) * dx, y0 + row * dy, y0 + (row + size) * dy
    ring = f"{left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}"
    shape = ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))")
    return VectorInput((bytes(shape.ExportToWkb(ogr.wkbNDR)),), grid.crs, name="chip")


def test_mexico_city_equals_pyrate(shared_data: Path, tmp_path: Path) -> None:
    """13 dates, 30 interferograms, unweighted, the median of a 7 x 7 chip as reference."""
    import_stack(ImportParams(shared_data / "mexico-city", tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    assert len(stack.kept) == 30
    reference = chip(stack.grid, 5, 5, 7)
    result = run_sbas(SbasParams(tmp_path / "stack", tmp_path / "out", reference=reference))
    assert result.numbers["reference_pixels"].value == 49
    golden = np.load(next((shared_data / "mexico-city" / "reference").glob("*fullnet.npz")))
    velocity, _ = read_geotiff(tmp_path / "out" / "velocity.tif")
    reader = StackReader(tmp_path / "stack", stack)
    complete = np.isfinite(reader.read_many([pair.items["phase"] for pair in stack.kept])).all(axis=0)
    assert complete.sum() > 5800
    for index, day in enumerate(stack.dates[1:]):
        found, _ = read_geotiff(tmp_path / f"out/displacement/{day:%Y%m%d}.tif")
        np.testing.assert_allclose(found[complete], golden["cum_mm"][..., index][complete], atol=0.001)
    np.testing.assert_allclose(velocity[complete], golden["linear_rate_mm_yr"][complete], atol=0.001)
    assert -310 < np.nanmin(velocity) < -290  # the city sinks, and subsidence is negative
    assert abs(np.nanmedian(velocity[5:12, 5:12])) < 1.0


TREE = (
    *("060619-061002", "060828-061211", "061002-070430", "061106-061211", "061106-070115", "061106-070326"),
    *("061211-070709", "070219-070430", "070326-070917", "070430-070604", "070604-070709", "070709-070813"),
)


def test_sydney_equals_the_golden_chain(shared_data: Path, tmp_path: Path) -> None:
    """Twelve interferograms in a tree: plane removed, 5 x 5 reference chip, least squares."""
    source = shared_data / "sydney"
    (tmp_path / "flat").mkdir()
    for name in TREE:
        dataset = open_dataset(source / "tif" / f"geo_{name}_unw.tif")
        phase, grid = dataset.ReadAsArray().astype(np.float64), grid_of(dataset)
        phase[phase == 0] = np.nan
        write_geotiff(tmp_path / "flat" / f"geo_{name}_unw.tif", without_plane(phase), grid)
    params = ImportParams(
        tmp_path / "flat", tmp_path / "stack", format="generic", pattern="geo_{date1}-{date2}_unw.tif",
        wavelength=0.0562356424, incidence=23.0,
    )  # fmt: skip
    import_stack(params)
    stack = manifest.load(tmp_path / "stack")
    run_sbas(SbasParams(tmp_path / "stack", tmp_path / "out", reference=chip(stack.grid, 56, 36, 5)))
    golden = np.genfromtxt(source / "time_series" / "ts_cum_interp0_method2.csv", delimiter=",")
    golden = golden.reshape((72, 47, 12), order="F")
    compared = None
    for index, day in enumerate(stack.dates[1:]):
        found, _ = read_geotiff(tmp_path / f"out/displacement/{day:%Y%m%d}.tif")
        both = np.isfinite(found) & np.isfinite(golden[..., index])
        # The golden values are raw phase in mm, where an increase of range is positive.
        np.testing.assert_allclose(-found[both], golden[..., index][both], atol=0.001)
        compared = both.sum()
    assert compared >= 2598


def without_plane(phase: np.ndarray) -> np.ndarray:
    """Phase minus the least-squares plane of its valid pixels."""
    valid = np.isfinite(phase)
    rows, cols = np.nonzero(valid)
    design = np.column_stack([cols, rows, np.ones(len(rows))])
    plane = np.linalg.lstsq(design, phase[valid], rcond=None)[0]
    y, x = np.mgrid[0 : phase.shape[0], 0 : phase.shape[1]]
    return phase - (plane[0] * x + plane[1] * y + plane[2])


def test_other_pairs_of_sydney_change_nothing_when_excluded(shared_data: Path, tmp_path: Path) -> None:
    """The stack of all 17 pairs with five excluded equals the stack of the twelve."""
    params = ImportParams(
        shared_data / "sydney" / "tif", tmp_path / "all", format="generic", pattern="geo_{date1}-{date2}_unw.tif",
        wavelength=0.0562356424, incidence=23.0, nodata=(0.0,),
    )  # fmt: skip
    import_stack(params)
    stack = manifest.load(tmp_path / "all")
    assert len(stack.pairs) == 17
    names = {f"{a[:6]}-{a[7:]}" for a in TREE}
    pairs = tuple(
        pair
        if f"{pair.date1:%y%m%d}-{pair.date2:%y%m%d}" in names
        else replace(pair, state=EXCLUDED, reason="test")
        for pair in stack.pairs
    )
    manifest.save(tmp_path / "all", replace(stack, pairs=pairs))
    result = run_sbas(SbasParams(tmp_path / "all", tmp_path / "out", reference=chip(stack.grid, 56, 36, 5)))
    assert result.numbers["pairs"].value == 12
    assert result.numbers["redundancy"].value == 0
    # A tree fits every pixel: the residual and the temporal coherence say nothing, and the points say so.
    assert result.numbers["temporal_coherence"].value == 1.0
    assert math.isclose(result.numbers["residual_rms"].value, 0.0, abs_tol=1e-5)
    assert result.numbers["point_count"].value == result.numbers["pixels"].value

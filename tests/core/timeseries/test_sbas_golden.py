"""Real interferograms against published results of other programs."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from groundline_tests import golden

from groundline.core import manifest
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import read_geotiff
from groundline.core.stack import EXCLUDED
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas


def test_mexico_city_equals_pyrate_and_its_metro_line_too(shared_data: Path, tmp_path: Path) -> None:
    """13 dates, 30 interferograms, unweighted, the median of a 7 x 7 chip as reference."""
    found = golden.mexico_city(shared_data, tmp_path)
    assert found.pixels > 5800
    assert found.displacement_mm < 0.001
    assert found.velocity_mm_yr < 0.001
    assert -310 < found.fastest_mm_yr < -290  # the city sinks, and subsidence is negative
    velocity, _ = read_geotiff(tmp_path / "sbas" / "velocity.tif")
    assert abs(velocity[5:12, 5:12].mean()) < 1.0
    line = golden.metro_line_9(shared_data, tmp_path)
    assert 8_000.0 < line.sampled < 10_000.0
    assert abs(line.on_line - line.sampled) <= 100.0
    assert abs(line.bins - line.sampled) <= 100.0


def test_sydney_equals_the_golden_chain(shared_data: Path, tmp_path: Path) -> None:
    """Twelve interferograms in a tree: plane removed, 5 x 5 reference chip, least squares."""
    found = golden.sydney(shared_data, tmp_path)
    assert found.pixels >= 2598
    assert found.displacement_mm < 0.001


def test_other_pairs_of_sydney_change_nothing_when_excluded(shared_data: Path, tmp_path: Path) -> None:
    """The stack of all 17 pairs with five excluded equals the stack of the twelve."""
    params = ImportParams(
        shared_data / "sydney" / "tif", tmp_path / "all", format="generic", pattern="geo_{date1}-{date2}_unw.tif",
        wavelength=0.0562356424, incidence=23.0, nodata=(0.0,),
    )  # fmt: skip
    import_stack(params)
    stack = manifest.load(tmp_path / "all")
    assert len(stack.pairs) == 17
    names = {f"{a[:6]}-{a[7:]}" for a in golden.SYDNEY_TREE}
    pairs = tuple(
        pair
        if f"{pair.date1:%y%m%d}-{pair.date2:%y%m%d}" in names
        else replace(pair, state=EXCLUDED, reason="test")
        for pair in stack.pairs
    )
    manifest.save(tmp_path / "all", replace(stack, pairs=pairs))
    result = run_sbas(
        SbasParams(tmp_path / "all", tmp_path / "out", reference=golden.chip(stack.grid, 56, 36, 5))
    )
    assert result.numbers["pairs"].value == 12
    assert result.numbers["redundancy"].value == 0
    # A tree fits every pixel: the residual and the temporal coherence say nothing, and the points say so.
    assert result.numbers["temporal_coherence"].value == 1.0
    assert math.isclose(result.numbers["residual_rms"].value, 0.0, abs_tol=1e-5)
    assert result.numbers["point_count"].value == result.numbers["pixels"].value

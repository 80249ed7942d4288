"""Metro line 9 of Mexico City against the reference velocity sampled directly along the line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from groundline.core import crs, manifest, raster
from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.joining import align
from groundline.core.corridor.params import CorridorParams
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import VectorInput, read_vector

BIN = 100.0


@pytest.fixture(scope="module")
def scene(shared_data: Path, tmp_path_factory) -> tuple[Path, VectorInput, np.ndarray, raster.Grid]:
    """The reference velocity as a raster, and metro line 9."""
    folder = shared_data / "mexico-city"
    with np.load(next((folder / "reference").glob("*fullnet.npz"))) as reference:
        velocity = reference["linear_rate_mm_yr"].astype(np.float32)
    _, grid = raster.read_geotiff(sorted((folder / "geotiffs").glob("*_unw.tif"))[0])
    path = tmp_path_factory.mktemp("mexico") / "velocity.tif"
    raster.write_geotiff(path, velocity, grid, "velocity", "mm/yr")
    lines = read_vector(folder / "metro_lines_chords.geojson")
    index = next(k for k, row in enumerate(lines.attributes) if row["name"] == "Línea 9")
    return (
        path,
        VectorInput((lines.wkb[index],), lines.crs, (lines.attributes[index],), "Línea 9"),
        velocity,
        grid,
    )


def test_affected_length_equals_direct_sampling_within_one_bin(scene, tmp_path: Path) -> None:
    path, line, velocity, grid = scene
    alignment = align(line).alignment
    step = 1.0
    stations = np.arange(step / 2, alignment.length, step)
    rows, cols = crs.pixel_of(grid, *crs.transform(*alignment.at(stations), alignment.crs, grid.crs))
    direct = float((velocity[rows, cols] <= -50.0).sum() * step)
    result = run_corridor(
        CorridorParams(line, tmp_path, raster=path, radius=150.0, bin=BIN, threshold=-50.0, component="los")
    )
    assert 8_000.0 < direct < 10_000.0
    assert result.numbers["affected_length_on_line"].value == pytest.approx(direct, abs=BIN)
    assert result.numbers["affected_length"].value == pytest.approx(direct, abs=BIN)
    assert result.numbers["worst_rate"].value == pytest.approx(float(velocity[rows, cols].min()), abs=5.0)


def test_track_bed_and_corridor_are_one_parameter_apart(scene, tmp_path: Path) -> None:
    path, line, _, _ = scene
    common = {"line": line, "raster": path, "threshold": -50.0, "incidence": 39.7}
    bed = run_corridor(CorridorParams(output=tmp_path / "bed", radius=50.0, **common))
    wide = run_corridor(CorridorParams(output=tmp_path / "wide", **common))
    assert bed.numbers["affected_length_on_line"].value == wide.numbers["affected_length_on_line"].value
    assert wide.numbers["area"].value == pytest.approx(73.6, abs=1.0)
    assert bed.numbers["length_without_data"].value == 0.0
    assert bed.numbers["point_count"].value < wide.numbers["point_count"].value


def test_chain_from_interferograms_gives_the_same_profile(scene, shared_data: Path, tmp_path: Path) -> None:
    path, line, _, grid = scene
    import_stack(ImportParams(shared_data / "mexico-city", tmp_path / "stack"))
    x0, dx, _, y0, _, dy = grid.transform  # the reference's own chip: 7 x 7 pixels from column 5, row 5
    chip = f"{x0 + 5 * dx} {y0 + 5 * dy}, {x0 + 12 * dx} {y0 + 5 * dy}, {x0 + 12 * dx} {y0 + 12 * dy}, "
    chip += f"{x0 + 5 * dx} {y0 + 12 * dy}, {x0 + 5 * dx} {y0 + 5 * dy}"
    shape = bytes(ogr.CreateGeometryFromWkt(f"POLYGON (({chip}))").ExportToWkb())
    run_sbas(
        SbasParams(
            tmp_path / "stack", tmp_path / "sbas", reference=VectorInput((shape,), grid.crs, name="chip")
        )
    )
    common = {"line": line, "radius": 150.0, "threshold": -50.0}
    incidence = manifest.load(tmp_path / "sbas").metadata["incidence_deg"]
    reference = run_corridor(
        CorridorParams(output=tmp_path / "reference", raster=path, incidence=incidence, **common)
    )
    ours = run_corridor(
        CorridorParams(output=tmp_path / "ours", raster=tmp_path / "sbas" / "velocity.tif", **common)
    )
    assert ours.tables["tracks"][0]["incidence"] == f"{incidence:g} deg, the scene's"
    for key in ("affected_length", "affected_length_on_line", "point_count"):
        assert ours.numbers[key].value == reference.numbers[key].value
    assert ours.numbers["worst_rate"].value == pytest.approx(reference.numbers["worst_rate"].value, abs=0.002)
    sheet = "<td>Swath</td><td>IW1</td>"
    assert sheet in ours.files["report"].read_text(encoding="utf-8")
    assert sheet not in reference.files["report"].read_text(encoding="utf-8")

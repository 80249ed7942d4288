"""Wrapped interferograms and amplitudes come in: phases, complex numbers, files without any header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests import samples
from groundline_tests.samples import TRUTH

from groundline.core import manifest
from groundline.core.errors import InputError
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.raster import StackReader, Window
from groundline.core.rawraster import RawRaster
from groundline.core.stack import RADAR, WRAPPED

WAVELENGTH = 0.0555


def interferogram(first: int, second: int) -> np.ndarray:
    """Complex64 with a magnitude that tells the dates; 0 where the truth has no phase."""
    magnitude = (first + 2.0) * (second + 2.0)
    return np.nan_to_num(magnitude * np.exp(1j * TRUTH.phase(first, second)), nan=0.0).astype(np.complex64)


def write_raw(folder: Path, kind: str = "<c8") -> Path:
    folder.mkdir(parents=True)
    for first, second in TRUTH.pairs:
        values = interferogram(first, second)
        values = values if "c" in kind else np.angle(values)
        values.astype(kind).tofile(folder / f"{TRUTH.name(first, second)}.int")
    for index, day in enumerate(TRUTH.dates[:2]):
        np.full(TRUTH.shape, index + 2.0, kind[0] + "f4").tofile(folder / f"{day:%Y%m%d}.amp")
    return folder


def options(**more: Any) -> dict[str, Any]:
    return {
        "format": "generic",
        "pattern": "{date1}_{date2}.int",
        "kind": "wrapped",
        "wavelength": WAVELENGTH,
        "raw_columns": TRUTH.shape[1],
        **more,
    }


def check(folder: Path, sign: float = 1.0) -> None:
    """Phase, magnitude and dates are those of the truth."""
    stack = manifest.load(folder)
    assert stack.kind == WRAPPED
    reader = StackReader(folder, stack)
    for (first, second), pair in zip(TRUTH.pairs, stack.pairs):
        expected = sign * np.angle(np.exp(1j * TRUTH.phase(first, second)))
        np.testing.assert_allclose(reader.read(pair.items["phase"]), expected, atol=1e-6)
        magnitude = reader.read(pair.items["amplitude"])
        np.testing.assert_allclose(magnitude[1:], (first + 2.0) * (second + 2.0), rtol=1e-6)
        assert magnitude[TRUTH.missing] == 0
    reader.close()


@pytest.mark.parametrize(("kind", "name"), [("<c8", "complex64"), (">c8", "complex64_big")])
def test_complex_files_without_header(tmp_path: Path, kind: str, name: str) -> None:
    write_raw(tmp_path / "data", kind)
    import_stack(
        ImportParams(tmp_path / "data", tmp_path / "s", **options(raw_type=name, amplitude_pattern="{date}.amp"))
    )
    check(tmp_path / "s")
    stack = manifest.load(tmp_path / "s")
    assert (stack.frame, stack.grid.shape) == (RADAR, TRUTH.shape)
    found = [acquisition.items.get("amplitude") for acquisition in stack.acquisitions]
    assert [item is not None for item in found] == [True, True, False, False]
    reader = StackReader(tmp_path / "s", stack)
    np.testing.assert_array_equal(reader.read(found[1], Window(2, 0, 3, 8)), np.full((3, 8), 3.0))
    reader.close()


def test_what_grows_toward_the_satellite_is_turned(tmp_path: Path) -> None:
    write_raw(tmp_path / "data")
    import_stack(ImportParams(tmp_path / "data", tmp_path / "s", **options(sign="toward")))
    check(tmp_path / "s", -1.0)


def test_complex_geotiffs(tmp_path: Path) -> None:
    for first, second in TRUTH.pairs:
        samples.geotiff(
            tmp_path / "data" / f"{TRUTH.name(first, second)}.tif", interferogram(first, second), nodata=None
        )
    for index, day in enumerate(TRUTH.dates):
        image = np.full(TRUTH.shape, 3 + 4j, np.complex64) * index
        samples.geotiff(tmp_path / "data" / f"{day:%Y%m%d}.slc.tif", image, nodata=None)
    import_stack(
        ImportParams(
            tmp_path / "data",
            tmp_path / "s",
            **options(raw_columns=0, pattern="{date1}_{date2}.tif", amplitude_pattern="{date}.slc.tif"),
        )
    )
    check(tmp_path / "s")
    stack = manifest.load(tmp_path / "s")
    reader = StackReader(tmp_path / "s", stack)
    amplitude = reader.read(stack.acquisitions[3].items["amplitude"])
    reader.close()
    np.testing.assert_array_equal(amplitude, np.full(TRUTH.shape, 15.0))


def test_phases_without_header_have_no_amplitude(tmp_path: Path) -> None:
    write_raw(tmp_path / "data", ">f4")
    import_stack(ImportParams(tmp_path / "data", tmp_path / "s", **options(raw_type="float32_big", nodata=(0.0,))))
    stack = manifest.load(tmp_path / "s")
    reader = StackReader(tmp_path / "s", stack)
    for (first, second), pair in zip(TRUTH.pairs, stack.pairs):
        assert set(pair.items) == {"phase"}
        expected = np.angle(np.exp(1j * TRUTH.phase(first, second)))
        np.testing.assert_allclose(reader.read(pair.items["phase"]), expected, atol=1e-6)
    reader.close()


def test_the_network_shows_pictures_of_them(tmp_path: Path) -> None:
    write_raw(tmp_path / "data")
    import_stack(ImportParams(tmp_path / "data", tmp_path / "s", **options()))
    result = run_network(NetworkParams(tmp_path / "s", tmp_path / "net"))
    assert "<img" in result.files["report"].read_text(encoding="utf-8")
    check(tmp_path / "net")


def test_a_window_of_other_size_takes_the_nearest_pixels(tmp_path: Path) -> None:
    values = np.arange(24, dtype="<f4").reshape(4, 6)
    values.tofile(tmp_path / "a.flt")
    raster = RawRaster(tmp_path / "a.flt", "raw:float32:6")
    np.testing.assert_array_equal(raster.ReadAsArray(1, 1, 4, 2), values[1:3, 1:5])
    np.testing.assert_array_equal(raster.ReadAsArray(0, 0, 6, 4, 2, 2), values[1::2, 1::3])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"raw_columns": 7}, ("384 bytes", "whole rows of 7 columns", "cut short")),
        ({"raw_columns": -1}, ("RAW_COLUMNS",)),
        ({"raw_type": "int16"}, ("RAW_TYPE", "complex64_big")),
        ({"amplitude_pattern": "*.amp"}, ("AMPLITUDE_PATTERN", "{date}")),
        ({"amplitude_pattern": "{date}.mli"}, ("AMPLITUDE_PATTERN", "fits a file")),
        ({"kind": "unwrapped"}, ("complex numbers", "import it as wrapped")),
    ],
)
def test_mistakes_are_explained(tmp_path: Path, changes: dict[str, Any], words: tuple[str, ...]) -> None:
    write_raw(tmp_path / "data")
    with pytest.raises(InputError) as caught:
        import_stack(ImportParams(tmp_path / "data", tmp_path / "s", **options(**changes)))
    for word in words:
        assert word in str(caught.value)
    assert not (tmp_path / "s").exists()


def test_amplitudes_of_another_grid_are_refused(tmp_path: Path) -> None:
    write_raw(tmp_path / "data")
    np.ones((3, TRUTH.shape[1]), "<f4").tofile(tmp_path / "data" / f"{TRUTH.dates[1]:%Y%m%d}.amp")
    with pytest.raises(InputError, match="one pixel grid for all files"):
        import_stack(ImportParams(tmp_path / "data", tmp_path / "s", **options(amplitude_pattern="{date}.amp")))


def test_houston(tmp_path: Path, shared_data: Path) -> None:
    """24 interferograms with one common date, complex64 without header, and one amplitude image."""
    source = shared_data / "houston"
    result = import_stack(
        ImportParams(source, tmp_path / "s", **options(raw_columns=600, amplitude_pattern="{date}.amp"))
    )
    assert (result.numbers["pairs"].value, result.numbers["rows"].value) == (24, 600)
    stack = manifest.load(tmp_path / "s")
    assert [day.isoformat() for day, a in zip(stack.dates, stack.acquisitions) if a.items] == ["2018-01-15"]
    pair = stack.pairs[5]
    stored = np.fromfile(source / "igrams" / f"{pair.name}.int", "<c8").reshape(600, 600)
    reader = StackReader(tmp_path / "s", stack)
    np.testing.assert_allclose(reader.read(pair.items["phase"]), np.angle(stored), atol=1e-6)
    np.testing.assert_allclose(reader.read(pair.items["amplitude"]), np.abs(stored), rtol=1e-6)
    reader.close()

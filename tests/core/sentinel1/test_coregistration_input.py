"""Images, orbits and heights that a whole run cannot use: each named with value, remedy, and nothing written."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests import safe_edits
from groundline_tests.samples_sentinel1 import zip_safe
from groundline_tests.tops_images import Images

from groundline.core import raster
from groundline.core.errors import InputError
from groundline.core.sentinel1.coregistration_job import run_coregister
from groundline.core.sentinel1.coregistration_params import CoregisterParams
from groundline.core.sentinel1.geometry_dem import DemSource

Spoil = Callable[[list[Path]], object]


@pytest.fixture
def safes(images: Images, tmp_path: Path) -> list[Path]:
    """Copies of the images of three dates."""
    return safe_edits.copy_images(images.folder / "images", tmp_path / "images")


def refused(wanted: CoregisterParams, folder: Path, **changes: Any) -> InputError:
    """The error of a run on a folder of images, which must leave nothing."""
    output = folder.parent / "out"
    with pytest.raises(InputError) as caught:
        run_coregister(replace(wanted, **{"input": str(folder), "output": str(output), **changes}))
    assert not output.exists()
    assert caught.value.allowed and caught.value.remedy
    return caught.value


def cut_zip(safe: Path, share: float) -> None:
    path = zip_safe(safe)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def damage_zip(safe: Path, share: float) -> None:
    """A zip whose measurement has wrong bytes from a share of its length on."""
    path = zip_safe(safe)
    with zipfile.ZipFile(path) as archive:
        entry = next(entry for entry in archive.infolist() if entry.filename.endswith(".tiff"))
    data = bytearray(path.read_bytes())
    start = entry.header_offset + 200 + int(share * entry.compress_size)
    stop = entry.header_offset + entry.compress_size
    data[start:stop] = np.random.default_rng(1).bytes(stop - start)
    path.write_bytes(bytes(data))


def early_orbit(text: str) -> str:
    """State vectors that end before the image begins."""
    vectors = re.findall(r"<orbit>.*?</orbit>\s*", text, re.DOTALL)
    for vector in vectors[6:]:
        text = text.replace(vector, "")
    return text


CASES: dict[str, tuple[Spoil, str, str]] = {
    "a measurement cut short in lines": (
        lambda safes: safe_edits.pixels(safes[1], lambda values: values[:-1]),
        "Sentinel-1 measurement",
        r"3025 x 96 lines and samples.*3026 x 96 as its annotation says",
    ),
    "a measurement without bytes": (
        lambda safes: [path.write_bytes(b"") for path in safes[2].glob("measurement/*")],
        "Sentinel-1 measurement",
        "complete file.*Download the image again",
    ),
    "an image without measurement": (
        lambda safes: [path.unlink() for path in safes[0].glob("measurement/*")],
        "Sentinel-1 measurement",
        "none beside .*20250406.*Download the whole image",
    ),
    "a zip cut in its pixels": (
        lambda safes: cut_zip(safes[1], 0.5),
        "Sentinel-1 image",
        r"20250418.*complete image.*Download it again",
    ),
    "a broken annotation": (
        lambda safes: safe_edits.annotation(safes[1], lambda text: text[:-400]),
        "Sentinel-1 annotation",
        r"20250418",
    ),
    "an annotation with an entity": (
        lambda safes: safe_edits.annotation(
            safes[1], lambda text: text.replace("<product>", '<!DOCTYPE a [<!ENTITY b "c">]><product>', 1)
        ),
        "Sentinel-1 annotation",
        "document type",
    ),
    "a manifest with an entity": (
        lambda safes: safe_edits.manifest(
            safes[1], lambda text: text.replace("<XFDU>", '<!DOCTYPE a [<!ENTITY b "c">]><XFDU>', 1)
        ),
        "Sentinel-1 image",
        "document type",
    ),
    "an orbit that ends before the image": (
        lambda safes: safe_edits.annotation(safes[1], early_orbit),
        "Orbit",
        r"annotation of 2025-04-18.*orbit files \(EOF\)",
    ),
    "too few state vectors": (
        lambda safes: safe_edits.annotation(
            safes[1], lambda text: re.sub(r"(<orbit>.*?</orbit>\s*){15}", "", text, count=1, flags=re.DOTALL)
        ),
        "Orbit",
        r"2 state vectors \(annotation\).*at least 4",
    ),
    "two tracks": (
        lambda safes: safe_edits.manifest(
            safes[2], lambda text: text.replace(">113</relative", ">40</relative")
        ),
        "Folder of images",
        r"track 113 ascending.*track 40 ascending \(2025-04-30\).*folder of its own",
    ),
    "an old processor": (
        lambda safes: safe_edits.manifest(safes[1], lambda text: text.replace("003.91", "002.36")),
        "Sentinel-1 processor",
        r"IPF 2\.36 \(S1A_IW_SLC__1SSV_20250418.*elevation antenna pattern",
    ),
    "one date without a common burst": (
        lambda safes: [safe_edits.keep_bursts(safes[0], [0]), safe_edits.keep_bursts(safes[1], [1])],
        "Bursts",
        r"2025-04-18 \(IW2 230133 to 230133\).*bursts of 2025-04-06 \(IW2 230132 to 230132\).*Leave out the date",
    ),
    "no date with a common burst": (
        lambda safes: [safe_edits.keep_bursts(safe, [bool(index)]) for index, safe in enumerate(safes)],
        "Bursts",
        r"2025-04-18 .*Leave out the date",
    ),
    "one image only": (
        lambda safes: [safe.rename(safe.parent.parent / safe.name) for safe in safes[1:]],
        "INPUT",
        "2025-04-06 only.*at least two dates",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_used_is_named_and_nothing_is_written(
    name: str, wanted: CoregisterParams, safes: list[Path]
) -> None:
    spoil, field, words = CASES[name]
    spoil(safes)
    error = refused(wanted, safes[0].parent)
    assert error.field == field and re.search(words, str(error), re.DOTALL), str(error)


def test_damage_that_is_found_on_the_way_leaves_no_result(
    wanted: CoregisterParams, safes: list[Path]
) -> None:
    damage_zip(safes[1], 0.6)
    output = safes[0].parent.parent / "out"
    with pytest.raises(InputError, match=r"20250418.*complete file.*Download the image again"):
        run_coregister(replace(wanted, input=str(safes[0].parent), output=str(output)))
    assert [entry.name for entry in output.iterdir() if not entry.name.startswith(".part")] == []


def test_a_missing_swath_is_named_with_what_the_image_holds(
    wanted: CoregisterParams, safes: list[Path]
) -> None:
    error = refused(wanted, safes[0].parent, swaths=("IW2", "IW3"))
    assert error.field == "Swath and polarisation" and re.search("IW3 VV.*IW2 VV", str(error))
    error = refused(wanted, safes[0].parent, polarisation="VH")
    assert re.search("IW2 VH.*IW2 VV", str(error))


def heights(images: Images, path: Path, change: Callable[[np.ndarray], np.ndarray]) -> DemSource:
    """The scene's heights after a change."""
    values, grid = raster.read_geotiff(images.folder / "dem.tif")
    changed = change(values)
    raster.write_geotiff(path, changed, replace(grid, height=changed.shape[0], width=changed.shape[1]))
    return DemSource(path, "ellipsoid")


def test_a_dem_that_ends_inside_the_images_is_refused_with_what_is_missing(
    images: Images, wanted: CoregisterParams, safes: list[Path]
) -> None:
    half = heights(images, safes[0].parent.parent / "half.tif", lambda values: values[: values.shape[0] // 2])
    error = refused(wanted, safes[0].parent, dem=half)
    found = re.search(r"lacks (\d+) % of the area", str(error))
    assert (
        error.field == "DEM"
        and found
        and 40 < int(found[1]) < 60
        and "Download the missing part" in str(error)
    )


def test_a_dem_without_a_value_in_the_images_is_refused(
    images: Images, wanted: CoregisterParams, safes: list[Path]
) -> None:
    void = heights(images, safes[0].parent.parent / "void.tif", lambda values: np.full_like(values, np.nan))
    assert refused(wanted, safes[0].parent, dem=void).field == "DEM"


def test_a_void_of_the_dem_is_missing_in_the_stack_and_told(
    images: Images, wanted: CoregisterParams, tmp_path: Path
) -> None:
    def pierced(values: np.ndarray) -> np.ndarray:
        middle = values.shape[0] // 2
        values[middle - 20 : middle + 20] = np.nan
        return values

    dem = heights(images, tmp_path / "holed.tif", pierced)
    result = run_coregister(replace(wanted, dem=dem, output=str(tmp_path / "out"), esd=False))
    height = raster.read_geotiff(result.folder / "geometry" / "height.tif")[0]
    share = 100.0 * np.isnan(height).mean()
    assert 1.0 < share < 20.0
    assert result.numbers["without_height"].value == pytest.approx(share, abs=0.001)
    (told,) = (text for text in result.warnings if "the DEM has a void there" in text)
    assert told.startswith(f"{share:.2g} %")


def test_a_whole_dem_leaves_nothing_out(images: Images, run: Any) -> None:
    assert run.numbers["without_height"].value == 0.0 and not any("DEM" in text for text in run.warnings)


def test_water_everywhere_keeps_the_geometry_with_the_counts(
    wanted: CoregisterParams, safes: list[Path]
) -> None:
    for number, safe in enumerate(safes):
        rng = np.random.default_rng(number)

        def noise(values: np.ndarray, rng: np.random.Generator = rng) -> np.ndarray:
            parts = rng.normal(0.0, 60.0, (2, *values.shape))
            return parts[0] + 1j * parts[1]

        safe_edits.pixels(safe, noise)
    folder = safes[0].parent
    result = run_coregister(replace(wanted, input=str(folder), output=str(folder.parent / "out")))
    assert result.numbers["pairs_failed"].value == 3 and result.numbers["dates_without_shift"].value == 2
    assert all(row["shift_lines"] is None for row in result.tables["dates"][1:])
    told = [text for text in result.warnings if text.startswith("Spectral diversity of")]
    assert len(told) == 3 and all(re.search(r"coherent", text) for text in told)

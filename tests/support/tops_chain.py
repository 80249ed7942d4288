"""From Sentinel-1 images to geocoded interferograms: inputs of the model, its single steps, its truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from groundline_tests.tops_images import WAVELENGTH, Images

from groundline.core import crs, manifest, raster

STEPS = ("coregistered", "network", "interferograms", "filtered", "geocoded")
LOOKS = "4x5"
PAIR = "20250406_20250418"


def inputs(images: Images) -> dict[str, Any]:
    """The model's inputs for a scene; the patches of the filter are as wide as the image."""
    return {
        "INPUT": str(images.folder / "images"), "DEM": str(images.folder / "dem.tif"), "HEIGHTS": "ellipsoid",
        "SWATH": "IW2", "LOOKS": LOOKS,
    }  # fmt: skip


def single_steps(images: Images, workspace: Path) -> list[tuple[str, dict[str, Any]]]:
    """The five algorithms with their parameters, as typed into the toolbox."""
    given = inputs(images)
    looks = given.pop("LOOKS")
    slc, network, made, filtered, geocoded = (str(workspace / name) for name in STEPS)
    return [
        ("coregister", {**given, "OUTPUT": slc}),
        ("network", {"INPUT": slc, "OUTPUT": network}),
        ("interferograms", {"INPUT": network, "LOOKS": looks, "OUTPUT": made}),
        ("goldstein", {"INPUT": made, "OUTPUT": filtered}),
        ("geocode", {"INPUT": filtered, "OUTPUT": geocoded}),
    ]


def errors(images: Images, geocoded: Path) -> np.ndarray:
    """Phase of the pair on the map less that of the true motion [rad], less its mean, at all known cells."""
    stack = manifest.load(geocoded)
    (pair,) = stack.pairs
    assert pair.name == PAIR
    reader = raster.StackReader(geocoded, stack)
    phase = reader.read(pair.items["phase"])
    reader.close()
    truth, grid = raster.read_geotiff(images.folder / "truth" / f"los_{PAIR[9:]}.tif")
    rows, columns = np.nonzero(np.isfinite(phase))
    lon, lat = crs.transform(*crs.pixel_centres(stack.grid, rows, columns), stack.grid.crs, grid.crs)
    row, column = crs.pixel_of(grid, lon, lat)
    left = phase[rows, columns] + 4.0 * np.pi / WAVELENGTH * 1e-3 * truth[row, column]
    phasor = np.exp(1j * left)
    return np.asarray(np.angle(phasor * np.conj(phasor.sum())))

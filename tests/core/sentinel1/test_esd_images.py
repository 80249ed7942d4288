"""Spectral diversity on simulated images of three swaths at coherence 0.6, in pieces of some 2000 overlap pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.tops import read_scenes
from groundline_tests.tops_images import Images, make_images

from groundline.core.monitor import Monitor
from groundline.core.sentinel1.bursts import Scene
from groundline.core.sentinel1.bursts_area import bounds
from groundline.core.sentinel1.coregistration_burst import grounds_of
from groundline.core.sentinel1.coregistration_shift import estimate_misregistration
from groundline.core.sentinel1.esd import Shift
from groundline.core.sentinel1.geometry_dem import DemSource, load_dem

LATE = (0.0, 0.020, -0.013)  # and 0.033 between the later two
SWATHS = ("IW1", "IW2", "IW3")
WIDTH = 16  # samples of a piece; with some 125 lines of overlap 2000 pixels
FIRST = (18, 34, 50, 66, 82)  # samples where pieces begin, within what all dates show


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Images:
    return make_images(
        tmp_path_factory.mktemp("tops") / "scene", LATE, swaths=SWATHS, samples=128, coherence=0.6
    )


def pieces(scene: Scene, swath: str) -> Iterator[Scene]:
    """The scene cut to pieces of its overlap."""
    for first in FIRST:
        cut = tuple(replace(burst, valid_samples=(first, first + WIDTH)) for burst in scene.bursts[swath])
        yield replace(scene, bursts={swath: cut})


def found(folder: Path, swath: str) -> list[tuple[str, str, Shift]]:
    """What every pair of dates gives in every piece."""
    reference, *others = read_scenes(folder / "images", swath)
    dem = load_dem(
        DemSource(folder / "dem.tif", "ellipsoid"),
        bounds(reference.bursts[swath], reference.orbit, (-50.0, 500.0)),
    )
    return [
        (first.isoformat(), second.isoformat(), shift)
        for piece in pieces(reference, swath)
        for (first, second), shift in estimate_misregistration(
            piece, others, grounds_of(piece, dem), Monitor()
        ).pairs.items()
    ]


@pytest.mark.parametrize("swath", SWATHS)
def test_shifts_in_images_are_recovered_to_a_thousandth_of_a_line(swath: str, images: Images) -> None:
    """Three pairs, five pieces: rms, because neighbouring pixels of an image share half their information."""
    shifts = found(images.folder, swath)
    assert len(shifts) == 15 and all(shift.usable for _, _, shift in shifts)
    assert 1700 < np.mean([shift.pixels for _, _, shift in shifts]) < 2100
    errors = np.array([shift.lines - images.late[second] + images.late[first] for first, second, shift in shifts])
    deviations = np.array([shift.deviation for _, _, shift in shifts])
    assert np.sqrt(np.mean(errors**2)) < 0.001
    assert np.sqrt(np.mean((errors / deviations) ** 2)) < 1.6

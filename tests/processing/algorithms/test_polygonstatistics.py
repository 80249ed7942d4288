"""Motion inside polygons from the toolbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests.stacks import write_scene

from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas

PLACE = "POLYGON ((-98.988 19.494, -98.982 19.494, -98.982 19.488, -98.988 19.488, -98.988 19.494))"
FAULT = "LINESTRING (-98.99 19.495, -98.98 19.485)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Interferograms in `in`, displacement in `out`."""
    base = tmp_path_factory.mktemp("scene")
    scene = write_scene(base / "in", dates=6)
    run_sbas(SbasParams(scene.folder, base / "out", reference=scene.points((0, 0))))
    return base


def test_raster_and_points_agree_and_fringes_are_drawn(project: Any, folder: Path, tmp_path: Path) -> None:
    from groundline_tests import toolbox

    place = toolbox.layer(tmp_path / "place", PLACE)
    fault = toolbox.layer(tmp_path / "fault", FAULT)
    found = []
    for name, source in (("raster", "velocity.tif"), ("points", "points.gpkg")):
        values = {
            "POINTS": str(folder / "out" / source),
            "POLYGONS": place,
            "LENGTH": 200.0,
            "ZONES": fault,
            "STACK": str(folder / "in"),
            "PAIRS": "20200101_20200113, 20200113_20200125",
            "FAULTS": fault,
            "OUTPUT": str(tmp_path / name),
        }
        found.append(toolbox.run("polygonstatistics", values))
        assert (tmp_path / name / "interferograms.png").is_file()
    raster, points = found
    assert raster["POINT_COUNT"] == points["POINT_COUNT"] == 36
    assert raster["LOWEST_MEAN"] == pytest.approx(points["LOWEST_MEAN"], abs=1e-3)
    assert raster["MAX_DIFFERENTIAL"] == pytest.approx(points["MAX_DIFFERENTIAL"], abs=1e-3)
    assert raster["NEAREST_ZONE"] == 0.0
    assert np.isfinite(raster["WORST_RATE"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"LENGTH": 0.0}, "LENGTH"),
        ({"PAIRS": "1999_2000"}, "PAIRS"),
        ({"CLASS_FIELD": "use"}, "CLASS_FIELD"),
        ({"STACK": "/nowhere"}, "existing folder"),
    ],
)
def test_mistakes_are_messages(
    project: Any, folder: Path, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    from groundline_tests import toolbox

    values = {
        "POINTS": str(folder / "out" / "velocity.tif"),
        "POLYGONS": toolbox.layer(tmp_path / "place", PLACE),
        "OUTPUT": str(tmp_path / "out"),
        **changes,
    }
    message = toolbox.complaint("polygonstatistics", values)
    assert words in message, message
    assert "Traceback" not in message
    assert not (tmp_path / "out").exists()

"""East and up from the toolbox."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundline.core.pointfile import PointSet, write_points


@pytest.fixture
def tracks(tmp_path: Path) -> dict[str, str]:
    """East 4, up -9 mm/yr seen by three tracks at 1,500 points each."""
    out = {}
    for name, incidence, heading in (("asc", 38.0, -12.0), ("desc", 38.0, -168.0), ("same", 37.0, -12.0)):
        x, y = np.random.default_rng(len(name)).uniform(0, 500, (2, 1500))
        theta, angle = math.radians(incidence), math.radians(heading)
        vector = (-math.sin(theta) * math.cos(angle), math.sin(theta) * math.sin(angle), math.cos(theta))
        attributes: dict[str, Any] = {"velocity": np.full(1500, 4.0 * vector[0] - 9.0 * vector[2])}
        attributes.update({f"los_{part}": np.full(1500, v) for part, v in zip(("east", "north", "up"), vector)})
        points = PointSet(x + 400_000, y + 3_900_000, "EPSG:32650", attributes)
        out[name] = str(write_points(tmp_path / f"{name}.gpkg", points))
    return out


def test_numbers_and_layers(project: Any, tracks: dict[str, str], tmp_path: Path) -> None:
    from groundline_tests import toolbox
    from qgis.core import QgsProcessingContext

    import processing

    context = QgsProcessingContext()
    context.setProject(project)
    outputs = processing.run(
        "groundline:decompose",
        {"TRACKS": [tracks["asc"], tracks["desc"]], "OUTPUT": str(tmp_path / "out")},
        context=context,
        feedback=toolbox.Log(),
    )
    assert outputs["UP_MEDIAN"] == pytest.approx(-9.0, abs=1e-6)
    assert outputs["EAST_MEDIAN"] == pytest.approx(4.0, abs=1e-6)
    assert {entry.name for entry in context.layersToLoadOnCompletion().values()} == {"Up", "East"}
    assert all((tmp_path / "out" / name).is_file() for name in ("up.gpkg", "east.tif", "report.html"))


def test_tracks_become_zero_on_stable_ground(project: Any, tracks: dict[str, str], tmp_path: Path) -> None:
    from groundline_tests import toolbox

    box = "POLYGON((400000 3900000,400500 3900000,400500 3900500,400000 3900500,400000 3900000))"
    stable = toolbox.layer(tmp_path / "stable", box, epsg=32650)
    outputs = toolbox.run(
        "decompose",
        {"TRACKS": [tracks["asc"], tracks["desc"]], "REFERENCE": stable, "OUTPUT": str(tmp_path / "out")},
    )
    assert outputs["UP_MEDIAN"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("names", "changes", "words"),
    [
        (("asc", "same"), {}, ("condition number", "east")),
        (("asc", "desc"), {"SPACING": 0.001}, ("no common cells",)),
        (("asc", "desc"), {"FIELD": "speed"}, ("speed", "velocity")),
    ],
)
def test_mistakes_are_messages(
    project: Any,
    tracks: dict[str, str],
    tmp_path: Path,
    names: tuple[str, ...],
    changes: dict[str, Any],
    words: tuple[str, ...],
) -> None:
    from groundline_tests import toolbox

    values = {"TRACKS": [tracks[name] for name in names], "OUTPUT": str(tmp_path / "out"), **changes}
    message = toolbox.complaint("decompose", values)
    assert all(word in message for word in words), message
    assert "Traceback" not in message
    assert not (tmp_path / "out").exists()

"""Trend, seasons and breaks from the toolbox."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundline.core.pointfile import PointSet, write_points


@pytest.fixture
def points(tmp_path: Path) -> str:
    """Sixty points of 60 dates that breathe with 5 mm and sink."""
    days = tuple(date(2018, 1, 1) + timedelta(12 * n) for n in range(60))
    t = np.array([(day - days[0]).days for day in days]) / 365.25
    noise = np.random.default_rng(3).normal(0.0, 1.0, (60, 60))
    series = (-6.0 * t + 5.0 * np.cos(2.0 * np.pi * t) + noise).astype(np.float32)
    place = 20.0 * np.arange(60.0)
    source = PointSet(4e5 + place, 3.9e6 + place, "EPSG:32650", {"velocity": np.full(60, -6.0)}, days, series)
    return str(write_points(tmp_path / "points.gpkg", source))


def test_points_of_a_file_and_of_a_selection(project: Any, points: str, tmp_path: Path) -> None:
    from groundline_tests import toolbox
    from qgis.core import QgsVectorLayer

    outputs = toolbox.run("seasonal", {"POINTS": points, "OUTPUT": str(tmp_path / "out")})
    assert outputs["ANALYSED"] == 60
    assert outputs["SEASONAL_COUNT"] >= 58
    assert outputs["SEASONAL_AMPLITUDE"] == pytest.approx(5.0, abs=0.2)
    layer = QgsVectorLayer(outputs["SEASONAL"], "out", "ogr")
    assert layer.featureCount() == 60 and layer.fields().indexOf("class_p") > 0
    assert layer.fields().indexOf("D20180101") > 0
    some = QgsVectorLayer(points, "some", "ogr")
    some.setSubsetString("fid <= 20")
    outputs = toolbox.run("seasonal", {"POINTS": some, "OUTPUT": str(tmp_path / "some")})
    assert outputs["ANALYSED"] == 20


def test_mistakes_are_messages(project: Any, points: str, tmp_path: Path) -> None:
    from groundline_tests import toolbox

    out = {"OUTPUT": str(tmp_path / "out")}
    bare = toolbox.layer(tmp_path / "bare", "POINT (116 35)", fields={"velocity": 1.0})
    for values, words in (
        ({}, "exactly one of the two"),
        ({"POINTS": bare}, "no column of a date among velocity"),
        ({"INPUT": str(tmp_path / "nowhere")}, "existing folder"),
        ({"POINTS": points, "SIGNIFICANCE": 0.9}, "SIGNIFICANCE"),
    ):
        message = toolbox.complaint("seasonal", {**out, **values})
        assert words in message, message
        assert "Traceback" not in message
    assert not (tmp_path / "out").exists()

"""Series at marked places from the toolbox."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundline.core.pointfile import PointSet, write_points

DAYS = tuple(date(2018, 1, 1) + timedelta(12 * n) for n in range(60))


@pytest.fixture
def values(tmp_path: Path) -> dict[str, Any]:
    """Twenty points around one place that follow a groundwater level by 48 days."""
    from groundline_tests import toolbox

    rng = np.random.default_rng(3)
    every = np.array([date(2017, 1, 1).toordinal() + n for n in range(1200)])
    level = np.convolve(rng.normal(0, 1, 1260), np.hanning(61), "valid") + np.cos(2 * np.pi * every / 365.25)
    lines = [f"{date.fromordinal(int(day))},{value:.4f}" for day, value in zip(every[::5], level[::5])]
    wells = tmp_path / "wells.csv"
    wells.write_text("date,level_m\n" + "\n".join(lines) + "\n", encoding="utf-8")
    ground = np.array([level[day.toordinal() - 48 - every[0]] for day in DAYS])
    series = (2.0 * ground - ground[0] + rng.normal(0, 1.0, (20, 60))).astype(np.float32)
    place = np.arange(20.0)
    points = PointSet(4e5 + place, 3.9e6 + place, "EPSG:32650", {"incidence": np.full(20, 39.0)}, DAYS, series)
    return {
        "POINTS": str(write_points(tmp_path / "points.gpkg", points)),
        "LOCATIONS": toolbox.layer(tmp_path / "marks", "POINT (400010.5 3900010)", epsg=32650),
        "DRIVERS": [str(wells)],
        "OUTPUT": str(tmp_path / "out"),
    }


def test_numbers_layer_and_files(project: Any, values: dict[str, Any]) -> None:
    from groundline_tests import toolbox
    from qgis.core import QgsVectorLayer

    outputs = toolbox.run("pointseries", values)
    assert outputs["LOCATION_COUNT"] == 1 and outputs["POINT_COUNT"] == 20
    assert abs(outputs["LAG"] - 48) <= 12
    assert outputs["CORRELATION"] > 0.9 and outputs["P_VALUE"] < 0.01
    layer = QgsVectorLayer(outputs["SERIES"], "places", "ogr")
    assert layer.featureCount() == 1 and layer.fields().indexOf("D20180101") > 0
    for name in ("HTML", "FIGURE", "PANEL"):
        assert Path(outputs[name]).is_file()


def test_without_drivers(project: Any, values: dict[str, Any]) -> None:
    from groundline_tests import toolbox

    without = {name: value for name, value in values.items() if name != "DRIVERS"}
    for none in ({}, {"DRIVERS": None}, {"DRIVERS": []}):
        outputs = toolbox.run("pointseries", {**without, **none})
        assert outputs["LOCATION_COUNT"] == 1 and outputs.get("LAG") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"RADIUS": 0.01}, "no point of points within 0.01 m of P1"),
        ({"MAX_LAG": 1000}, "a smaller MAX_LAG"),
        ({"GROUP_FIELD": "kind"}, "GROUP_FIELD"),
        ({"DRIVERS": "broken"}, "'1st of May'"),
    ],
)
def test_mistakes_are_messages(
    project: Any, values: dict[str, Any], tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    from groundline_tests import toolbox

    if changes.get("DRIVERS") == "broken":
        path = tmp_path / "broken.csv"
        path.write_text("date,mm\n" + "1st of May,3\n" * 9, encoding="utf-8")
        changes = {"DRIVERS": [str(path)]}
    message = toolbox.complaint("pointseries", {**values, **changes})
    assert words in message, message
    assert "Traceback" not in message
    assert not (tmp_path / "out").exists()

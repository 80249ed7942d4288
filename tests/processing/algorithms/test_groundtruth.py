"""Comparison with levelling from the toolbox."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundline.core.pointfile import PointSet, write_points

DAYS = tuple(date(2020, month, 1) for month in range(1, 13))


@pytest.fixture
def points(tmp_path: Path) -> str:
    """Ten points that sink by 1 mm a month, vertical."""
    series = np.tile(-np.arange(12, dtype=np.float32), (10, 1))
    attributes = {"velocity": np.full(10, -12.0), "incidence": np.zeros(10)}
    x = np.linspace(500_000.0, 500_050.0, 10)
    return str(
        write_points(tmp_path / "p.gpkg", PointSet(x, np.full(10, 5e6), "EPSG:32632", attributes, DAYS, series))
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "levelling.csv"
    path.write_text(
        "name,x,y,date,vertical_mm\nA,500020,5000010,2020-02-01,100\nA,500020,5000010,2020-08-01,93\n",
        encoding="utf-8",
    )
    return path


def test_numbers_layer_and_files(project: Any, points: str, table: Path, tmp_path: Path) -> None:
    from groundline_tests import toolbox

    values = {
        "POINTS": points, "TRUTH_TABLE": str(table), "TRUTH_CRS": "EPSG:32632", "OUTPUT": str(tmp_path / "out")
    }  # fmt: skip
    outputs = toolbox.run("groundtruth", values)
    assert outputs["RMSE"] == pytest.approx(1.0)  # 6 mm measured, 7 mm levelled
    assert outputs["BENCHMARK_COUNT"] == 1
    assert all(Path(outputs[name]).is_file() for name in ("HTML", "FIGURE", "TABLE"))


def test_layers_in_memory_are_truth_too(project: Any, points: str, tmp_path: Path) -> None:
    from groundline_tests import toolbox
    from qgis.core import QgsFeatureRequest, QgsVectorLayer

    layer = QgsVectorLayer(points, "sar", "ogr").materialize(QgsFeatureRequest())
    project.addMapLayer(layer)
    outputs = toolbox.run(
        "groundtruth", {"POINTS": points, "TRUTH": layer, "RADIUS": 2.0, "OUTPUT": str(tmp_path / "out")}
    )
    assert outputs["RMSE"] == pytest.approx(0.0, abs=1e-6)
    assert outputs["BENCHMARK_COUNT"] == 10


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"TRUTH_TABLE": ""}, ("neither",)),
        ({"TRUTH_CRS": "EPSG:32633"}, ("outside the data", "A (")),
        ({"RADIUS": 5.0}, ("outside the data", "RADIUS")),
        ({"COMPONENT": "vertical", "FIELD": "speed"}, ("speed",)),
    ],
)
def test_mistakes_are_messages(
    project: Any, points: str, table: Path, tmp_path: Path, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    from groundline_tests import toolbox

    values = {
        "POINTS": points, "TRUTH_TABLE": str(table), "TRUTH_CRS": "EPSG:32632", "OUTPUT": str(tmp_path / "out"),
        **changes,
    }  # fmt: skip
    message = toolbox.complaint("groundtruth", values)
    assert all(word in message for word in words), message
    assert "Traceback" not in message
    assert not (tmp_path / "out").exists()

"""Stations, classes, limits, cross-sections, exports and the map of time from the toolbox."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from osgeo import ogr

from groundline.core.pointfile import PointSet, write_points
from groundline.core.vectorfile import write_layer

UTM = "EPSG:32650"
EAST, NORTH = 400_000.0, 3_900_000.0


def shapes(*texts: str) -> list[bytes]:
    return [bytes(ogr.CreateGeometryFromWkt(text).ExportToWkb()) for text in texts]


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """2 km with M from kilometre 12 to 14."""
    wkt = f"LINESTRING M ({EAST} {NORTH} 12, {EAST + 2000} {NORTH} 14)"
    return write_layer(
        tmp_path / "line.gpkg", "line", UTM, ogr.wkbLineStringM, shapes(wkt), {"name": (str, ["official"])}
    )


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """From 500 to 1000 m the ground sinks by 25 mm/yr, seen from straight above."""
    generator = np.random.default_rng(4)
    x, y = generator.uniform(0, 2000, 2000), generator.uniform(-100, 100, 2000)
    velocity = np.where((x > 500) & (x < 1000), -25.0, 0.0)
    return write_points(
        tmp_path / "points.gpkg",
        PointSet(
            x + EAST,
            y + NORTH,
            UTM,
            {"velocity": velocity, "incidence": np.zeros(len(x))},
            (date(2019, 1, 1), date(2020, 1, 1)),
            np.column_stack([0.0 * velocity, velocity]).astype(np.float32),
        ),
    )


@pytest.fixture
def stations(tmp_path: Path) -> Path:
    wkt = (f"POINT ({EAST + 750} {NORTH + 40})", f"POINT ({EAST + 1500} {NORTH})")
    return write_layer(
        tmp_path / "stations.gpkg",
        "stations",
        UTM,
        ogr.wkbPoint,
        shapes(*wkt),
        {"label": (str, ["Juye", "Heze"])},
    )


@pytest.fixture
def mines(tmp_path: Path) -> Path:
    a, b, c, d = EAST, NORTH + 1000, EAST + 2000, NORTH + 1500
    wkt = f"POLYGON (({a} {b}, {c} {b}, {c} {d}, {a} {d}, {a} {b}))"
    return write_layer(
        tmp_path / "mines.gpkg", "mines", UTM, ogr.wkbPolygon, shapes(wkt), {"mine": (str, ["north"])}
    )


def run(project: Any, **values: Any) -> tuple[dict[str, Any], Any]:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    import processing

    context = QgsProcessingContext()
    context.setProject(project)
    values = {"RADIUS": 80.0, **values}
    outputs = processing.run(
        "groundline:corridorprofile", values, context=context, feedback=QgsProcessingFeedback(False)
    )
    return outputs, context


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_everything_asked_for_in_the_dialog_arrives(
    project: Any, line: Path, points: Path, stations: Path, mines: Path, tmp_path: Path
) -> None:
    from qgis.core import QgsProcessingFeedback, QgsVectorLayer

    folder = tmp_path / "out"
    outputs, context = run(
        project,
        POINTS=[str(points)],
        LINE=str(line),
        USE_M=True,
        STATIONS=str(stations),
        STATION_FIELD="label",
        AMBER=-2.0,
        COLOURS="class",
        DIFFERENTIAL_LIMIT=1.0,
        DISTORTION_LIMIT=1000.0,
        CROSS_SECTIONS="12+750; 13500",
        CROSS_WIDTH=100.0,
        DISTANCE_TO=str(mines),
        DISTANCE_FIELD="mine",
        XLSX=True,
        PDF=True,
        OUTPUT=str(folder),
    )
    assert (outputs["RED_LENGTH"], outputs["AMBER_LENGTH"], outputs["GREEN_LENGTH"]) == (500.0, 0.0, 1500.0)
    assert (outputs["OVER_LIMIT_COUNT"], outputs["DATE_COUNT"]) == (2, 2)
    assert outputs["YEARS_TO_LIMIT"] == 4.0  # 25 mm/yr over 100 m are 250 of 1000 urad
    assert [(row["station"], row["chainage"], row["class"]) for row in rows(folder / "stations.csv")] == [
        ("Juye", "12750.0", "red"),
        ("Heze", "13500.0", "green"),
    ]
    zone = rows(folder / "zones.csv")[0]
    assert (zone["chainage_from"], zone["nearest"], zone["distance"]) == ("12500.0", "north", "1000.0")
    assert {row["chainage"] for row in rows(folder / "sections.csv")} == {"12750.0", "13500.0"}
    assert rows(folder / "heatmap.csv")[6]["D20200101"] == "-25.0"
    for key in ("TABLE", "HEATMAP_FIGURE", "SECTION_FIGURE", "FIGURE", "HTML"):
        assert Path(outputs[key]).is_file()
    assert (folder / "profile.xlsx").is_file()
    assert (folder / "heatmap.pdf").is_file()
    entry = context.layersToLoadOnCompletion()[outputs["PROFILE"]]
    layer = QgsVectorLayer(outputs["PROFILE"], entry.name, "ogr")
    entry.postProcessor().postProcessLayer(layer, context, QgsProcessingFeedback(False))
    categories = layer.renderer().categories()
    assert layer.renderer().classAttribute() == "class"
    assert [category.value() for category in categories] == ["green", "amber", "red", "no data"]


def test_a_filtered_layer_keeps_its_series(project: Any, line: Path, points: Path, tmp_path: Path) -> None:
    from qgis.core import QgsVectorLayer

    layer = QgsVectorLayer(str(points), "measured", "ogr")
    layer.setSubsetString("velocity < -10")
    values = {"POINTS": [layer], "LINE": str(line), "REVERSE": True, "START_CHAINAGE": 100.0}
    outputs, _ = run(project, OUTPUT=str(tmp_path / "with"), **values)
    table = rows(tmp_path / "with" / "heatmap.csv")
    assert [row["D20200101"] for row in table] == [""] * 10 + ["-25.0"] * 5 + [""] * 5
    assert table[0]["chainage_from"] == "100.0"
    outputs, _ = run(project, OUTPUT=str(tmp_path / "without"), HEATMAP=False, **values)
    assert outputs["DATE_COUNT"] == 0
    assert "HEATMAP_FIGURE" not in outputs


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"CROSS_SECTIONS": "twelve"}, "CROSS_SECTIONS"),
        ({"CROSS_SECTIONS": "2001"}, "chainages from 0 to 2000 m"),
        ({"AMBER": -50.0}, "AMBER and RED"),
        ({"DISTORTION_LIMIT": 0.0}, "DISTORTION_LIMIT"),
        ({"CROSS_WIDTH": 1000.0}, "CROSS_WIDTH"),
    ],
)
def test_mistakes_are_messages(
    project: Any, line: Path, points: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    from qgis.core import QgsProcessingException

    values = {"POINTS": [str(points)], "LINE": str(line), "OUTPUT": str(tmp_path / "out"), **changes}
    with pytest.raises(QgsProcessingException, match=message) as caught:
        run(project, **values)
    assert "Traceback" not in str(caught.value)
    assert not (tmp_path / "out" / "result.json").exists()

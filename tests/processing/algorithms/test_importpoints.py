"""Import of points from the toolbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

TABLE = "x,y,speed,T05012018,T17012018\n500000,5000000,-3,0,-0.1\n500100,5000000,2,0,0.1\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_a_table_with_its_own_names_and_dates(project: Any, table: Path, tmp_path: Path) -> None:
    from groundline_tests import toolbox
    from qgis.core import QgsVectorLayer

    log = toolbox.Log()
    outputs = toolbox.run(
        "importpoints",
        {
            "INPUT": str(table), "CRS": "EPSG:32632", "VELOCITY_FIELD": "speed", "DATE_PATTERN": "T%d%m%Y",
            "INCIDENCE": 38.0, "HEADING": -13.0, "TRACK": "15", "OUTPUT": str(tmp_path / "out"),
        },
        log,
    )  # fmt: skip
    preview = next(line for line in log.lines if line.startswith("Read as"))
    assert "velocity = speed" in preview
    assert "2 dates from T05012018 = 2018-01-05 to T17012018 = 2018-01-17" in preview
    assert (outputs["POINT_COUNT"], outputs["DATE_COUNT"], outputs["VELOCITY_MIN"]) == (2, 2, -3)
    layer = QgsVectorLayer(str(tmp_path / "out" / "points.gpkg"), "points", "ogr")
    assert layer.crs().authid() == "EPSG:32632"
    names = [field.name() for field in layer.fields()]
    assert names[-2:] == ["D20180105", "D20180117"]
    assert {"velocity", "incidence", "los_east", "track"} <= set(names)
    assert Path(outputs["HTML"]).is_file()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ("T05012018, T17012018", "DATE_PATTERN")),
        ({"INPUT": "nowhere.csv"}, ("INPUT",)),
        ({"DATE_PATTERN": "D%Y"}, ("DATE_PATTERN",)),
    ],
)
def test_mistakes_are_messages(
    project: Any, table: Path, tmp_path: Path, changes: dict[str, Any], words: tuple[str, ...]
) -> None:
    from groundline_tests import toolbox

    values = {"INPUT": str(table), "VELOCITY_FIELD": "speed", "OUTPUT": str(tmp_path / "out"), **changes}
    message = toolbox.complaint("importpoints", values)
    assert all(word in message for word in words), message
    assert "Traceback" not in message
    assert not (tmp_path / "out").exists()

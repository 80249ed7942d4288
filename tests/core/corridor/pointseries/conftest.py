"""Four rural places that follow the rain by two months and two urban ones that do not, in plain metres."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from osgeo import ogr

from groundline.core.pointfile import PointSet
from groundline.core.simulation import scene, vectors
from groundline.core.vector import VectorInput

UTM = "EPSG:32650"
DATES = tuple(
    date(2015, 7, 23) + timedelta(12 * int(n))
    for n in np.sort(np.random.default_rng(1).choice(130, 62, replace=False))
)
PLACES = [(400_000.0 + 3_000.0 * n, 3_900_000.0) for n in range(6)]
KINDS = ["rural"] * 4 + ["urban"] * 2


def marks(*places: tuple[float, float], **fields: list[Any]) -> VectorInput:
    """A layer of points with attributes."""
    shapes = []
    for x, y in places:
        point = ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(x, y)
        shapes.append(bytes(point.ExportToWkb(ogr.wkbNDR)))
    rows = tuple({name: values[n] for name, values in fields.items()} for n in range(len(places)))
    return VectorInput(tuple(shapes), UTM, rows, "marks")


@pytest.fixture(scope="session")
def locations() -> VectorInput:
    return marks(*PLACES, name=["R1", "R2", "R3", "R4", "U1", "U2"], kind=KINDS)


@pytest.fixture(scope="session")
def ground() -> PointSet:
    """Twelve points within 40 m of each place: LOS series with 39 degrees of incidence, noise of 2 mm each.

    Rural: -8 mm/yr and 5 mm of season, 61 days after the rain. Urban: -40 mm/yr, U2 faster and faster.
    """
    rng = np.random.default_rng(5)
    years = np.array([(day - DATES[0]).days / 365.25 for day in DATES])
    season = np.array([scene.season(day) for day in DATES])
    x, y, series = [], [], []
    for number, (east, north) in enumerate(PLACES):
        rural = KINDS[number] == "rural"
        up = -8.0 * years + 5.0 * season if rural else -40.0 * years - 4.0 * years**2 * (number == 5)
        for _ in range(12):
            turn, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0, 40)
            x.append(east + reach * np.cos(turn))
            y.append(north + reach * np.sin(turn))
            series.append((up - up[0]) * np.cos(np.radians(39.0)) + rng.normal(0, 2.0, len(DATES)))
    values = np.array(series, np.float32)
    return PointSet(np.array(x), np.array(y), UTM, {"incidence": np.full(len(x), 39.0)}, DATES, values, "ground")


@pytest.fixture(scope="session")
def rain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Monthly rain of the simulated scene."""
    path = tmp_path_factory.mktemp("rain") / "rain.csv"
    path.write_text(vectors.precipitation(1), encoding="utf-8")
    return str(path)


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., str]:
    """table(lines...): a CSV file of these lines."""

    def write(*lines: str, name: str = "driver.csv") -> str:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    return write

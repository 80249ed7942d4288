"""Two tracks over known motion, in plain metres of one UTM zone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from groundline.core.pointfile import PointSet

UTM = "EPSG:32650"
EAST, NORTH = 400_000.0, 3_900_000.0


def los_vector(incidence: float, heading: float) -> np.ndarray:
    """(east, north, up) from ground to satellite, right-looking, angles in degrees."""
    theta, angle = math.radians(incidence), math.radians(heading)
    return np.array([-math.sin(theta) * math.cos(angle), math.sin(theta) * math.sin(angle), math.cos(theta)])


@pytest.fixture(scope="session")
def track_of() -> Callable[..., PointSet]:
    """track_of(x, y, (east, north, up), incidence, heading): points whose velocity is that motion seen by the track.

    x, y in metres from the tests' origin; noise per point and offset in mm/yr along the line of sight.
    """

    def make(
        x: Any,
        y: Any,
        motion: tuple[Any, Any, Any],
        incidence: float = 39.0,
        heading: float = -13.0,
        noise: Any = 0.0,
        std: float | None = None,
        name: str = "track",
        crs: str = UTM,
        **attributes: Any,
    ) -> PointSet:
        x, y = np.asarray(x, float), np.asarray(y, float)
        vector = los_vector(incidence, heading)
        seen = sum(part * np.broadcast_to(np.asarray(value, float), x.shape) for part, value in zip(vector, motion))
        columns: dict[str, Any] = {"velocity": seen + noise}
        if std is not None:
            columns["velocity_std"] = np.full(x.shape, std)
        columns.update({f"los_{part}": np.full(x.shape, v) for part, v in zip(("east", "north", "up"), vector)})
        columns.update(attributes)
        return PointSet(x + EAST, y + NORTH, crs, columns, name=name)

    return make

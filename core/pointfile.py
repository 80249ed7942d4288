"""Measurement points: the table, and its GeoPackage form.

Columns in the file: the attributes in the order given (`velocity` mm/yr, `velocity_std` mm/yr,
`coherence`, `height_error` m, `incidence` deg, `los_east`, `los_north`, `los_up`, `track`, `pass`),
then one column DYYYYMMDD per date with the displacement in mm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PointSet:
    """Points and their series.

    x, y : float64 (n,), in `crs`. attributes : name -> (n,) array of numbers or strings.
    series : float32 (n, dates) displacement [mm], NaN where missing. crs : WKT.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    attributes: dict[str, NDArray[Any]] = field(default_factory=dict)
    dates: tuple[date, ...] = ()
    series: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    name: str = ""

    def __len__(self) -> int:
        return len(self.x)

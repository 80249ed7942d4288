"""Parameters of the series at marked places."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union

from ...component import COMPONENTS, VERTICAL
from ...errors import InputError
from ...outputfolder import check_output
from ...pointsource import Points
from ...vector import VectorInput

ALGORITHM = "pointseries"


@dataclass(frozen=True)
class PointSeriesParams:
    """What `run_pointseries` needs.

    points : measurement points with a series [mm]. locations : marked places. radius [m] : points this near count.
    drivers : CSV files. name_field, group_field : of the locations, empty for the usual names and for one group.
    component : vertical or los; incidence [deg] : for points that have none. max_lag, lag_step [d] : lags that are
    tried, step 0 for half the usual time between dates. window [d] : drivers are averaged over it, centred.
    block [d] : length of the pieces that the block test shuffles. draws : surrogate series. seed : of them.
    """

    points: Points
    locations: VectorInput
    output: Union[str, Path]
    radius: float = 50.0
    drivers: tuple[str, ...] = ()
    name_field: str = ""
    group_field: str = ""
    component: str = VERTICAL
    incidence: Optional[float] = None
    max_lag: int = 180
    lag_step: int = 0
    window: int = 30
    block: int = 90
    draws: int = 1000
    seed: int = 1

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_output(self.output, ALGORITHM)
        self.locations.check("LOCATIONS", ("point",), "points that mark places")
        names = {name for row in self.locations.attributes for name in row}
        for field, name in (("NAME_FIELD", self.name_field), ("GROUP_FIELD", self.group_field)):
            if name and name not in names:
                seen = ", ".join(sorted(names)) or "it has none"
                raise InputError(field, name, f"a field of {self.locations.name or 'the locations'}: {seen}")
        if not (math.isfinite(self.radius) and self.radius > 0):
            raise InputError("RADIUS", self.radius, "a length above 0 m")
        if self.component not in COMPONENTS:
            raise InputError("COMPONENT", self.component, " or ".join(COMPONENTS))
        if self.incidence is not None and not 0.0 <= self.incidence < 90.0:
            raise InputError(
                "INCIDENCE", self.incidence, "0 to below 90 degrees", "0 means that the series are vertical"
            )
        for field, value, least in (
            ("MAX_LAG", self.max_lag, 1),
            ("LAG_STEP", self.lag_step, 0),
            ("WINDOW", self.window, 1),
            ("BLOCK", self.block, 1),
            ("DRAWS", self.draws, 100),
        ):
            if value < least:
                raise InputError(field, value, f"{least} or more")

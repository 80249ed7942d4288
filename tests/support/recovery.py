"""The chain on the simulated railway, measured against the truth."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.params import CorridorParams
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.pointsource import PointFile
from groundline.core.raster import read_geotiff
from groundline.core.simulation.job import run_simulate
from groundline.core.simulation.params import SimulateParams
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import read_vector


class Recovery(NamedTuple):
    """Truth and what was found: lengths [m], rates [mm/yr] (vertical), velocity differences [mm/yr, LOS]."""

    truth_length: float
    on_line: float
    bins: float
    truth_lowest: float
    lowest: float
    rmse: float
    nmad: float


def corridor(folder: Path, size: str) -> Recovery:
    """Simulate, import, choose, invert and profile track 40 with the defaults."""
    truth = run_simulate(SimulateParams(folder / "scene", size=size))
    track = folder / "scene" / "track040"
    import_stack(ImportParams(track, folder / "stack"))
    run_network(NetworkParams(input=folder / "stack", output=folder / "network"))
    reference = read_vector(folder / "scene" / "reference_areas.geojson")
    run_sbas(SbasParams(folder / "network", folder / "sbas", reference=reference))
    line = read_vector(folder / "scene" / "railway.geojson")
    wide = run_corridor(
        CorridorParams(line, folder / "wide", points=(PointFile(str(folder / "sbas" / "points.gpkg")),))
    )
    bed = run_corridor(
        CorridorParams(line, folder / "bed", raster=folder / "sbas" / "velocity.tif", radius=50.0)
    )
    velocity, _ = read_geotiff(folder / "sbas" / "velocity.tif")
    true_velocity, _ = read_geotiff(folder / "scene" / "truth" / "track040" / "velocity_los.tif")
    apart = (velocity - true_velocity)[np.isfinite(velocity)]
    apart = apart[np.isfinite(apart)]

    def number(result: object, key: str) -> float:
        return float(result.numbers[key].value)  # type: ignore[attr-defined]

    return Recovery(
        number(truth, "affected_length"),
        number(bed, "affected_length_on_line"),
        number(wide, "affected_length"),
        number(truth, "lowest_rate"),
        number(bed, "worst_rate"),
        float(np.sqrt(np.mean(apart**2))),
        float(1.4826 * np.median(np.abs(apart - np.median(apart)))),
    )

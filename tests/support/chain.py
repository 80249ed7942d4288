"""The main job in its forms (core, single algorithms, qgis_process, model), and hashes of what they leave."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from groundline.core.blocks import Compute
from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.params import CorridorParams
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.monitor import Monitor
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.pointsource import PointFile
from groundline.core.simulation.job import SimulateParams, run_simulate
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import read_vector

BIN = 500.0
STEPS = ("stack", "network", "displacement", "corridor")


def scene(folder: Path) -> Path:
    """The small simulated scene."""
    return run_simulate(SimulateParams(output=folder, scenario="corridor", seed=1, size="small")).folder


def inputs(scene_folder: Path) -> dict[str, str]:
    """The model's inputs for a scene."""
    return {
        "INPUT": str(scene_folder / "track040"),
        "LINE": str(scene_folder / "railway.geojson"),
        "REFERENCE": str(scene_folder / "reference_areas.geojson"),
        "BIN": str(BIN),
    }


def by_core(scene_folder: Path, workspace: Path, monitor: Monitor | None = None) -> None:
    """As in a notebook."""
    monitor = monitor or Monitor()
    given = inputs(scene_folder)
    import_stack(ImportParams(given["INPUT"], workspace / "stack"), monitor)
    run_network(NetworkParams(input=workspace / "stack", output=workspace / "network"), monitor)
    reference = read_vector(given["REFERENCE"])
    sbas = SbasParams(workspace / "network", workspace / "displacement", reference=reference)
    run_sbas(sbas, monitor, Compute())
    run_corridor(
        CorridorParams(
            line=read_vector(given["LINE"]),
            output=workspace / "corridor",
            points=(PointFile(str(workspace / "displacement" / "points.gpkg")),),
            bin=BIN,
        ),
        monitor,
    )


def single_steps(scene_folder: Path, workspace: Path) -> list[tuple[str, dict[str, Any]]]:
    """The four algorithms with their parameters, as typed into the toolbox."""
    given = inputs(scene_folder)
    folder = {name: str(workspace / name) for name in STEPS}
    return [
        ("groundline:importstack", {"INPUT": given["INPUT"], "OUTPUT": folder["stack"]}),
        ("groundline:network", {"INPUT": folder["stack"], "OUTPUT": folder["network"]}),
        (
            "groundline:sbas",
            {"INPUT": folder["network"], "REFERENCE": given["REFERENCE"], "OUTPUT": folder["displacement"]},
        ),
        (
            "groundline:corridorprofile",
            {
                "POINTS": [str(Path(folder["displacement"]) / "points.gpkg")],
                "LINE": given["LINE"],
                "BIN": given["BIN"],
                "OUTPUT": folder["corridor"],
            },
        ),
    ]


def hashes(folder: Path, *suffixes: str) -> dict[str, str]:
    """SHA-256 of every file below a folder (with these suffixes, if given) by its relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (not suffixes or path.suffix in suffixes)
    }

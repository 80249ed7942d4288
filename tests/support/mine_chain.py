"""The salt mine's job in its forms: core, single algorithms, model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.mining.brine_job import run_brine
from groundline.core.mining.brine_params import BrineParams
from groundline.core.mining.estimate_job import run_wskestimate
from groundline.core.mining.estimate_params import WskEstimateParams, WskPredictParams
from groundline.core.mining.predict_job import run_wskpredict
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.simulation.saltmine_job import run_saltmine
from groundline.core.simulation.saltmine_params import SaltMineParams
from groundline.core.vector import read_vector

STEPS = ("stack", "network", "kinetics", "forecast", "brine", "brine_forecast")
END, STEP = "2018-02-11", 60


def scene(folder: Path) -> Path:
    """A small mine."""
    return run_saltmine(SaltMineParams(folder, columns=48)).folder


def record_cx(scene_folder: Path) -> float:
    """The mean of Cx that the simulation knows."""
    document = json.loads((scene_folder / "result.json").read_text(encoding="utf-8"))
    return float(document["numbers"]["record_mean_cx"]["value"])


def inputs(scene_folder: Path) -> dict[str, Any]:
    """The model's inputs for a scene."""
    return {
        "INPUT": str(scene_folder / "interferograms"),
        "REFERENCE": str(scene_folder / "reference_areas.geojson"),
        "RECORD_CX": record_cx(scene_folder),
        "RECORDS": str(scene_folder / "production.csv"),
        "END": END,
        "STEP": STEP,
    }


def by_core(scene_folder: Path, workspace: Path) -> None:
    """As in a notebook."""
    import_stack(ImportParams(str(scene_folder / "interferograms"), workspace / "stack"))
    run_network(NetworkParams(input=workspace / "stack", output=workspace / "network"))
    reference = read_vector(scene_folder / "reference_areas.geojson")
    run_wskestimate(
        WskEstimateParams(
            workspace / "network", workspace / "kinetics", reference=reference, record_cx=record_cx(scene_folder)
        )
    )
    run_wskpredict(WskPredictParams(workspace / "kinetics", workspace / "forecast", end=END, step=STEP))
    records = scene_folder / "production.csv"
    run_brine(BrineParams(workspace / "kinetics", workspace / "brine", records=records))
    run_brine(BrineParams(workspace / "forecast", workspace / "brine_forecast"))

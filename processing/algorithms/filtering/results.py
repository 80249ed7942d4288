"""What both filters declare and show: numbers, and the layer of homogeneous pixels."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext

from ....core import manifest
from ....core.result import Result
from ....core.stack import MAP
from ... import layers

NUMBERS = (
    ("pairs", "Interferograms filtered"),
    ("scatter_before", "Phase scatter against the 8 neighbours, before [rad]"),
    ("scatter_after", "Phase scatter against the 8 neighbours, after [rad]"),
    ("residues_before", "Residues per 1000 pixels, before"),
    ("residues_after", "Residues per 1000 pixels, after"),
    ("edge_sharpness", "Share of the phase steps at edges that is left"),
    ("mean_coherence", "Mean coherence"),
)


def present(result: Result, context: QgsProcessingContext) -> dict[str, Any]:
    """Output values; the layer of homogeneous pixels loads where it lies on a map."""
    outputs = {"OUTPUT": str(result.folder), "HTML": str(result.files["report"])}
    if "shp_count" in result.files:
        outputs["COUNT"] = str(result.files["shp_count"])
        if manifest.load(result.folder).frame == MAP:
            wanted = layers.LayerToLoad(result.files["shp_count"], "Homogeneous pixels", style="shp_count")
            layers.load(context, wanted)
    return outputs

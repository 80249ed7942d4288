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
        stack = manifest.load(result.folder)
        if stack.frame == MAP:
            counts = _count_values(stack.history[-1]["parameters"])
            wanted = layers.LayerToLoad(
                result.files["shp_count"], "Homogeneous pixels", style="shp_count", values=counts
            )
            layers.load(context, wanted)
    return outputs


def _count_values(parameters: dict[str, Any]) -> tuple[float, ...]:
    """Counts of the six colours of the style: two for pixels that stay, four from the first count that is filtered."""
    least = parameters["minimum"]
    most = parameters["neighbourhood"]["rows"] * parameters["neighbourhood"]["columns"] - 1
    first = least + 1
    filtered = [float(round(first + share * (most - first))) for share in (0.0, 0.27, 0.62, 1.0)]
    return (0.0, max(float(least), 0.5), *filtered)

"""The parameters of a salt deposit, shared by the algorithms that turn volume into brine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qgis.core import QgsProcessingContext

from ....core.mining.brine import PRESETS, Deposit
from ... import parameters as make
from ...base import GroundlineAlgorithm

MINES = tuple(PRESETS)
_FIELDS = (
    ("THICKNESS", "thickness", "Thickness of the seam [m]"),
    ("ORE_WEIGHT", "ore_weight", "Weight of the ore [t/m³]"),
    ("GRADE", "grade", "Grade of the ore [fraction]"),
    ("CONTENT", "content", "Content of the product in the brine [fraction]"),
    ("WELL_SPACING", "well_spacing", "Distance between the wells of a group [m]"),
    ("DENSITY", "density", "Density of the brine [t/m³]"),
)
HELP = (
    (
        "MINE",
        "Preset of the deposit: Xinhua (seam of 3 m) or Huai'an (5 m), both with ore of 2.15 t/m³ and grade 0.52, a "
        "content of 0.80, wells 56.4 m apart and 1 t/m³. The values below replace the preset's.",
    ),
    ("THICKNESS", "Thickness H of the mined seam; empty for the preset's."),
    ("ORE_WEIGHT", "Weight G of the ore in place; empty for the preset's."),
    ("GRADE", "Grade E of the ore as a fraction; empty for the preset's."),
    ("CONTENT", "Content g of the product in the brine as a fraction; empty for the preset's."),
    ("WELL_SPACING", "Distance Ls between the wells that one channel joins; empty for the preset's."),
    (
        "DENSITY",
        "Tonnes of brine that one cubic metre of subsidence stands for; empty for the preset's 1 t/m³, which takes a "
        "cubic metre as a tonne.",
    ),
)


def add_parameters(algorithm: GroundlineAlgorithm) -> None:
    """Add the preset and its replacements to the dialog."""
    algorithm.addParameter(make.choice("MINE", "Deposit", MINES, MINES[0]))
    for name, _, text in _FIELDS:
        algorithm.addParameter(make.advanced(make.real(name, text, None, optional=True)))


def deposit_of(
    algorithm: GroundlineAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> Deposit:
    """The deposit that the values describe."""
    preset = PRESETS[algorithm.parameterAsEnumString(parameters, "MINE", context) or MINES[0]]
    given = {
        field: algorithm.parameterAsDouble(parameters, name, context)
        for name, field, _ in _FIELDS
        if parameters.get(name) not in (None, "")
    }
    return replace(preset, **given)

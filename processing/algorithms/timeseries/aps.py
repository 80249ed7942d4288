"""The toolbox entry of `aps`."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.timeseries.corrections.aps import run_aps
from ....core.timeseries.corrections.params import PRESETS, ApsParams
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import TIME_SERIES
from . import corrected, results


class ApsAlgorithm(GroundlineAlgorithm):
    """Filters atmosphere out of a displacement folder."""

    ID = "aps"
    TITLE = "Filter atmosphere (APS)"
    GROUP = TIME_SERIES
    SUMMARY = """Takes what changes from date to date and is smooth in space for atmosphere, and removes it from a
        displacement folder. Trend, annual and semi-annual terms of each pixel are set aside before the filter and are
        in the result in full.

        Displacement, velocity, its deviation by images, points and report are made anew; the reference stays."""
    TAGS = (*GroundlineAlgorithm.TAGS, "atmosphere", "aps", "filter", "space-time", "correction")
    HELP = (
        ("INPUT", "Displacement folder, as sbas writes it."),
        ("PRESET", "standard: 1500 m and 90 days. stamps: 100 m and 365 days, the defaults of StaMPS."),
        ("RADIUS", "Standard deviation of the Gaussian in space; empty takes that of PRESET."),
        ("DAYS", "Standard deviation of the Gaussian in time; empty takes that of PRESET."),
        ("OUTPUT", "Folder for the filtered displacement folder, with removed/YYYYMMDD.tif in mm."),
        *corrected.HELP,
    )
    NUMBERS = (
        *corrected.NUMBERS,
        ("seasonal_terms", "Seasonal terms set aside (1 annual, 2 with semi-annual)"),
        *results.NUMBERS,
    )

    def define(self) -> None:
        self.addParameter(make.input_folder(description="Displacement folder"))
        self.addParameter(make.choice("PRESET", "Widths of the filter", tuple(PRESETS), "standard"))
        self.addParameter(make.real("RADIUS", "Width in space [m]", None, 0.0, optional=True))
        self.addParameter(make.real("DAYS", "Width in time [days]", None, 0.0, optional=True))
        self.addParameter(make.output_folder(description="Filtered displacement folder"))
        corrected.add_outputs(self)

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> ApsParams:
        return ApsParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            preset=self.parameterAsEnumString(parameters, "PRESET", context),
            radius=self._given(parameters, "RADIUS", context),
            days=self._given(parameters, "DAYS", context),
        )

    def _given(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> float | None:
        """A number, or None where the user left it empty."""
        given = parameters.get(name) not in (None, "")
        return self.parameterAsDouble(parameters, name, context) if given else None

    def compute(self, params: ApsParams, monitor: Monitor) -> Result:
        return run_aps(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return corrected.present(result, context)

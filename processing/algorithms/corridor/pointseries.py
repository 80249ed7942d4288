"""The toolbox entry of `pointseries`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
)

from ....core.component import COMPONENTS, VERTICAL
from ....core.corridor.pointseries.params import PointSeriesParams
from ....core.corridor.pointseries.run import run_pointseries
from ....core.errors import InputError
from ....core.monitor import Monitor
from ....core.result import Result
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import CORRIDOR
from ...points import series_of


class PointSeriesAlgorithm(GroundlineAlgorithm):
    """Averages series around marked places and compares them with rain, groundwater and the like."""

    ID = "pointseries"
    TITLE = "Series at marked places"
    GROUP = CORRIDOR
    SUMMARY = """Averages the displacements of the points around marked places, shows them with their spread, and groups
        of them without their trend beside what may drive them: rain, groundwater, temperature.

        For every driver the lag is found by which the ground follows it, with its bounds and two tests against chance.
        Every place is tested for motion that does not go straight on."""
    TAGS = (
        *GroundlineAlgorithm.TAGS,
        "time series",
        "precipitation",
        "groundwater",
        "correlation",
        "lag",
        "station",
    )
    HELP = (
        ("POINTS", "Measurement points with a column per date."),
        ("LOCATIONS", "Points that mark the places."),
        ("RADIUS", "Points this near to a place are averaged."),
        (
            "DRIVERS",
            "CSV files with a column of dates and one or more columns of numbers, e.g. precipitation_mm. Dates as "
            "YYYY-MM-DD, DD.MM.YYYY, YYYYMMDD, or months as YYYY-MM; they must begin MAX_LAG days before the points'.",
        ),
        ("NAME_FIELD", "Names of the places. Empty: a field name or id, else P1, P2 ..."),
        ("GROUP_FIELD", "Groups of places, e.g. rural and urban. Empty: one group."),
        ("COMPONENT", "vertical: assumes no horizontal motion. los: as measured."),
        ("INCIDENCE", "Incidence angle where the points have none."),
        ("MAX_LAG", "Longest time by which the ground may follow. Beyond half a year, seasons repeat with other sign."),
        ("LAG_STEP", "Step between lags. 0: half the usual time between dates."),
        ("WINDOW", "Drivers are averaged over so many days, centred. Daily rain needs it."),
        (
            "BLOCK",
            "Pieces that the block test shuffles: longer than the noise lasts, shorter than the season.",
        ),
        ("DRAWS", "Surrogate drivers of each test."),
        ("SEED", "Seed of the random numbers; the same seed gives the same numbers."),
        ("OUTPUT", "Folder for layer, tables, figures, the report and result.json."),
        ("SERIES", "The places with velocity, season, class and their mean series in a column per date."),
        ("HTML", "Report with figures, tables and numbers."),
        ("FIGURE", "Mean series as PNG; the SVG is beside it."),
        ("PANEL", "Drivers and groups over one axis of time as PNG; the SVG is beside it."),
    )
    NUMBERS = (
        ("location_count", "Locations with points"),
        ("empty_count", "Locations without points"),
        ("point_count", "Points around all locations"),
        ("velocity_min", "Lowest velocity of a location [mm/yr]"),
        ("velocity_max", "Highest velocity of a location [mm/yr]"),
        ("nonlinear_count", "Locations that do not go straight on"),
        ("lag", "Lag of the strongest correlation of a group [d]"),
        ("correlation", "The strongest correlation of a group"),
        ("p_value", "Its probability by chance, block test"),
        ("p_value_phase", "Its probability by chance, phase test"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.series_layer())
        add(make.point_layer("LOCATIONS", "Marked places"))
        add(make.real("RADIUS", "Radius around a place [m]", 50.0, minimum=0.0))
        add(make.input_files("DRIVERS", "Drivers, such as rain or groundwater (CSV)"))
        add(make.field("NAME_FIELD", "Field with the name of a place", "LOCATIONS"))
        add(make.field("GROUP_FIELD", "Field with the group of a place", "LOCATIONS"))
        add(make.choice("COMPONENT", "Component", COMPONENTS, VERTICAL))
        add(make.real("INCIDENCE", "Incidence angle, if missing [deg]", None, 0.0, 90.0, optional=True))
        add(make.integer("MAX_LAG", "Longest lag [d]", 180, minimum=1))
        for definition in (
            make.integer("LAG_STEP", "Step between lags [d] (0: half the time between dates)", 0, minimum=0),
            make.integer("WINDOW", "Averaging window of the drivers [d]", 30, minimum=1),
            make.integer("BLOCK", "Length of a block in the block test [d]", 90, minimum=1),
            make.integer("DRAWS", "Surrogate drivers of each test", 1000, minimum=100),
            make.integer("SEED", "Seed of the random numbers", 1, minimum=0),
        ):
            add(make.advanced(definition))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("SERIES", "Places with their series"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Series report"))
        self.addOutput(QgsProcessingOutputFile("FIGURE", "Figure of the series"))
        self.addOutput(QgsProcessingOutputFile("PANEL", "Figure of drivers and groups"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> PointSeriesParams:
        def whole(name: str) -> int:
            return self.parameterAsInt(parameters, name, context)

        layer = self.parameterAsVectorLayer(parameters, "POINTS", context)
        if layer is None:
            raise InputError("POINTS", parameters.get("POINTS"), "a point layer", "Choose the measurement points")
        places = sources.vector_input(self.parameterAsSource(parameters, "LOCATIONS", context))
        if places is None:
            raise InputError("LOCATIONS", parameters.get("LOCATIONS"), "a point layer", "Mark the places")
        return PointSeriesParams(
            series_of(layer),
            places,
            self.folder(parameters, "OUTPUT", context),
            radius=self.parameterAsDouble(parameters, "RADIUS", context),
            # QGIS hands out an empty path where nothing is chosen.
            drivers=tuple(path for path in self.parameterAsFileList(parameters, "DRIVERS", context) if path),
            name_field=self.parameterAsString(parameters, "NAME_FIELD", context),
            group_field=self.parameterAsString(parameters, "GROUP_FIELD", context),
            component=self.parameterAsEnumString(parameters, "COMPONENT", context),
            incidence=self.optional_number(parameters, "INCIDENCE", context),
            max_lag=whole("MAX_LAG"),
            lag_step=whole("LAG_STEP"),
            window=whole("WINDOW"),
            block=whole("BLOCK"),
            draws=whole("DRAWS"),
            seed=whole("SEED"),
        )

    def compute(self, params: PointSeriesParams, monitor: Monitor) -> Result:
        return run_pointseries(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        files = result.files
        places = layers.LayerToLoad(
            files["locations"], "Marked places", style=self._style(result), table="points", top=True
        )
        layers.load(context, places)
        return {
            "OUTPUT": str(result.folder),
            "SERIES": places.uri,
            "HTML": str(files["report"]),
            "FIGURE": str(files["figure"]),
            "PANEL": str(files["panel"]),
        }

    def _style(self, result: Result) -> str:
        """Velocities where there are any."""
        return "velocity_points" if "velocity_min" in result.numbers else ""

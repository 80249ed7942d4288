"""What the steps of the dissolution kinetics show: layers, outputs and numbers."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext

from ....core.pointfile import TABLE
from ....core.result import Result
from ... import layers

ESTIMATE_NUMBERS = (
    ("pixels", "Pixels estimated"),
    ("dates", "Dates"),
    ("pairs", "Interferograms used"),
    ("funnels", "Groups of pixels with a concentration of their own"),
    ("funnels_left_out", "Funnels that could not be estimated"),
    ("span", "Time span [yr]"),
    ("largest_subsidence", "Largest subsidence at the last date [mm]"),
    ("largest_subsidence_std", "Its standard deviation [mm]"),
    ("diffusion_max", "Largest D [m2/s]"),
    ("diffusion_median", "Median D [m2/s]"),
    ("diffusion_std", "Median standard deviation of D [m2/s]"),
    ("height_std", "Median standard deviation of dH [m]"),
    ("mean_u", "Mean undersaturation over the record"),
    ("mean_cx", "Mean concentration Cx over the record [g/100 g water]"),
    ("residual_std", "Standard deviation of the residual phase [rad]"),
    ("pixels_on_bound", "Pixels with D or dH on an upper bound"),
    ("pixels_uplift", "Pixels whose unbounded D is negative"),
    ("kkt", "Largest scaled KKT residual"),
    ("iterations", "Iterations of the solver"),
    ("reference_pixels", "Pixels in the reference areas"),
)

PREDICT_NUMBERS = (
    ("pixels", "Pixels predicted"),
    ("dates", "Dates predicted"),
    ("horizon", "Time from the record's last date to the last prediction [yr]"),
    ("largest_subsidence", "Largest predicted subsidence at the last date [mm]"),
    ("largest_subsidence_std", "Its standard deviation [mm]"),
    ("largest_rate", "Fastest predicted subsidence between the record's end and the last date [mm/yr]"),
    ("dates_scored", "Dates scored"),
    ("score_std", "Standard deviation of the errors at the scored dates [mm]"),
    ("score_rmse", "RMSE at the scored dates [mm]"),
    ("score_bias", "Mean error at the scored dates [mm]"),
    ("score_max", "Largest error at the scored dates [mm]"),
)


def present(result: Result, context: QgsProcessingContext) -> dict[str, Any]:
    """Load points and velocity, styled to the range of the data."""
    limit = float(result.tables["scale"]["velocity_mm_yr"])
    points = layers.LayerToLoad(
        result.files["points"], "Kinetics: points", style="velocity_points", table=TABLE, limit=limit
    )
    velocity = layers.LayerToLoad(
        result.files["velocity"], "Kinetics: velocity (LOS)", style="velocity", limit=limit
    )
    layers.load(context, points, velocity)
    return {
        "OUTPUT": str(result.folder),
        "VELOCITY": str(result.files["velocity"]),
        "POINTS": points.uri,
        "HTML": str(result.files["report"]),
    }

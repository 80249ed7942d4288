"""The report of the dissolution kinetics."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..figures import mining_kinetics as figures
from ..figures import mining_maps as maps
from ..metadata_sheet import metadata_sheet
from ..report import Report
from ..result import Result
from ..timeseries.summary import round_up
from ..units import MM_PER_M
from .estimate_params import WskEstimateParams
from .estimate_result import Fitted
from .estimate_scene import Scene
from .model_folder import Modelled, on_grid

_PANELS = 8
_NAMED = 8  # funnels with a curve of their own


def write_report(
    path: Path, params: WskEstimateParams, scene: Scene, fitted: Fitted, made: Modelled, result: Result
) -> Path:
    """Write the report; every number in it is in result.json or wsk.json too."""
    dates = scene.stack.dates
    report = Report(
        "Dissolution kinetics of a salt mine",
        f"{dates[0].isoformat()} to {dates[-1].isoformat()}, {len(dates)} dates, "
        f"{len(scene.stack.kept)} interferograms, {len(scene.index):,} pixels",
    )
    report.warnings(result.warnings)
    report.paragraph(
        "The ground sinks by dS/dt = (D/delta) u(t), with the undersaturation u = (Cs - Cx)/Cs of the brine common to "
        "all pixels of a funnel, and a diffusion coefficient D per pixel that does not change in time "
        f"(Cs {fitted.cs:g} g/100 g water, delta {fitted.delta:g} m). Subsidence is vertical and positive down; the "
        "displacement rasters are along the line of sight, positive toward the satellite."
    )
    _concentration(report, scene, fitted)
    _maps(report, fitted, made)
    report.heading("Series")
    report.figure(
        figures.curves(_curves(scene, fitted), None, "Subsidence where it is largest in each funnel"),
        "Bands of two standard deviations, from the noise that interferograms and images show against the model. What "
        "the model leaves out altogether is in them as far as it looks like noise.",
    )
    report.heading("Residuals")
    report.figure(
        figures.residual_std([pair.name for pair in scene.stack.kept], fitted.pair_std),
        f"Standard deviation over the pixels; {fitted.overall:.3g} rad over all. A red interferogram deserves a look.",
    )
    if params.residuals:
        report.paragraph("residual/ holds the residual phase of every interferogram (observed minus modelled, rad).")
    report.heading("What the model can and cannot tell")
    for group in fitted.groups:
        if len(fitted.groups) > 1:
            report.paragraph(f"Funnel {group.funnel}, {len(group.members):,} pixels:")
        for text in group.facts:
            report.paragraph(text)
    report.heading("Fit")
    report.table(
        ("Funnel", "Pixels", "Solver", "Iterations", "Scaled KKT", "D on bound", "dH on bound", "Uplift", "Largest D"),
        [
            (
                str(group.funnel), len(group.members), group.solver, group.iterations, f"{group.kkt:.1e}",
                group.diffusion_on_bound, group.height_on_bound, group.uplift, f"{group.largest_diffusion:.3g} m²/s",
            )
            for group in fitted.groups
        ],
    )  # fmt: skip
    if fitted.weak:
        report.table(("Funnel left out", "Pixels", "Why"), [(str(w.funnel), w.pixels, w.reason) for w in fitted.weak])
    report.table(("Pixels", "Left"), [(rule, count) for rule, count in scene.counts])
    report.heading("Numbers")
    report.table(
        ("What", "Value", "Unit"),
        [
            (n.description, f"{n.value:.3g}" if key in _SMALL and n.value is not None else n.value, n.unit)
            for key, n in result.numbers.items()
        ],
    )
    report.heading("Data")
    report.table(("", ""), metadata_sheet(scene.stack))
    return report.write(path)


_SMALL = ("diffusion_max", "diffusion_median", "diffusion_std", "kkt")


def _concentration(report: Report, scene: Scene, fitted: Fitted) -> None:
    report.heading("Concentration")
    for physical in (True, False):
        groups = [group for group in fitted.groups if group.physical is physical]
        if not groups:
            continue
        largest = sorted(groups, key=lambda group: -len(group.members))[:_NAMED]
        curves = [
            figures.Concentration(
                f"funnel {group.funnel}" if len(fitted.groups) > 1 else "all pixels", group.u, group.u_std
            )
            for group in sorted(largest, key=lambda group: group.funnel)
        ]
        caption = "Mean of every interval between two images."
        if not physical:
            caption += " Without a temperature or a mean of Cx only the shape is known, not the size."
        report.figure(figures.concentration(scene.stack.dates, curves, fitted.cs, physical), caption)


def _maps(report: Report, fitted: Fitted, made: Modelled) -> None:
    grid = made.source.grid
    report.heading("Maps")
    raster = on_grid(fitted.diffusion, made)
    top = round_up(float(np.nanquantile(np.abs(raster), 0.999)))
    power = int(np.floor(np.log10(top)))
    bare = [str(group.funnel) for group in fitted.groups if not group.physical]
    where = f" in funnel {', '.join(bare)}" if len(bare) < len(fitted.groups) else ""
    unit = f"$10^{{{power}}}$ m²/s"
    if bare:
        unit += f", only D u is physical{where}"
    report.figure(
        maps.map_figure(
            raster / 10.0**power, grid, "Diffusion coefficient D", f"D [{unit}]", (0.0, top / 10.0**power),
            extend="both",
        ),
        "Grey: no pixel chosen. D is relative to the reference, where it is 0.",
    )  # fmt: skip
    numbers = np.unique(np.linspace(1, len(made.dates) - 1, _PANELS).round().astype(int))
    sunk = np.stack([on_grid(MM_PER_M * made.subsidence[n], made) for n in numbers])
    limit = round_up(float(np.nanquantile(sunk[-1], 0.999)))
    report.figure(
        maps.panels(
            sunk, [made.dates[n].isoformat() for n in numbers], grid, "Subsidence", "Subsidence [mm]", (0.0, limit)
        ),
        f"Relative to {made.origin.isoformat()} and to the reference.",
    )
    height = on_grid(fitted.height, made)
    reach = round_up(float(np.nanquantile(np.abs(height), 0.98)))
    report.figure(
        maps.map_figure(
            height, grid, "Error of the elevation model", "dH [m]", (-reach, reach), "PuOr", extend="both"
        ),
        "From the perpendicular baselines, together with D.",
    )


def _curves(scene: Scene, fitted: Fitted) -> list[figures.Curve]:
    out = []
    largest = sorted(fitted.groups, key=lambda group: -float(fitted.subsidence[-1, group.members].max()))[:_NAMED]
    for group in sorted(largest, key=lambda group: group.funnel):
        at = group.members[int(np.argmax(fitted.subsidence[-1, group.members]))]
        label = f"funnel {group.funnel}" if len(fitted.groups) > 1 else "deepest pixel"
        out.append(
            figures.Curve(
                label, scene.stack.dates, MM_PER_M * fitted.subsidence[:, at], MM_PER_M * fitted.subsidence_std[:, at]
            )
        )
    return out

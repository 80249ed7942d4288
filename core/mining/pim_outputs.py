"""The folder of the probability integral method beside its rasters: model, tables, drawings, stack.json."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import atomic
from .. import crs as coordinates
from ..stack import DISPLACEMENT, Acquisition, Item, Stack
from ..timeseries import outputs
from ..version import VERSION
from . import isolines
from .pim_fit import PimEstimate
from .pim_input import Source
from .pim_model import EAST, FULL, NORTH, W
from .pim_surface import LAYERS, Findings, date_file
from .surveyor import EDGE, Limits, deformation

MODEL = "pim.json"
ISOLINES = {"isolines": "isolines.gpkg", "isolines_dxf": "isolines.dxf", "isolines_csv": "isolines.csv"}
SURFACE = "surface.csv"
MOST_ROWS = 50_000

Float64 = NDArray[np.float64]
HERE = "results"


def names(days: list[date], shown: list[date]) -> list[str]:
    """Files that a map may show and a new run replaces."""
    layers = [date_file(layer.role, day) for layer in LAYERS for day in shown]
    return [outputs.date_file(day) for day in days] + [outputs.VELOCITY.file, ISOLINES["isolines"], *layers]


def remove_stale(folder: Path, shown: list[date]) -> None:
    """Remove layers of dates that an earlier run showed and this one does not."""
    new = {date_file(layer.role, day) for layer in LAYERS for day in shown}
    for layer in LAYERS:
        for path in sorted((folder / layer.role).glob("*.tif")):
            if path.relative_to(folder).as_posix() not in new:
                atomic.remove_with_sidecars(path)


def stack_of(source: Source, days: list[date], shown: list[date]) -> Stack:
    """The stack of kind displacement that describes the folder; geometry stays where it is."""
    roots = {
        name: (source.folder / source.stack.roots[name]).resolve().as_posix()
        for name in sorted({item.root for item in source.stack.geometry.values()})
    }
    known = {a.date: a for a in source.stack.acquisitions}
    acquisitions = []
    for day in days:
        items = {"displacement": Item(HERE, outputs.date_file(day), factor=outputs.MM)}
        if day in shown:
            for layer in LAYERS:
                factor = outputs.MM if layer.unit == "mm" else 1.0
                items[layer.role] = Item(HERE, date_file(layer.role, day), factor=factor)
        before = known.get(day)
        acquisitions.append(
            Acquisition(day, before.bperp if before else None, before.doppler if before else None, items)
        )
    velocity = outputs.VELOCITY
    return replace(
        source.stack,
        kind=DISPLACEMENT,
        acquisitions=tuple(acquisitions),
        pairs=(),
        products={velocity.role: Item(HERE, velocity.file, factor=velocity.factor)},
        roots={**roots, HERE: "."},
        reference={},
    )


def model_document(
    source: Source, estimate: PimEstimate, days: list[date], fitted: list[date]
) -> dict[str, Any]:
    """pim.json: everything needed to compute the model again; SI units, years of 365.25 days since `origin`."""
    model = estimate.model
    return {
        "version": VERSION,
        "model": model.model,
        "growth": model.growth,
        "origin": source.origin.isoformat(),
        "metric_crs": isolines.label(source.metric),
        "parameters": [
            {
                "name": unknown.name,
                "value": float(value),
                "std": float(std),
                "std_residual": float(plain),
                "unit": unknown.unit,
                "low": unknown.low,
                "high": unknown.high,
                "estimated": unknown.estimated,
                "on_bound": unknown.name in estimate.on_bound,
                "meaning": unknown.meaning,
            }
            for unknown, value, std, plain in zip(
                model.columns, estimate.values, estimate.std, np.sqrt(np.diag(estimate.covariance_residual))
            )
        ],
        "covariance": estimate.covariance.tolist(),
        "panels": panel_table(estimate),
        "fitted": [day.isoformat() for day in fitted],
        "dates": [day.isoformat() for day in days],
        "residual_rms_m": estimate.rms,
    }


def panel_table(estimate: PimEstimate) -> list[dict[str, Any]]:
    """What each panel became: q, final subsidence, radius, offset, angle, times."""
    model, values = estimate.model, estimate.values
    named = model.named(values)
    return [
        {
            "panel": panel.name,
            "depth_m": panel.depth,
            "thickness_m": panel.thickness,
            "dip_deg": panel.dip,
            "area_m2": panel.outline.area,
            "q": float(q),
            "final_subsidence_m": panel.thickness * float(q) * float(np.cos(np.radians(panel.dip))),
            "radius_m": model.radius(panel, values),
            "offset_m": named["s"] * panel.depth,
            "theta_deg": 90.0 - named["k"] * panel.dip,
            "start": panel.start.isoformat() if panel.start else None,
            "end": panel.end.isoformat() if panel.end else None,
        }
        for panel, q in zip(model.panels, model.factors(values))
    ]


def write_drawings(
    stage: Path, source: Source, found: Findings, levels: Float64, crs: str, day: date
) -> dict[str, Path]:
    """Isolines of the last shown date as GeoPackage, DXF and CSV in one coordinate system."""
    lines = isolines.trace(found.subsidence, source.grid, levels, crs)
    paths = {role: stage / name for role, name in ISOLINES.items()}
    isolines.write_gpkg(paths["isolines"], lines, crs, day.isoformat())
    isolines.write_dxf(paths["isolines_dxf"], lines)
    isolines.write_csv(paths["isolines_csv"], lines, crs)
    return paths


def write_surface_table(
    path: Path, source: Source, estimate: PimEstimate, found: Findings, limits: Limits, crs: str, day: date
) -> int:
    """CSV of the pixels that sank more than 10 mm at one date, thinned to 50,000; returns the step of thinning."""
    rows, cols = np.nonzero(found.subsidence > 1e3 * EDGE)
    step = max(1, -(-len(rows) // MOST_ROWS))
    rows, cols = rows[::step], cols[::step]
    x, y = coordinates.pixel_centres(source.grid, rows, cols)
    east, north = coordinates.transform(x, y, source.grid.crs, source.metric)
    fields = estimate.model.fields(estimate.values, east, north, source.years([day]), 0.0, FULL)[0]
    ground = deformation(fields, limits)
    out_x, out_y = coordinates.transform(x, y, source.grid.crs, crs)
    digits = 8 if coordinates.is_geographic(crs) else isolines.DECIMALS
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(
        [
            "x",
            "y",
            "subsidence_mm",
            "east_mm",
            "north_mm",
            "tilt_mm_m",
            "curvature_mm_m2",
            "strain_mm_m",
            "damage",
        ]
    )
    values = np.stack(
        [
            1e3 * fields[W],
            1e3 * fields[EAST],
            1e3 * fields[NORTH],
            ground.tilt,
            ground.curvature,
            ground.strain,
        ]
    )
    for a, b, row, grade in zip(out_x.tolist(), out_y.tolist(), values.T.tolist(), ground.damage.tolist()):
        writer.writerow([f"{a:.{digits}f}", f"{b:.{digits}f}", *(f"{v:.4f}" for v in row), f"{grade:.0f}"])
    atomic.write_text(path, stream.getvalue())
    return step

"""The proposal from beginning to end: quality of every pixel, the best squares, what each would change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from ... import crs as coordinates
from ...blocks import Compute, Plan, plan
from ...described import described
from ...errors import InputError
from ...monitor import Monitor
from ...publishing import publishing
from ...raster import StackReader
from ...result import Result
from ...stack import MAP, RASTER, Grid, Stack
from ...units import years_between
from ...vector import VectorInput
from ...vectorfile import write_layer
from ...version import VERSION
from .. import displacement_input
from ..outputs import displacement_reader, stored
from ..reference_area import Reference, areas_of
from ..rereference import reference_at_dates
from ..summary import rates
from .params import ALGORITHM, MODE, ProposalParams
from .score import Quality, Square, best_squares, most_frequent

Float64 = NDArray[np.float64]

TABLE = "reference"
_LEAST_SIDE = 3  # pixels
_SHARE = 0.2  # of the scene's diagonal, between two areas
_SAMPLE = 200_000  # pixels that tell what all have in common
_FILES = {"areas": "reference.gpkg", "figure": "proposal.png", "report": "report.html"}


@dataclass(frozen=True)
class Proposal:
    """The squares, best first; their series [mm] relative to the present reference, and their velocities [mm/yr].

    change : by which every velocity would change with one square as the reference. combined : with all of them.
    """

    squares: list[Square]
    reference: Reference
    change: Float64
    combined: float


def propose_reference(
    params: ProposalParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write reference.gpkg (polygons for `reference` and `sbas`), figure, report.html and result.json."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    folder = Path(params.input).expanduser().absolute()
    stack = displacement_input.load(folder)
    if stack.frame != MAP or stack.layout != RASTER:
        raise InputError("INPUT", "a stack without a map", "a geocoded displacement folder", "Geocode the stack first")
    reader = displacement_reader(folder, stack.grid, stack.wavelength, stack.dates)
    result = Result(ALGORITHM, Path(params.output).expanduser().absolute())
    side = side_of(stack.grid, params.size)
    if side > min(stack.grid.shape):
        rows, cols = stack.grid.shape
        raise InputError(
            "SIZE",
            f"{params.size:g} m ({side} x {side} pixels)",
            f"a length that fits into the scene, {rows} x {cols} pixels",
        )
    quality = _quality(params, stack, reader, compute, monitor.part(0.0, 0.7))
    squares = best_squares(quality, side, params.count, _apart(stack.grid, params, side), params.max_velocity)
    if not squares:
        raise _nowhere(quality, params, side)
    layer = _layer(squares, stack.grid)
    reference = reference_at_dates(areas_of(layer, stack), reader, "median", monitor.part(0.7, 0.8))
    years = np.array([years_between(stack.dates[0], day) for day in stack.dates])
    proposal = Proposal(
        squares,
        reference,
        -np.asarray(rates(years, reference.values)),
        -float(rates(years, reference.combined)),
    )
    _numbers(result, params, proposal, quality)
    _write(result, params, stack, layer, proposal, quality, monitor.part(0.8, 1.0))
    return result


def side_of(grid: Grid, size: float) -> int:
    """Pixels of a square's side for a length [m]; at least three."""
    return max(_LEAST_SIDE, round(size / math.sqrt(math.prod(coordinates.pixel_size(grid)))))


def _quality(
    params: ProposalParams, stack: Stack, reader: StackReader, compute: Compute, monitor: Monitor
) -> Quality:
    grid, dates = stack.grid, stack.dates
    steps = plan(grid, 16 * len(dates) + 64, Compute(compute.memory), fixed=40 * grid.width * grid.height)

    def whole(role: str) -> Float64:
        parts = [reader.read(stored(role), window) for window in steps.blocks]
        reader.close()
        return np.concatenate(parts).astype(np.float64)

    coherence, velocity = whole("temporal_coherence"), whole("velocity")
    usable = np.isfinite(coherence) & np.isfinite(velocity) & (coherence >= params.min_coherence)
    redundancy = whole("redundancy")
    if (redundancy > 0).any():
        # Without redundancy a coherence is 1 and means nothing.
        usable &= redundancy > 0
    if "gaps" in stack.products:
        usable &= whole("gaps") == 0
    if params.avoid is not None:
        usable &= ~params.avoid.mask(grid)
    if not usable.any():
        raise InputError(
            "MIN_COHERENCE",
            params.min_coherence,
            "a temporal coherence that some pixels with redundancy reach",
            f"The highest is {np.nanmax(np.append(coherence, 0.0)):.4f}: lower it, or enlarge the network",
        )
    residual = _residual(reader, usable, stack, steps, monitor)
    usable &= np.isfinite(residual)
    level = most_frequent(velocity[usable]) if params.level == MODE else 0.0
    return Quality(coherence, velocity, residual, usable, level)


def _residual(
    reader: StackReader, usable: NDArray[np.bool_], stack: Stack, steps: Plan, monitor: Monitor
) -> Float64:
    """Standard deviation [mm] of every pixel's series about its line, without what the usable pixels share."""
    grid, dates = stack.grid, stack.dates
    years = np.array([years_between(dates[0], day) for day in dates])
    basis = np.linalg.qr(np.column_stack([np.ones(len(years)), years]))[0]
    stride = -(-int(usable.sum()) // _SAMPLE)
    common = np.empty(len(dates))
    for number, acquisition in enumerate(reader.stack.acquisitions):
        monitor.step(0.5 * number / len(dates))
        values = [
            reader.read(acquisition.items["displacement"], window)[
                usable[window.row : window.row + window.height]
            ]
            for window in steps.blocks
        ]
        common[number] = np.nanmedian(np.concatenate(values)[::stride])
        reader.close()
    items = [acquisition.items["displacement"] for acquisition in reader.stack.acquisitions]
    out = []
    for number, window in enumerate(steps.blocks):
        monitor.step(0.5 + 0.5 * number / len(steps.blocks))
        series = reader.read_many(items, window).reshape(len(dates), -1).astype(np.float64) - common[:, None]
        reader.close()
        series -= basis @ (basis.T @ series)
        squares = np.einsum("np,np->p", series, series)
        out.append(np.sqrt(squares / max(1, len(dates) - 2)).reshape(window.height, grid.width))
    return np.concatenate(out)


def _apart(grid: Grid, params: ProposalParams, side: int) -> float:
    """Least distance between the middles of two squares [pixels]; they never overlap."""
    if params.min_distance > 0:
        wanted = params.min_distance / math.sqrt(math.prod(coordinates.pixel_size(grid)))
    else:
        wanted = _SHARE * math.hypot(*grid.shape)
    return max(wanted, math.sqrt(2.0) * side)


def _nowhere(quality: Quality, params: ProposalParams, side: int) -> InputError:
    return InputError(
        "MAX_VELOCITY",
        params.max_velocity,
        f"limits that a square of {side} x {side} pixels meets",
        f"{int(quality.usable.sum()):,} pixels reach the coherence {params.min_coherence:g}, but no square of them "
        f"moves by at most that against {quality.level:.1f} mm/yr: raise it, lower MIN_COHERENCE or SIZE",
    )


def _layer(squares: list[Square], grid: Grid) -> VectorInput:
    """The squares as polygons along the edges of their pixels."""
    shapes = []
    for square in squares:
        rows = np.array([0, 0, square.side, square.side, 0]) + square.row - 0.5
        cols = np.array([0, square.side, square.side, 0, 0]) + square.col - 0.5
        x, y = coordinates.pixel_centres(grid, rows, cols)
        corners = ", ".join(f"{a!r} {b!r}" for a, b in zip(x.tolist(), y.tolist()))
        shapes.append(bytes(ogr.CreateGeometryFromWkt(f"POLYGON (({corners}))").ExportToWkb(ogr.wkbNDR)))
    names = tuple({"name": f"Area {number}"} for number in range(1, len(squares) + 1))
    return VectorInput(tuple(shapes), grid.crs, names, "proposed reference")


def _numbers(result: Result, params: ProposalParams, proposal: Proposal, quality: Quality) -> None:
    add = result.number
    add("area_count", len(proposal.squares), "", "Areas proposed")
    add("velocity_change", proposal.combined, "mm/yr", "Change of every velocity with all areas as the reference")
    spread = float(np.ptp(proposal.change)) if len(proposal.squares) > 1 else math.nan
    add("disagreement", spread, "mm/yr", "Largest difference between the areas' own velocities")
    add("stable_level", quality.level, "mm/yr", "Velocity taken as standing still, against the present reference")
    add("usable_pixels", int(quality.usable.sum()), "", "Pixels that may be part of a reference")
    if len(proposal.squares) < params.count:
        result.warnings.append(
            f"Only {len(proposal.squares)} of {params.count} areas meet the limits: raise MAX_VELOCITY, or lower "
            "MIN_COHERENCE, MIN_DISTANCE or SIZE for more."
        )
    for number, change in enumerate(proposal.change, 1):
        result.number(f"velocity_change_{number}", float(change), "mm/yr", f"Change with area {number} alone")


def _write(
    result: Result,
    params: ProposalParams,
    stack: Stack,
    layer: VectorInput,
    proposal: Proposal,
    quality: Quality,
    monitor: Monitor,
) -> None:
    from ...figures.base import to_png
    from ...figures.proposal import proposal_figure
    from .report import write_report

    squares = proposal.squares
    columns = {
        "name": (str, [f"Area {number}" for number in range(1, len(squares) + 1)]),
        "rank": (int, [*range(1, len(squares) + 1)]),
        "score": (float, [round(square.score, 4) for square in squares]),
        "pixels": (int, [len(area.rows) for area in proposal.reference.areas]),
        "coherence": (float, [round(square.coherence, 4) for square in squares]),
        "velocity": (float, [round(square.velocity, 4) for square in squares]),
        "velocity_change": (float, [round(change, 4) for change in proposal.change.tolist()]),
        "residual_std": (float, [round(square.residual, 4) for square in squares]),
    }
    rows = zip(*(values for _, values in columns.values()))
    result.tables["areas"] = [dict(zip(columns, row)) for row in rows]
    image = to_png(proposal_figure(proposal, quality, stack))
    monitor.step(0.5)
    with publishing(result, _FILES) as files:
        write_layer(files["areas"], TABLE, stack.grid.crs, ogr.wkbPolygon, layer.wkb, columns)
        files["figure"].write_bytes(image)
        write_report(files["report"], result, params, image)
        result.write(described(params), VERSION, files["result"].name)
    monitor.progress(1.0)

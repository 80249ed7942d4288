"""Another reference for a finished displacement folder, without a new inversion.

From every date's displacement the value of the new reference area(s) at that date is subtracted;
the velocity loses the slope of that series, and a height error loses the areas' height error.

This equals a new inversion with that reference, to float precision, when the reference is a single
pixel (or the mean is taken) that is valid in every interferogram and either its interferograms close
or all pixels are solved alike (weights none, loss l2, no missing values). Otherwise the two differ
by how the median, the weights and the gaps treat the misclosure of the reference: well below the noise.
What comes from residuals (velocity_std, velocity_std_images, temporal_coherence, redundancy,
residual_rms, gaps, parts) and from differences between neighbours (beyond_limit) stays as the inversion
left it. At pixels with gaps the velocity loses the reference's slope over all dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import atomic, finished
from ..blocks import Compute, plan
from ..errors import InputError
from ..monitor import Monitor
from ..raster import StackReader, writing
from ..result import Result
from ..stack import Item, Stack
from ..units import years_between
from ..version import VERSION
from . import displacement_input, outputs, reference_record
from .complete import Finish, complete
from .params import ReferenceParams
from .reference_area import Area, Reference, areas_of, combine, evaluate, summarize
from .summary import rates

ALGORITHM = "reference"
KEPT = (
    "velocity_std",
    "velocity_std_images",
    "temporal_coherence",
    "redundancy",
    "residual_rms",
    "gaps",
    "parts",
    "beyond_limit",
)


def change_reference(
    params: ReferenceParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write a displacement folder relative to another reference; see the module for what is exact."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    folder = Path(params.input).expanduser().absolute()
    stack = displacement_input.load(folder)
    mark = finished.fingerprint(
        ALGORITHM, params.describe(), folder, stack, displacement_input.items(stack), []
    )
    kept = finished.earlier(Path(params.output).expanduser().absolute(), mark)
    if kept is not None:
        monitor.info("This reference has been set already: the results are kept as they are.")
        monitor.step(1.0)
        return kept
    outputs.refuse_locked(Path(params.output), outputs.names(stack))
    with outputs.staging(Path(params.output)) as stage:
        result = _run(params, folder, stack, stage, mark, compute, monitor)
    monitor.progress(1.0)
    return result


def _run(
    params: ReferenceParams,
    folder: Path,
    stack: Stack,
    stage: outputs.Stage,
    mark: str,
    compute: Compute,
    monitor: Monitor,
) -> Result:
    grid, dates = stack.grid, stack.dates
    atomic.check_free_space(stage.folder, outputs.disk_needed(grid, len(dates), 0))
    reader = outputs.displacement_reader(folder, grid, stack.wavelength, dates)
    notes: list[str] = []
    reference = reference_at_dates(
        areas_of(params.reference, stack), reader, params.statistic, monitor.part(0.0, 0.1)
    )
    years = np.array([years_between(dates[0], day) for day in dates])
    slope = float(rates(years, reference.combined))
    steps = plan(grid, 16, compute)
    total = len(dates) + 2
    part = monitor.part(0.1, 0.6)

    def shifted(item: Item, path: Path, value: float, description: str, unit: str) -> None:
        with writing(path, grid, description, unit) as writer:
            for window in steps.blocks:
                part.check()
                writer.write(reader.read(item, window) - np.float32(value))
        reader.close()

    for number, (acquisition, value) in enumerate(zip(reader.stack.acquisitions, reference.combined)):
        part.step(number / total)
        day = acquisition.date
        title = outputs.date_title(day)
        shifted(acquisition.items["displacement"], stage.path / outputs.date_file(day), value, title, "mm")
    speed = outputs.VELOCITY
    shifted(outputs.stored(speed.role), stage.path / speed.file, slope, speed.description, speed.unit)
    dem_error = "height_error" in stack.products
    if dem_error:
        height = outputs.HEIGHT_ERROR
        offset = _height(reader, reference, params.statistic)
        shifted(
            outputs.stored(height.role), stage.path / height.file, offset, height.description, height.unit
        )
    for product in outputs.PRODUCTS:
        if product.role in KEPT:
            path = stage.path / product.file
            shifted(outputs.stored(product.role), path, 0.0, product.description, product.unit)
    part.step(1.0)
    result = Result(ALGORITHM, stage.path)
    result.number("velocity_change", -slope, "mm/yr", "Change of every velocity by the new reference")
    notes.append(
        "The standard deviations and the other quality rasters are those of the inversion, with the earlier reference."
    )
    settings = displacement_input.settings(stack)
    todo = Finish(
        ALGORITHM,
        "Displacement with a new reference",
        folder,
        _described(stack, params, reference, folder),
        _seen_from_itself(reference),
        dem_error,
        int(settings.get("max_points", 300_000)),
        float(settings.get("point_coherence", 0.7)),
        displacement_input.has_redundancy(reader, steps.blocks),
        params.describe(),
        mark,
        (
            f"At each date the {params.statistic} of the valid pixels of each area was taken; several areas are "
            "averaged with weights pixels / variance, the same for all dates.",
            "A new inversion with this reference gives the same to float precision when the reference is a "
            "single pixel valid in every interferogram and all pixels are solved alike (no weights, least squares, "
            "nothing missing); otherwise the two differ by the misclosure of the reference, well below the noise.",
        ),
        notes,
    )
    return complete(stage, todo, result, compute, monitor.part(0.6, 1.0))


def reference_at_dates(
    areas: tuple[Area, ...], reader: StackReader, statistic: str, monitor: Monitor
) -> Reference:
    """Displacement [mm] of the areas at every date, and their combination; refuses areas without values.

    reader : of the displacement folder (see `outputs.displacement_reader`).
    """

    def series() -> Iterator[Any]:
        for number, acquisition in enumerate(reader.stack.acquisitions):
            monitor.step(number / len(reader.stack.acquisitions))
            yield partial(reader.read, acquisition.items["displacement"])
            reader.close()

    found = evaluate(areas, series(), statistic)
    for area, counts in zip(found.areas, found.counts):
        if not counts.all():
            raise InputError(
                "REFERENCE",
                area.name,
                "an area with displacement values",
                "It lies where the inversion has no result: move or enlarge it",
            )
    return found


def _height(reader: StackReader, reference: Reference, statistic: str) -> float:
    """Height error of the reference [m], with the weights of the displacement."""
    item = outputs.stored("height_error")
    values = [
        [summarize(area.values(reader.read(item, area.window)), statistic)[0]] for area in reference.areas
    ]
    offset = float(combine(np.array(values), reference.weights)[0])
    return offset if np.isfinite(offset) else 0.0


def _seen_from_itself(reference: Reference) -> Reference:
    """The areas' series relative to their combination, which is zero now."""
    values: NDArray[np.float64] = reference.values - reference.combined
    return replace(reference, values=values, combined=np.zeros_like(reference.combined))


def _described(stack: Stack, params: ReferenceParams, reference: Reference, folder: Path) -> Stack:
    described = reference_record.describe(reference, stack, params.statistic)
    inputs = {"displacement": folder.as_posix()}
    return replace(stack, reference=described).with_history(ALGORITHM, VERSION, params.describe(), inputs)

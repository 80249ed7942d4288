"""From screens to a finished folder: apply them, count what they did, write the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ... import finished, manifest
from ...blocks import Compute, Plan
from ...monitor import Monitor
from ...raster import StackReader
from ...result import Result
from ...stack import Stack
from ...version import VERSION
from .. import complete as series_end
from .. import outputs, summary
from . import pairfolder, running, seriesfolder
from .screens import REMOVED, Draw, Screens, write_screens
from .source import Source
from .spread import Spread

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPORT_FILE = "report.html"
SERIES_REPORT_FILE = "correction.html"


@dataclass(frozen=True)
class Correction:
    """What a job knows about its screens.

    spreads : of every raster where only some pixels count; None for all pixels with a value.
    explanation : paragraphs, notes : warnings, figures : with caption, tables : heading, header, rows.
    """

    algorithm: str
    title: str
    parameters: dict[str, Any]
    mark: str
    explanation: tuple[str, ...]
    notes: list[str]
    inputs: dict[str, str] = field(default_factory=dict)
    spreads: list[Spread] | None = None
    figures: Callable[[], Sequence[tuple[Figure, str]]] = tuple
    tables: tuple[tuple[str, tuple[str, ...], list[tuple[Any, ...]]], ...] = ()


@dataclass(frozen=True)
class Effect:
    """Spread of every raster, of every date's screen [mm], and the raster that gained most.

    shown : name, thinning step and maps before, removed, after [mm] of that raster.
    """

    spreads: list[Spread]
    removed: NDArray[np.float64]
    shown: tuple[str, int, tuple[NDArray[np.float32], ...]]


def apply(
    stage: outputs.Stage,
    source: Source,
    draw: Draw,
    correction: Correction,
    result: Result,
    compute: Compute,
    monitor: Monitor,
) -> Result:
    """Write screens, corrected rasters, report and stack.json; returns the result with its final paths."""
    grid, dates = source.stack.grid, source.dates
    steps = running.blocks(source, compute, pairfolder.BYTES_PER_PIXEL + 4 * len(dates), 4)
    monitor.info(f"{len(dates)} dates, {len(source.observations)} rasters to correct: {steps.describe()}.")
    folder = running.SCRATCH if source.is_series else REMOVED
    screens = write_screens(stage.path, folder, grid, dates, draw, steps, monitor.part(0.0, 0.3))
    stack = source.stack.with_history(
        correction.algorithm,
        VERSION,
        correction.parameters,
        {"stack": source.folder.as_posix(), **correction.inputs},
    )
    if source.is_series:
        return _series(
            stage, source, stack, screens, correction, result, steps, compute, monitor.part(0.3, 1.0)
        )
    running.clean(stage)
    spreads = pairfolder.write_pairs(stage, source, screens, steps, monitor.part(0.3, 0.9))
    _numbers(stage, source, screens, spreads, correction, result, steps, REPORT_FILE)
    monitor.step(0.97)
    manifest.save(stage.path, pairfolder.corrected_stack(source, stack))
    result.files["stack"] = stage.path / manifest.NAME
    finished.seal(result, correction.mark, stage.path)
    result.write(correction.parameters, VERSION)
    return stage.published(result)


def _series(
    stage: outputs.Stage,
    source: Source,
    stack: Stack,
    screens: Screens,
    correction: Correction,
    result: Result,
    steps: Plan,
    compute: Compute,
    monitor: Monitor,
) -> Result:
    written = seriesfolder.write_series(stage, source, screens, steps, monitor.part(0.0, 0.7))
    correction.notes.extend(written.notes)
    running.clean(stage)
    _numbers(stage, source, written.removed, written.spreads, correction, result, steps, SERIES_REPORT_FILE)
    result.files["correction"] = stage.path / SERIES_REPORT_FILE
    todo = seriesfolder.finishing(
        source,
        written,
        correction.algorithm,
        correction.title,
        correction.parameters,
        correction.mark,
        (*correction.explanation, f"What was removed is described in {SERIES_REPORT_FILE}."),
        [],
        steps,
    )
    source.close()
    return series_end.complete(stage, replace(todo, stack=stack), result, compute, monitor.part(0.7, 1.0))


def _numbers(
    stage: outputs.Stage,
    source: Source,
    removed: Screens,
    spreads: list[Spread],
    correction: Correction,
    result: Result,
    steps: Plan,
    report: str,
) -> None:
    """Numbers, tables and the report of what the correction did."""
    lost = max((s.lost for s in spreads), default=0)
    spreads = spreads if correction.spreads is None else correction.spreads
    effect = Effect(spreads, _screen_spread(source, removed, steps), _shown(source, removed, spreads, steps))
    before, after = (np.array([getattr(s, key) for s in spreads]) for key in ("before", "after"))
    known = np.isfinite(before)
    what = "date" if source.is_series else "interferogram"
    put = result.number
    low, high = (
        float(np.median(values[known])) if known.any() else float("nan") for values in (after, before)
    )
    put("std_before", high, "mm", f"Median standard deviation of {what}s before")
    put("std_after", low, "mm", "Median standard deviation after")
    put(
        "std_reduction",
        100.0 * (1.0 - low / high) if high > 0 else float("nan"),
        "%",
        "Reduction of the median",
    )
    put("improved", int(np.count_nonzero(after < before)), "", f"{what.capitalize()}s with less spread after")
    put("worse", int(np.count_nonzero(after > before)), "", f"{what.capitalize()}s with more spread after")
    put("removed_std", float(np.nanmedian(effect.removed[1:])), "mm",
        "Median standard deviation of what was removed from a date")  # fmt: skip
    put("pixels_lost", lost, "", "Pixels without a value after the correction, at most")
    if lost:
        correction.notes.append(
            f"{lost:,} pixels have no value any more, because the correction does not reach them."
        )
    result.warnings.extend(correction.notes)
    from .report import write_report

    result.files["report"] = write_report(stage.path / report, source, correction, effect, result)


def _screen_spread(source: Source, removed: Screens, steps: Plan) -> NDArray[np.float64]:
    """(N,) standard deviation over the image of every date's screen [mm]."""
    out = []
    for number in range(len(source.dates)):
        spread = Spread("")
        for window in steps.blocks:
            screen = removed.read(number, window)
            spread.add(screen, screen)
        removed.reader.close()
        out.append(spread.before)
    return np.array(out)


def _shown(
    source: Source, removed: Screens, spreads: list[Spread], steps: Plan
) -> tuple[str, int, tuple[NDArray[np.float32], ...]]:
    """The raster whose standard deviation fell most, thinned: before, removed, after [mm]."""
    gains = np.array([s.before - s.after for s in spreads])
    best = int(np.argmax(np.where(np.isfinite(gains), gains, -np.inf)))

    def thinned(reader: StackReader, item: Any) -> summary.Summary:
        return summary.summarize_raster(reader, item, source.stack.grid, steps)

    before = thinned(source.reader, source.observations[best].item)
    earlier, later = (
        thinned(removed.reader, removed.item(int(n))).preview for n in source.network.index[best]
    )
    source.close()
    removed.reader.close()
    values = before.preview * np.float32(source.to_mm)
    change = later - earlier
    return spreads[best].name, before.step, (values, change, values - change)


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

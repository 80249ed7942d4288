"""What a coregistration found, as numbers and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..result import Result
from .bursts import Scene
from .bursts_band import SharedBands, shared_bands
from .bursts_match import match
from .coregistration_layout import Layout
from .coregistration_scenes import Scenes
from .coregistration_shift import Misregistration
from .esd import Shift
from .geometry_baseline import middle_baseline
from .orbit import ANNOTATION

STEP = 0.5  # rad, a phase step between bursts that is worth a warning
DIGITS = 6
OFF_GRID = 0.01  # pixels


@dataclass(frozen=True)
class DateFacts:
    """What is known of a date against the reference: baseline [m], bands shared (worst burst), common bursts."""

    bperp: float
    bands: SharedBands
    bursts: int


def facts_of(reference: Scene, scene: Scene) -> DateFacts:
    """From orbits and annotations."""
    pairs = match(reference, scene)
    middle = pairs[len(pairs) // 2]
    _, bperp = middle_baseline(middle.reference, reference.orbit, middle.secondary, scene.orbit)
    bands = [shared_bands(pair, reference.orbit, scene.orbit) for pair in pairs]
    worst = SharedBands(min(band.azimuth for band in bands), min(band.range for band in bands))
    return DateFacts(bperp, worst, len(pairs))


def fill(
    result: Result,
    scenes: Scenes,
    layout: Layout,
    facts: Mapping[date, DateFacts],
    found: Misregistration | None,
) -> None:
    """Add numbers, tables and warnings. found : None where spectral diversity was not asked for."""
    result.number("images", len(facts) + 1, "", "Images")
    result.number("bursts", len(scenes.bursts), "", "Bursts of the reference")
    result.number("rows", layout.height, "", "Rows of the image")
    result.number("columns", layout.width, "", "Columns of the image")
    azimuth, reach = (
        min(getattr(one.bands, name) for one in facts.values()) for name in ("azimuth", "range")
    )
    result.number(
        "common_azimuth_band",
        azimuth,
        "",
        "Smallest share of the azimuth band that two images have in common",
    )
    result.number(
        "common_range_band", reach, "", "Smallest share of the range band that two images have in common"
    )
    result.tables["dates"] = [_date_row(scene, facts.get(scene.date), found) for scene in scenes.every]
    result.warnings += _of_images(scenes)
    if layout.off_grid > OFF_GRID:
        result.warnings.append(
            f"Bursts stand up to {layout.off_grid:.2f} pixels off a common grid of lines and samples: 'geocode' will "
            "place them wrong by that. Longitude and latitude of the pixels are right."
        )
    for scene in scenes.others:
        lacking = len(scenes.bursts) - facts[scene.date].bursts
        if lacking:
            result.warnings.append(f"{scene.date} lacks {lacking} of {len(scenes.bursts)} bursts.")
    _shifts(result, found)


def _of_images(scenes: Scenes) -> list[str]:
    """What the images lack."""
    found = []
    if scenes.lacking:
        found.append(f"{', '.join(scenes.lacking)} left out: not every image holds it.")
    days = [str(scene.date) for scene in scenes.every if scene.orbit.source == ANNOTATION]
    if days:
        found.append(
            f"The orbit of the annotation was used for {', '.join(days)}, because no orbit file covers them: its "
            "errors of decimetres leave ramps in the phase."
        )
    return found


def tell_lacking(result: Result, share: float) -> None:
    """Say which share (0 to 1) of the pixels lies where the DEM holds no height."""
    result.number("without_height", round(100.0 * share, 4), "%", "Pixels without a height in the DEM")
    if share > 0.0:
        result.warnings.append(
            f"{100.0 * share:.2g} % of the pixels are missing in all dates but the reference: the DEM has a void there "
            "or ends before."
        )


def _shifts(result: Result, found: Misregistration | None) -> None:
    shifts = found.shifts if found else None
    pairs = found.pairs if found else {}
    known = [day for day in shifts.lines if day not in shifts.unknown] if shifts else []
    corrected = [abs(shifts.lines[day]) for day in known] if shifts and len(known) > 1 else []  # one: the reference
    left = [abs(lines) for lines in shifts.residuals.values()] if shifts else []
    steps = [abs(step.phase) for shift in pairs.values() if shift.usable for step in shift.steps]
    failed = sum(not shift.usable for shift in pairs.values())
    unknown = len(shifts.unknown) if shifts else 0
    result.number(
        "largest_shift", max(corrected, default=None), "lines", "Largest azimuth misregistration corrected"
    )
    result.number(
        "largest_residual", max(left, default=None), "lines", "Largest residual of a pair in the network"
    )
    result.number(
        "largest_step", max(steps, default=None), "rad", "Largest phase step between bursts that is left"
    )
    result.number("pairs_failed", failed, "", "Pairs without a usable shift")
    result.number("dates_without_shift", unknown, "", "Dates that keep their geometry")
    if found is None:
        result.warnings.append(
            "The azimuth misregistration was not estimated: bursts may differ by a phase step."
        )
        return
    result.tables["pairs"] = [_pair_row(days, shift, found) for days, shift in pairs.items()]
    result.tables["burst_steps"] = [
        {
            "date1": first.isoformat(), "date2": second.isoformat(), "overlap": step.name,
            "phase_rad": round(step.phase, DIGITS), "deviation_rad": round(step.deviation, DIGITS),
        }
        for (first, second), shift in pairs.items()
        for step in shift.steps
    ]  # fmt: skip
    for (first, second), shift in pairs.items():
        if not shift.usable:
            result.warnings.append(f"Spectral diversity of {first} and {second} is left out: {shift.reason}.")
    for day in found.shifts.unknown:
        result.warnings.append(
            f"{day} stays where orbit and terrain put it: no pair ties it to the reference."
        )
    if max(steps, default=0.0) > STEP:
        result.warnings.append(
            f"Bursts differ by phase steps of up to {max(steps):.2f} rad that no shift explains; they are in the table "
            "of burst steps and were left as they are."
        )


def _date_row(scene: Scene, facts: DateFacts | None, found: Misregistration | None) -> dict[str, object]:
    known = found is not None and scene.date in found.shifts.lines
    return {
        "date": scene.date.isoformat(),
        "platform": scene.platform,
        "orbit": scene.orbit.source,
        "bperp_m": round(facts.bperp, 3) if facts else 0.0,
        "common_azimuth_band": round(facts.bands.azimuth, 4) if facts else 1.0,
        "common_range_band": round(facts.bands.range, 4) if facts else 1.0,
        "shift_lines": round(found.shifts.lines[scene.date], DIGITS) if found and known else None,
        "deviation_lines": round(found.shifts.deviations[scene.date], DIGITS) if found and known else None,
    }


def _pair_row(days: tuple[date, date], shift: Shift, found: Misregistration) -> dict[str, object]:
    residual = found.shifts.residuals.get(days)
    estimated = shift.lines == shift.lines
    return {
        "date1": days[0].isoformat(),
        "date2": days[1].isoformat(),
        "shift_lines": round(shift.lines, DIGITS) if estimated else None,
        "deviation_lines": round(shift.deviation, DIGITS) if estimated else None,
        "residual_lines": None if residual is None else round(residual, DIGITS),
        "ambiguity_lines": round(shift.ambiguity, DIGITS) if estimated else None,
        "lead": round(shift.margin, 2) if estimated else None,
        "pixels": shift.pixels,
        "coherent": shift.coherent,
        "reason": shift.reason,
    }

"""The import: a folder of another program's interferograms becomes a stack that points at them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from .. import atomic, manifest
from ..crs import pixel_size
from ..errors import InputError
from ..monitor import Monitor
from ..result import Result
from ..stack import (
    EXCLUDED,
    KEPT,
    LATITUDE,
    LONGITUDE,
    MAP,
    RADAR,
    Acquisition,
    Item,
    Pair,
    Stack,
    acquisitions_of,
    check_pairs,
)
from ..version import VERSION
from .angles import with_incidence
from .base import Found, Source
from .baselines import per_date
from .detect import choose
from .grids import Placed, cut, key_of, place
from .listing import Listing, scan
from .params import ImportParams
from .survey import Survey, survey

ALGORITHM = "importstack"


def import_stack(params: ImportParams, monitor: Monitor | None = None) -> Result:
    """Read a folder, check every file, and write `stack.json`, `import.html` and `result.json`.

    The interferograms stay where they are and are not changed. On any error nothing is written.
    """
    monitor = monitor or Monitor()
    params.validate()
    source = Path(params.input).expanduser().absolute()
    listing = scan(source, monitor)
    reader, why = choose(listing, params.format)
    monitor.info(f"{why}.")
    monitor.step(0.02)
    found = _completed(reader.read(listing, params), params, listing)
    placed = place(found)
    if params.extent is not None:
        placed = cut(placed, params.extent, params.extent_crs)
    monitor.step(0.1)
    with atomic.output_folder(Path(params.output)) as folder:
        stack = _stack(found, placed, listing, folder, reader.name)
        surveys = _surveys(stack, found, placed, monitor.part(0.1, 0.9))
        stack, angle_notes = with_incidence(folder, _with_surveys(stack, surveys))
        decisions = (
            f"{why}.",
            f"{reader.title}: {reader.status}.",
            *found.notes,
            *placed.notes,
            *_bperp_notes(found),
            *angle_notes,
        )
        if listing.cut:
            decisions = (*decisions, "The folder is very deep or large; only its upper part was searched.")
        stack = stack.with_history(ALGORITHM, VERSION, params.as_dict(), {"INPUT": str(source)})
        monitor.step(0.9)  # the last moment to cancel: from here on the three files are written
        result = Result(ALGORITHM, folder)
        result.warnings = [*found.warnings, *placed.left_out, *_warnings(stack)]
        _numbers(result, stack)
        _tables(result, stack, surveys, decisions)
        from .importreport import write_report

        names = ("import.html", "result.json", manifest.NAME)
        result.files["report"] = folder / names[0]
        with atomic.replacing_all([folder / name for name in names]) as (html, numbers, stack_file):
            write_report(html, stack, result, surveys, decisions)
            result.write(params.as_dict(), VERSION, numbers.name)
            manifest.save(folder, stack, stack_file.name)
        result.files.update(result=folder / names[1], stack=folder / names[2])
    monitor.progress(1.0)
    return result


def _completed(found: Found, params: ImportParams, listing: Listing) -> Found:
    """Found with what the user states; refuses contradictions and a missing wavelength."""
    if not found.pairs:
        raise InputError("INPUT", str(listing.root), "at least one interferogram", "Check the folder")
    notes = list(found.notes)
    wavelength = found.wavelength
    if params.wavelength is not None:
        if wavelength is not None and abs(params.wavelength - wavelength) > 0.01 * wavelength:
            raise InputError(
                "WAVELENGTH",
                f"{params.wavelength} m",
                f"{wavelength:.7f} m, as the files say (or within 1 % of it)",
                "Leave it empty to take the files' own",
            )
        said = f" (the files say {wavelength:.8f} m)" if wavelength not in (None, params.wavelength) else ""
        wavelength = params.wavelength
        notes.append(f"Wavelength as stated by you: {wavelength:.8f} m{said}.")
    if wavelength is None:
        raise InputError(
            "WAVELENGTH",
            f"not stated, and no file below {listing.root} tells it",
            "the radar wavelength in metres",
            "State it (Sentinel-1: 0.0554658), or add the producer's parameter files (*_slc.par, *.rsc, ...)",
        )
    metadata = dict(found.metadata)
    for key, value, label in (
        ("incidence_deg", params.incidence, "Incidence angle"),
        ("heading_deg", params.heading, "Heading"),
    ):
        if value is not None:
            said = f" (the files say {metadata[key]:.2f})" if key in metadata else ""
            notes.append(f"{label} as stated by you: {value:g} degrees{said}.")
            metadata[key] = value
    return replace(found, wavelength=wavelength, metadata=metadata, notes=tuple(notes))


class _Roots:
    """Names for the folders that hold the files; a linked file gets its real folder as a root of its own."""

    def __init__(self, source: Path) -> None:
        self._folders: dict[str, Path] = {"input": Path(os.path.realpath(source))}

    def item(self, source: Source, placed: Placed) -> Item:
        """The item of a source."""
        real = Path(os.path.realpath(source.path))
        name = next((n for n, folder in self._folders.items() if folder in real.parents), "")
        if not name:
            name = f"link{len(self._folders)}"
            self._folders[name] = real.parent
        key = key_of(source)
        whole = placed.origins[key] == (0, 0) and placed.shapes[key] == placed.grid.shape
        return Item(
            name,
            real.relative_to(self._folders[name]).as_posix(),
            source.band,
            source.factor,
            source.offset,
            source.missing,
            source.dataset,
            source.part,
            placed.origins[key],
            None if whole else placed.shapes[key],
        )

    def written(self, folder: Path) -> dict[str, str]:
        """As they stand in the stack of a folder."""
        real = Path(os.path.realpath(folder))
        return {name: manifest.root_of(real, path) for name, path in self._folders.items()}


def _stack(found: Found, placed: Placed, listing: Listing, folder: Path, family: str) -> Stack:
    roots = _Roots(listing.root)
    dates_bperp, _ = _date_baselines(found)
    pairs = tuple(
        sorted(
            (
                Pair(
                    pair.date1,
                    pair.date2,
                    {role: roots.item(source, placed) for role, source in pair.layers.items()},
                    pair.bperp
                    if pair.bperp is not None
                    else _difference(dates_bperp, pair.date1, pair.date2),
                    None,
                    EXCLUDED if pair.excluded else KEPT,
                    pair.excluded,
                )
                for pair in found.pairs
            ),
            key=lambda pair: (pair.date1, pair.date2),
        )
    )
    check_pairs(pairs)
    geometry = {
        role: roots.item(source, placed)
        for role, source in found.geometry.items()
        if key_of(source) in placed.origins
    }
    amplitudes = {day: {"amplitude": roots.item(entry, placed)} for day, entry in found.amplitudes.items()}
    acquisitions = tuple(
        Acquisition(entry.date, dates_bperp.get(entry.date), items=amplitudes.get(entry.date, {}))
        for entry in acquisitions_of(pairs)
    )
    return Stack(
        kind=found.kind,
        grid=placed.grid,
        wavelength=float(found.wavelength or 0.0),
        pairs=pairs,
        acquisitions=acquisitions,
        geometry=geometry,
        roots=roots.written(folder),
        frame=MAP if placed.grid.crs else RADAR,
        family=family,
        metadata=found.metadata,
    )


def _date_baselines(found: Found) -> tuple[dict[date, float], float]:
    if found.bperp:
        first = min(found.bperp)
        return {day: value - found.bperp[first] for day, value in found.bperp.items()}, 0.0
    return per_date((pair.date1, pair.date2, pair.bperp) for pair in found.pairs if pair.bperp is not None)


def _difference(bperp: dict[date, float], first: date, second: date) -> float | None:
    return bperp[second] - bperp[first] if first in bperp and second in bperp else None


def _bperp_notes(found: Found) -> tuple[str, ...]:
    dates, misfit = _date_baselines(found)
    if not dates or found.bperp:
        return ()
    return (
        f"Baselines of {len(dates)} dates by least squares from the pairs, relative to {min(dates)}; "
        f"the pairs close to {misfit:.2f} m RMS.",
    )


def _surveys(stack: Stack, found: Found, placed: Placed, monitor: Monitor) -> dict[str, Survey]:
    out = {}
    ordered = sorted(found.pairs, key=lambda pair: (pair.date1, pair.date2))
    for index, (pair, source) in enumerate(zip(stack.pairs, ordered)):
        monitor.step(index / len(ordered))
        origins = {role: placed.origins[key_of(layer)] for role, layer in source.layers.items()}
        layers = source.layers
        out[pair.name] = survey(
            layers["phase"], layers.get("coherence"), stack.grid, origins, may_be_empty=pair.state == EXCLUDED
        )
    monitor.step(1.0)
    return out


def _with_surveys(stack: Stack, surveys: dict[str, Survey]) -> Stack:
    return replace(
        stack, pairs=tuple(replace(pair, coherence=surveys[pair.name].coherence) for pair in stack.pairs)
    )


def _warnings(stack: Stack) -> list[str]:
    out = []
    without = [pair.name for pair in stack.pairs if "coherence" not in pair.items]
    if len(without) == len(stack.pairs):
        out.append(
            "There are no coherence files: weights from coherence and coherence thresholds cannot be used."
        )
    elif without:
        out.append(
            f"{len(without)} of {len(stack.pairs)} pairs have no coherence file: {', '.join(without[:6])}"
            f"{' ...' if len(without) > 6 else ''}. Weights from coherence cannot be used with them."
        )
    if any(pair.bperp is None for pair in stack.pairs):
        count = sum(pair.bperp is None for pair in stack.pairs)
        out.append(
            f"The perpendicular baseline of {count} pair(s) is unknown: the DEM error cannot be estimated."
        )
    if stack.frame == RADAR:
        out.append(_radar_note({LONGITUDE, LATITUDE} <= set(stack.geometry)))
    angles = {"incidence", "los_up", "los_elevation"} & set(stack.geometry)
    if not angles and "incidence_deg" not in stack.metadata:
        out.append("The incidence angle is unknown: state INCIDENCE to get vertical displacement.")
    vectors = {"los_east", "los_orientation"} & set(stack.geometry)
    if not vectors and "heading_deg" not in stack.metadata:
        out.append("The heading is unknown: state HEADING to get line-of-sight vectors.")
    return out


def _radar_note(located: bool) -> str:
    """What works with files in radar geometry."""
    if located:
        return (
            "The files are in radar geometry. 'geocode' brings the stack, or what later steps make of it, onto a map. "
            "Before that the inversion works and its points get longitude and latitude, but REFERENCE, EXTENT and "
            "polygons as MASK cannot be used."
        )
    return (
        "The files are in radar geometry without longitude and latitude per pixel: the inversion works, but neither "
        "points nor maps can be made. Geocode them first (GMTSAR: proj_ra2ll.csh, ISCE: geocodeGdal.py, SNAP: "
        "terrain correction, MintPy: geocode.py) and import the result."
    )


def _numbers(result: Result, stack: Stack) -> None:
    kept = stack.kept
    coherences = [pair.coherence for pair in kept if pair.coherence is not None]
    baselines = [abs(pair.bperp) for pair in kept if pair.bperp is not None]
    result.number("pairs", len(stack.pairs), "", "Interferograms")
    result.number("kept", len(kept), "", "Interferograms in use")
    result.number("dates", len(stack.dates), "", "Images")
    result.number("span_days", (stack.dates[-1] - stack.dates[0]).days, "d", "Time span")
    result.number("columns", stack.grid.width, "px", "Columns")
    result.number("rows", stack.grid.height, "px", "Rows")
    east, north = pixel_size(stack.grid) if stack.grid.crs else (None, None)
    result.number("pixel_east", east, "m", "Pixel size, east")
    result.number("pixel_north", north, "m", "Pixel size, north")
    result.number("wavelength", stack.wavelength, "m", "Radar wavelength")
    result.number("incidence", stack.metadata.get("incidence_deg"), "°", "Incidence angle")
    result.number("heading", stack.metadata.get("heading_deg"), "°", "Heading")
    result.number(
        "mean_coherence", sum(coherences) / len(coherences) if coherences else None, "", "Mean coherence"
    )
    result.number(
        "pairs_without_coherence",
        sum("coherence" not in p.items for p in stack.pairs),
        "",
        "Pairs without coherence",
    )
    result.number(
        "largest_bperp", max(baselines) if baselines else None, "m", "Largest perpendicular baseline"
    )


def _tables(result: Result, stack: Stack, surveys: dict[str, Survey], decisions: tuple[str, ...]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "pair": pair.name,
            "days": pair.days,
            "bperp_m": pair.bperp,
            "coherence": pair.coherence,
            "valid": surveys[pair.name].valid,
            "state": pair.state,
            "reason": pair.reason,
            "phase": pair.items["phase"].path,
        }
        for pair in stack.pairs
    ]
    result.tables["family"] = stack.family
    result.tables["metadata"] = dict(stack.metadata)
    result.tables["decisions"] = list(decisions)
    result.tables["pairs"] = rows

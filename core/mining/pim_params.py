"""Parameters of the job `pim`."""

from __future__ import annotations

import hashlib
import math
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Union

import numpy as np

from .. import crs as coordinates
from ..errors import InputError
from ..finished import describe_vector
from ..pointsource import PointFile, Points
from ..timeseries.selection import parse_day
from ..vector import VectorInput
from . import pim_parameters as names
from .gaps import FILL, GAPS
from .pim_panels import PanelFields
from .surveyor import DEFAULT_LIMITS, parse_limits

MOST_DATES = 600


@dataclass(frozen=True)
class PimParams:
    """What `run_pim` needs.

    panels : extracted areas (polygons, or points with a radius), attributes as `fields` names them.
    input : displacement folder, or a stack of unwrapped interferograms; empty to fit levelling alone.
    levelling : points with columns DYYYYMMDD [mm, up is positive]; with `input` they only check the result.
    model : static (ground follows at once, fitted to the last date) or ct (growth in time, fitted to all dates).
    growth : coordinate, weibull or knothe, for ct.
    start_values, bounds, fixed : as text, see `pim_parameters`. per_panel : each panel has its own q.
    fit_end : last date that is fitted; later ones are scored.
    dates, and every `step` days up to `end` : to be predicted.
    volume_from, volume_to : dates of the volume, empty for the first of the record and the last predicted.
    gaps : `fill` or `leave` pixels without a value in the measured volume, see `gaps`.
    limits : damage classes, see `surveyor`. isolines : interval [mm], 0 for a round one.
    export_crs : system of DXF, CSV and isolines; empty for the metric one of the model.
    spacing : pixel of the output [m] when levelling is fitted alone. max_points : pixels that the fit uses.
    """

    panels: VectorInput
    output: Union[str, Path]
    input: Union[str, Path] = ""
    levelling: Union[Points, None] = None
    model: str = names.CT
    growth: str = names.COORDINATE
    start_values: str = ""
    bounds: str = ""
    fixed: str = ""
    per_panel: bool = False
    fit_end: str = ""
    dates: str = ""
    step: int = 30
    end: str = ""
    volume_from: str = ""
    volume_to: str = ""
    limits: str = DEFAULT_LIMITS
    isolines: float = 0.0
    export_crs: str = ""
    spacing: float = 20.0
    max_points: int = 6000
    fields: PanelFields = field(default_factory=PanelFields)
    gaps: str = FILL

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if not str(self.input) and self.levelling is None:
            raise InputError("INPUT", "nothing", "a displacement folder, or points in LEVELLING")
        if not str(self.output):
            raise InputError("OUTPUT", "nothing", "a folder for the results", "Choose a folder")
        if (
            str(self.input)
            and Path(self.input).expanduser().absolute() == Path(self.output).expanduser().absolute()
        ):
            raise InputError("OUTPUT", str(self.output), "another folder than INPUT", "Choose another folder")
        for name, value, allowed in (
            ("MODEL", self.model, names.MODELS),
            ("GROWTH", self.growth, names.GROWTHS),
            ("GAPS", self.gaps, GAPS),
        ):
            if value not in allowed:
                raise InputError(name, value, " or ".join(allowed))
        if not self.panels.wkb:
            raise InputError(
                "PANELS", self.panels.name or "layer", "at least one polygon", "Draw the extracted areas"
            )
        if not self.panels.crs:
            raise InputError(
                "PANELS", self.panels.name or "layer", "a layer with a CRS", "Assign a CRS to the layer"
            )
        names.parse_starts(self.start_values)
        names.parse_bounds(self.bounds)
        names.parse_fixed(self.fixed)
        parse_limits(self.limits)
        for text, name in (
            (self.fit_end, "FIT_END"),
            (self.end, "END"),
            (self.volume_from, "VOLUME_FROM"),
            (self.volume_to, "VOLUME_TO"),
        ):
            parse_day(text, name)
        self.listed()
        if self.step < 1:
            raise InputError("STEP", self.step, "a number of days from 1 on")
        if not (math.isfinite(self.isolines) and self.isolines >= 0):
            raise InputError("ISOLINES", self.isolines, "an interval in mm, or 0")
        if not (math.isfinite(self.spacing) and self.spacing > 0):
            raise InputError("SPACING", self.spacing, "a length above 0 m")
        if self.max_points < 50:
            raise InputError("MAX_POINTS", self.max_points, "at least 50")
        if self.export_crs:
            coordinates.parse(self.export_crs, "CRS")

    def listed(self) -> list[date]:
        """The dates of `dates`."""
        words = [word for word in self.dates.replace(";", ",").replace(" ", ",").split(",") if word]
        days = [parse_day(word, "DATES") for word in words]
        return sorted({day for day in days if day is not None})

    def predicted(self, first: date, last: date) -> list[date]:
        """All dates to predict for a record from `first` to `last`; refuses dates before the record."""
        days = set(self.listed())
        end = parse_day(self.end, "END")
        if end is not None:
            if end <= last:
                raise InputError("END", end.isoformat(), f"a date after the record, which ends on {last}")
            if (end - last).days // self.step > MOST_DATES:
                raise InputError("STEP", self.step, f"at most {MOST_DATES} dates", "Choose a longer step")
            day = last + timedelta(self.step)
            while day <= end:
                days.add(day)
                day += timedelta(self.step)
        early = sorted(day for day in days if day < first)
        if early:
            raise InputError(
                "DATES", [day.isoformat() for day in early], f"dates from {first} on, where the record begins"
            )
        return sorted(days)

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        plain = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in ("panels", "output", "input", "levelling", "fields")
        }
        rows = repr([sorted((k, str(v)) for k, v in row.items()) for row in self.panels.attributes])
        return {
            "input": Path(self.input).expanduser().absolute().as_posix() if str(self.input) else "",
            "panels": {
                **(describe_vector(self.panels) or {}),
                "attributes": hashlib.sha256(rows.encode()).hexdigest(),
            },
            "fields": asdict(self.fields),
            "levelling": _points(self.levelling),
            **plain,
        }


def _points(points: Points | None) -> dict[str, Any] | None:
    if points is None:
        return None
    if isinstance(points, PointFile):
        path = Path(points.path)
        state = path.stat() if path.is_file() else None
        stamp = [state.st_size, state.st_mtime_ns] if state else []
        return {"file": path.absolute().as_posix(), "layer": points.layer, "crs": points.crs, "state": stamp}
    digest = hashlib.sha256(points.crs.encode())
    for array in (points.x, points.y, points.series):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(repr(points.dates).encode())
    return {"name": points.name, "points": len(points), "sha256": digest.hexdigest()}

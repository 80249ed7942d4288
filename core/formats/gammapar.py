"""GAMMA's parameter files: `key: values` lines, baselines, image parameters.

Sign of the baseline. GAMMA's Bperp = Bc cos(look) - Bn sin(look) with the TCN baseline of
`*_base.par` (its `base_perp` table says the same) is opposite to ours: with the state vectors of
the two images, raising a point by 10 m at constant range in the first image changes R2 - R1 by
-Bperp_gamma dh / (R sin theta). The tests show it on real orbits (Mexico City). Hence the minus here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from .listing import number, read_text


def parse(path: Path) -> dict[str, list[str]]:
    """`key: value value ...` lines; the key without blanks, the values split at blanks."""
    out: dict[str, list[str]] = {}
    for line in read_text(path).splitlines():
        key, colon, rest = line.partition(":")
        if colon and key.strip() and " " not in key.strip():
            out.setdefault(key.strip(), rest.split())
    return out


@dataclass(frozen=True)
class ImagePar:
    """What we use of `*_slc.par` or `*_mli.par`; None where a line is absent.

    `frequency` [Hz], angles [deg], ranges and radii [m].
    """

    path: Path
    frequency: float | None
    incidence: float | None
    heading: float | None
    near_range: float | None
    centre_range: float | None
    orbit_radius: float | None
    earth_radius: float | None
    sensor: str
    title: str
    range_looks: int | None
    azimuth_looks: int | None

    @property
    def range_at_centre(self) -> float | None:
        """Slant range at the centre of the swath, or the near range where only that is given."""
        return self.centre_range if self.centre_range is not None else self.near_range

    def look_angle(self) -> float | None:
        """Look angle at the swath's centre [rad] from the triangle orbit, Earth's centre, ground."""
        h, e, r = self.orbit_radius, self.earth_radius, self.range_at_centre
        if h is None or e is None or r is None:
            return None
        return math.acos(min(max((h * h + r * r - e * e) / (2.0 * h * r), -1.0), 1.0))


def read_image(path: Path) -> ImagePar:
    """Image parameters of an SLC or MLI."""
    found = parse(path)

    def value(key: str) -> float | None:
        return number(" ".join(found.get(key, [])))

    range_looks, azimuth_looks = value("range_looks"), value("azimuth_looks")
    return ImagePar(
        path,
        value("radar_frequency"),
        value("incidence_angle"),
        value("heading"),
        value("near_range_slc"),
        value("center_range_slc"),
        value("sar_to_earth_center"),
        value("earth_radius_below_sensor"),
        " ".join(found.get("sensor", [])),
        " ".join(found.get("title", [])),
        None if range_looks is None else int(range_looks),
        None if azimuth_looks is None else int(azimuth_looks),
    )


def base_bperp(path: Path, image: ImagePar) -> float | None:
    """Perpendicular baseline [m, our sign] at the scene's centre from `*_base.par`.

    The precision baseline where it is set (not all zero), else the initial one (from the orbits).
    `image` gives the look angle. None when that is not known.
    """
    found = parse(path)
    tcn: list[float] = []
    for key in ("precision_baseline(TCN)", "initial_baseline(TCN)"):
        try:
            tcn = [float(text) for text in found.get(key, [])[:3]]
        except ValueError as error:
            raise InputError(
                "Baseline file", str(path), f"numbers after '{key}'", "Write it again"
            ) from error
        if len(tcn) == 3 and any(tcn):
            break
    look = image.look_angle()
    if len(tcn) != 3 or look is None:
        return None
    return -(tcn[1] * math.cos(look) - tcn[2] * math.sin(look))


def table_bperp(path: Path) -> float | None:
    """Perpendicular baseline [m, our sign]: mean of the `base_perp` table (line, range, ..., bperp, blen)."""
    column: list[float] = []
    for line in read_text(path).splitlines():
        cells = line.split()
        if len(cells) == 9 and re.fullmatch(r"\d+", cells[0]) and re.fullmatch(r"\d+", cells[1]):
            try:
                column.append(float(cells[7]))
            except ValueError:
                continue
    return -sum(column) / len(column) if column else None

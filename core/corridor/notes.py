"""What a user must know about a run: gaps in the line, coarse pixels, points left out."""

from __future__ import annotations

from ..component import VERTICAL
from .analysis import Analysis
from .joining import WORST_SCALE
from .numbers import empty_bins
from .stations import SNAP


def notes(found: Analysis) -> list[str]:
    """Warnings for the log, the report and result.json."""
    params, joined, profiles = found.params, found.joined, found.profiles
    texts = [*_of_line(found), *_of_extras(found)]
    tracks = [profile.track for profile in profiles]
    unknown = float(profiles[0].lengths[empty_bins(profiles)].sum())
    if unknown:
        texts.append(
            f"{unknown:.0f} m of the line ({100.0 * unknown / joined.alignment.length:.1f} %) have no data: their "
            "motion is unknown and not part of the affected length. A larger BIN or RADIUS closes small gaps."
        )
    for track in tracks:
        if track.without_incidence:
            texts.append(
                f"{track.without_incidence} of {track.without_incidence + track.count} points of {track.name} "
                "in the corridor have no incidence and were left out."
            )
        if track.unit_assumed:
            texts.append(
                f"{track.source} does not state its unit: its values were taken as velocities in mm/yr."
            )
        if track.share < 1.0:
            what = track.source if str(params.raster) else f"the {track.source}"
            texts.append(
                f"The pixels of {what} are coarse for bins of {params.bin:g} m and a corridor of "
                f"{params.radius:g} m: neighbouring bins share pixels, and differential settlement comes in steps."
            )
    if len(tracks) > 1 and params.component != VERTICAL:
        texts.append(
            "Tracks with different lines of sight see different parts of the same motion: compare them as vertical."
        )
    return texts


def _of_extras(found: Analysis) -> list[str]:
    """About stations, limits and cross-sections."""
    texts = []
    limit, size = found.params.limit, found.params.bin
    if found.stray:
        some = ", ".join(found.stray[:5]) + (" and others" if len(found.stray) > 5 else "")
        names = f"({len(found.stray)}): {some}"
        texts.append(f"Stations more than {SNAP:g} m from the line were left out {names}.")
    if limit.differential is not None and limit.base < size:
        texts.append(
            f"The limit of differential settlement is over {limit.base:g} m, but bins are {size:g} m long: it is "
            f"compared with the mean slope between bins. A BIN of {limit.base:g} m would see shorter steps, if there "
            "are enough points."
        )
    for tracks in found.sections:
        for section in tracks:
            if not len(section.value):
                place = _km(found.km.one(section.along))
                texts.append(
                    f"The cross-section at chainage {place} has no {found.subject} of {section.track}."
                )
    return texts


def _of_line(found: Analysis) -> list[str]:
    joined, km = found.joined, found.km
    texts = []
    if km.unit == "kilometres":
        texts.append("The M values of the line were taken as kilometres.")
    for gap in joined.gaps:
        place = _km(km.one(gap.chainage))
        texts.append(f"A gap of {gap.length:.0f} m in the line at chainage {place} counts as straight track.")
    for turn in joined.turns:
        place = _km(km.one(turn))
        texts.append(
            f"The line turns back on itself at chainage {place}. If the layer holds both tracks of a double line, "
            "select one of them."
        )
    if abs(joined.scale - 1.0) > WORST_SCALE:
        texts.append(
            f"Plane lengths differ by {abs(joined.scale - 1.0) * 100:.2f} % from those on the ellipsoid, because the "
            "line is too long for one zone: chainages carry that error."
        )
    return texts


def _km(metres: float) -> str:
    return f"{metres / 1000:.3f} km"

"""What a user must know about a run: gaps in the line, coarse pixels, points left out."""

from __future__ import annotations

from ..component import VERTICAL
from .joining import WORST_SCALE, Joined
from .numbers import empty_bins
from .params import CorridorParams
from .profile import Profile


def notes(params: CorridorParams, joined: Joined, profiles: list[Profile]) -> list[str]:
    """Warnings for the log, the report and result.json."""
    texts = _of_line(params, joined)
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
            texts.append(f"{track.source} does not state its unit: its values were taken as velocities in mm/yr.")
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


def _of_line(params: CorridorParams, joined: Joined) -> list[str]:
    texts = []
    for gap in joined.gaps:
        place = _km(gap.chainage + params.start_chainage)
        texts.append(f"A gap of {gap.length:.0f} m in the line at chainage {place} counts as straight track.")
    for turn in joined.turns:
        place = _km(turn + params.start_chainage)
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

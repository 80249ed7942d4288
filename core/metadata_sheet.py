"""The sheet of facts about a stack that heads every report: sensor, track, span, angles."""

from __future__ import annotations

import math

from .stack import KEPT, Stack

_LABELS = (
    ("sensor", "Sensor"),
    ("track", "Track"),
    ("swath", "Swath"),
    ("orbit", "Orbit"),
    ("polarisation", "Polarisation"),
)


def metadata_sheet(stack: Stack) -> list[tuple[str, str]]:
    """(label, value) rows; what the producer does not say is "not stated"."""
    rows = [(label, _text(stack.metadata.get(key))) for key, label in _LABELS]
    dates = stack.dates
    rows.append(("Time span", f"{dates[0].isoformat()} to {dates[-1].isoformat()}" if dates else "none"))
    rows.append(("Images", str(len(dates))))
    kept = sum(pair.state == KEPT for pair in stack.pairs)
    excluded = len(stack.pairs) - kept
    rows.append(("Interferograms", f"{kept} kept, {excluded} excluded" if excluded else f"{kept}"))
    rows.append(("Incidence angle", _degrees(stack.metadata.get("incidence_deg"))))
    rows.append(("Heading", _degrees(stack.metadata.get("heading_deg"))))
    rows.append(("Wavelength", f"{stack.wavelength * 100:.4f} cm"))
    rows.append(("Grid", f"{stack.grid.width} x {stack.grid.height} pixels"))
    return rows


def _text(value: object) -> str:
    return "not stated" if value is None or value == "" else str(value)


def _degrees(value: object) -> str:
    if isinstance(value, (int, float)) and math.isfinite(value):
        return f"{value:.1f}°"
    return "not stated"

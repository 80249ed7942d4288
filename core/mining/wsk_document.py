"""`wsk.json`: the fitted kinetics, with all that a later step needs to continue them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..version import VERSION
from .estimate_params import WskEstimateParams
from .estimate_result import Fitted

if TYPE_CHECKING:
    from .estimate_scene import Scene

NAME = "wsk.json"
SCHEMA = 1


def document(params: WskEstimateParams, scene: Scene, fitted: Fitted) -> dict[str, Any]:
    """The model as JSON; SI units, concentrations in g/100 g water, years of 365.25 days."""
    dates = scene.stack.dates
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "geology": {"preset": params.preset, "cs": fitted.cs, "delta": fitted.delta},
        "form": params.form,
        "u_model": params.u_model,
        "physical": fitted.physical,
        "weights": params.weights,
        "temperatures": str(params.temperatures),
        "origin": dates[0].isoformat(),
        "dates": [day.isoformat() for day in dates],
        "pairs": [pair.name for pair in scene.stack.kept],
        "residual_std_rad": fitted.overall,
        "funnels": [
            {
                **group.summary(),
                "u": group.u.tolist(),
                "u_std": group.u_std.tolist(),
                "cx": (fitted.cs * (1.0 - group.u)).tolist() if group.physical else None,
                "model": group.model,
            }
            for group in fitted.groups
        ],
        "funnels_left_out": [asdict(one) for one in fitted.weak],
        "messages": list(fitted.warnings),
    }


def read(folder: str | Path, field: str = "INPUT") -> dict[str, Any]:
    """The document of a folder, or a refusal."""
    path = Path(folder).expanduser() / NAME
    if not path.is_file():
        raise InputError(
            field, str(folder), f"a folder of wskestimate (with {NAME})", "Run 'wskestimate' first"
        )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(field, str(path), "valid JSON", "Run 'wskestimate' again") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise InputError(field, str(path), f"schema {SCHEMA}", "Run 'wskestimate' again with this version")
    return found


def dates_of(found: dict[str, Any]) -> tuple[date, ...]:
    """Dates of the record."""
    return tuple(date.fromisoformat(text) for text in found["dates"])

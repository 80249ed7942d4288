"""Traffic-light classes of the bins, by limits that the user sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .chainage import Float64
from .zones import past_threshold

GREEN, AMBER, RED, NO_DATA = "green", "amber", "red", "no data"
CLASSES = (GREEN, AMBER, RED, NO_DATA)


def class_limits(threshold: float, amber: float | None, red: float | None) -> tuple[float, float]:
    """Amber and red limit [mm/yr]: red is the threshold and amber half of red where they are not given."""
    upper = threshold if red is None else red
    return (upper / 2.0 if amber is None else amber), upper


def traffic_light(rate: Float64, limits: tuple[float, float]) -> NDArray[np.int64]:
    """Index into CLASSES per bin (bins,): at or past a limit, in its direction; no data where the rate is NaN."""
    amber, red = (past_threshold(rate, limit).astype(np.int64) for limit in limits)
    return np.where(np.isfinite(rate), np.maximum(amber, 2 * red), CLASSES.index(NO_DATA))


def class_lengths(classes: NDArray[np.int64], lengths: Float64) -> dict[str, float]:
    """Length of line [m] per class."""
    return {name: float(lengths[classes == index].sum()) for index, name in enumerate(CLASSES)}

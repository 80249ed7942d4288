"""Funnels estimated one by one, each with a u of its own; those that tell nothing are left out and named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..monitor import Monitor
from .wsk_estimate import estimate_wsk
from .wsk_gauge import Gauge
from .wsk_model import Problem
from .wsk_options import Options
from .wsk_result import Estimate


@dataclass(frozen=True)
class Weak:
    """A funnel that could not be estimated, the number of its pixels, and why."""

    funnel: int
    pixels: int
    reason: str

    def text(self) -> str:
        """The sentence for log and report."""
        return f"Funnel {self.funnel} ({self.pixels:,} pixels) could not be estimated and is left out: {self.reason}."


@dataclass(frozen=True)
class Groups:
    """found : funnel -> (positions (P_g,) of its pixels, estimate), at least one. weak : funnels left out."""

    found: dict[int, tuple[NDArray[np.intp], Estimate]]
    weak: tuple[Weak, ...]


def estimate_groups(
    problem: Problem,
    labels: NDArray[np.integer],
    options: Optional[Options] = None,
    gauges: Optional[Mapping[int, Gauge]] = None,
    monitor: Optional[Monitor] = None,
) -> Groups:
    """Estimate each funnel for itself.

    labels : (P,) funnel of each pixel; 0 and negative numbers are outside all funnels. gauges : of each funnel, None
    for that of `options`. When no funnel can be estimated, the reason of the largest is raised.
    """
    options, monitor = options or Options(), monitor or Monitor()
    if labels.shape != (problem.phase.shape[1],):
        raise InputError("FUNNELS", labels.shape, "one funnel number per pixel")
    numbers = [int(number) for number in np.unique(labels[labels > 0])]
    if not numbers:
        raise InputError("FUNNELS", "no pixel inside", "funnels that cover pixels", "Check their coordinate system")
    found: dict[int, tuple[NDArray[np.intp], Estimate]] = {}
    weak: dict[Weak, InputError] = {}
    for done, number in enumerate(numbers):
        monitor.step(done / len(numbers))
        members = np.flatnonzero(labels == number)
        part = problem if len(members) == len(labels) else problem.part(members)
        own = options if gauges is None else replace(options, gauge=gauges[number])
        try:
            found[number] = (members, estimate_wsk(part, own, monitor.check))
        except InputError as error:
            weak[Weak(number, len(members), f"{error.field}: {error.value}")] = error
    if not found:
        largest = max(weak, key=lambda one: one.pixels)
        raise _named(weak[largest], largest.funnel) if len(numbers) > 1 else weak[largest]
    return Groups(found, tuple(weak))


def _named(error: InputError, funnel: int) -> InputError:
    return InputError(f"Funnel {funnel}: {error.field}", error.value, error.allowed, error.remedy)

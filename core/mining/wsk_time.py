"""Undersaturation as a function of time, linear in few coefficients.

u(t) = sum_j c_j b_j(t). Days count from the first date of the record; years have 365.25 days. In the rate form, the
default, subsidence is the integral of u, and the value of an interval is the mean of u over it: subsidence between
two dates then never depends on which dates lie between them. In the absolute form (eq. 3 of Xing et al. as printed)
S(t) = (D / delta) u(t) t, and u has a value per date.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError
from ..units import DAYS_PER_YEAR
from .kinetics import GLAUBER, solubility

Float64 = NDArray[np.float64]

HARMONIC, FREE, TEMPERATURE = "harmonic", "free", "temperature"
KINDS = (HARMONIC, FREE, TEMPERATURE)
RATE, ABSOLUTE = "rate", "absolute"
FORMS = (RATE, ABSOLUTE)


@dataclass(frozen=True)
class UModel:
    """How the undersaturation may vary.

    kind : "harmonic" (mean and annual wave), "free" (a value per interval), or "temperature" (solubility at a
    temperature series over Cs). harmonics : 1 for the annual wave, 2 with the semi-annual one.
    days, celsius : dates (ordered) and brine temperatures [deg C] of the series. mineral : row of Table IV.
    """

    kind: str = HARMONIC
    harmonics: int = 1
    days: tuple[date, ...] = ()
    celsius: tuple[float, ...] = ()
    mineral: str = GLAUBER

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.kind not in KINDS:
            raise InputError("U_MODEL", self.kind, " or ".join(KINDS))
        if self.harmonics not in (1, 2):
            raise InputError("Harmonics", self.harmonics, "1 (annual) or 2 (annual and semi-annual)")
        if self.kind != TEMPERATURE:
            return
        if len(self.days) < 2 or len(self.days) != len(self.celsius):
            raise InputError(
                "TEMPERATURES", f"{len(self.days)} dates", "at least two dates, a temperature for each"
            )
        if any(b <= a for a, b in zip(self.days[:-1], self.days[1:])):
            raise InputError(
                "TEMPERATURES", "dates out of order", "dates in order, each once", "Sort the file"
            )
        solubility(np.array(self.celsius), self.mineral)

    def continued(self, later: UModel, last: date) -> UModel:
        """This series up to the last date of the record, which D was found with, and a later one after it.

        Dates after the record that the later series does not reach back to keep their values.
        """
        known = np.array([day.toordinal() for day in self.days], np.float64)
        entries = {last: float(np.interp(last.toordinal(), known, np.array(self.celsius)))}
        beyond = [(day, value) for day, value in zip(later.days, later.celsius) if day > last]
        start = beyond[0][0] if beyond else date.max
        entries.update((day, value) for day, value in zip(self.days, self.celsius) if day < start)
        entries.update(beyond)
        days = tuple(sorted(entries))
        return replace(self, days=days, celsius=tuple(entries[day] for day in days))


@dataclass(frozen=True)
class TimeBasis:
    """A model of u bound to the dates of a record.

    origin : first date. edges : (N,) days of the record's dates since then. form : "rate" or "absolute".
    """

    model: UModel
    origin: date
    edges: tuple[float, ...]
    form: str
    cs: float

    @property
    def size(self) -> int:
        """Number q of coefficients."""
        if self.model.kind == FREE:
            return len(self.edges) - 1
        return 1 + 2 * self.model.harmonics if self.model.kind == HARMONIC else 1

    @property
    def names(self) -> tuple[str, ...]:
        """What each coefficient multiplies."""
        if self.model.kind == HARMONIC:
            waves = [f"{f}{n}" for n in range(1, self.model.harmonics + 1) for f in ("sin", "cos")]
            return ("mean", *waves)
        return tuple(f"u{k + 1}" for k in range(self.size)) if self.model.kind == FREE else ("solubility",)

    def constant(self, u: float) -> Float64:
        """(q,) coefficients of a constant u; of a u of that size for the temperature model."""
        if self.model.kind == FREE:
            return np.full(self.size, u)
        return np.array([u] + [0.0] * (self.size - 1))

    def values(self, days: ArrayLike) -> Float64:
        """(n, q) basis at instants [days]: u = values @ c."""
        t = np.atleast_1d(np.asarray(days, np.float64))
        if self.model.kind == HARMONIC:
            return self._waves(t)
        if self.model.kind == FREE:
            return self._free_values(t)
        nodes, u, _ = self._series(t)
        return np.interp(t, nodes, u)[:, None]

    def cumulative(self, days: ArrayLike) -> Float64:
        """(n, q) [yr]: S(t) = (D / delta) (seconds per year) (cumulative @ c), 0 at the first date."""
        t = np.atleast_1d(np.asarray(days, np.float64))
        if self.form == ABSOLUTE:
            return self.values(t) * (t / DAYS_PER_YEAR)[:, None]
        if self.model.kind == HARMONIC:
            return self._wave_integrals(t)
        if self.model.kind == FREE:
            edges = np.array(self.edges)
            self._refuse_beyond(t)
            return np.clip(t[:, None] - edges[None, :-1], 0.0, np.diff(edges)[None, :]) / DAYS_PER_YEAR
        nodes, _, area = self._series(t)
        return np.interp(t, nodes, area)[:, None]

    def intervals(self) -> Float64:
        """(K, q): mean of u per interval (rate form), or u at each date after the first (absolute form)."""
        edges = np.array(self.edges)
        if self.form == ABSOLUTE:
            return self.values(edges[1:])
        return np.diff(self.cumulative(edges), axis=0) / (np.diff(edges) / DAYS_PER_YEAR)[:, None]

    def mean_row(self) -> Float64:
        """(q,) r: r @ c is the mean of u over the record, weighted by the length of the intervals."""
        length = np.diff(np.array(self.edges))
        return np.asarray(length @ self.intervals() / length.sum())

    def _waves(self, t: Float64) -> Float64:
        years = t / DAYS_PER_YEAR
        columns = [np.ones_like(years)]
        for n in range(1, self.model.harmonics + 1):
            columns += [np.sin(2 * math.pi * n * years), np.cos(2 * math.pi * n * years)]
        return np.stack(columns, axis=1)

    def _wave_integrals(self, t: Float64) -> Float64:
        years = t / DAYS_PER_YEAR
        columns = [years]
        for n in range(1, self.model.harmonics + 1):
            rate = 2 * math.pi * n
            columns += [(1.0 - np.cos(rate * years)) / rate, np.sin(rate * years) / rate]
        return np.stack(columns, axis=1)

    def _free_values(self, t: Float64) -> Float64:
        self._refuse_beyond(t)
        edges = np.array(self.edges)
        if self.form == ABSOLUTE:
            # Linear between dates; before the second date the value of the second.
            return np.stack([np.interp(t, edges[1:], row) for row in np.eye(self.size)], axis=1)
        interval = np.clip(np.searchsorted(edges, t, side="right") - 1, 0, self.size - 1)
        return np.asarray(np.eye(self.size)[interval])

    def _refuse_beyond(self, t: Float64) -> None:
        if np.any(t > self.edges[-1]) or np.any(t < 0):
            raise InputError(
                "U_MODEL",
                FREE,
                "a model of u that goes on beyond the record: harmonic or temperature",
                "A free u has a value per interval of the record and none outside it, so nothing can be predicted from "
                "it. Estimate again with the harmonic or the temperature model",
            )

    def _series(self, t: Float64) -> tuple[Float64, Float64, Float64]:
        """(days, u, integral of u [yr] since the first date) from the first date to the last needed, daily."""
        known = np.array([(day - self.origin).days for day in self.model.days], np.float64)
        last = max(float(t.max()), self.edges[-1])
        if known[0] > 0 or known[-1] < last:
            first, end = self.model.days[0], self.model.days[-1]
            until = date.fromordinal(self.origin.toordinal() + math.ceil(last))
            raise InputError(
                "TEMPERATURES",
                f"{first.isoformat()} to {end.isoformat()}",
                f"a series that covers {self.origin.isoformat()} to {until.isoformat()}",
                "Add the missing dates to the file",
            )
        nodes = np.union1d(np.arange(0.0, math.ceil(last) + 1.0), known[(known >= 0) & (known <= last)])
        nodes = nodes[nodes <= known[-1]]
        u = solubility(np.interp(nodes, known, np.array(self.model.celsius)), self.model.mineral) / self.cs
        area = np.concatenate([[0.0], np.cumsum(np.diff(nodes) * (u[1:] + u[:-1]) / 2.0)]) / DAYS_PER_YEAR
        return nodes, u, area


def model_to_dict(model: UModel) -> dict[str, Any]:
    """The model as JSON."""
    return {
        "kind": model.kind,
        "harmonics": model.harmonics,
        "days": [day.isoformat() for day in model.days],
        "celsius": list(model.celsius),
        "mineral": model.mineral,
    }


def model_from_dict(found: dict[str, Any]) -> UModel:
    """The inverse of `model_to_dict`."""
    return UModel(
        found["kind"],
        int(found["harmonics"]),
        tuple(date.fromisoformat(text) for text in found["days"]),
        tuple(float(v) for v in found["celsius"]),
        found["mineral"],
    )

"""Bounded least squares of the probability integral method, with its uncertainty.

Observations are displacements at dates, or interferometric phases as metres of motion. Constants per date or
interferogram and height errors per pixel are not estimated but projected out of data and model alike, which gives
the same parameters. Variables are scaled by their bounds; scipy's trust-region reflective solver starts from the best
places of a coarse search in which q and q b, on which the model depends linearly, are solved directly.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..monitor import Monitor
from .pim_model import PimModel
from .pim_parameters import Unknown

COARSE_POINTS = 800  # of the search for a start
REFINED = 3  # starts that are followed up
ON_BOUND = 1e-3  # of the width between the bounds
STEP = 1e-5  # of the same, for derivatives
REMEMBERED = 3  # places in space whose shapes are kept
CLOSE = 0.95  # correlation that deserves a word

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Observations:
    """What the model is fitted to.

    x, y (P,) metric coordinates [m]; los (3, P) unit vector east, north, up (levelling: 0, 0, 1).
    years (N,) times of the dates; reference : time to which displacements are relative [yr].
    values (M, P) [m], motion toward the satellite or upward, NaN where missing: displacements at the dates
    (pairs None, M = N) or changes between two dates each (pairs (M, 2), indices into years).
    centred : a constant per row is unknown. baselines (M,) : a multiple of these per point is unknown.
    groups (M, P) or (M, 1) or (P,) : values of one group share their errors; None for one group per row.
    """

    x: Float64
    y: Float64
    los: Float64
    years: Float64
    reference: float
    values: Float64
    pairs: NDArray[np.intp] | None = None
    centred: bool = False
    baselines: Float64 | None = None
    groups: NDArray[np.intp] | None = None

    def predict(self, model: PimModel, values: Float64) -> Float64:
        """The model's answer, shape of `values`."""
        return self.paired(model.line_of_sight(values, self.x, self.y, self.los, self.years, self.reference))

    def paired(self, moved: Float64) -> Float64:
        """Motion at the dates (N, P) as the observations have it (M, P)."""
        return moved if self.pairs is None else moved[self.pairs[:, 1]] - moved[self.pairs[:, 0]]

    def project(self, rows: Float64) -> Float64:
        """Rows (M, P) without what is not estimated; missing values become 0."""
        known = np.isfinite(self.values)
        out = np.where(known, rows, 0.0)
        if self.baselines is not None:
            unit = self.baselines / np.linalg.norm(self.baselines)
            out = out - unit[:, None] * (unit @ out)
        if self.centred:
            out = np.where(known, out - (out.sum(axis=1) / known.sum(axis=1))[:, None], 0.0)
        return out

    def thinned(self, points: int) -> Observations:
        """Every n-th point, at most about `points`."""
        step = -(-len(self.x) // points)
        if step == 1:
            return self
        groups = self.groups
        if groups is not None and groups.shape[-1] == len(self.x):
            groups = groups[..., ::step]
        return replace(
            self,
            x=self.x[::step],
            y=self.y[::step],
            los=self.los[:, ::step],
            values=self.values[:, ::step],
            groups=groups,
        )


@dataclass(frozen=True)
class PimEstimate:
    """Parameters (K,) in the order of `model.columns`, with covariance (K, K) from groups of errors.

    covariance_residual : from the residuals as if all were independent, too small. Both hold 0 for parameters that
    were fixed or lie on a bound. residuals (M, P) [m], NaN where missing, projected as the fit saw them.
    on_bound : names. degrees : observations less unknowns. cost, total : sum of squares after and before the fit [m2].
    """

    model: PimModel
    values: Float64
    covariance: Float64
    covariance_residual: Float64
    residuals: Float64
    on_bound: tuple[str, ...]
    degrees: int
    cost: float
    iterations: int
    optimality: float
    total: float

    @property
    def std(self) -> Float64:
        """Standard deviations (K,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def correlation(self) -> Float64:
        """Correlations (K, K); NaN for parameters without a deviation."""
        std = np.where(self.std > 0, self.std, np.nan)
        out: Float64 = self.covariance / std[:, None] / std[None, :]
        return out

    @property
    def rms(self) -> float:
        """Root mean square of the residuals [m]."""
        return float(np.sqrt(np.nanmean(self.residuals**2)))

    @property
    def evidence(self) -> float:
        """The F value of the whole model against no motion at all; about 1 when there is nothing but noise."""
        unknowns = max(1, int(sum(u.estimated for u in self.model.columns)))
        left = self.cost / self.degrees
        return (self.total - self.cost) / unknowns / left if left > 0 else np.inf

    def confounded(self) -> list[tuple[str, ...]]:
        """Groups of parameters that the data hardly tell apart: linked by correlations beyond CLOSE."""
        table, columns = self.correlation, self.model.columns
        groups = [{index} for index in range(len(columns))]
        for i, j in itertools.combinations(range(len(columns)), 2):
            if abs(table[i, j]) > CLOSE:
                joined = next(g for g in groups if i in g) | next(g for g in groups if j in g)
                groups = [g for g in groups if not g & joined] + [joined]
        return [tuple(columns[k].name for k in sorted(g)) for g in groups if len(g) > 1]


class _Predictor:
    """The projected model of some observations.

    Remembers the motion in space for a subsidence factor of 1, with which it grows in proportion: the derivatives by
    the factors and by the parameters of time cost no new influence.
    """

    def __init__(self, model: PimModel, data: Observations) -> None:
        self.model = model
        self.data = data
        self._known: dict[bytes, list[Float64]] = {}

    def __call__(self, values: Float64) -> Float64:
        """Prediction (M P,)."""
        model, data = self.model, self.data
        factors = model.factors(values)
        unit = values.copy()
        unit[: len(factors) if model.per_panel else 1] = 1.0
        key = unit[: model.spatial].tobytes()
        if key not in self._known:
            while len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[key] = model.basis(unit, data.x, data.y, data.los)
        growth = model.growth_of(values, data.years, data.reference)
        moved = np.zeros((len(data.years), len(data.x)))
        for factor, weights, basis in zip(factors, growth, self._known[key]):
            moved += (factor * weights).T @ basis
        return data.project(data.paired(moved)).ravel()


def fit(
    model: PimModel, data: Observations, monitor: Monitor | None = None, tolerance: float = 1e-12
) -> PimEstimate:
    """Estimate the parameters that are not fixed.

    tolerance : relative change of the sum of squares at which the search stops.

    Raises InputError when nothing is to be estimated or there are too few observations.
    """
    monitor = monitor or Monitor()
    free = np.array([u.estimated for u in model.columns])
    count = int(np.isfinite(data.values).sum())
    if not free.any():
        raise InputError("FIXED", "all parameters", "at least one parameter that is estimated")
    if count <= int(free.sum()):
        raise InputError(
            "INPUT",
            f"{count} values for {int(free.sum())} unknowns",
            "more values than unknowns",
            "Fix parameters",
        )
    coarse = data.thinned(COARSE_POINTS)
    starts = _search(model, coarse, free, monitor.part(0.0, 0.4))
    best: tuple[float, Float64] | None = None
    for number, start in enumerate(starts):
        part = monitor.part(0.4 + 0.3 * number / len(starts), 0.4 + 0.3 * (number + 1) / len(starts))
        found = _refine(model, coarse, start, free, tolerance, part)
        if best is None or found.cost < best[0]:
            best = found.cost, _assemble(model, start, free, found.x)
    final = _refine(model, data, best[1] if best else model.start, free, tolerance, monitor.part(0.7, 0.95))
    values = _assemble(model, starts[0], free, final.x)
    monitor.step(0.95)
    return _estimate(model, data, values, free, int(final.nfev), float(final.optimality))


def _search(model: PimModel, data: Observations, free: NDArray[np.bool_], monitor: Monitor) -> list[Float64]:
    """Good starts: a coarse grid over what acts nonlinearly, q and b solved for each place."""
    columns = model.columns
    names = [u.name for u in columns]
    choices = {}
    for name, shares in (("tan_beta", 5), ("rate", 4), ("scale", 4), ("duration", 3)):
        if name in names and free[names.index(name)]:
            unknown = columns[names.index(name)]
            places = np.geomspace(unknown.low, unknown.high, shares + 2)[1:-1]
            choices[names.index(name)] = [unknown.start, *places.tolist()]
    observed = data.project(data.values).ravel()
    predictor = _Predictor(model, data)
    scored: list[tuple[float, int, Float64]] = []
    grid = list(itertools.product(*choices.values()))
    for number, place in enumerate(grid):
        monitor.step(number / len(grid))
        values = model.start.copy()
        values[list(choices)] = place
        values, cost = _linear(predictor, observed, values, free)
        scored.append((cost, number, values))
    scored.sort(key=lambda entry: entry[:2])
    return [values for _, _, values in scored[:REFINED]]


def _linear(
    predictor: _Predictor, observed: Float64, values: Float64, free: NDArray[np.bool_]
) -> tuple[Float64, float]:
    """q of all panels together and b for given other parameters, drawn into their bounds; and the sum of squares."""
    columns = predictor.model.columns
    skip = len(predictor.model.panels) if predictor.model.per_panel else 1
    place = [u.name for u in columns].index("b")
    low, high = np.array([u.low for u in columns]), np.array([u.high for u in columns])
    unit = values.copy()
    unit[:skip] = 1.0
    unit[place] = 0.0
    plain = predictor(unit)
    unit[place] = 1.0
    level = predictor(unit) - plain
    out = values.copy()
    if free[0] and free[place] and float(level @ level) > 0:
        solved = np.linalg.lstsq(np.stack([plain, level], axis=1), observed, rcond=None)[0]
        if solved[0] > 0:
            out[place] = np.clip(solved[1] / solved[0], low[place], high[place])
    if free[0]:
        both = plain + out[place] * level
        size = float(both @ both)
        factor = float(both @ observed) / size if size > 0 else 0.0
        out[:skip] = np.clip(factor, low[:skip], high[:skip])
    left = observed - out[0] * (plain + out[place] * level)  # the search starts with one q for all panels
    return out, float(left @ left)


def _refine(
    model: PimModel,
    data: Observations,
    start: Float64,
    free: NDArray[np.bool_],
    tolerance: float,
    monitor: Monitor,
) -> Any:
    from scipy.optimize import least_squares

    columns = [u for u, wanted in zip(model.columns, free) if wanted]
    low, width = _scale(columns)
    observed = data.project(data.values).ravel()
    size = float(np.sqrt(np.mean(observed**2))) or 1.0

    predictor = _Predictor(model, data)

    def residual(z: Float64) -> Float64:
        monitor.check()
        return (predictor(_assemble(model, start, free, z)) - observed) / size

    def jacobian(z: Float64) -> Float64:
        return _derivative(residual, z)

    z = np.clip((start[free] - low) / width, 1e-6, 1.0 - 1e-6)
    return least_squares(
        residual, z, jac=jacobian, bounds=(0.0, 1.0), ftol=tolerance, xtol=1e-10, gtol=1e-12, max_nfev=200
    )


def _derivative(function: Callable[[Float64], Float64], z: Float64) -> Float64:
    """Central differences inside the bounds 0 and 1, one-sided at them; shape (values, len(z))."""
    columns = []
    for index in range(len(z)):
        up, down = z.copy(), z.copy()
        up[index], down[index] = min(z[index] + STEP, 1.0), max(z[index] - STEP, 0.0)
        columns.append((function(up) - function(down)) / (up[index] - down[index]))
    return np.stack(columns, axis=1)


def _estimate(
    model: PimModel,
    data: Observations,
    values: Float64,
    free: NDArray[np.bool_],
    iterations: int,
    optimality: float,
) -> PimEstimate:
    columns = [u for u, wanted in zip(model.columns, free) if wanted]
    low, width = _scale(columns)
    z = (values[free] - low) / width
    known = np.isfinite(data.values)
    observed = data.project(data.values)
    left = np.where(known, observed - data.project(data.predict(model, values)), np.nan)
    bound = (z < ON_BOUND) | (z > 1.0 - ON_BOUND)
    inside = np.flatnonzero(~bound)

    predictor = _Predictor(model, data)

    def modelled(part: Float64) -> Float64:
        return predictor(_assemble(model, values, free, part))

    slopes = _derivative(modelled, z)[:, inside]
    taken = len(data.x) if data.baselines is not None else 0
    taken += len(data.values) if data.centred else 0
    degrees = max(1, int(known.sum()) - taken - len(inside))
    squares = float(np.nansum(left**2))
    bread = np.linalg.pinv(slopes.T @ slopes)
    plain = bread * squares / degrees
    grouped = _grouped(slopes, left, data.groups, bread, plain)
    full = np.flatnonzero(free)[inside]
    scale = np.outer(width[inside], width[inside])
    covariance, residual = np.zeros((2, len(values), len(values)))
    covariance[np.ix_(full, full)] = grouped * scale
    residual[np.ix_(full, full)] = plain * scale
    names = tuple(u.name for u, stuck in zip(columns, bound) if stuck)
    return PimEstimate(
        model,
        values,
        covariance,
        residual,
        left,
        names,
        degrees,
        squares,
        iterations,
        optimality,
        float(np.sum(observed**2)),
    )


def _grouped(
    slopes: Float64, left: Float64, groups: NDArray[np.intp] | None, bread: Float64, plain: Float64
) -> Float64:
    """Covariance when the errors of a group depend on each other in any way (the cluster-robust sandwich).

    Never smaller than the plain one on the diagonal, which few groups may give by chance.
    """
    if groups is None:
        groups = np.arange(len(left))[:, None]
    labels = np.broadcast_to(groups, left.shape).ravel()
    count = int(labels.max()) + 1
    if count < 2 or not slopes.shape[1]:
        return plain
    error = np.nan_to_num(left).ravel()
    scores = np.stack(
        [np.bincount(labels, slopes[:, k] * error, count) for k in range(slopes.shape[1])], axis=1
    )
    meat = scores.T @ scores * (count / (count - 1.0))
    robust: Float64 = bread @ meat @ bread
    low = np.sqrt(np.diag(plain) / np.maximum(np.diag(robust), 1e-300))
    factor = np.maximum(low, 1.0)
    return robust * np.outer(factor, factor)


def _assemble(model: PimModel, fixed: Float64, free: NDArray[np.bool_], z: Float64) -> Float64:
    columns = [u for u, wanted in zip(model.columns, free) if wanted]
    low, width = _scale(columns)
    out = np.asarray(fixed, np.float64).copy()
    out[free] = low + width * z
    return out


def _scale(columns: list[Unknown]) -> tuple[Float64, Float64]:
    low = np.array([u.low for u in columns])
    return low, np.array([u.high for u in columns]) - low

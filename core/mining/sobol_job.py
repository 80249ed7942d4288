"""Sensitivity of subsidence and brine to the diffusion coefficient and the concentration, from beginning to end."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..corridor.outputs import write_csv
from ..errors import InputError
from ..monitor import Monitor
from ..publishing import publishing
from ..result import Result
from ..version import VERSION
from . import brine, publish
from .brine import Deposit
from .sobol import Indices, evaluate, importance, indices, perturb

ALGORITHM = "sobol"
PARAMETERS = ("D", "Cx")
OUTPUTS = (("S", "subsidence S", "mm"), ("Ty", "product Ty", "t"), ("d", "channel diameter d", "m"))
FRACTIONS = (-0.2, -0.1, -0.05, -0.01, 0.01, 0.05, 0.1, 0.2)
SECONDS_PER_DAY = 86_400.0

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class SobolParams:
    """What `run_sobol` needs: ranges of the two parameters (uniform, independent) and what is held fixed.

    d_low, d_high : diffusion coefficient D [m2/s]. cx_low, cx_high : concentration Cx [g/100 g water]; cx_high None
    is cs. cs : of the saturated solution [g/100 g water]. delta : thickness of the saturated layer [m]. days : time
    of solution. area : ground that sinks [m2]. samples : base sample, a power of 2. level : of the intervals.
    """

    output: str | Path
    d_low: float = 0.0
    d_high: float = 1.87e-9
    cx_low: float = 0.0
    cx_high: float | None = None
    cs: float = 48.8
    delta: float = 3.0
    days: float = 792.0
    area: float = 10_000.0
    deposit: Deposit = field(default_factory=Deposit)
    samples: int = 4096
    resamples: int = 500
    level: float = 0.95
    seed: int = 1

    @property
    def upper_cx(self) -> float:
        """The upper end of the range of Cx."""
        return self.cs if self.cx_high is None else self.cx_high

    def validate(self) -> None:
        """Refuse values outside their range, by name."""
        if not str(self.output).strip() or str(self.output) == ".":
            raise InputError("OUTPUT", "nothing", "a folder")
        for name, value in (("CS", self.cs), ("DELTA", self.delta), ("DAYS", self.days), ("AREA", self.area)):
            if not (math.isfinite(value) and value > 0):
                raise InputError(name, f"{value:g}", "more than 0")
        if not 0 <= self.d_low < self.d_high < math.inf:
            raise InputError(
                "D_MIN to D_MAX",
                f"{self.d_low:g} to {self.d_high:g} m2/s",
                "a range from 0 m2/s or more upward",
            )
        if not 0 <= self.cx_low < self.upper_cx <= self.cs:
            raise InputError(
                "CX_MIN to CX_MAX",
                f"{self.cx_low:g} to {self.upper_cx:g} g/100 g",
                f"a rising range from 0 to the saturation, {self.cs:g} g/100 g",
                "Beyond saturation the model would make the ground rise",
            )
        if not (8 <= self.samples <= 2**20 and self.samples & (self.samples - 1) == 0):
            raise InputError("SAMPLES", self.samples, "a power of 2 from 8 to 1048576, such as 4096")
        if not 0 <= self.resamples <= 10_000:
            raise InputError("RESAMPLES", self.resamples, "0 to 10000")
        if not 0.5 <= self.level < 1:
            raise InputError("LEVEL", f"{self.level:g}", "0.5 to below 1")
        self.deposit.validate()


@dataclass(frozen=True)
class Response:
    """The model as a function of (D, Cx) rows; picklable. Outputs as OUTPUTS: S [mm], Ty [t], d [m]."""

    params: SobolParams

    def __call__(self, rows: Float64) -> Float64:
        p = self.params
        u = (p.cs - rows[:, 1]) / p.cs
        s = rows[:, 0] / p.delta * u * p.days * SECONDS_PER_DAY  # m2/s / m * s = m
        product = brine.product_mass(brine.brine_mass(s * p.area, p.deposit), p.deposit)
        area = brine.dissolution_area(product, p.deposit)
        return np.column_stack([1000.0 * s, product, brine.channel_diameter(area, p.deposit.well_spacing)])


@dataclass(frozen=True)
class Sensitivity:
    """Indices per output, and relative changes (parameters, fractions, outputs) around the middle of the ranges."""

    indices: list[Indices]
    changes: Float64
    nominal: tuple[float, float]


def run_sobol(params: SobolParams, monitor: Monitor | None = None) -> Result:
    """Write sobol.csv, perturbation.csv, two figures, report.html and result.json; result.json is the last one."""
    monitor = monitor or Monitor()
    params.validate()
    folder = Path(params.output).expanduser().absolute()
    described = json.dumps([ALGORITHM, VERSION, publish.described(params)], sort_keys=True)
    key = hashlib.sha256(described.encode()).hexdigest()
    earlier = publish.finished(folder, key, monitor)
    if earlier is not None:
        return earlier
    monitor.step(0.05)
    model = Response(params)
    low, high = (params.d_low, params.cx_low), (params.d_high, params.upper_cx)
    sample = evaluate(model, low, high, params.samples, params.seed)
    monitor.step(0.3)
    nominal = (0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1]))
    found = Sensitivity(
        indices(sample, params.level, params.resamples, params.seed),
        perturb(model, nominal, FRACTIONS),
        nominal,
    )
    monitor.step(0.7)
    result = Result(ALGORITHM, folder)
    result.tables["indices"] = _index_rows(found)
    result.tables["perturbation"] = _change_rows(found)
    _add_numbers(result, found, params)
    _write(result, params, found, key, monitor.part(0.7, 1.0))
    return result


def _index_rows(found: Sensitivity) -> list[dict[str, Any]]:
    rows = []
    for (name, _, _), entry in zip(OUTPUTS, found.indices):
        for i, parameter in enumerate(PARAMETERS):
            first, total = float(entry.first[i]), float(entry.total[i])
            rows.append(
                {
                    "output": name,
                    "parameter": parameter,
                    "first": _known(first),
                    "first_low": _known(entry.first_interval[i, 0]),
                    "first_high": _known(entry.first_interval[i, 1]),
                    "total": _known(total),
                    "total_low": _known(entry.total_interval[i, 0]),
                    "total_high": _known(entry.total_interval[i, 1]),
                    "class_first": importance(first),
                    "class_total": importance(total),
                }
            )
    return rows


def _change_rows(found: Sensitivity) -> list[dict[str, Any]]:
    return [
        {
            "output": name,
            "parameter": parameter,
            "change_percent": round(100.0 * fraction, 6),
            "effect_percent": _known(100.0 * found.changes[i, j, o]),
        }
        for o, (name, _, _) in enumerate(OUTPUTS)
        for i, parameter in enumerate(PARAMETERS)
        for j, fraction in enumerate(FRACTIONS)
    ]


def _known(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None


def _add_numbers(result: Result, found: Sensitivity, params: SobolParams) -> None:
    for (name, title, unit), entry in zip(OUTPUTS, found.indices):
        for i, parameter in enumerate(PARAMETERS):
            who = f"{name}_{parameter}".lower()
            result.number(
                f"first_{who}", float(entry.first[i]), "", f"First-order index of {parameter} on {title}"
            )
            result.number(f"total_{who}", float(entry.total[i]), "", f"Total index of {parameter} on {title}")
        result.number(f"mean_{name.lower()}", entry.mean, unit, f"Mean of {title} over the ranges")
        result.number(
            f"std_{name.lower()}", math.sqrt(entry.variance), unit, f"Spread of {title} over the ranges"
        )
    result.number("evaluations", params.samples * (len(PARAMETERS) + 2), "", "Model runs")


def _write(result: Result, params: SobolParams, found: Sensitivity, key: str, monitor: Monitor) -> None:
    from ..figures.base import to_png
    from ..figures.sobol import index_figure, perturbation_figure
    from .sobol_report import write_report

    drawn = {
        "figure": index_figure(result.tables["indices"], [(name, title) for name, title, _ in OUTPUTS]),
        "figure_perturbation": perturbation_figure(
            result.tables["perturbation"], [(name, title) for name, title, _ in OUTPUTS]
        ),
    }
    monitor.step(0.5)
    names = {
        "table": "sobol.csv",
        "perturbation": "perturbation.csv",
        "figure": "sobol.png",
        "figure_perturbation": "perturbation.png",
        "report": "report.html",
    }
    with publishing(result, names) as parts:
        for role, name in (("table", "indices"), ("perturbation", "perturbation")):
            rows = result.tables[name]
            write_csv(parts[role], {column: (str, [row[column] for row in rows]) for column in rows[0]})
        pictures = {role: to_png(figure) for role, figure in drawn.items()}
        for role, picture in pictures.items():
            parts[role].write_bytes(picture)
        write_report(parts["report"], result, params, found, pictures)
        publish.write_result(result, params, key, parts["result"])
        monitor.step(1.0)

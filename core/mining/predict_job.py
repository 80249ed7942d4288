"""Subsidence beyond the record, from the folder of an estimate to a displacement folder of its own.

result = run_wskpredict(WskPredictParams(input="wsk", output="forecast", end="2018-08-15"))
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import finished, manifest
from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..raster import StackReader, whole
from ..result import Result
from ..timeseries import outputs, selection
from ..timeseries.summary import round_up
from ..units import MM_PER_M, years_between
from ..version import VERSION
from . import model_folder, publish, wsk_document
from .datetable import read_series
from .estimate_fit import TEMPERATURE_NAMES
from .estimate_params import WskPredictParams
from .model_folder import Layer, Modelled
from .predict_score import Measured, Series, measured_at, overall, score_rows
from .subsidence import SubsidenceSeries, open_series
from .wsk_result import FittedModel, predict
from .wsk_time import TEMPERATURE, UModel

ALGORITHM = "wskpredict"
READ = ("D", "D_std", "funnel", "residual_rms")
MOST_DATES = 600
MOST_LINES = 8  # funnels with a curve of their own in the report

Float64 = NDArray[np.float64]


def run_wskpredict(
    params: WskPredictParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Predict; a folder that an equal run has finished (same parameters and inputs) is kept as it is."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    monitor.step(0.0)
    job = _Job(params)
    mark = job.fingerprint()
    folder = Path(params.output).expanduser().absolute()
    kept = finished.kept(folder, mark, monitor)
    if kept is not None:
        return kept
    outputs.refuse_locked(folder, model_folder.file_names(job.dates, ("D", "funnel")))
    made, lines = job.predict(compute, monitor.part(0.0, 0.4))
    measured, errors = job.score(made)
    with outputs.staging(folder) as stage:
        result = job.write(stage, made, lines, measured, errors, mark, monitor.part(0.4, 1.0))
    model_folder.remove_stale(folder, made.dates)
    monitor.progress(1.0)
    return result


class _Job:
    """One run: the estimate that is continued, and the dates."""

    def __init__(self, params: WskPredictParams) -> None:
        self.params = params
        self.folder = Path(params.input).expanduser().absolute()
        self.document = wsk_document.read(self.folder)
        self.stack = manifest.load(self.folder)
        missing = [role for role in READ if role not in self.stack.products]
        if missing:
            raise InputError("INPUT", f"{self.folder} without {', '.join(missing)}", "a whole folder of wskestimate")
        self.record = wsk_document.dates_of(self.document)
        self.models = self._models()
        self.truth: SubsidenceSeries | None = open_series(params.truth, "TRUTH") if str(params.truth) else None
        self.dates = self._dates()

    def _models(self) -> dict[int, FittedModel]:
        models = {int(row["funnel"]): FittedModel.from_dict(row["model"]) for row in self.document["funnels"]}
        if not str(self.params.temperatures):
            return models
        if any(model.basis.model.kind != TEMPERATURE for model in models.values()):
            raise InputError(
                "TEMPERATURES", str(self.params.temperatures), "nothing, because u is not driven by temperature",
                "Leave it empty, or estimate with U_MODEL temperature",
            )  # fmt: skip
        series = read_series(self.params.temperatures, "TEMPERATURES", TEMPERATURE_NAMES)
        driven = UModel(TEMPERATURE, days=series.dates, celsius=tuple(float(v) for v in series.values))
        driven.validate()
        return {
            number: replace(
                model, basis=replace(model.basis, model=model.basis.model.continued(driven, self.record[-1]))
            )
            for number, model in models.items()
        }

    def _dates(self) -> tuple[date, ...]:
        """What to predict: the list, or steps up to END, or the measured dates after the record."""
        last = self.record[-1]
        listed = self.params.listed()
        end = selection.parse_day(self.params.end, "END")
        if listed:
            early = [day for day in listed if day < self.record[0]]
            if early:
                raise InputError(
                    "DATES", early[0].isoformat(), f"dates from {self.record[0].isoformat()}, the first of the record"
                )
            dates = listed
        elif end is not None:
            if end <= last:
                raise InputError(
                    "END", end.isoformat(), f"a date after {last.isoformat()}, the last of the record",
                    "Name dates inside the record in DATES",
                )  # fmt: skip
            count = (end - last).days // self.params.step
            dates = tuple(last + timedelta(days=self.params.step * n) for n in range(1, count + 1))
            dates = dates if dates and dates[-1] == end else (*dates, end)
        else:
            dates = tuple(day for day in self.truth.dates if day > last) if self.truth else ()
            if not dates:
                raise InputError(
                    "TRUTH", str(self.params.truth), f"measured dates after {last.isoformat()}, the last of the record",
                    "Estimate with FIRST_DATES, or name DATES",
                )  # fmt: skip
        if len(dates) > MOST_DATES:
            raise InputError("STEP", self.params.step, f"a step that gives at most {MOST_DATES} dates")
        return dates

    def fingerprint(self) -> str:
        items = [self.stack.products[role] for role in READ] + list(self.stack.geometry.values())
        files = [self.folder / wsk_document.NAME]
        if str(self.params.temperatures):
            files.append(Path(self.params.temperatures))
        if self.truth is not None:
            files.append(self.truth.folder / manifest.NAME)
            files.extend(manifest.resolve(self.truth.folder, self.truth.stack, item) for item in self.truth.items)
        parameters = publish.described(self.params)
        return finished.fingerprint(ALGORITHM, parameters, self.folder, self.stack, items, files)

    def predict(self, compute: Compute, monitor: Monitor) -> tuple[Modelled, list[Series]]:
        """All pixels at all dates, and the deepest pixel of each funnel over record and prediction."""
        reader = StackReader(self.folder, self.stack)
        rasters = {role: reader.read(self.stack.products[role], whole(self.stack.grid)).ravel() for role in READ}
        reader.close()
        index = np.flatnonzero(np.isfinite(rasters["D"]) & np.isfinite(rasters["funnel"]))
        needed = 32 * len(self.dates) * len(index)
        if needed > compute.memory:
            raise InputError(
                "Memory budget", f"{compute.memory // 2**20} MiB", f"at least {needed // 2**20 + 1} MiB",
                "Raise the budget in the settings, or predict fewer dates at a time",
            )  # fmt: skip
        values = {role: rasters[role][index].astype(np.float64) for role in READ}
        labels = values["funnel"].astype(np.int64)
        sunk, spread = np.full((len(self.dates), len(index)), np.nan), np.full((len(self.dates), len(index)), np.nan)
        lines = []
        span = tuple(sorted({*self.record, *self.dates}))
        for done, (number, model) in enumerate(sorted(self.models.items())):
            monitor.step(done / len(self.models))
            members = np.flatnonzero(labels == number)
            if not len(members):
                continue
            diffusion, std = values["D"][members], values["D_std"][members]
            sunk[:, members], spread[:, members] = predict(model, diffusion, std, self.dates)
            deepest = int(members[int(np.argmax(sunk[-1, members]))])
            at = slice(deepest, deepest + 1)
            s, e = predict(model, values["D"][at], values["D_std"][at], span)
            label = f"funnel {number}" if len(self.models) > 1 else "deepest pixel"
            lines.append(Series(label, deepest, span, s[:, 0], e[:, 0]))
        single = np.float32
        layers = (
            Layer("D", values["D"], "m2/s", "Diffusion coefficient"),
            Layer("funnel", values["funnel"], "", "Number of the funnel"),
        )
        attributes: dict[str, Any] = {"diffusion": values["D"].astype(single), "funnel": labels}
        made = Modelled(
            self.folder, self.stack, index, self.dates, self.record[0], sunk, spread, -values["residual_rms"], layers,
            attributes,
        )  # fmt: skip
        shown = {line.position for line in sorted(lines, key=lambda line: -line.subsidence[-1])[:MOST_LINES]}
        return made, [line for line in lines if line.position in shown]

    def score(self, made: Modelled) -> tuple[Measured | None, Float64 | None]:
        """What was measured at the predicted dates, and the errors (n, P) [m], predicted minus measured."""
        if self.truth is None:
            return None, None
        measured = measured_at(self.truth, made.dates, made.origin, made.index, self.stack.grid)
        rows = [made.dates.index(day) for day in measured.dates]
        return measured, made.subsidence[rows] - measured.subsidence

    def write(
        self,
        stage: outputs.Stage,
        made: Modelled,
        lines: list[Series],
        measured: Measured | None,
        errors: Float64 | None,
        mark: str,
        monitor: Monitor,
    ) -> Result:
        result = Result(ALGORITHM, stage.path)
        self._numbers(result, made)
        if measured is not None and errors is not None:
            rows = [made.dates.index(day) for day in measured.dates]
            result.tables["scores"] = score_rows(measured.dates, errors, made.std[rows])
            result.number("dates_scored", len(measured.dates), "", "Dates scored")
            found = overall(errors)
            for key, text in (
                ("std", "Standard deviation of the errors"), ("rmse", "RMSE"), ("bias", "Mean error"),
                ("max", "Largest error"),
            ):  # fmt: skip
                result.number(f"score_{key}", found.get(key), "mm", f"{text} at the scored dates")
        limit = round_up(_speed(made))
        result.tables["scale"] = {"velocity_mm_yr": limit}
        result.warnings.extend(self._notes(made))
        for text in result.warnings:
            monitor.warn(text)
        title = "Predicted subsidence [mm]"
        result.files.update(model_folder.write_folder(stage.path, made, title, monitor.part(0.0, 0.7)))
        from .predict_report import write_report

        facts = tuple(dict.fromkeys(str(row["gauge"]) for row in self.document["funnels"]))
        result.files["report"] = write_report(
            stage.path / "report.html", made, self.record[-1], lines, measured, errors, facts, result
        )
        described = publish.described(self.params)
        stack = model_folder.folder_stack(made, ALGORITHM, VERSION, described)
        manifest.save(stage.path, stack)
        result.files["stack"] = stage.path / manifest.NAME
        finished.seal(result, mark, stage.path)
        result.write(described, VERSION)
        return stage.published(result)

    def _numbers(self, result: Result, made: Modelled) -> None:
        put = result.number
        deepest = int(np.nanargmax(made.subsidence[-1]))
        put("pixels", len(made.index), "", "Pixels predicted")
        put("dates", len(made.dates), "", "Dates predicted")
        put("horizon", years_between(self.record[-1], made.dates[-1]), "yr",
            "Time from the record's last date to the last prediction")  # fmt: skip
        put("largest_subsidence", float(MM_PER_M * made.subsidence[-1, deepest]), "mm",
            "Largest predicted subsidence at the last date")  # fmt: skip
        put("largest_subsidence_std", float(MM_PER_M * made.std[-1, deepest]), "mm", "Its standard deviation")
        put("largest_rate", self._largest_rate(made), "mm/yr",
            "Fastest predicted subsidence between the record's end and the last date")  # fmt: skip

    def _largest_rate(self, made: Modelled) -> float | None:
        last, end = self.record[-1], made.dates[-1]
        if end <= last:
            return None
        rates = []
        for number, model in self.models.items():
            members = made.attributes["funnel"] == number
            if members.any():
                top = made.layers[0].values[members].max(keepdims=True)
                at_end, _ = predict(model, top, np.zeros(1), (last, end))
                rates.append(float(at_end[1, 0] - at_end[0, 0]) / years_between(last, end))
        return MM_PER_M * max(rates)

    def _notes(self, made: Modelled) -> list[str]:
        notes = []
        record = years_between(self.record[0], self.record[-1])
        ahead = years_between(self.record[-1], made.dates[-1])
        if ahead > record:
            notes.append(
                f"The prediction reaches {ahead:.1f} years beyond a record of {record:.1f} years: it assumes that the "
                "mine goes on as it did."
            )
        if record < 1.0:
            notes.append(
                f"The record spans {record:.2f} years: an annual wave cannot be told from a change of the mean rate, "
                "and the prediction inherits that."
            )
        return notes


def _speed(made: Modelled) -> float:
    years = max(years_between(made.origin, made.dates[-1]), 1.0 / 365.25)
    return float(np.nanquantile(np.abs(made.subsidence[-1]), 0.99)) * MM_PER_M / years


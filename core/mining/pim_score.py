"""How well the model meets what it was not fitted to: later dates of the record, and levelling."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..monitor import Monitor
from ..pointfile import PointSet
from ..raster import StackReader
from .pim_fit import PimEstimate
from .pim_input import Record, Source, levelling_record
from .subsidence import ROLE

Float64 = NDArray[np.float64]


def scores(errors: Float64) -> dict[str, float | int | None]:
    """Statistics of errors [m] in mm: values, mean, std, rmse, largest size, lowest and highest."""
    known = 1e3 * errors[np.isfinite(errors)]
    if not known.size:
        return dict.fromkeys(("values", "mean", "std", "rmse", "largest", "lowest", "highest"))
    return {
        "values": int(known.size),
        "mean": float(known.mean()),
        "std": float(known.std()),
        "rmse": float(np.sqrt(np.mean(known**2))),
        "largest": float(np.abs(known).max()),
        "lowest": float(known.min()),
        "highest": float(known.max()),
    }


def fitted_dates(estimate: PimEstimate, record: Record) -> list[dict[str, Any]]:
    """Residuals of each fitted date or interferogram [mm]."""
    pairs = record.data.pairs
    names = (
        [day.isoformat() for day in record.days]
        if pairs is None
        else [f"{record.days[a]:%Y%m%d}_{record.days[b]:%Y%m%d}" for a, b in pairs]
    )
    return [{"date": name, **scores(row)} for name, row in zip(names, estimate.residuals)]


def held_out(source: Source, estimate: PimEstimate, record: Record, monitor: Monitor) -> list[dict[str, Any]]:
    """Measured less modelled LOS displacement at the dates of the record after the last fitted one [mm]."""
    if source.phases or not source.items:
        return []
    later = [day for day in source.dates if day > record.days[-1]]
    if not later:
        return []
    data, reader = record.data, StackReader(source.folder, source.stack)
    x, y = source.pixels(record.window, record.step)
    place = {key: number for number, key in enumerate(zip(x.tolist(), y.tolist()))}
    chosen = np.array([place[key] for key in zip(data.x.tolist(), data.y.tolist())], np.intp)
    modelled = estimate.model.line_of_sight(
        estimate.values, data.x, data.y, data.los, source.years(later), data.reference
    )
    items = {a.date: a.items[ROLE] for a in source.stack.acquisitions}
    out = []
    for number, day in enumerate(later):
        monitor.step(number / len(later))
        measured = reader.read(items[day], record.window)[:: record.step, :: record.step].ravel()[chosen]
        out.append({"date": day.isoformat(), **scores(measured - modelled[number])})
    reader.close()
    return out


def against_levelling(points: PointSet, source: Source, estimate: PimEstimate) -> list[dict[str, Any]]:
    """Levelled less modelled vertical motion since the first levelling [mm], per date and, last, over all."""
    record = levelling_record(points, source, last_only=False)
    left = record.data.values - record.data.predict(estimate.model, estimate.values)
    rows = [{"date": day.isoformat(), **scores(row)} for day, row in zip(record.days, left)]
    return [*rows, {"date": "all", **scores(left)}]

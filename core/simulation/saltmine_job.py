"""Makes the simulated salt mine in a folder: interferograms, truth, layers, tables, and a page that explains them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import atomic
from ..monitor import Monitor
from ..result import Result
from ..units import years_between
from ..version import VERSION
from . import saltmine, saltmine_layers, staging
from .saltmine_params import SIZES, WSK, SaltMineParams
from .saltmine_stack import FOLDER, FORECAST, TRUTH, MineMaker, grid_of
from .track import writer

Float64 = NDArray[np.float64]

_LONGEST = f"{FOLDER}/GEOC/20150615_20150709/20150615_20150709.geo.unw.part-00000000.tif"
_BYTES = 4  # per pixel and raster
THRESHOLDS_MM = (0.0, 10.0, 20.0)  # below which subsidence does not count in the truth's volumes


def run_saltmine(params: SaltMineParams, monitor: Monitor | None = None) -> Result:
    """Write the scene. An earlier scene in the folder stays until the new one is whole.

    Files are made in a hidden folder inside `output` and moved at the end; a cancelled run with the same parameters
    goes on where it stopped, and a finished one makes only what is missing.
    """
    monitor = monitor or Monitor()
    params.validate()
    monitor.step(0.0)
    output = Path(params.output).expanduser().absolute()
    key = staging.key(params.facts())
    finished = staging.fingerprint(output) == key
    folder = output if finished else staging.stage(output, key)
    atomic.check_path_length(folder / _LONGEST)
    grid = grid_of(params, params.columns or SIZES[params.size])
    maker = MineMaker(params, grid, folder, writer(folder))
    atomic.prepare_folder(output)
    if not finished:
        atomic.check_free_space(output, maker.steps * grid.width * grid.height * _BYTES)
    staging.begin(output, folder)

    maker.run(monitor.part(0.02, 0.95))
    volumes = {day: _volumes(maker, day, 0.0) for day in maker.dates}
    result = _result(params, folder, maker, volumes)
    for name, text in {**maker.texts(), **_texts(params, maker, volumes, result)}.items():
        atomic.write_text(folder / name, text)
    result.write({**params.facts(), "fingerprint": key}, VERSION)
    if not finished:
        staging.publish(folder, output)
    monitor.progress(1.0)
    monitor.info(f"Salt mine in {output}")
    files = {role: output / path.relative_to(folder) for role, path in result.files.items()}
    return replace(result, folder=output, files=files)


def _volumes(maker: MineMaker, day: date, threshold: float) -> Float64:
    """Subsided volume [m3] of each funnel's pixels that have sunk by the threshold [m] or more."""
    sunk = maker.subsidence(day)
    nearest = saltmine.nearest(maker.x, maker.y)
    reach = np.min([np.hypot(maker.x - f.x, maker.y - f.y) for f in saltmine.FUNNELS], axis=0)
    counted = (sunk >= threshold) & (reach <= saltmine_layers.FUNNEL_RADIUS)
    area = maker.grid.transform[1] ** 2
    total = np.bincount(nearest[counted], weights=sunk[counted] * area, minlength=len(saltmine.FUNNELS))
    return np.asarray(total, np.float64)


def _result(params: SaltMineParams, folder: Path, maker: MineMaker, volumes: dict[date, Float64]) -> Result:
    result = Result("simulate", folder)
    last = maker.dates[-1]
    span = years_between(maker.dates[0], last)
    volume = float(volumes[last].sum())
    put = result.number
    put("images", len(maker.dates), "", "Images")
    put("pairs", len(maker.pairs), "", "Interferograms")
    put("largest_subsidence", float(1000.0 * maker.subsidence(last).max()), "mm", "Truth: largest subsidence")
    put("removed_volume", volume, "m3", "Truth: subsided volume inside the funnels")
    brine = volume * saltmine.DENSITY
    put("brine_rate", brine / span, "t/yr", "Truth: brine taken out per year")
    put("product_rate", brine * saltmine.BRINE_CONTENT / span, "t/yr", "Truth: salt taken out per year")
    if params.make == WSK and not params.own_cx:
        seconds = (last - maker.dates[0]).days * 86_400.0
        mean = float(saltmine.dissolved(np.array(span))) / seconds
        put("record_mean_u", mean, "", "Truth: mean of u over the record")
        put("record_mean_cx", saltmine.SATURATED * (1.0 - mean), "g/100 g", "Truth: mean of Cx over the record")
    result.tables["volume_m3"] = [
        {
            "threshold_mm": threshold,
            **{
                f"funnel_{funnel.number}": round(float(value), 3)
                for funnel, value in zip(saltmine.FUNNELS, _volumes(maker, last, threshold / 1000.0))
            },
        }
        for threshold in THRESHOLDS_MM
    ]
    result.files["stack"] = folder / FOLDER / "stack.json"
    result.files["truth"] = folder / TRUTH / "stack.json"
    result.files["forecast"] = folder / FORECAST / "stack.json"
    for role in ("wells", "funnels", "panels", "reference_areas", "profile", "levelling"):
        result.files[role] = folder / f"{role}.geojson"
    for role in ("temperature", "precipitation", "production"):
        result.files[role] = folder / f"{role}.csv"
    result.files["readme"] = folder / "README.md"
    return result


def _texts(
    params: SaltMineParams, maker: MineMaker, volumes: dict[date, Float64], result: Result
) -> dict[str, str]:
    points, table = saltmine_layers.levelling(params, maker.dates)
    texts = {
        "wells.geojson": saltmine_layers.wells(),
        "funnels.geojson": saltmine_layers.funnels(),
        "panels.geojson": saltmine_layers.panels(),
        "reference_areas.geojson": saltmine_layers.reference_areas(),
        "profile.geojson": saltmine_layers.profile(),
        "levelling.geojson": points,
        "levelling.csv": table,
        "temperature.csv": saltmine_layers.brine_temperature(),
        "precipitation.csv": saltmine_layers.precipitation(params.seed),
        "production.csv": saltmine_layers.production(volumes),
        "README.md": _readme(params, maker, result),
    }
    if params.make == WSK:
        texts["truth/concentration.csv"] = saltmine_layers.concentration(params, maker.dates)
    return texts


_MAKES = {
    "wsk": "dissolution kinetics: dS/dt = D/delta u(t), u = (Cs - Cx)/Cs with a warm and a cold season",
    "pim": "the probability integral over six rectangular panels, each with Weibull growth of its own",
    "mixture": "the mean of dissolution kinetics with a seasonal concentration and of panels with Weibull growth",
}
_OWN_CX = ", of a level and a season of its own in each funnel"


def _readme(params: SaltMineParams, maker: MineMaker, result: Result) -> str:
    numbers = "\n".join(
        f"- {n.description}: {n.value:,.5g} {n.unit}".rstrip() for n in result.numbers.values() if n.value is not None
    )
    concentration = (
        "`D.tif` (m2/s), `concentration.csv` (u and Cx of every interval), " if params.make == WSK else ""
    )
    grid = maker.grid
    return f"""# A simulated salt mine

Seed {params.seed}, {grid.width} x {grid.height} pixels of {grid.transform[1]:g} m, make `{params.make}`,
noise {params.noise_rad:g} rad ({params.noise_kind}). Every file here was computed; nothing was measured.

The ground follows {_MAKES[params.make]}{_OWN_CX if params.own_cx else ""}.
Cs {saltmine.SATURATED:g} g/100 g water, delta {saltmine.LAYER:g} m, seam {saltmine.SEAM:g} m at {saltmine.DEPTH:g} m.

{numbers}

## Interferograms
`{FOLDER}/`: a stack with `stack.json`, which every step takes, and at the same time the layout of LiCSAR products,
which can be imported. Phases are in radians and grow with range: subsidence gives positive phase. Every
interferogram has a constant of its own, as after unwrapping, so a reference area is needed.

## Layers and tables
- `wells.geojson`, `funnels.geojson` (field `funnel`), `panels.geojson` (depth and thickness in m), `profile.geojson`
- `reference_areas.geojson`: three circles on ground that stands still
- `levelling.geojson`, `levelling.csv`: CP1 to CP6, vertical displacement in mm (up is positive), standard deviation
  {1000.0 * saltmine_layers.LEVELLING_STD:g} mm
- `temperature.csv`: brine temperature at which Glauber's salt dissolves as the mine does
- `precipitation.csv`: monthly rain
- `production.csv`: salt taken out of each funnel between two dates in tonnes
  (subsided volume x {saltmine.DENSITY:g} t/m3 x {saltmine.BRINE_CONTENT:g})

## Truth
`truth/` is a displacement folder (line of sight, mm) of the images' dates, `truth/forecast/` of the year after them;
`truth/subsidence/` is vertical, positive down, in mm. {concentration}`dH.tif` (m) is the height error.
`result.json` has the volumes of each funnel, also for those pixels only that sank by 10 and 20 mm or more.
"""

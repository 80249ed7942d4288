"""What the corrections do to real subsidence and to a simulated scene: the numbers of docs/corrections.md."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from groundline.core import manifest
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader, read_geotiff, write_geotiff
from groundline.core.simulation.job import run_simulate
from groundline.core.simulation.params import SimulateParams
from groundline.core.stack import Item
from groundline.core.timeseries.corrections.aps import run_aps
from groundline.core.timeseries.corrections.deramp import run_deramp
from groundline.core.timeseries.corrections.gacos import run_gacos
from groundline.core.timeseries.corrections.params import ApsParams, DerampParams, GacosParams
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import read_vector

from .golden import chip

BOWL = -150.0  # mm/yr, where Mexico City sinks faster


def surfaces_per_pair(stack: Path, output: Path, degree: int) -> None:
    """What is often done: a least-squares surface of all pixels taken from each interferogram by itself."""
    before = manifest.load(stack)
    reader = StackReader(stack, before)
    y, x = (axis.ravel() / max(before.grid.shape) for axis in np.indices(before.grid.shape))
    terms = [np.ones_like(x), x, y] + ([x * x, x * y, y * y] if degree == 2 else [])
    design = np.array(terms).T
    output.mkdir(parents=True)
    for pair in before.kept:
        phase = reader.read(pair.items["phase"]).ravel().astype(np.float64)
        known = np.isfinite(phase)
        phase -= design @ np.linalg.lstsq(design[known], phase[known], rcond=None)[0]
        write_geotiff(output / f"{pair.name}.tif", phase.reshape(before.grid.shape), before.grid)
    reader.close()
    pairs = tuple(replace(p, items={"phase": Item("here", f"{p.name}.tif")}) for p in before.kept)
    manifest.save(output, replace(before, pairs=pairs, geometry={}, roots={"here": "."}))


def velocity(stack: Path) -> np.ndarray:
    """Velocity [mm/yr] of Mexico City against the stable chip in the west."""
    output = stack.with_name(stack.name + "_sbas")
    run_sbas(SbasParams(stack, output, reference=chip(manifest.load(stack).grid, 5, 5, 7)))
    return read_geotiff(output / "velocity.tif")[0]


class Ramp(NamedTuple):
    """Mean velocity over the bowl [mm/yr] and its change [%]."""

    how: str
    bowl: float
    change: float


def mexico_city(data: Path, folder: Path) -> list[Ramp]:
    """The bowl without correction, with surfaces per pair, and with deramp."""
    stack = folder / "stack"
    import_stack(ImportParams(data / "mexico-city", stack))
    before = velocity(stack)
    sinking = before < BOWL
    truth = float(np.nanmean(before[sinking]))

    def row(how: str, name: str) -> Ramp:
        found = float(np.nanmean(velocity(folder / name)[sinking]))
        return Ramp(how, found, 100.0 * (found / truth - 1.0))

    rows = [Ramp("no correction", truth, 0.0)]
    for degree in (1, 2):
        surfaces_per_pair(stack, folder / f"naive{degree}", degree)
        rows.append(row(f"least-squares surface of degree {degree} from each pair", f"naive{degree}"))
    for degree in (1, 2):
        for trend in ("remove", "keep"):
            name = f"deramp{degree}{trend}"
            run_deramp(DerampParams(stack, folder / name, degree=degree, trend=trend))
            rows.append(row(f"deramp, DEGREE {degree}, TREND {trend}", name))
    return rows


MASKS = (-150.0, -50.0, -30.0, -20.0, -10.0)  # mm/yr: the fit looks at ground that sinks less


class Masked(NamedTuple):
    """Ground of the fit by its rate [mm/yr] and share of the image [%]; by DEGREE the change [%] and the reach."""

    rate: float
    share: float
    change: tuple[float, ...]
    reach: tuple[float, ...]


def mexico_masks(folder: Path) -> list[Masked]:
    """The bowl with TREND remove, by the ground that the fit looks at; `folder` is that of `mexico_city`."""
    grid = manifest.load(folder / "stack").grid
    before = read_geotiff(folder / "stack_sbas" / "velocity.tif")[0]
    truth = float(np.nanmean(before[before < BOWL]))
    rows = []
    for rate in MASKS:
        mask = folder / f"mask{-rate:.0f}.tif"
        write_geotiff(mask, (before > rate).astype(np.float32), grid)
        change, reach = [], []
        for degree in (1, 2):
            out = folder / f"masked{-rate:.0f}_{degree}"
            params = DerampParams(
                folder / "stack", out, degree=degree, trend="remove", mask=mask, find_moving=False
            )
            reach.append(float(run_deramp(params).numbers["reach"].value or np.nan))
            change.append(100.0 * (float(np.nanmean(velocity(out)[before < BOWL])) / truth - 1.0))
        rows.append(Masked(rate, 100.0 * float((before > rate).mean()), tuple(change), tuple(reach)))
    return rows


class Recovered(NamedTuple):
    """RMSE against the truth: displacement of all dates [mm], velocity [mm/yr]; annual term kept [%]."""

    how: str
    displacement: float
    velocity: float
    annual: float


def corridor(folder: Path, size: str) -> list[Recovered]:
    """The simulated railway scene, whose atmosphere is turbulent and follows the height."""
    run_simulate(SimulateParams(folder / "scene", size=size))
    track = folder / "scene" / "track040"
    reference = read_vector(folder / "scene" / "reference_areas.geojson")
    run_sbas(SbasParams(track, folder / "plain", reference=reference))
    run_deramp(DerampParams(track, folder / "flat", height="linear"))
    run_sbas(SbasParams(folder / "flat", folder / "height", reference=reference))
    write_delays(folder / "scene" / "truth" / "track040", track, folder / "delays")
    run_gacos(GacosParams(track, folder / "free", folder / "delays"))
    run_sbas(SbasParams(folder / "free", folder / "gacos", reference=reference))
    for name in ("plain", "height"):
        run_aps(ApsParams(folder / name, folder / f"{name}_aps"))
    names = {
        "no correction": "plain",
        "deramp, HEIGHT linear": "height",
        "gacos, files made of the true atmosphere": "gacos",
        "aps": "plain_aps",
        "deramp, HEIGHT linear, then aps": "height_aps",
    }
    truth = folder / "scene" / "truth" / "track040"
    return [_against_truth(how, folder / name, truth) for how, name in names.items()]


def write_delays(truth: Path, track: Path, output: Path) -> None:
    """The scene's atmosphere as GACOS would send it: zenith delays in metres, on the grid of the track."""
    stack = manifest.load(track)
    reader = StackReader(track, stack)
    up = reader.read(stack.geometry["los_up"])
    reader.close()
    output.mkdir()
    for day in stack.dates:
        screen, grid = read_geotiff(truth / "atmosphere" / f"{day:%Y%m%d}.tif")
        write_geotiff(output / f"{day:%Y%m%d}.ztd.tif", 2.3 - screen / 1000.0 * up, grid)


def _against_truth(how: str, result: Path, truth: Path) -> Recovered:
    """Differences about their median of each date, which the reference areas' own noise moves."""
    dates = manifest.load(result).dates
    found, true = (
        np.array([read_geotiff(folder / f"{day:%Y%m%d}.tif")[0] for day in dates])
        for folder in (result / "displacement", truth / "los")
    )
    true = true - true[0]
    apart = found - true
    apart -= np.nanmedian(apart, axis=(1, 2))[:, None, None]
    rate = read_geotiff(result / "velocity.tif")[0] - read_geotiff(truth / "velocity_los.tif")[0]
    years = np.array([(day - dates[0]).days for day in dates]) / 365.25
    angle = 2.0 * np.pi * years
    design = np.stack([np.ones_like(years), years, np.cos(angle), np.sin(angle)], axis=1)
    known = np.isfinite(found).all(axis=0) & np.isfinite(true).all(axis=0)
    kept, had = (np.linalg.lstsq(design, s[:, known], rcond=None)[0][2:] for s in (found, true))
    kept, had = (values - np.median(values, axis=1)[:, None] for values in (kept, had))
    return Recovered(
        how,
        float(np.sqrt(np.nanmean(apart**2))),
        float(np.sqrt(np.nanmean((rate - np.nanmedian(rate)) ** 2))),
        float(100.0 * (kept * had).sum() / (had * had).sum()),
    )

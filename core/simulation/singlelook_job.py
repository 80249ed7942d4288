"""Makes the stretch of railway at full resolution in a folder: wrapped interferograms, amplitudes, truth, a page.

The files are phases and amplitudes by date in their names, as `importstack` with FORMAT generic and KIND wrapped takes
them; `stack.json` beside them makes the folder a stack without an import.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import atomic, crs, manifest
from ..errors import InputError
from ..monitor import Monitor
from ..raster import write_geotiff
from ..result import Result
from ..stack import WRAPPED, Acquisition, Grid, Item, Pair, Stack
from ..units import SENTINEL1_WAVELENGTH
from ..version import VERSION
from . import scene, singlelook, staging
from .singlelook import SPACING

SIZES = {"small": (90, 120, 12), "medium": (300, 400, 30), "large": (500, 700, 61)}  # rows, columns, images
FOLDER = "wrapped"
REACH = 2  # every image is paired with the next ones, so many
_LONGEST = f"{FOLDER}/phase/20200105_20200117.phase.part-00000000.tif"


@dataclass(frozen=True)
class SingleLookParams:
    """output : folder of the scene. seed : of all random numbers. size : small, medium or large."""

    output: str | os.PathLike[str]
    seed: int = 1
    size: str = "medium"

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.seed < 0:
            raise InputError("SEED", self.seed, "a whole number, 0 or above")
        if self.size not in SIZES:
            raise InputError("SIZE", self.size, ", ".join(SIZES))

    def facts(self) -> dict[str, Any]:
        """Everything that decides the bytes."""
        return {"scenario": "singlelook", "seed": self.seed, "size": self.size}


def run_singlelook(params: SingleLookParams, monitor: Monitor | None = None) -> Result:
    """Write the scene; an earlier scene in the folder stays until the new one is whole."""
    monitor = monitor or Monitor()
    params.validate()
    monitor.step(0.0)
    rows, cols, count = SIZES[params.size]
    output = Path(params.output).expanduser().absolute()
    key = staging.key(params.facts())
    folder = staging.stage(output, key)
    atomic.check_path_length(folder / _LONGEST)
    with atomic.output_folder(output):
        atomic.check_free_space(output, 6 * count * rows * cols * 4)
        staging.begin(output, folder)
        for name in (f"{FOLDER}/phase", f"{FOLDER}/amplitude", "truth/phase"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    ground = singlelook.stretch(rows, cols, params.seed)
    days = singlelook.dates(count)
    phase = singlelook.true_phase(ground, days, params.seed)
    monitor.step(0.2)
    images = singlelook.images(ground, days, phase, params.seed)
    monitor.step(0.4)
    grid = _grid(rows, cols)
    for index, day in enumerate(days):
        monitor.step(0.4 + 0.2 * index / count)
        name = f"{day:%Y%m%d}"
        amplitude = folder / FOLDER / "amplitude" / f"{name}.amp.tif"
        write_geotiff(amplitude, np.abs(images[index]), grid, f"amplitude {day}")
        write_geotiff(folder / "truth" / "phase" / f"{name}.tif", phase[index], grid, f"true phase {day}", "rad")
    pairs = []
    for first in range(count):
        monitor.step(0.6 + 0.3 * first / count)
        for second in range(first + 1, min(count, first + REACH + 1)):
            pair = Pair(days[first], days[second])
            file = f"phase/{pair.name}.phase.tif"
            wrapped = np.angle(images[first] * images[second].conj())
            write_geotiff(folder / FOLDER / file, wrapped, grid, f"wrapped phase {pair.name}", "rad")
            pairs.append(replace(pair, items={"phase": Item("data", file)}))
    write_geotiff(folder / "truth" / "classes.tif", ground.classes, grid, ", ".join(singlelook.NAMES))
    write_geotiff(folder / "truth" / "velocity_los.tif", ground.rate, grid, "LOS velocity", "mm/yr")
    manifest.save(folder / FOLDER, _stack(params, grid, tuple(pairs), days))
    result = _result(params, folder, len(pairs), ground)
    atomic.write_text(folder / "README.md", _readme(params, len(pairs), days))
    monitor.step(0.95)
    result.write({**params.facts(), "fingerprint": key}, VERSION)
    staging.publish(folder, output)
    monitor.progress(1.0)
    files = {role: output / path.relative_to(folder) for role, path in result.files.items()}
    return replace(result, folder=output, files=files)


def _grid(rows: int, cols: int) -> Grid:
    left, top = scene.ORIGIN
    return Grid(cols, rows, (left, SPACING, 0.0, top, 0.0, -SPACING), crs.parse(scene.METRIC).ExportToWkt())


def _stack(params: SingleLookParams, grid: Grid, pairs: tuple[Pair, ...], days: tuple[Any, ...]) -> Stack:
    stack = Stack(
        WRAPPED,
        grid,
        SENTINEL1_WAVELENGTH,
        pairs,
        tuple(Acquisition(d, items={"amplitude": Item("data", f"amplitude/{d:%Y%m%d}.amp.tif")}) for d in days),
        roots={"data": "."},
        family="simulated",
        metadata={"sensor": "Simulated Sentinel-1", "incidence_deg": 39.0, "heading_deg": -13.0},
    )
    return stack.with_history("simulate", VERSION, params.facts(), {})


def _result(params: SingleLookParams, folder: Path, pairs: int, ground: singlelook.Stretch) -> Result:
    result = Result("simulate", folder)
    result.number("images", SIZES[params.size][2], "", "Images")
    result.number("pairs", pairs, "", "Interferograms")
    result.number("line_step", singlelook.LINE_RATE, "mm/yr", "Truth: motion of the line against the fields, LOS")
    result.tables["pixels"] = {
        name: int((ground.classes == kind).sum()) for kind, name in enumerate(singlelook.NAMES)
    }
    result.files["stack"] = folder / FOLDER / "stack.json"
    result.files["readme"] = folder / "README.md"
    return result


def _readme(params: SingleLookParams, pairs: int, days: tuple[Any, ...]) -> str:
    return f"""# A simulated stretch of railway at full resolution

Seed {params.seed}, size {params.size}. Every file here was computed; nothing was measured.

- `wrapped/`: a stack of {pairs} wrapped interferograms (`phase/`, rad, earlier x conj(later), growing with range)
  and the amplitudes of {len(days)} images (`amplitude/`), {days[0]} to {days[-1]}. `importstack` takes the files too:
  FORMAT generic, KIND wrapped, PATTERN `{{date1}}_{{date2}}.phase.tif`, AMPLITUDE_PATTERN `{{date}}.amp.tif`,
  WAVELENGTH {SENTINEL1_WAVELENGTH:.7f}.
- `truth/phase/`: phase of every date without noise [rad]; the truth of a pair is the later minus the earlier one.
- `truth/classes.tif`: {", ".join(f"{kind} {name}" for kind, name in enumerate(singlelook.NAMES))}.
- `truth/velocity_los.tif`: mm/yr along the line of sight, negative down. The line moves by
  {singlelook.LINE_RATE:g} mm/yr against the fields beside it; both lie in a bowl of {singlelook.BOWL_RATE:g} mm/yr.
"""

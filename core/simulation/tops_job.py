"""Makes Sentinel-1 images that never were: SAFE folders with pixels, terrain model and truth.

The images of all dates see the same scatterers on the same ground from orbits that differ; nothing of the processing
chain is used, so that the chain can be tried on them from end to end.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from .. import atomic
from ..monitor import Monitor
from ..result import Result
from ..version import VERSION
from . import staging
from .tops_annotation import read_passes
from .tops_images import Settings, SwathScene, middle_ground
from .tops_layers import TRUTH, write_layers
from .tops_nominal import nominal
from .tops_params import ORBITS, TopsParams
from .tops_pass import Pass, SubSwath
from .tops_safe import file_stem, safe_name, span, write_safe

FIRST_SAMPLE = 8000  # of the whole subswath, from which the samples are cut
OVERLAP = 0.25  # of the samples that neighbouring subswaths share
IMAGES = "images"
BYTES = 4  # per pixel of an image


def run_tops(params: TopsParams, monitor: Monitor | None = None) -> Result:
    """Write the scene. An earlier scene in the folder stays until the new one is whole.

    A cancelled run with the same parameters goes on with the first subswath of a date that is missing.
    """
    monitor = monitor or Monitor()
    params.validate()
    monitor.step(0.0)
    passes = _passes(params)
    scenes = {name: _scene(passes, index, params) for index, name in enumerate(params.names)}
    ground = middle_ground(list(scenes.values()))
    output = Path(params.output).expanduser().absolute()
    key = staging.key({**params.facts(), "annotations": [safe_name(one) for one in passes]})
    finished = staging.fingerprint(output) == key
    folder = output if finished else staging.stage(output, key)
    longest = f"{file_stem(passes[0], passes[0].swaths[0])}.part-00000000.tiff"
    atomic.check_path_length(folder / IMAGES / safe_name(passes[0]) / "measurement" / longest)
    pixels = len(passes) * sum(swath.lines * len(swath.bursts) * swath.samples for swath in passes[0].swaths)
    with atomic.output_folder(output):
        atomic.check_free_space(output, 0 if finished else BYTES * pixels)
        staging.begin(output, folder)
    total = sum(len(swath.bursts) for one in passes for swath in one.swaths)
    done = 0

    for index, one in enumerate(passes):

        def image(name: str, number: int, index: int = index) -> np.ndarray:
            nonlocal done
            monitor.step(0.95 * done / total)
            done += 1
            return scenes[name].image(ground, index, number)

        write_safe(folder / IMAGES, one, image)
    monitor.step(0.95)
    write_layers(folder, ground, passes, list(scenes.values()))
    result = _result(params, folder, passes, scenes)
    atomic.write_text(folder / "README.md", _readme(params, result))
    result.write({**params.facts(), "fingerprint": key}, VERSION)
    if not finished:
        staging.publish(folder, output)
    monitor.progress(1.0)
    monitor.info(f"{len(passes)} Sentinel-1 images in {output}")
    return replace(
        result, folder=output, files={role: output / file.relative_to(folder) for role, file in result.files.items()}
    )


def _passes(params: TopsParams) -> tuple[Pass, ...]:
    """The passes with their subswaths cut to what is made."""
    if str(params.annotations):
        real = read_passes(Path(params.annotations).expanduser(), params.names)
        whole = [replace(one, misregistration=late) for one, late in zip(real, params.late)]
    else:
        orbits = ORBITS[: params.count]
        whole = [nominal(index, *orbits[index][:3], late) for index, late in enumerate(params.late)]
    bursts, samples = params.extent
    cut = []
    for one in whole:
        swaths = [swath for swath in one.swaths if swath.name in params.names]
        cut.append(
            replace(
                one,
                swaths=_side_by_side([swath.cut(slice(0, bursts), FIRST_SAMPLE, samples) for swath in swaths]),
            )
        )
    return tuple(cut)


def _side_by_side(swaths: list[SubSwath]) -> tuple[SubSwath, ...]:
    """Subswaths moved along range, so that cut ones overlap their neighbours as whole ones do."""
    first = swaths[0]
    step = round((1.0 - OVERLAP) * first.samples) / first.sampling_rate
    return tuple(
        replace(swath, near_time=first.near_time + number * step) for number, swath in enumerate(swaths)
    )


def _scene(passes: tuple[Pass, ...], index: int, params: TopsParams) -> SwathScene:
    settings = Settings(params.seed, params.coherence, params.fringes)
    return SwathScene(passes, tuple(one.swaths[index] for one in passes), settings)


def _result(
    params: TopsParams, folder: Path, passes: tuple[Pass, ...], scenes: dict[str, SwathScene]
) -> Result:
    result = Result("simulate", folder)
    bursts, samples = len(passes[0].swaths[0].bursts), params.extent[1]
    result.number("images", len(passes), "", "Images")
    result.number("bursts", bursts * len(scenes), "", "Bursts of an image, all subswaths")
    result.number("coherence", params.coherence, "", "Truth: coherence of two dates, before the baseline's part")
    result.number("fringes", params.fringes, "", "Truth: fringes of the bowl until the last date")
    result.tables["dates"] = [
        {
            "date": f"{span(one)[0]:%Y-%m-%d}",
            "misregistration_lines": one.misregistration,
            "baselines_m": {
                name: {
                    "perpendicular": scene.viewed[index].perpendicular, "parallel": scene.viewed[index].parallel
                }
                for name, scene in scenes.items()
            },
        }
        for index, one in enumerate(passes)
    ]  # fmt: skip
    result.tables["images"] = {"swaths": list(scenes), "bursts": bursts, "samples": samples}
    result.files["images"] = folder / IMAGES
    result.files["dem"] = folder / "dem.tif"
    result.files["readme"] = folder / "README.md"
    return result


def _readme(params: TopsParams, result: Result) -> str:
    dates = "\n".join(
        f"| {row['date']} | {row['misregistration_lines']:+.3f} | "
        + ", ".join(f"{name} {value['perpendicular']:.1f}" for name, value in row["baselines_m"].items())
        + " |"
        for row in result.tables["dates"]
    )
    images = result.tables["images"]
    return f"""# Simulated Sentinel-1 images

Seed {params.seed}. Every pixel here was computed; nothing was measured.

- `{IMAGES}/`: a SAFE folder per date, {', '.join(images['swaths'])}, {images['bursts']} bursts of
  {images['samples']} samples each; neighbouring subswaths share a quarter of them.
  Speckle and bright points are summed through the signal of the steered beam, with
  the orbits and the timing that the annotations tell. Coherence of any two dates {params.coherence:g}, less what the
  baseline takes.
- `dem.tif`: the terrain, metres above the WGS 84 ellipsoid (not the geoid).
- `{TRUTH}/los_YYYYMMDD.tif`: displacement towards the satellite since the first date [mm]; a bowl that sinks by
  {params.fringes:g} fringes until the last date.

| date | targets appear late by [lines] | perpendicular baseline [m] |
| --- | ---: | ---: |
{dates}
"""

"""The images of a folder as scenes: one per date, the reference with only the bursts that are needed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..monitor import Monitor
from ..version import VERSION
from . import eof
from .bursts import SWATHS, Burst, Product, Scene
from .bursts_area import select
from .bursts_scene import group_passes, join
from .coregistration_params import CoregisterParams
from .safe import read_product, swaths_of
from .safe_files import find_images


@dataclass(frozen=True, eq=False)
class Scenes:
    """The dates. reference : with the bursts of the area. others : all other dates by time. direction : of the pass.

    lacking : swaths that were left out because not every image holds them.
    """

    reference: Scene
    others: tuple[Scene, ...]
    direction: str
    lacking: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[Scene, ...]:
        """All dates by time."""
        return tuple(sorted((self.reference, *self.others), key=lambda scene: scene.date))

    @property
    def bursts(self) -> tuple[Burst, ...]:
        """Of the reference."""
        return tuple(burst for bursts in self.reference.bursts.values() for burst in bursts)


def read_scenes(params: CoregisterParams, monitor: Monitor) -> Scenes:
    """Read what the images say of themselves; no pixels."""
    paths = find_images(Path(params.input).expanduser())
    swaths, lacking = _swaths(paths, params)
    products: list[Product] = []
    for index, path in enumerate(paths):
        monitor.step(index / len(paths))
        products.append(read_product(path, swaths, params.polarisation))
    orbits = eof.list_files(Path(params.orbits).expanduser()) if params.orbits else []
    scenes = [join(one, orbits, monitor) for one in group_passes(products)]
    if len(scenes) < 2:
        raise InputError(
            "INPUT", f"{scenes[0].date} only", "images of at least two dates", "Add images of the same track"
        )
    dates = [scene.date for scene in scenes]
    day = params.reference_day or dates[(len(dates) - 1) // 2]
    if day not in dates:
        raise InputError("REFERENCE_DATE", str(day), ", ".join(str(one) for one in dates))
    reference = scenes[dates.index(day)]
    if params.area is not None:
        reference = select(reference, params.area)
    others = tuple(scene for scene in scenes if scene.date != day)
    return Scenes(reference, others, products[0].direction, lacking)


def _swaths(paths: Sequence[Path], params: CoregisterParams) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(swaths to read, swaths that only some images hold). Without a choice: those that every image holds."""
    if params.swaths:
        return params.swaths, ()
    held = [set(swaths_of(path, params.polarisation)) for path in paths]
    common = set.intersection(*held)
    if not common:
        return SWATHS, ()  # reading names the image that lacks them
    return tuple(sorted(common)), tuple(sorted(set.union(*held) - common))


def mark_of(params: CoregisterParams) -> str:
    """A hash of the parameters and of size and time of the images, the DEM and the orbit files."""
    digest = hashlib.sha256(json.dumps([VERSION, params.plain()], sort_keys=True).encode())
    images = find_images(Path(params.input).expanduser())
    files = [
        file for image in images for file in ([image] if image.is_file() else sorted(image.rglob("*.*")))
    ]
    dem = params.dem.path
    files += [dem] if dem.is_file() else sorted(dem.iterdir())
    if params.orbits:
        files += [one.path for one in eof.list_files(Path(params.orbits).expanduser())]
    for file in files:
        state = file.stat()
        digest.update(f"{file}|{state.st_size}|{state.st_mtime_ns if file.is_file() else 0}\n".encode())
    return digest.hexdigest()

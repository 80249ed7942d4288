"""What of a stack goes onto the map: which rasters, how they are interpolated, and the files they become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from .. import manifest, raster
from ..stack import DISPLACEMENT, LATITUDE, LONGITUDE, SLC, UNWRAPPED, WRAPPED, Acquisition, Item, Pair, Stack

ROOT = "map"
PHASE, AMPLITUDE, BPERP = "phase", "amplitude", "bperp"
PHASOR, UNBROKEN, MEAN, NEAREST = "phasor", "unbroken", "mean", "nearest"
GEOMETRY_FOLDER = "geometry"
COUNTED = {"mask", "redundancy", "gaps", "parts", "shp_count", "components", "connected_components", "class"}
TURNING = {"los_orientation"}  # angles of which a mean of both sides of half a turn would be far off
NOT_ON_MAPS = {SLC, LONGITUDE, LATITUDE}


@dataclass(frozen=True)
class File:
    """A raster of the map: path in the folder, what it says of itself, and the item that describes it."""

    path: str
    description: str
    unit: str
    item: Item


@dataclass(frozen=True)
class Task:
    """Rasters of the stack that are interpolated together, and what they become.

    way : phasor (wrapped phase, and its magnitude where there is one), unbroken, mean or nearest. sources : what is
    read; stored numbers, but for phases.
    """

    way: str
    sources: tuple[Item, ...]
    files: tuple[File, ...]


@dataclass(frozen=True)
class Work:
    """The tasks of a stack, and the stack's parts with the items that these become."""

    tasks: tuple[Task, ...]
    pairs: tuple[Pair, ...]
    acquisitions: tuple[Acquisition, ...]
    geometry: dict[str, Item]
    products: dict[str, Item]


def work_of(folder: Path, stack: Stack, computed: Iterable[str]) -> Work:
    """All that a stack's map needs. computed : roles of the geometry that are computed, not interpolated."""
    plan = _Plan(folder, stack, [])
    shown = stack.pairs if stack.kind == DISPLACEMENT else stack.kept
    pairs = tuple(replace(pair, items=plan.pair(pair)) for pair in shown)
    acquisitions = tuple(
        replace(a, items=plan.items(a.items, partial(_dated, a.date))) for a in stack.acquisitions
    )
    left = {role: item for role, item in stack.geometry.items() if role not in set(computed)}
    geometry = plan.items(left, lambda role: f"{GEOMETRY_FOLDER}/{role}.tif")
    products = plan.items(stack.products, lambda role: f"{role}.tif")
    return Work(tuple(plan.tasks), pairs, acquisitions, geometry, products)


@dataclass
class _Plan:
    folder: Path
    stack: Stack
    tasks: list[Task]

    def pair(self, pair: Pair) -> dict[str, Item]:
        """The rasters of a pair."""
        items = dict(pair.items)
        out: dict[str, Item] = {}
        if self.stack.kind in (WRAPPED, UNWRAPPED) and PHASE in items:
            roles = [PHASE]
            if self.stack.kind == WRAPPED and _same_file(items[PHASE], items.get(AMPLITUDE)):
                roles.append(AMPLITUDE)
            sources = tuple(items.pop(role) for role in roles)
            files = tuple(_phase_file(role, pair, self.stack.kind) for role in roles)
            way = PHASOR if self.stack.kind == WRAPPED else UNBROKEN
            self.tasks.append(Task(way, sources, files))
            out.update({role: file.item for role, file in zip(roles, files)})
        return {**out, **self.items(items, lambda role: f"{role}/{pair.name}.tif")}

    def items(self, items: Mapping[str, Item], path: Callable[[str], str]) -> dict[str, Item]:
        """Rasters by role; each keeps its stored unit and its rule."""
        out = {}
        for role, item in items.items():
            if role in NOT_ON_MAPS:
                continue
            description, unit = self._said(item, role)
            target = Item(ROOT, path(role), factor=item.factor, offset=item.offset)
            source = replace(item, factor=1.0, offset=0.0)
            way = NEAREST if role in COUNTED | TURNING else MEAN
            self.tasks.append(Task(way, (source,), (File(target.path, description, unit, target),)))
            out[role] = target
        return out

    def _said(self, item: Item, role: str) -> tuple[str, str]:
        """Description and unit of a stored band."""
        dataset = raster.open_dataset(manifest.resolve(self.folder, self.stack, item), item.dataset)
        band = dataset.GetRasterBand(item.band)
        if band is None or item.part:
            return role, ""
        return band.GetDescription() or role, band.GetUnitType() or ""


def _dated(day: date, role: str) -> str:
    return f"{role}/{day:%Y%m%d}.tif"


def _same_file(first: Item, second: Item | None) -> bool:
    keys = ("root", "path", "band", "dataset")
    return second is not None and all(getattr(first, key) == getattr(second, key) for key in keys)


def _phase_file(role: str, pair: Pair, kind: str) -> File:
    path = f"{role}/{pair.name}.tif"
    text = f"{kind.capitalize()} phase" if role == PHASE else "Amplitude of the interferogram"
    return File(path, f"{text} {pair.name}", "rad" if role == PHASE else "", Item(ROOT, path))

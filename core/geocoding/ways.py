"""The two ways onto a map: by orbits and heights, which `coregister` keeps, or by layers of longitude and latitude."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .. import manifest
from ..errors import InputError
from ..sentinel1.radarframe import RadarFrame, frame_of
from ..stack import LATITUDE, LONGITUDE, Grid, Stack
from . import layer_lookup, orbit_lookup
from .params import GeocodeParams
from .target import Lookup, Target, ground_size, map_grid, parts_of

OUTDATED = (
    "This stack does not hold its orbits, so that the map is made from its layers of longitude and latitude, which are "
    "exact to half a metre, without baselines per cell. Run 'coregister' again, and the steps after it, for exact ones."
)


@dataclass(frozen=True, eq=False)
class OrbitWay:
    """What is known of a stack that holds its orbits. heights : lowest and highest ground [m]. dem : its file."""

    frame: RadarFrame
    dem: Path
    heights: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Course:
    """The map, and what finds its places in the stack."""

    target: Target
    lookup: Lookup


def orbit_way(folder: Path, stack: Stack) -> OrbitWay | None:
    """The way by orbits; None where the stack has only layers. Refused where it has neither."""
    frame = frame_of(stack)
    if frame is not None and stack.dem is not None:
        dem = manifest.resolve(folder, stack, stack.dem)
        return OrbitWay(frame, dem, orbit_lookup.extremes(dem))
    if not {LONGITUDE, LATITUDE} <= set(stack.geometry):
        raise InputError(
            "INPUT",
            f"{folder} without longitude and latitude",
            "a stack that holds its orbits ('coregister'), or longitude and latitude of every pixel",
            "Run 'coregister' again, or import the stack with its layers of longitude and latitude",
        )
    return None


def mapped(params: GeocodeParams, folder: Path, stack: Stack, way: OrbitWay | None) -> Course:
    """Settle the map's grid and prepare what finds its places."""
    if way is not None:
        sides = orbit_lookup.cell_sides(way.frame, 0.5 * sum(way.heights))
        grid = map_grid(params, *orbit_lookup.outline(way.frame, way.heights), sides)
        return Course(_target(grid, sides), orbit_lookup.OrbitLookup(way.frame, way.dem))
    places = layer_lookup.sampled(folder, stack)
    sides = places.sides(layer_lookup.forward_of(places))
    grid = map_grid(params, places.lon, places.lat, sides)
    return Course(_target(grid, sides), layer_lookup.layer_lookup(folder, stack, places))


def _target(grid: Grid, sides: tuple[float, float]) -> Target:
    """Rows follow the track, mostly north, and columns range, mostly east. sides : of the radar's cells [m]."""
    east, north = ground_size(grid)
    return Target(grid, parts_of(grid, (north / sides[0], east / sides[1])))

"""Where the amplitudes of the images come from.

In this order: the images or amplitudes of another stack on the same grid; amplitudes that lie beside the
interferograms, for every date; the magnitudes of the interferograms themselves.

The magnitude of a single-look interferogram is the product of two amplitudes, so that in logarithms
ln|z_jk| = ln a_j + ln a_k: least squares over all pairs gives every date (known amplitudes of single dates enter
as they are). The solution is unique where the network has a loop of an odd number of pairs, as every triangle is.
Without one (a common reference image, a chain) the dates fall into two classes, every pair joining one with the
other, and each pixel keeps a free factor: one class may be larger as the other is smaller. It is then fixed by
giving both classes the same mean, which leaves half of the speckle of the smaller class (the reference image) in
every date. Of multilooked interferograms the magnitude also has the coherence in it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from .. import manifest
from ..errors import InputError
from ..raster import Float32, StackReader, Window
from ..stack import MAGNITUDE, Acquisition, Grid, Item, Pair, Stack

Edge = tuple[int, int]


@dataclass(frozen=True, eq=False)
class AmplitudeSource:
    """Amplitudes by date, ready to be read block by block; plain data, so that it can travel to a cluster.

    folder, stack : where the items belong. items : rasters to read. operator : (dates, items), from the logarithms
    of the items to those of the amplitudes; None where the items are the amplitudes. note : where they come from.
    warning : what is wrong with them, empty when nothing is.
    """

    folder: str
    stack: Stack
    dates: tuple[date, ...]
    items: tuple[Item, ...]
    operator: Float32 | None = None
    note: str = ""
    warning: str = ""

    def read(self, window: Window) -> Float32:
        """Amplitudes, float32 (dates, rows, columns); NaN or 0 where an item has no value."""
        reader = StackReader(self.folder, self.stack)
        values = reader.read_many(list(self.items), window)
        reader.close()
        if self.operator is None:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            np.log(values, out=values)
            values[~np.isfinite(values)] = np.nan
        out = np.empty((len(self.dates), window.height, window.width), np.float32)
        for row in range(window.height):  # products of one shape round alike, whatever the block
            out[:, row] = np.exp(self.operator @ values[:, row])
        return out


def find_amplitudes(folder: Path, stack: Stack, other: str | Path = "") -> AmplitudeSource:
    """The best source for a stack; raises InputError where there is none."""
    needed = sorted({day for pair in stack.kept for day in (pair.date1, pair.date2)})
    if str(other):
        return _of_another(stack, Path(other).expanduser().absolute(), needed)
    known = {a.date: item for a in stack.acquisitions if (item := _item(a)) is not None and a.date in needed}
    if len(known) == len(needed):
        items = tuple(known[day] for day in needed)
        return AmplitudeSource(str(folder), stack, tuple(needed), items, note="amplitudes beside the interferograms")
    pairs = [pair for pair in stack.kept if "amplitude" in pair.items]
    if len(pairs) < len(stack.kept):
        lacking = [pair.name for pair in stack.kept if "amplitude" not in pair.items]
        raise InputError(
            "AMPLITUDES",
            f"nothing; {len(known)} of {len(needed)} dates have an amplitude ({_first(needed, known)} has none), and "
            f"{len(lacking)} interferograms hold phase alone, such as {lacking[0]}",
            "amplitudes of every date, or complex interferograms",
            "Import complex interferograms, state AMPLITUDE_PATTERN at the import, or give a stack of the images",
        )
    return _from_magnitudes(folder, stack, pairs, known, needed)


def _first(needed: list[date], known: dict[date, Item]) -> date:
    """First date without an amplitude."""
    return next(day for day in needed if day not in known)


def log_operator(edges: list[Edge], dates: int, known: list[int]) -> tuple[NDArray[np.float64], list[list[int]]]:
    """From logarithms of known amplitudes and of magnitudes to those of all amplitudes, (dates, known + pairs).

    edges : the two dates of each pair. known : dates whose amplitude is given, which stands first in the input.
    Also returns the parts of the network (dates) in which each pixel has a free factor; there the two classes of
    dates get the same mean.
    """
    design = np.zeros((len(edges), dates))
    for row, (first, second) in enumerate(edges):
        design[row, [first, second]] = 1.0
    constraints, free = [], []
    for one, two in _two_classes(edges, dates):
        if not set(known) & {*one, *two}:
            constraint = np.zeros(dates)
            constraint[one], constraint[two] = 1.0 / len(one), -1.0 / len(two)
            constraints.append(constraint)
            free.append(sorted([*one, *two]))
    full = np.vstack([design, *constraints])
    unknown = [day for day in range(dates) if day not in known]
    solved = np.linalg.pinv(full[:, unknown])[:, : len(edges)]
    out = np.zeros((dates, len(known) + len(edges)))
    out[known, range(len(known))] = 1.0
    out[unknown, : len(known)] = -solved @ design[:, known]
    out[unknown, len(known) :] = solved
    return out, free


def _two_classes(edges: list[Edge], dates: int) -> list[tuple[list[int], list[int]]]:
    """The parts of a network without a loop of odd length, each as its two classes of dates."""
    neighbours: dict[int, list[int]] = {day: [] for day in range(dates)}
    for first, second in edges:
        neighbours[first].append(second)
        neighbours[second].append(first)
    side: dict[int, int] = {}
    parts = []
    for start in range(dates):
        if start in side:
            continue
        side[start] = 0
        members, queue, even = [start], deque([start]), True
        while queue:
            day = queue.popleft()
            for next_day in neighbours[day]:
                if next_day not in side:
                    side[next_day] = 1 - side[day]
                    members.append(next_day)
                    queue.append(next_day)
                even = even and side[next_day] != side[day]
        if even and len(members) > 1:
            parts.append(([d for d in members if side[d] == 0], [d for d in members if side[d] == 1]))
    return parts


def _from_magnitudes(
    folder: Path, stack: Stack, pairs: list[Pair], known: dict[date, Item], needed: list[date]
) -> AmplitudeSource:
    place = {day: index for index, day in enumerate(needed)}
    edges = [(place[pair.date1], place[pair.date2]) for pair in pairs]
    operator, free = log_operator(edges, len(needed), [place[day] for day in known])
    items = (*known.values(), *(pair.items["amplitude"] for pair in pairs))
    note = "least squares on the logarithms of the interferograms' magnitudes"
    if known:
        note += f", with the amplitudes of {len(known)} image(s) as given"
    warning = ""
    if free:
        warning = (
            f"The amplitudes of {sum(map(len, free))} images follow from the interferograms only up to a factor of "
            "each pixel, because no loop of an odd number of interferograms joins them (as with one common reference "
            "image): its speckle stays in every date, and homogeneous pixels are chosen less well. Give the "
            "amplitude of at least one of these images, or triangles of interferograms."
        )
    return AmplitudeSource(
        str(folder), stack, tuple(needed), items, operator.astype(np.float32), note=note, warning=warning
    )


def _of_another(stack: Stack, folder: Path, needed: list[date]) -> AmplitudeSource:
    other = manifest.load(folder, "AMPLITUDES")
    if other.grid.shape != stack.grid.shape:
        raise InputError(
            "AMPLITUDES",
            f"{folder}: {other.grid.width} x {other.grid.height} pixels",
            f"{stack.grid.width} x {stack.grid.height} pixels, as the interferograms",
            "Resample or cut one of the two to the grid of the other",
        )
    if not _same_place(stack, other):
        raise InputError(
            "AMPLITUDES",
            f"{folder}: another coordinate system or corner",
            "the grid of the interferograms",
            "Resample one of the two to the grid of the other",
        )
    items = {a.date: item for a in other.acquisitions if (item := _item(a)) is not None}
    missing = [day.isoformat() for day in needed if day not in items]
    if missing:
        raise InputError(
            "AMPLITUDES",
            f"{folder}: none for {', '.join(missing[:6])}{' ...' if len(missing) > 6 else ''}",
            "an amplitude for every image of the interferograms",
            "Add the images, or exclude their interferograms with 'network'",
        )
    note = f"{len(items)} images of {folder.name}"
    return AmplitudeSource(str(folder), other, tuple(items), tuple(items.values()), note=note)


def _same_place(stack: Stack, other: Stack) -> bool:
    if bool(stack.grid.crs) != bool(other.grid.crs):
        return False
    if not stack.grid.crs:
        return True  # radar geometry: size is all that can be compared
    (first, pixel), (second, _) = (_corners(grid) for grid in (stack.grid, other.grid))
    near = bool(np.abs(first - second).max() < 0.02 * pixel)
    return near and coordinates.same(stack.grid.crs, other.grid.crs)


def _corners(grid: Grid) -> tuple[NDArray[np.float64], float]:
    """First and last corner, (2, 2), and the smaller side of a pixel, in the units of the map."""
    x0, dx, rx, y0, ry, dy = grid.transform
    end = (x0 + grid.width * dx + grid.height * rx, y0 + grid.width * ry + grid.height * dy)
    return np.array([(x0, y0), end]), min(float(np.hypot(dx, ry)), float(np.hypot(rx, dy)))


def _item(acquisition: Acquisition) -> Item | None:
    """Amplitude of a date, or the magnitude of its complex image."""
    if "slc" in acquisition.items:
        return replace(acquisition.items["slc"], part=MAGNITUDE)
    return acquisition.items.get("amplitude")

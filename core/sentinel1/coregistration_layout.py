"""Where the bursts of the reference stand in one image without seams or overlaps.

All bursts and swaths of an image are sampled on one grid of times and ranges (in the annotations whole lines and
samples apart to 0.001), so that the image is put together by whole pixels. Neighbours meet in the middle of what both
show. The position of every pixel is that of its own burst.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..stack import Grid
from .bursts import Burst, Scene

Range = tuple[int, int]  # half-open


@dataclass(frozen=True)
class Piece:
    """Part of a burst: half-open rows and columns of the image that it fills; row - line and column - sample."""

    burst: Burst
    rows: Range
    columns: Range
    row_shift: int
    column_shift: int

    @property
    def samples(self) -> Range:
        """The columns as the burst counts them."""
        return self.columns[0] - self.column_shift, self.columns[1] - self.column_shift

    def lines(self, rows: Range) -> Range:
        """Rows of the image as the burst counts them."""
        return rows[0] - self.row_shift, rows[1] - self.row_shift

    def within(self, rows: Range) -> Range | None:
        """The rows of a block that the piece fills; None without any."""
        first, stop = max(rows[0], self.rows[0]), min(rows[1], self.rows[1])
        return (first, stop) if stop > first else None


@dataclass(frozen=True)
class Layout:
    """The image: height, width, pieces; time of row 0 [s from the epoch of the bursts], range of column 0 [m]."""

    height: int
    width: int
    pieces: tuple[Piece, ...]
    azimuth_time: float
    starting_range: float

    @property
    def grid(self) -> Grid:
        """Rows and columns without a map."""
        return Grid(self.width, self.height)

    @property
    def off_grid(self) -> float:
        """Largest distance of a burst's pixels from the image's rows and columns [pixels]; 0.001 in real ones."""
        return max(max(self._beside(piece)) for piece in self.pieces)

    def _beside(self, piece: Piece) -> tuple[float, float]:
        """Rows and columns by which a burst's own times and ranges differ from those of the image."""
        rows = float(piece.burst.line_of(self.azimuth_time)) + piece.row_shift
        columns = float(piece.burst.sample_of(self.starting_range)) + piece.column_shift
        return abs(rows), abs(columns)


def layout_of(scene: Scene) -> Layout:
    """The image of a scene's bursts; the swaths follow each other along range."""
    every = [burst for bursts in scene.bursts.values() for burst in bursts]
    first = min(every, key=lambda burst: burst.starting_range)
    places = {burst.label: _place(burst, first) for burst in every}
    top = min(places[burst.label][0] + burst.valid_lines[0] for burst in every)
    columns = _columns(scene, places)
    left = min(start for start, _ in columns.values())
    pieces = [
        Piece(
            burst,
            (rows[0] - top, rows[1] - top),
            (columns[name][0] - left, columns[name][1] - left),
            places[burst.label][0] - top,
            places[burst.label][1] - left,
        )
        for name, bursts in scene.bursts.items()
        for burst, rows in zip(bursts, _rows(bursts, places))
    ]
    return Layout(
        max(piece.rows[1] for piece in pieces),
        max(piece.columns[1] for piece in pieces),
        tuple(pieces),
        first.azimuth_time + top * first.azimuth_interval,
        first.starting_range + left * first.range_spacing,
    )


def _place(burst: Burst, first: Burst) -> tuple[int, int]:
    """Line and sample of the first burst's grid nearest to where a burst begins."""
    line, sample = float(first.line_of(burst.azimuth_time)), float(first.sample_of(burst.starting_range))
    return round(line), round(sample)


def _rows(bursts: tuple[Burst, ...], places: dict[str, tuple[int, int]]) -> list[Range]:
    """Valid lines of the bursts, cut in the middle where two show the same."""
    ranges = [
        (places[burst.label][0] + burst.valid_lines[0], places[burst.label][0] + burst.valid_lines[1])
        for burst in bursts
    ]
    return _cut(ranges)


def _columns(scene: Scene, places: dict[str, tuple[int, int]]) -> dict[str, Range]:
    """Samples of the swaths that are valid in all of their bursts, cut in the middle where two show the same."""
    ranges = {
        name: (
            max(places[burst.label][1] + burst.valid_samples[0] for burst in bursts),
            min(places[burst.label][1] + burst.valid_samples[1] for burst in bursts),
        )
        for name, bursts in scene.bursts.items()
    }
    return dict(zip(ranges, _cut(list(ranges.values()))))


def _cut(ranges: list[Range]) -> list[Range]:
    """Ranges in order of which none reaches into the next."""
    found = list(ranges)
    for index in range(len(found) - 1):
        (start, stop), (next_start, next_stop) = found[index], found[index + 1]
        if stop > next_start:
            middle = (stop + next_start) // 2
            found[index], found[index + 1] = (start, middle), (middle, next_stop)
    return found

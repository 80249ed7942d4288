#!/usr/bin/python3
"""Measures the filters on the Houston interferograms and on a simulated railway; writes docs/filtering.md and figures.

python3 scripts/filtering.py ../shared/data
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(__file__).with_name("filtering_page.md")
WINDOW = (19, 13)


def main(data: Path) -> int:
    """Run everything in a temporary folder."""
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the packages
    from groundline_tests.wrapped import filtered

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        houston = import_houston(data, folder / "houston")
        railway = simulate(folder / "scene")
        for stack in (houston, railway / "wrapped"):
            run_filters(stack, folder / f"{stack.name}_out")
        truth = Truth(railway, filtered)
        page = PAGE.read_text(encoding="utf-8").format(
            houston=houston_table(houston, folder / "houston_out", filtered),
            power=power_table(),
            railway=truth.table(folder / "wrapped_out"),
            images=truth.images,
        )
        draw(houston, folder / "houston_out", "houston", (250, 330, 180, 200), filtered)
        draw(railway / "wrapped", folder / "wrapped_out", "railway", (80, 100, 120, 200), filtered)
    (ROOT / "docs" / "filtering.md").write_text(page, encoding="utf-8")
    return 0


def import_houston(data: Path, output: Path) -> Path:
    """The stack as a user imports it."""
    from groundline.core.formats.importing import import_stack
    from groundline.core.formats.params import ImportParams

    import_stack(
        ImportParams(
            data / "houston", output, "generic", wavelength=0.0554658, pattern="{date1}_{date2}.int",
            amplitude_pattern="{date}.amp", kind="wrapped", raw_columns=600,
        )
    )  # fmt: skip
    return output


def simulate(output: Path) -> Path:
    """The single-look railway."""
    from groundline.core.simulation.job import run_simulate
    from groundline.core.simulation.params import SimulateParams

    return run_simulate(SimulateParams(output, "singlelook")).folder


def run_filters(stack: Path, output: Path) -> None:
    """shpfilter, goldstein, and one after the other, below `output`."""
    from groundline.core.filtering.goldstein import GoldsteinOptions
    from groundline.core.filtering.goldstein_job import run_goldstein
    from groundline.core.filtering.params import GoldsteinParams, ShpFilterParams
    from groundline.core.filtering.shp_job import run_shpfilter

    run_shpfilter(ShpFilterParams(stack, output / "shpfilter"))
    run_goldstein(GoldsteinParams(stack, output / "goldstein"))
    run_goldstein(GoldsteinParams(output / "shpfilter", output / "both", GoldsteinOptions(alpha=None)))


def houston_table(folder: Path, output: Path, filtered) -> str:
    """Rows of the table of real data."""
    import json

    steps = {
        "shpfilter": "`shpfilter`, defaults",
        "goldstein": "`goldstein`, alpha 0.5",
        "both": "`shpfilter`, then `goldstein` with alpha from coherence",
    }
    found = {
        step: {key: n["value"] for key, n in json.loads((output / step / "result.json").read_text())["numbers"].items()}
        for step in steps
    }
    first = found["shpfilter"]
    rows = [f"| unfiltered | {first['scatter_before']:.2f} | {first['residues_before']:.0f} | 1 |"]
    sharp = sharpness(folder, output, list(steps), filtered)
    for (step, title), left in zip(steps.items(), sharp):
        n = found[step]
        rows.append(f"| {title} | {n['scatter_after']:.2f} | {n['residues_after']:.1f} | {left:.2f} |")
    return "\n".join(rows)


def sharpness(folder: Path, output: Path, steps: list[str], filtered) -> list[float]:
    """Share of the unfiltered phase steps at edges that every step leaves, mean over the interferograms."""
    from groundline.core.filtering.comparison import COHERENT
    from groundline.core.filtering.measures import edge_sharpness, edges

    first, second = edges(np.sqrt(filtered(folder, "amplitude").mean(axis=0)), 0.1)
    before = filtered(folder)
    good = (filtered(output / "shpfilter", "coherence") >= COHERENT).reshape(len(before), -1)
    chosen = [(first[both], second[both]) for both in (pair[first] & pair[second] for pair in good)]
    return [
        float(np.mean([edge_sharpness(b, a, *ends) for b, a, ends in zip(before, filtered(output / step), chosen)]))
        for step in steps
    ]


def power_table() -> str:
    """Rows of the table of both tests: what they tell apart, and what they would choose beside an edge."""
    from groundline.core.filtering.selection import Neighbourhood, SelectionOptions, select

    def told_apart(pairs: np.ndarray, test: str) -> float:
        """Share of the pairs, (dates, pairs, 2)."""
        return float((select(pairs, SelectionOptions(Neighbourhood(1, 3), test=test)).count[:, 0] == 0).mean())

    cells = []
    for dates in (8, 12, 15, 20, 30):
        alike = np.random.default_rng(dates).rayleigh(1.0, (dates, 40_000, 2)).astype(np.float32)
        apart = alike * np.array([1.0, 10.0 ** (6.0 / 20.0)], np.float32)
        for test in ("ks", "glr"):
            power, level = told_apart(apart, test), told_apart(alike, test)
            cells.append((f"{power:.2f}", f"{(1.0 - level) / (2.0 - level - power):.2f}"))
    titles = ("KS finds the difference", "right among KS's neighbours", "glr finds it", "right among glr's neighbours")
    columns = [(ks[0], ks[1], glr[0], glr[1]) for ks, glr in zip(cells[::2], cells[1::2])]
    return "\n  ".join(f"| {title} | {' | '.join(row)} |" for title, row in zip(titles, zip(*columns)))


class Truth:
    """The simulated railway beside what the filters made of its 12-day interferograms."""

    def __init__(self, scene: Path, filtered) -> None:
        from groundline.core import manifest
        from groundline.core.raster import StackReader, read_geotiff

        self.filtered = filtered
        folder = scene / "wrapped"
        stack = manifest.load(folder)
        self.images = len(stack.dates)
        self.short = [n for n, pair in enumerate(stack.pairs) if pair.days == 12]
        by_date = {day: read_geotiff(scene / "truth" / "phase" / f"{day:%Y%m%d}.tif")[0] for day in stack.dates}
        pairs = [stack.pairs[n] for n in self.short]
        self.phase = np.array([by_date[pair.date2] - by_date[pair.date1] for pair in pairs])
        self.before = filtered(folder)[self.short]
        self.classes = read_geotiff(scene / "truth" / "classes.tif")[0].astype(int)
        reader = StackReader(folder, stack)
        amplitude = {a.date: reader.read(a.items["amplitude"]) for a in stack.acquisitions}
        reader.close()
        self.weights = np.array([amplitude[pair.date1] * amplitude[pair.date2] for pair in pairs])

    def table(self, output: Path) -> str:
        """Rows of the table of simulated data."""
        named = {"unfiltered": self.before, f"boxcar {WINDOW[0]} x {WINDOW[1]}": self.boxcar()}
        for step, title in (
            ("shpfilter", "`shpfilter`, defaults"),
            ("goldstein", "`goldstein`, alpha 0.5"),
            ("both", "`shpfilter`, then `goldstein` with alpha from coherence"),
        ):
            named[title] = self.filtered(output / step)[self.short]
        return "\n".join(self.row(title, phase) for title, phase in named.items())

    def boxcar(self) -> np.ndarray:
        """Amplitude-weighted mean over the whole window."""
        out = []
        for phase, weight in zip(self.before, self.weights):
            z = weight * np.exp(1j * phase)
            out.append(np.angle(uniform_filter(z.real, WINDOW) + 1j * uniform_filter(z.imag, WINDOW)))
        return np.array(out, np.float32)

    def row(self, title: str, phase: np.ndarray) -> str:
        """Noise by kind of ground, the line's step, residues."""
        from groundline.core.filtering.measures import Texture, edge_sharpness, texture
        from groundline.core.simulation import singlelook

        error = np.angle(np.exp(1j * (phase - self.phase)))

        def noise(kind: int) -> float:
            return float(np.sqrt(np.mean(error[:, self.classes == kind] ** 2)))

        first, second = self.edge()
        sharp = np.mean([edge_sharpness(t, p, first, second) for t, p in zip(self.phase, phase)])
        residues = sum((texture(p) for p in phase), Texture()).density
        cells = [noise(kind) for kind in (singlelook.FIELD, singlelook.VILLAGE, singlelook.LINE, singlelook.POINT)]
        text = " | ".join(f"{value:.2f}" for value in cells)
        return f"| {title} | {text} | {sharp:.2f} | {residues:.1f} |"

    def edge(self) -> tuple[np.ndarray, np.ndarray]:
        """Flat indices of the line's outermost pixels and of the fields two pixels farther out, in every column."""
        from groundline.core.simulation import singlelook

        line, field = (self.classes == kind for kind in (singlelook.LINE, singlelook.FIELD))
        index = np.arange(line.size).reshape(line.shape)
        first, second = [], []
        for shift in (2, -2):
            inner = line & np.roll(field, shift // 2, axis=0) & np.roll(field, shift, axis=0)
            first.append(index[inner])
            second.append(np.roll(index, shift, axis=0)[inner])
        return np.concatenate(first), np.concatenate(second)


def draw(stack_folder: Path, output: Path, name: str, piece: tuple[int, int, int, int], filtered) -> None:
    """A piece of the first 12-day interferogram in the middle of the stack, before and after, as PNG."""
    from groundline.core import manifest
    from groundline.core.figures.base import to_png
    from groundline.core.figures.filtering import panels
    from groundline.core.raster import read_geotiff

    stack = manifest.load(stack_folder)
    short = [n for n, pair in enumerate(stack.pairs) if pair.days == 12]
    number = short[len(short) // 2]
    row, col, rows, cols = piece
    cut = (slice(row, row + rows), slice(col, col + cols))
    count = read_geotiff(output / "shpfilter" / "shp_count.tif")[0]
    shown = [
        ("Unfiltered", filtered(stack_folder)[number][cut], "phase"),
        ("shpfilter", filtered(output / "shpfilter")[number][cut], "phase"),
        ("goldstein", filtered(output / "goldstein")[number][cut], "phase"),
        ("shpfilter, then goldstein", filtered(output / "both")[number][cut], "phase"),
        ("Coherence of shpfilter", filtered(output / "shpfilter", "coherence")[number][cut], "coherence"),
        ("Homogeneous pixels", count[cut], "count"),
    ]
    (ROOT / "docs" / "images" / f"filtering_{name}.png").write_bytes(to_png(panels(shown, row, col, 3)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the real data")
    given = parser.parse_args()
    sys.exit(main(given.data))

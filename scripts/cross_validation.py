#!/usr/bin/python3
"""Validation measured: prints docs/cross_validation.md from its template.

python3 scripts/cross_validation.py DATA > docs/cross_validation.md    DATA holds naf-tracks; two minutes

The figure of the page, docs/images/east-gnss.png, is written as well.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(__file__).with_name("cross_validation_page.md")
TRACKS = {40: "track040", 142: "track142"}
SPACING = 600.0  # m: twice the pixels of the simulated scene
FAULT = ("T65", "T87", "T167")
PAIRS = (("T65", "T87"), ("T167", "T87"), ("T167", "T65", "T87"))
NEAR = 6_000.0  # m between GNSS stations that count as neighbours


def main(data: Path) -> int:
    """Measure everything and print the page."""
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the packages

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        facts = {**railway(folder), **speed(folder), **fault(folder, data / "naf-tracks")}
    text = PAGE.read_text(encoding="utf-8")
    for key, value in facts.items():
        text = text.replace("{" + key + "}", value)
    sys.stdout.write(text)
    return 0


def railway(folder: Path) -> dict[str, str]:
    """The whole chain on both tracks of the simulated railway, compared with what the errors of each add up to."""
    from groundline.core import crs as coordinates
    from groundline.core.formats.importing import import_stack
    from groundline.core.formats.params import ImportParams
    from groundline.core.network.job import NetworkParams, run_network
    from groundline.core.raster import read_geotiff
    from groundline.core.rateraster import RasterFile
    from groundline.core.simulation.job import run_simulate
    from groundline.core.simulation.params import SimulateParams
    from groundline.core.timeseries.params import SbasParams
    from groundline.core.timeseries.sbas import run_sbas
    from groundline.core.validation.cells import common, means
    from groundline.core.validation.cross_params import CrossParams
    from groundline.core.validation.crossvalidate import evaluate
    from groundline.core.validation.observations import observe
    from groundline.core.vector import read_vector

    scene = run_simulate(SimulateParams(folder / "scene", size="medium")).folder
    reference = read_vector(scene / "reference_areas.geojson")
    sources = []
    for name in TRACKS.values():
        import_stack(ImportParams(scene / name, folder / name / "stack"))
        run_network(NetworkParams(input=folder / name / "stack", output=folder / name / "network"))
        out = folder / name / "sbas"
        run_sbas(SbasParams(folder / name / "network", out, reference=reference))
        sources.append(RasterFile(str(out / "velocity.tif"), name))
    result, compared = evaluate(CrossParams(sources[0], sources[1], folder / "cross", spacing=SPACING))
    found = {key: number.value for key, number in result.numbers.items()}
    # The error of every pixel against the stored truth, as vertical, averaged in the same cells.
    grid = compared.gridded.grid
    errors = []
    for name, source in zip(TRACKS.values(), sources):
        track = observe(source, "TRACK")
        truth, shape = read_geotiff(scene / "truth" / name / "velocity_vertical.tif")
        row, col = coordinates.pixel_of(shape, track.x, track.y)
        error = track.value / track.los[:, 2] - truth[row, col]
        x, y = coordinates.transform(track.x, track.y, track.crs, grid.crs)
        cells = means(grid.numbers(x, y), error, track.std, track.los)
        errors.append(cells)
    one, two = common(*errors)
    left = one.mean - two.mean
    rows = [
        ("common cells", f"{found['common_cells']:,}", ""),
        ("correlation (Pearson)", f"{found['pearson']:.3f}", ""),
        ("mean difference [mm/yr]", f"{found['mean_difference']:.2f}", f"{left.mean():.2f}"),
        ("standard deviation [mm/yr]", f"{found['std_difference']:.2f}", f"{left.std(ddof=1):.2f}"),
        ("RMSE [mm/yr]", f"{found['rmse']:.2f}", f"{np.sqrt(np.mean(left**2)):.2f}"),
        ("NMAD [mm/yr]", f"{found['nmad']:.2f}", f"{1.4826 * np.median(np.abs(left - np.median(left))):.2f}"),
        ("orthogonal slope", f"{found['slope_orthogonal']:.3f}", ""),
    ]
    return {"railway": "\n".join(f"| {a} | {b} | {c} |" for a, b, c in rows), "spacing": f"{SPACING:g}"}


def speed(folder: Path) -> dict[str, str]:
    """Time for two tracks of 300,000 points, without reading and with all files."""
    from groundline.core.pointfile import PointSet
    from groundline.core.validation.cross_params import CrossParams
    from groundline.core.validation.crossvalidate import evaluate, run_crossvalidate

    rng = np.random.default_rng(1)
    tracks = []
    for incidence in (34.0, 43.0):
        x, y = rng.uniform(0, 40_000, (2, 300_000))
        up = -30.0 * np.exp(-((x - 2e4) ** 2 + (y - 2e4) ** 2) / 8e3**2)
        angles = np.full(300_000, incidence)
        rate = up * np.cos(np.radians(incidence)) + rng.normal(scale=2.0, size=len(x))
        tracks.append(
            PointSet(x + 4e5, y + 3.9e6, "EPSG:32650", {"velocity": rate, "incidence": angles}, name=f"{incidence}")
        )
    params = CrossParams(tracks[0], tracks[1], folder / "speed")
    times: dict[str, list[float]] = {"numbers": [], "files": []}
    for _ in range(3):
        for key, call in (("numbers", evaluate), ("files", run_crossvalidate)):
            start = time.perf_counter()
            call(params)
            times[key].append(time.perf_counter() - start)
    return {f"seconds_{key}": f"{np.median(values):.1f}" for key, values in times.items()}


def fault(folder: Path, data: Path) -> dict[str, str]:
    """The tracks over the North Anatolian fault against each other and against GNSS."""
    from groundline.core.pointimport.job import run_importpoints
    from groundline.core.pointimport.params import ImportPointsParams
    from groundline.core.pointsource import PointFile
    from groundline.core.validation.cross_params import CrossParams
    from groundline.core.validation.crossvalidate import evaluate as cross
    from groundline.core.validation.decompose import run_decompose
    from groundline.core.validation.decompose_params import DecomposeParams
    from groundline.core.validation.groundtruth import evaluate as compare
    from groundline.core.validation.groundtruth import run_groundtruth
    from groundline.core.validation.groundtruth_params import GroundTruthParams

    tracks = {}
    for name in FAULT:
        run_importpoints(
            ImportPointsParams(
                data / f"Rate_map_{name}.txt", folder / name, velocity_field="data", crs="EPSG:4326", track=name
            )
        )
        tracks[name] = PointFile(str(folder / name / "points.gpkg"))
    table = folder / "gnss.csv"
    lines = [",".join(line.split()) for line in (data / "GNSS.enu").read_text(encoding="utf-8").splitlines()]
    head = "name,longitude,latitude,east,north,up,east_std,north_std,up_std"
    table.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")

    crossed = []
    for first, second in (("T167", "T87"), ("T65", "T87"), ("T167", "T65")):
        for component in ("vertical", "azimuth"):
            params = CrossParams(
                tracks[first], tracks[second], folder / "x", spacing=2000.0, component=component, azimuth=80.0
            )
            n = {key: number.value for key, number in cross(params)[0].numbers.items()}
            crossed.append(
                f"| {first}, {second} | {'towards 80 deg' if component == 'azimuth' else 'vertical'} "
                f"| {n['common_cells']} | {n['spearman']:.2f} | {n['offset']:.1f} | {n['nmad']:.1f} "
                f"| {n['expected_std']:.1f} |"
            )
    compared = []
    vertical: dict[str, float] = {}
    for names in PAIRS:
        out = folder / "_".join(names)
        run_decompose(DecomposeParams(tuple(tracks[name] for name in names), out, spacing=2000.0))
        for part, radius in (("east", 2000.0), ("east", 4000.0), ("up", 2000.0)):
            params = GroundTruthParams(
                PointFile(str(out / f"{part}.gpkg")), folder / f"{part}_{'_'.join(names)}", table=table,
                radius=radius, component="los", remove_offset=True,
            )  # fmt: skip
            result, found = compare(params)
            n = {key: number.value for key, number in result.numbers.items()}
            compared.append(
                f"| {', '.join(names)} | {part} | {radius / 1000:g} | {n['benchmark_count']} "
                f"| {n['offset']:.1f} | {n['median_residual']:.2f} | {n['stated_std']:.2f} |"
            )
            if names == PAIRS[0] and part == "up":
                vertical = {mark.name: mark.measured for mark in found.marks}
            if names == PAIRS[0] and part == "east" and radius == 2000.0:
                run = run_groundtruth(params)
                shutil.copyfile(run.files["figure"], ROOT / "docs" / "images" / "east-gnss.png")
    return {
        "crossed": "\n".join(crossed),
        "compared": "\n".join(compared),
        "neighbours": neighbours(lines, vertical),
    }


def neighbours(lines: list[str], up: dict[str, float]) -> str:
    """GNSS stations near one another, their vertical rates, and those of the points beside them: rows of a table."""
    rows: list[list[Any]] = [line.split(",") for line in lines]
    names = [row[0] for row in rows]
    values = np.array([[float(cell) for cell in row[1:]] for row in rows])
    lat = np.radians(values[:, 1].mean())
    x, y = values[:, 0] * 111_195.0 * np.cos(lat), values[:, 1] * 111_195.0
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    out = []
    for a, b in zip(*np.triu_indices(len(rows), 1)):
        if apart[a, b] < NEAR and names[a] in up and names[b] in up:
            stated = np.hypot(values[a, 7], values[b, 7])
            out.append((abs(values[a, 4] - values[b, 4]) / stated, a, b, stated))
    return "\n".join(
        f"| {names[a]}, {names[b]} | {apart[a, b] / 1000:.1f} | {values[a, 4]:.1f}, {values[b, 4]:.1f} | {stated:.1f} "
        f"| {up[names[a]] - up[names[b]]:+.1f} | {values[a, 2]:.1f}, {values[b, 2]:.1f} |"
        for _, a, b, stated in sorted(out, reverse=True)[:5]
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the real data")
    given = parser.parse_args()
    sys.exit(main(given.data))

"""All files of a corridor profile, made under temporary names and shown together."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import atomic
from ..monitor import Monitor
from ..pointsource import PointFile
from ..result import Result
from ..spreadsheet import write_xlsx
from ..version import VERSION
from . import outputs
from .analysis import Analysis
from .outputs import Columns
from .params import CorridorParams
from .tables import all_tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RESULT = "result.json"
# Names of files whose role is not that of their kind; they are older than the other tables and figures.
_TABLE_ROLES = {"profile": "csv"}
_FIGURE_ROLES = {"profile": "figure"}
_PLAIN = (
    "radius",
    "bin",
    "threshold",
    "component",
    "start_chainage",
    "field",
    "incidence",
    "min_length",
    "max_gap",
    "join_gap",
    "land_use_field",
    "reverse",
    "use_m",
    "station_field",
    "amber",
    "red",
    "sections",
    "section_width",
    "distance_field",
    "heat_map",
    "xlsx",
    "pdf",
)


def write_results(result: Result, found: Analysis, key: str, monitor: Monitor) -> None:
    """Layers profile and zones (and sections), tables as CSV (and XLSX), figures as PNG and SVG (and PDF), report.

    Everything is computed before the first file is replaced; result.json, with the fingerprint `key`, is the last one.
    """
    from ..figures.base import to_pdf, to_png, to_svg
    from .report import write_report

    folder, params, line = result.folder, found.params, found.params.line
    tables = all_tables(found)
    figures = _figures(found)
    pictures = {name: to_png(figure) for name, figure in figures.items()}
    monitor.step(0.3)
    writers: dict[str, tuple[str, Callable[[Path], Any]]] = {
        "profile": (
            "profile.gpkg",
            lambda path: outputs.write_profile(
                path, found.profiles, found.alignment, line.crs, tables["profile"]
            ),
        ),
        "zones": (
            "zones.gpkg",
            lambda path: outputs.write_zones(
                path, found.profiles, found.alignment, line.crs, tables["zones"]
            ),
        ),
    }
    if found.sections:
        strips = [tracks[0] for tracks in found.sections]
        writers["sections"] = (
            "sections.gpkg",
            lambda path: outputs.write_sections(path, strips, line.crs, found.alignment),
        )
    for name, columns in tables.items():
        writers[_TABLE_ROLES.get(name, f"{name}_csv")] = (f"{name}.csv", _csv(columns))
    if params.xlsx:
        writers["xlsx"] = ("profile.xlsx", lambda path: write_xlsx(path, tables))
    formats = {"svg": to_svg, **({"pdf": to_pdf} if params.pdf else {})}
    for name, figure in figures.items():
        role = _FIGURE_ROLES.get(name, f"{name}_figure")
        writers[role] = (f"{name}.png", _bytes(pictures[name]))
        for suffix, convert in formats.items():
            writers[f"{role}_{suffix}"] = (f"{name}.{suffix}", _image(figure, convert))
    writers["report"] = ("report.html", lambda path: write_report(path, result, found, pictures))
    result.files.update({role: folder / name for role, (name, _) in writers.items()})
    every = [*result.files.values(), folder / RESULT]
    stale = _listed(folder) - set(every)
    with atomic.output_folder(folder), atomic.replacing_all(every) as temporary:
        for number, ((_, write), path) in enumerate(zip(writers.values(), temporary)):
            monitor.step(0.3 + 0.6 * number / len(writers))
            write(path)
        _write_result(result, params, key, temporary[-1])
        monitor.step(1.0)
    for path in stale:
        with suppress(PermissionError):  # Windows keeps what another program holds open
            atomic.remove_file(path)
    result.files["result"] = folder / RESULT


def _listed(folder: Path) -> set[Path]:
    """Files of the earlier result that a folder holds, which a run with fewer outputs would leave behind."""
    try:
        document = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, dict) or document.get("algorithm") != "corridorprofile":
        return set()
    return {folder / Path(str(name)).name for name in files.values()}


def _figures(found: Analysis) -> dict[str, Figure]:
    """The figures that this run has, by the name of their file."""
    from ..figures.corridor import profile_figure
    from ..figures.corridor_heatmap import heatmap_figure
    from ..figures.corridor_section import section_figure

    figures = {"profile": profile_figure(found)}
    if found.heats:
        figures["heatmap"] = heatmap_figure(found)
    if found.sections:
        figures["sections"] = section_figure(found)
    return figures


def _csv(columns: Columns) -> Callable[[Path], Path]:
    return lambda path: outputs.write_csv(path, columns)


def _bytes(data: bytes) -> Callable[[Path], int]:
    return lambda path: path.write_bytes(data)


def _image(figure: Figure, convert: Callable[[Figure], bytes]) -> Callable[[Path], int]:
    return lambda path: path.write_bytes(convert(figure))


def _write_result(result: Result, params: CorridorParams, key: str, temporary: Path) -> None:
    described: dict[str, Any] = {
        "line": params.line.name,
        "points": [entry.path if isinstance(entry, PointFile) else entry.name for entry in params.points],
        "raster": str(params.raster),
        "land_use": params.land_use.name if params.land_use else "",
        "stations": params.stations.name if params.stations else "",
        "distance_to": params.distance_to.name if params.distance_to else "",
        "limit": params.limit.describe(),
    }
    described.update({name: getattr(params, name) for name in _PLAIN})
    result.write({**described, "fingerprint": key}, VERSION, temporary.name)

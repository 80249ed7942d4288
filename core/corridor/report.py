"""The HTML report of a corridor profile."""

from __future__ import annotations

from pathlib import Path

from .. import manifest
from ..component import SENSES, TITLES, VERTICAL
from ..metadata_sheet import metadata_sheet
from ..pointsource import PointFile
from ..report import Report
from ..result import Result
from .analysis import Analysis
from .outputs import Columns
from .params import CorridorParams
from .tables import limit_columns, station_columns

_ROWS = 40  # of a table; all are in the files
_HEATMAP = (
    "Mean displacement of each bin on each date, relative to what the series are relative to. Grey: no data on that "
    "date, or in that bin."
)


def write_report(path: Path, result: Result, found: Analysis, pictures: dict[str, bytes]) -> Path:
    """Figures (PNG by name), zones, stations, limits, tracks, numbers and what was assumed."""
    params, subject = found.params, found.subject
    name = params.line.name or "the line"
    report = Report(f"Corridor profile of {name}", _subtitle(params))
    report.warnings(result.warnings)
    report.image(pictures["profile"], _caption())
    if "heatmap" in pictures:
        report.image(pictures["heatmap"], _HEATMAP)
    report.heading("Affected zones")
    _zones(report, found)
    _assessment(report, result, found)
    if "sections" in pictures:
        report.heading("Cross-sections")
        report.image(
            pictures["sections"], f"Dots: {subject}. Lines: median of each piece of {params.bin:g} m."
        )
    report.heading("Numbers")
    report.numbers(result)
    report.heading("Tracks" if len(found.profiles) > 1 else "Data")
    report.table(
        (
            "Track",
            "Source",
            f"{subject.capitalize()} in the corridor",
            "Area [km²]",
            "Density [per km²]",
            "Affected [m]",
            "Lowest median [mm/yr]",
            "Incidence",
        ),
        [_track_row(entry) for entry in result.tables["tracks"]],
    )
    _sheets(report, params)
    if result.tables.get("land_use"):
        report.heading("Land use")
        report.table(
            ("Track", "Class", subject.capitalize(), "Area [km²]", "Density [per km²]"),
            [tuple(entry.values()) for entry in result.tables["land_use"]],
        )
    report.method(_method(found))
    return report.write(path)


def _subtitle(params: CorridorParams) -> str:
    return (
        f"{TITLES[params.component]}, {SENSES[params.component]}; up to {params.radius:g} m from the line, "
        f"bins of {params.bin:g} m, threshold {params.threshold:g} mm/yr"
    )


def _caption() -> str:
    text = (
        "Grey: number of values per cell. Bands: quantiles of each bin. Line: median of each bin; "
        "bins without data are left open."
    )
    return f"{text} Red: zones past the threshold, numbered as in the table."


def _zones(report: Report, found: Analysis) -> None:
    params, km = found.params, found.km
    rows = []
    near = iter([entry for track in found.distances for entry in track])
    for profile in found.profiles:
        for number, zone in enumerate(profile.zones, 1):
            distance, label = next(near, (None, ""))
            rows.append(
                (
                    profile.track.name,
                    number,
                    _km(km.one(zone.start)),
                    _km(km.one(zone.stop)),
                    round(zone.length),
                    round(zone.affected),
                    round(zone.minimum, 1),
                    round(zone.mean, 1),
                    round(zone.maximum, 1),
                    _km(km.one(zone.peak)),
                    "" if distance is None else f"{distance:,.0f} m {label}".strip(),
                )
            )
    if not rows:
        report.paragraph(f"No bin passes {params.threshold:g} mm/yr.")
        return
    report.table(
        (
            "Track",
            "Zone",
            "From [km]",
            "To [km]",
            "Length [m]",
            "Affected [m]",
            "Lowest [mm/yr]",
            "Mean [mm/yr]",
            "Highest [mm/yr]",
            "Peak at [km]",
            "Nearest polygon",
        ),
        rows[:_ROWS],
    )
    _more(report, len(rows), "zones", "zones.csv")


def _assessment(report: Report, result: Result, found: Analysis) -> None:
    """Classes, stations, and stretches over the limit of differential settlement."""
    amber, red = found.params.class_limits
    report.heading("Classes")
    report.table(
        ("Track", "Green [m]", f"Amber, from {amber:g} mm/yr [m]", f"Red, from {red:g} mm/yr [m]"),
        [(row["track"], row["green_m"], row["amber_m"], row["red_m"]) for row in result.tables["tracks"]],
    )
    if found.params.limit.given:
        report.heading(f"Differential settlement past its limit ({found.params.limit.describe()})")
        header = (
            "Track",
            "From [km]",
            "To [km]",
            "Joints",
            "[mm/yr per 100 m]",
            "[µrad/yr]",
            "Years to the limit",
        )
        _rows(report, header, limit_columns(found), "stretches", "limits.csv", "No joint passes the limit.")
    if found.stations:
        report.heading("Stations")
        header = (
            "Track",
            "Station",
            "Chainage [km]",
            "From the line [m]",
            "Values",
            "Median [mm/yr]",
            "Class",
        )
        _rows(report, header, station_columns(found), "stations", "stations.csv", "")


def _rows(
    report: Report, header: tuple[str, ...], columns: Columns, what: str, file: str, empty: str
) -> None:
    """A table of columns, chainages as kilometres."""
    shown = [
        [_km(value) for value in values] if name.startswith("chainage") else values
        for name, (_, values) in columns.items()
    ]
    rows = list(zip(*shown))
    if not rows:
        report.paragraph(empty)
        return
    report.table(header[: len(shown)], rows[:_ROWS])
    _more(report, len(rows), what, file)


def _more(report: Report, count: int, what: str, file: str) -> None:
    if count > _ROWS:
        report.paragraph(f"{count - _ROWS} more {what} are in {file}.")


def _sheets(report: Report, params: CorridorParams) -> None:
    """Sensor, track, time span and angles of the displacement folders that the rates come from."""
    files = [points.path for points in params.points if isinstance(points, PointFile)]
    if str(params.raster):
        files.append(str(params.raster))
    folders = dict.fromkeys(Path(file).expanduser().absolute().parent for file in files)
    for folder in folders:
        if (folder / manifest.NAME).is_file():
            title = "Value" if len(folders) == 1 else folder.name
            report.table(("Property", title), metadata_sheet(manifest.load(folder)))


def _track_row(entry: dict) -> tuple:
    return (
        entry["track"],
        entry["source"],
        entry["points"],
        entry["area_km2"],
        entry["density_per_km2"],
        entry["affected_length_m"],
        entry["lowest_median_mm_yr"],
        entry["incidence"],
    )


def _method(found: Analysis) -> list[str]:
    params, joined, subject = found.params, found.joined, found.subject
    side = "at or below" if params.threshold < 0 else "at or above"
    crs = joined.alignment.crs
    system = crs if len(crs) < 40 else "the line's own metric system"
    parts = (
        f"the line has {joined.parts} parts, joined by the nearest ends in the direction of the first part "
    )
    parts += f"({joined.reversed_parts} ran backwards and were turned)"
    return [
        f"Chainage: {parts if joined.parts > 1 else 'along the line as it was drawn'}. "
        f"Lengths are plane lengths in {system}; they are "
        f"{abs(joined.scale - 1) * 100:.3f} % {'longer' if joined.scale > 1 else 'shorter'} than on the ellipsoid. "
        f"{_counting(found)}",
        f"Corridor: {subject} within {params.radius:g} m of the line and abreast of it; those past its ends do not "
        "count. The area is that of the corridor inside the convex hull of the data, so gaps inside the data count "
        "as area.",
        f"Zones: bins whose median is {side} {params.threshold:g} mm/yr. Bins between them that are slower or have "
        f"no data are bridged up to {params.max_gap:g} m but do not count as affected. {_least(params.min_length)}"
        "Bins without data have no value: they are never taken as stable.",
        "Differential settlement is the difference of neighbouring medians over the distance of their middles; no "
        "difference is taken across bins without data. Angular distortion is its absolute value as an angle, "
        "without removing a common tilt. Curvature is positive in a sag.",
        _assumption(params.component),
    ]


def _counting(found: Analysis) -> str:
    """How the chainage counts, where it is not the length from the start as drawn."""
    texts = []
    if found.params.reverse:
        texts.append("Chainage begins at the end of the line as drawn.")
    if found.km.unit:
        texts.append(
            "Chainages are the line's M values, linear between its vertices; lengths are those of the line."
        )
    return " ".join(texts)


def _least(min_length: float) -> str:
    return f"Zones with less than {min_length:g} m of affected line are left out. " if min_length else ""


def _assumption(component: str) -> str:
    if component == VERTICAL:
        return (
            "Vertical rates are line-of-sight rates divided by the cosine of the incidence angle: this assumes that "
            "there is no horizontal motion."
        )
    return "Rates are along the line of sight, positive toward the satellite; they are not vertical rates."


def _km(metres: float) -> str:
    return f"{metres / 1000:.3f}"

"""`layers.qlr`: the displacement of every date as a QGIS layer definition, written without QGIS.

One collapsed, unchecked group; each raster has its place on the time line (from its date to the
day before the next) and one common colour scale. Paths are relative to the file.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from .. import atomic
from .. import crs as coordinates
from ..stack import Grid
from . import outputs

NAME = "layers.qlr"
# Red is motion away from the satellite (down), blue toward it, as in resources/styles/displacement.qml.
_COLOURS = (
    "#67001f", "#b2182b", "#d6604d", "#f4a582", "#fddbc7", "#f7f7f7",
    "#d1e5f0", "#92c5de", "#4393c3", "#2166ac", "#053061",
)  # fmt: skip


def write_layers(path: Path, title: str, grid: Grid, dates: Sequence[date], limit: float) -> Path:
    """Write the layer definition; `limit` [mm] is the end of the colour scale on both sides."""
    limit = limit if limit > 0 else 1.0
    crs = _crs(grid)
    nodes = "".join(_node(day) for day in dates)
    layers = "".join(_layer(day, _last_day(dates, number), crs, limit) for number, day in enumerate(dates))
    atomic.write_text(
        path,
        "<!DOCTYPE qgis-layer-definition>\n<qlr>\n"
        '<layer-tree-group name="" checked="Qt::Checked" expanded="1">\n'
        f'<layer-tree-group name={_quoted(title)} checked="Qt::Unchecked" expanded="0">\n'
        f"{nodes}</layer-tree-group>\n</layer-tree-group>\n<maplayers>\n{layers}</maplayers>\n</qlr>\n",
    )
    return path


def _node(day: date) -> str:
    return (
        f"<layer-tree-layer id={_quoted(_id(day))} name={_quoted(_title(day))} "
        f'source={_quoted(_source(day))} providerKey="gdal" checked="Qt::Unchecked" expanded="0"/>\n'
    )


def _layer(day: date, last: date, crs: str, limit: float) -> str:
    return (
        '<maplayer type="raster" hasScaleBasedVisibilityFlag="0">\n'
        f"<id>{_id(day)}</id>\n<datasource>{_source(day)}</datasource>\n<layername>{_title(day)}</layername>\n"
        f"{crs}<provider>gdal</provider>\n"
        "<flags><Identifiable>1</Identifiable><Removable>1</Removable><Searchable>1</Searchable></flags>\n"
        '<temporal enabled="1" mode="0" fetchMode="0"><fixedRange>'
        f"<start>{day.isoformat()}T00:00:00Z</start><end>{last.isoformat()}T23:59:59Z</end>"
        "</fixedRange></temporal>\n"
        f"{_renderer(limit)}</maplayer>\n"
    )


def _renderer(limit: float) -> str:
    middle = len(_COLOURS) // 2
    values = [limit * (place - middle) / middle for place in range(len(_COLOURS))]
    stops = ":".join(
        f"{place / (2 * middle):.3g};{_rgba(_COLOURS[place])}" for place in range(1, len(_COLOURS) - 1)
    )
    items = "".join(
        f'<item value="{value:.6g}" label="{_label(value)} mm" color="{colour}" alpha="255"/>'
        for value, colour in zip(values, _COLOURS)
    )
    return (
        '<pipe><rasterrenderer type="singlebandpseudocolor" band="1" alphaBand="-1" opacity="1" nodataColor="" '
        f'classificationMin="{-limit:.6g}" classificationMax="{limit:.6g}">'
        "<minMaxOrigin><limits>None</limits><extent>WholeRaster</extent></minMaxOrigin>"
        '<rastershader><colorrampshader colorRampType="INTERPOLATED" classificationMode="1" clip="0" '
        f'minimumValue="{-limit:.6g}" maximumValue="{limit:.6g}" labelPrecision="1">'
        '<colorramp type="gradient" name="[source]"><Option type="Map">'
        f'<Option type="QString" name="color1" value="{_rgba(_COLOURS[0])}"/>'
        f'<Option type="QString" name="color2" value="{_rgba(_COLOURS[-1])}"/>'
        '<Option type="QString" name="discrete" value="0"/><Option type="QString" name="rampType" value="gradient"/>'
        f'<Option type="QString" name="stops" value="{stops}"/></Option></colorramp>'
        f"{items}"
        '<rampLegendSettings useContinuousLegend="1" prefix="" suffix=" mm" minimumLabel="" maximumLabel="" '
        'direction="0" orientation="2"/>'
        "</colorrampshader></rastershader></rasterrenderer>"
        '<brightnesscontrast brightness="0" contrast="0" gamma="1"/><rasterresampler maxOversampling="2"/></pipe>\n'
    )


def _crs(grid: Grid) -> str:
    """The system as QGIS notes it; WKT alone is enough, the code makes it the well-known one."""
    if not grid.crs:
        return ""
    reference = coordinates.parse(grid.crs)
    code = reference.GetAuthorityCode(None)
    authority = f"<authid>{reference.GetAuthorityName(None)}:{code}</authid>" if code else ""
    wkt = html.escape(reference.ExportToWkt(["FORMAT=WKT2_2019"]), quote=False)
    return f"<srs><spatialrefsys><wkt>{wkt}</wkt>{authority}</spatialrefsys></srs>\n"


def _last_day(dates: Sequence[date], number: int) -> date:
    """A raster is shown until the day before the next; the last one as long as the one before it."""
    if number + 1 < len(dates):
        return dates[number + 1] - timedelta(days=1)
    return (
        dates[number] + (dates[number] - dates[number - 1]) - timedelta(days=1) if number else dates[number]
    )


def _quoted(text: str) -> str:
    return f'"{html.escape(text)}"'


def _id(day: date) -> str:
    return f"groundline_displacement_{day:%Y%m%d}"


def _title(day: date) -> str:
    return day.isoformat()


def _source(day: date) -> str:
    return f"./{outputs.date_file(day)}"


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},255"


def _label(value: float) -> str:
    return "0" if value == 0 else f"{value:.3g}"

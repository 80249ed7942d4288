"""Distance of zones to given polygons, such as mining areas."""

from __future__ import annotations

from osgeo import ogr

from ..errors import InputError
from ..vector import VectorInput
from .chainage import Alignment
from .zones import Zone


def polygon_distances(
    zones: list[Zone], layer: VectorInput, field: str, alignment: Alignment
) -> list[tuple[float, str]]:
    """Plane distance [m] of each zone's piece of the line to the nearest polygon, 0 inside, and that one's label.

    Without a field the polygons are numbered.
    """
    layer.check("DISTANCE_TO", ("polygon",), "polygons")
    rows = layer.attributes or tuple({} for _ in layer.wkb)
    if field and field not in rows[0]:
        seen = ", ".join(rows[0]) or "it has none"
        raise InputError("DISTANCE_FIELD", field, f"a field of {layer.name or 'the layer'}: {seen}")
    polygons = layer.geometries(alignment.crs)
    labels = [str(row[field] if field else number) for number, row in enumerate(rows, 1)]
    out = []
    for zone in zones:
        line = ogr.Geometry(ogr.wkbLineString)
        for x, y in alignment.piece(zone.start, zone.stop).tolist():
            line.AddPoint_2D(x, y)
        distances = [float(line.Distance(polygon)) for polygon in polygons]
        nearest = min(range(len(distances)), key=distances.__getitem__)
        out.append((distances[nearest], labels[nearest]))
    return out

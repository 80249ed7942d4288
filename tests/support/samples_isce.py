"""A small ISCE2 stack, topsStack or stripmapStack, in radar geometry or geocoded."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .samples import TRANSFORM, TRUTH, Truth, filled, text_file


def image(path: Path, bands: list[NDArray[Any]], geocoded: bool = False) -> Path:
    """Bands by line with the header that ISCE's Image.renderHdr writes."""
    rows, cols = bands[0].shape
    kind = {"f4": "FLOAT", "f8": "DOUBLE"}[bands[0].dtype.str[1:]]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.stack(bands, axis=1).tofile(path)  # lines of the first band, then of the second
    start_x, step_x, start_y, step_y = 0.0, 1.0, 0.0, 1.0
    if geocoded:
        start_x, step_x, start_y, step_y = TRANSFORM[0], TRANSFORM[1], TRANSFORM[3], TRANSFORM[5]
    axes = "".join(
        f'<component name="coordinate{number}"><factorymodule>isceobj.Image</factorymodule>'
        f'<property name="delta"><value>{step!r}</value></property>'
        f'<property name="size"><value>{size}</value></property>'
        f'<property name="startingvalue"><value>{start!r}</value></property></component>\n'
        for number, start, step, size in ((1, start_x, step_x, cols), (2, start_y, step_y, rows))
    )
    properties = {
        "access_mode": "read", "byte_order": "l", "data_type": kind, "file_name": path.name, "length": rows,
        "number_bands": len(bands), "scheme": "BIL", "width": cols,
    }  # fmt: skip
    text_file(
        path.with_name(path.name + ".xml"),
        "<imageFile>\n"
        + axes
        + "".join(
            f'<property name="{key}"><value>{value}</value></property>\n' for key, value in properties.items()
        )
        + "</imageFile>\n",
    )
    return path


def write_isce(folder: Path, geocoded: bool = False, stripmap: bool = False, truth: Truth = TRUTH) -> Path:
    """Pairs, geometry, baselines and (topsStack) the reference's IW2.xml."""
    end = ".geo" if geocoded else ""
    ones = np.ones(truth.shape, np.float32)
    for first, second in truth.pairs:
        name = truth.name(first, second)
        place = folder / "Igrams" / name if stripmap else folder / "merged" / "interferograms" / name
        stem = f"filt_{name}" if stripmap else "filt_fine"
        image(place / f"{stem}.unw{end}", [ones, filled(truth.phase(first, second))], geocoded)
        image(place / f"{stem}.cor{end}", [filled(truth.coherence(first, second))], geocoded)
    geometry = folder / ("geom_reference" if stripmap else "merged/geom_reference")
    east, north, _ = truth.los()
    azimuth = math.degrees(math.atan2(north, east)) - 90.0  # from north, anticlockwise, target to satellite
    angles = [ones * np.float32(truth.incidence_deg), ones * np.float32(azimuth)]
    image(geometry / f"los.rdr{end}", angles, geocoded)
    image(geometry / f"hgt.rdr{end}", [truth.height().astype("f8")], geocoded)
    lon, lat = truth.places()
    image(geometry / "lon.rdr", [lon])
    image(geometry / "lat.rdr", [lat])
    for index, bperp in list(enumerate(truth.bperp))[1:]:
        name = truth.name(0, index)
        if stripmap:
            text = f"PERP_BASELINE_BOTTOM {-bperp - 1.0}\nPERP_BASELINE_TOP {-bperp + 1.0}\n"
            text_file(folder / "baselines" / f"{name}.txt", text)
        else:
            text = "".join(
                f"swath: IW{swath}\nBperp (average): {bperp + shift}\nBpar (average): 1.5\n"
                for swath, shift in ((1, -3.0), (2, 3.0))
            )
            text_file(folder / "baselines" / name / f"{name}.txt", text)
    if not stripmap:
        _reference(folder / "reference" / "IW2.xml", truth)
    return folder


def _reference(path: Path, truth: Truth) -> None:
    properties = {
        "radarwavelength": truth.wavelength, "passdirection": "ASCENDING", "polarization": "VV",
        "tracknumber": 117, "startingrange": truth.slant_range - 4e4, "rangepixelsize": 2.0,
        "numberofsamples": 40_000,
    }  # fmt: skip
    bursts = "".join(
        f'<component name="burst{number}">'
        + "".join(
            f'<property name="{key}"><value>{value}</value><doc>text</doc></property>'
            for key, value in properties.items()
        )
        + "</component>"
        for number in (1, 2)
    )
    text_file(
        path,
        f'<productmanager_name><component name="instance"><component name="bursts">{bursts}</component>'
        '<property name="numberofbursts"><value>2</value></property></component></productmanager_name>',
    )

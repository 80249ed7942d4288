"""A small folder of SNAP products (BEAM-DIMAP), terrain-corrected or in radar geometry."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .samples import TRANSFORM, TRUTH, Truth, filled, text_file

WKT = (
    'GEOGCS["WGS84(DD)", DATUM["WGS84", SPHEROID["WGS84", 6378137.0, 298.257223563]], PRIMEM["Greenwich", 0.0], '
    'UNIT["degree", 0.017453292519943295], AXIS["Geodetic longitude", EAST], AXIS["Geodetic latitude", NORTH]]'
)


def snap_date(day: date) -> str:
    """01Jan2020."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day:02d}{months[day.month - 1]}{day.year}"


def product(
    path: Path,
    bands: dict[str, NDArray[Any]],
    truth: Truth,
    baselines: dict[tuple[date, date], float],
    projected: bool = True,
) -> Path:
    """A .dim with its .data: big-endian rasters, 0 declared as no data for phase and coherence."""
    rows, cols = truth.shape
    files = infos = ""
    for index, (name, values) in enumerate(bands.items()):
        place = path.with_suffix(".data") / f"{name}.img"
        place.parent.mkdir(parents=True, exist_ok=True)
        values.astype(">f4").tofile(place)
        text_file(
            place.with_suffix(".hdr"),
            f"ENVI\ndescription = {{x}}\nsamples = {cols}\nlines = {rows}\nbands = 1\nheader offset = 0\n"
            f"file type = ENVI Standard\ndata type = 4\ninterleave = bsq\nbyte order = 1\nband names = {{ {name} }}\n",
        )
        files += (
            f'<Data_File><DATA_FILE_PATH href="{path.stem}.data/{name}.hdr"/>'
            f"<BAND_INDEX>{index}</BAND_INDEX></Data_File>\n"
        )
        used = "true" if name.lower().startswith(("unw", "coh")) else "false"
        infos += (
            f"<Spectral_Band_Info><BAND_INDEX>{index}</BAND_INDEX><BAND_NAME>{name}</BAND_NAME>"
            "<SCALING_FACTOR>1.0</SCALING_FACTOR><SCALING_OFFSET>0.0</SCALING_OFFSET><LOG10_SCALED>false</LOG10_SCALED>"
            f"<NO_DATA_VALUE_USED>{used}</NO_DATA_VALUE_USED><NO_DATA_VALUE>0.0</NO_DATA_VALUE></Spectral_Band_Info>\n"
        )
    infos += (
        f"<Spectral_Band_Info><BAND_INDEX>{len(bands)}</BAND_INDEX><BAND_NAME>Intensity</BAND_NAME>"
        "<VIRTUAL_BAND>true</VIRTUAL_BAND><EXPRESSION>i*i</EXPRESSION></Spectral_Band_Info>\n"
    )
    x, dx, _, y, _, dy = TRANSFORM
    transform = f"{dx!r},0.0,0.0,{dy!r},{x!r},{y!r}"
    place = (
        f"<IMAGE_TO_MODEL_TRANSFORM>{transform}</IMAGE_TO_MODEL_TRANSFORM>"
        if projected
        else "<Geoposition_Points/>"
    )
    attributes = {
        "MISSION": "SENTINEL-1A", "PASS": "ASCENDING", "REL_ORBIT": 117, "mds1_tx_rx_polar": "VV",
        "radar_frequency": 299.792458 / truth.wavelength, "slant_range_to_first_pixel": truth.slant_range,
        "incidence_near": truth.incidence_deg - 0.1, "incidence_far": truth.incidence_deg + 0.1,
        "centre_heading": truth.heading_deg + 360.0, "range_looks": 19.0, "azimuth_looks": 5.0,
        "avg_scene_height": 99999.0,
    }  # fmt: skip
    text_file(
        path,
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
        f'<Dimap_Document name="{path.name}">\n'
        f"<Coordinate_Reference_System><WKT>{WKT}</WKT></Coordinate_Reference_System>\n"
        f"<Geoposition>{place}</Geoposition>\n"
        f"<Raster_Dimensions><NCOLS>{cols}</NCOLS><NROWS>{rows}</NROWS><NBANDS>{len(bands)}</NBANDS></Raster_Dimensions>\n"
        f"<Data_Access>{files}</Data_Access>\n<Image_Interpretation>{infos}</Image_Interpretation>\n"
        '<Dataset_Sources><MDElem name="metadata"><MDElem name="Abstracted_Metadata">\n'
        + "".join(
            f'<MDATTR name="{key}" type="ascii">{value}</MDATTR>\n' for key, value in attributes.items()
        )
        + '<MDElem name="Baselines">'
        + "".join(
            f'<MDElem name="Ref_{snap_date(a)}"><MDElem name="Secondary_{snap_date(b)}">'
            f'<MDATTR name="Perp Baseline" type="float64">{value}</MDATTR></MDElem></MDElem>\n'
            for (a, b), value in baselines.items()
        )
        + "</MDElem></MDElem></MDElem></Dataset_Sources>\n</Dimap_Document>\n",
    )
    return path


def write_snap(
    folder: Path, projected: bool = True, turned: tuple[int, ...] = (), truth: Truth = TRUTH
) -> Path:
    """One product per pair; in `turned` ones the later image is the reference, as SNAP often chooses."""
    for number, (first, second) in enumerate(truth.pairs):
        a, b = (second, first) if number in turned else (first, second)
        sign = -1.0 if number in turned else 1.0
        names = f"VV_{snap_date(truth.dates[a])}_{snap_date(truth.dates[b])}"
        bands: dict[str, NDArray[Any]] = {
            f"Unw_Phase_ifg_{names}": sign * filled(truth.phase(first, second)),
            f"coh_{names}": filled(truth.coherence(first, second)),
            "elevation": truth.height(),
        }
        if projected:
            bands["incidenceAngleFromEllipsoid"] = np.full(truth.shape, truth.incidence_deg, np.float32)
        else:
            bands["orthorectifiedLon"], bands["orthorectifiedLat"] = truth.places()
        baselines = {(truth.dates[a], truth.dates[b]): -(truth.bperp[b] - truth.bperp[a])}  # SNAP's own sign
        ending = "_TC" if projected else ""
        product(folder / f"{truth.name(first, second)}_unw{ending}.dim", bands, truth, baselines, projected)
    return folder

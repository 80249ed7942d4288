"""Sentinel-1 IW SLC images: a SAFE folder or zip as a Product.

Read are manifest.safe (processor version, orbit numbers, pass, times) and annotation/*.xml of the swaths asked for.
The pixels of measurement/*.tiff stay where they are; `safe_measurement` reads them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ..errors import InputError
from ..xmltree import Element, parse_bytes
from .annotation import read_swath
from .bursts import POLARISATIONS, SWATHS, Product, Swath, midnight
from .safe_files import MANIFEST, WHAT, SafeFiles, damaged, open_files

ANNOTATION = re.compile(r"annotation/s1[a-d]-(iw[123])-slc-(vv|vh|hh|hv)-[\w-]+\.xml", re.IGNORECASE)
PHASE_KEPT_SINCE = (2, 43)


def read_product(path: Path, swaths: tuple[str, ...] = SWATHS, polarisation: str = "VV") -> Product:
    """An image with the swaths asked for, in one polarisation.

    Raises InputError when the SAFE is damaged, or has not each of the swaths in that polarisation.
    """
    _check(swaths, polarisation)
    files = open_files(path)
    product = _of_manifest(files)
    present = _annotations(files)
    missing = [swath for swath in swaths if (swath, polarisation) not in present]
    if missing:
        raise InputError(
            "Swath and polarisation",
            f"{', '.join(missing)} {polarisation}",
            ", ".join(f"{swath} {pol}" for swath, pol in sorted(present)) or f"(none found in {path})",
            f"Choose what the image {path.name} holds, or download the whole image",
        )
    return replace(
        product, swaths=tuple(_swath(files, present[swath, polarisation], product) for swath in swaths)
    )


def swaths_of(path: Path, polarisation: str) -> tuple[str, ...]:
    """The swaths that an image holds in a polarisation."""
    return tuple(sorted(swath for swath, pol in _annotations(open_files(path)) if pol == polarisation))


def _annotations(files: SafeFiles) -> dict[tuple[str, str], str]:
    """Names of the annotation files by swath and polarisation."""
    return {
        (match[1].upper(), match[2].upper()): name
        for name in files.names
        if (match := ANNOTATION.fullmatch(name)) is not None
    }


def _check(swaths: tuple[str, ...], polarisation: str) -> None:
    if not swaths or not set(swaths) <= set(SWATHS) or len(set(swaths)) != len(swaths):
        raise InputError("Swath", ", ".join(swaths) or "(none)", ", ".join(SWATHS), "Choose each swath once")
    if polarisation not in POLARISATIONS:
        raise InputError("Polarisation", polarisation, ", ".join(POLARISATIONS))


def _swath(files: SafeFiles, name: str, product: Product) -> Swath:
    stem = name.rpartition("/")[2][: -len(".xml")].lower()
    measurement = next(
        (
            other
            for other in files.names
            if other.lower() in {f"measurement/{stem}.tiff", f"measurement/{stem}.tif"}
        ),
        "",
    )
    return read_swath(
        files.read(name),
        f"{files.path.name}/{name}",
        midnight(product.start),
        product.track,
        files.gdal_name(measurement) if measurement else "",
    )


def refuse_old_processor(product: Product) -> None:
    """Refuse images whose phase cannot be used as it is."""
    if product.ipf < PHASE_KEPT_SINCE:
        raise InputError(
            "Sentinel-1 processor",
            f"IPF {product.ipf[0]}.{product.ipf[1]:02d} ({Path(product.path).name})",
            "images of IPF 2.43 (March 2015) or newer",
            "IPF 2.36 and older leave the phase of the elevation antenna pattern in the image, which differs between "
            "swaths and dates and would look like motion. Download the reprocessed image, or leave out this date",
        )


def _of_manifest(files: SafeFiles) -> Product:
    """What manifest.safe says of the image, without swaths."""
    root = parse_bytes(files.read(MANIFEST), f"{files.path.name}/{MANIFEST}", WHAT)
    try:
        return Product(
            path=str(files.path),
            platform="S1" + _text(root, "number"),
            absolute_orbit=int(_text(root, "orbitNumber")),
            track=int(_text(root, "relativeOrbitNumber")),
            direction=_text(root, "pass").lower(),
            ipf=_ipf(root),
            start=datetime.fromisoformat(_text(root, "startTime").rstrip("Z")),
            stop=datetime.fromisoformat(_text(root, "stopTime").rstrip("Z")),
            swaths=(),
        )
    except ValueError as error:
        raise damaged(files.path, f"{MANIFEST}: {error}") from error


def _local(root: Element, name: str) -> list[Element]:
    """All elements of a name, whatever the prefix of its namespace; the first is the start of the image."""
    found = []
    for child in root.children:
        if child.name.rpartition(":")[2] == name:
            found.append(child)
        found.extend(_local(child, name))
    return found


def _text(root: Element, name: str) -> str:
    found = next((element.text for element in _local(root, name) if element.text), None)
    if found is None:
        raise ValueError(f"no {name}")
    return found


def _ipf(root: Element) -> tuple[int, int]:
    for element in _local(root, "software"):
        match = re.fullmatch(r"0*(\d+)\.(\d+)", element.attributes.get("version", ""))
        if "IPF" in element.attributes.get("name", "") and match:
            return int(match[1]), int(match[2])
    raise ValueError("no version of the Sentinel-1 IPF")

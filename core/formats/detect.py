"""Which family a folder holds, and why."""

from __future__ import annotations

from ..errors import InputError
from .base import Reader
from .gamma import GammaReader
from .generic import GenericReader
from .gmtsar import GmtsarReader
from .hyp3 import Hyp3Reader
from .isce import IsceReader
from .licsar import LicsarReader
from .listing import Listing, two_dates
from .mintpy import MintpyReader
from .opera import OperaReader
from .params import AUTO
from .roipac import RoipacReader
from .snap import SnapReader

READERS: tuple[Reader, ...] = (
    GammaReader(),
    RoipacReader(),
    Hyp3Reader(),
    LicsarReader(),
    IsceReader(),
    SnapReader(),
    GmtsarReader(),
    OperaReader(),
    MintpyReader(),
    GenericReader(),
)


def choose(listing: Listing, wanted: str) -> tuple[Reader, str]:
    """The reader and a sentence that explains the choice.

    `wanted` is a family's name, or auto: then exactly one family must claim the folder.
    """
    if wanted != AUTO:
        reader = next(reader for reader in READERS if reader.name == wanted)
        why = reader.claims(listing)
        return reader, f"{reader.title} as chosen" + (f": {why}" if why else "")
    claims = [(reader, why) for reader in READERS if (why := reader.claims(listing))]
    if len(claims) == 1:
        reader, why = claims[0]
        return reader, f"auto found {reader.title}: {why}"
    if claims:
        found = "; ".join(f"{reader.name}: {why}" for reader, why in claims)
        raise InputError(
            "FORMAT",
            f"auto found {found}",
            "a folder with one family of files",
            "Choose the FORMAT, or a folder that holds one of them only",
        )
    dated = [path for path in listing.files if two_dates(path.name)]
    if dated:
        raise InputError(
            "INPUT",
            f"{listing.root}: {len(dated)} file(s) like {listing.show(dated[0])} with two dates in the name",
            f"files of a known family ({', '.join(reader.name for reader in READERS[:-1])})",
            "Choose FORMAT generic and state wavelength, sign and unit; GAMMA needs *_slc.par or *_base.par beside",
        )
    raise InputError(
        "INPUT",
        f"{listing.root}: {len(listing.files)} file(s), none an interferogram that is known",
        f"results of {', '.join(reader.title for reader in READERS[:-1])}, or rasters with two dates in their names",
        "Check the folder; unzip archives first",
    )

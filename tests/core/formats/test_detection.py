"""auto: each family's folder is claimed by its own reader and by no other."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from groundline_tests import samples, samples_gunw, samples_isce, samples_netcdf, samples_snap
from groundline_tests.samples import TRUTH

from groundline.core.errors import InputError
from groundline.core.formats.detect import READERS, choose
from groundline.core.formats.listing import Listing, scan
from groundline.core.formats.params import AUTO, FORMATS
from groundline.core.monitor import Monitor

SAMPLES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "gamma": ("gamma", samples.write_gamma),
    "roipac": ("roipac", samples.write_roipac),
    "hyp3": ("hyp3", samples.write_hyp3),
    "hyp3 of bursts": ("hyp3", lambda folder: samples.write_hyp3(folder, gamma=False)),
    "licsar": ("licsar", samples.write_licsar),
    "isce, topsStack": ("isce", samples_isce.write_isce),
    "isce, stripmapStack": ("isce", lambda folder: samples_isce.write_isce(folder, stripmap=True)),
    "isce, geocoded": ("isce", lambda folder: samples_isce.write_isce(folder, geocoded=True)),
    "snap": ("snap", samples_snap.write_snap),
    "snap, radar geometry": ("snap", lambda folder: samples_snap.write_snap(folder, projected=False)),
    "gmtsar": ("gmtsar", samples_netcdf.write_gmtsar),
    "gmtsar, radar geometry": ("gmtsar", lambda folder: samples_netcdf.write_gmtsar(folder, geocoded=False)),
    "opera": ("opera", samples_netcdf.write_opera),
    "generic": ("", samples.write_generic),
}


def listed(folder: Path) -> Listing:
    return scan(folder, Monitor())


@pytest.mark.parametrize("sample", list(SAMPLES))
def test_only_its_own_reader_claims_a_folder(sample: str, tmp_path: Path) -> None:
    family, write = SAMPLES[sample]
    listing = listed(write(tmp_path / "data"))
    claims = {reader.name: why for reader in READERS if (why := reader.claims(listing))}
    assert list(claims) == ([family] if family else [])
    if family:
        reader, why = choose(listing, AUTO)
        assert reader.name == family
        assert claims[family] in why


def test_mintpy_is_claimed_by_its_file_alone(tmp_path: Path) -> None:
    (tmp_path / "ifgramStack.h5").write_bytes(b"x")
    assert [reader.name for reader in READERS if reader.claims(listed(tmp_path))] == ["mintpy"]


@pytest.mark.parametrize(
    "name", [samples_gunw.gunw_name(TRUTH, 0, 1), "GUNW_insar.h5", "gunw.h5", "20200104_GUNW.h5"]
)
def test_a_gunw_is_isces_by_its_name_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert [reader.name for reader in READERS if reader.claims(listed(tmp_path))] == ["isce"]


@pytest.mark.parametrize(
    "name",
    [
        "NISAR_L1_PR_RUNW_001_030_A_019_002_2000_SH_20081012T060911_20081012T060925_20081127T061000_20081127T061014_X.h5",
        "S1-GUNW-A-R-064-tops-20190803_20180703-015014-36885N_35006N-PP-d1bd-v2_0_2.nc",
        "ifgramGUNWStack.h5",
    ],
)
def test_other_products_of_like_names_are_nobodys(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert [reader.name for reader in READERS if reader.claims(listed(tmp_path))] == []


def test_a_rsc_that_mintpy_wrote_beside_isces_files_makes_no_roipac_of_them(tmp_path: Path) -> None:
    samples_isce.write_isce(tmp_path / "data")
    for path in (tmp_path / "data").rglob("*.unw"):
        rows, cols = TRUTH.shape
        samples.text_file(path.with_name(path.name + ".rsc"), f"WIDTH {cols}\nFILE_LENGTH {rows}\n")
    assert choose(listed(tmp_path / "data"), AUTO)[0].name == "isce"


def test_two_families_are_named_both(tmp_path: Path) -> None:
    samples_snap.write_snap(tmp_path / "data")
    samples_netcdf.write_opera(tmp_path / "data")
    with pytest.raises(InputError) as caught:
        choose(listed(tmp_path / "data"), AUTO)
    assert "snap: 6 product(s)" in str(caught.value)
    assert "opera: 6 product(s)" in str(caught.value)


def test_what_is_known_is_what_is_offered(tmp_path: Path) -> None:
    assert [AUTO, *(reader.name for reader in READERS)] == list(FORMATS)
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        choose(listed(tmp_path), AUTO)
    for reader in READERS[:-1]:
        assert reader.title in str(caught.value)


def test_a_dim_without_its_data_is_not_snaps(tmp_path: Path) -> None:
    folder = samples_snap.write_snap(tmp_path / "data")
    for place in list(folder.glob("*.data")):
        shutil.rmtree(place)
    assert [reader.name for reader in READERS if reader.claims(listed(folder))] == []

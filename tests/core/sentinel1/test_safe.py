"""SAFE folders and zips: what is read, and a clear word about what is not usable."""

from __future__ import annotations

import math
import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from groundline_tests import samples_sentinel1 as sample
from osgeo import gdal

from groundline.core.errors import InputError
from groundline.core.sentinel1.safe import read_product, refuse_old_processor
from groundline.core.sentinel1.safe_files import find_images
from groundline.core.sentinel1.safe_measurement import BurstReader

PAIR = "s1-annotation-pair"


def test_a_folder_is_read_as_its_annotation_says(tmp_path: Path) -> None:
    product = read_product(sample.write_safe(tmp_path), ("IW1",))
    assert (product.platform, product.track, product.ipf, product.direction) == (
        "S1A",
        108,
        (3, 91),
        "ascending",
    )
    (swath,) = product.swaths
    first, second = swath.bursts
    assert swath.shape == (24, 20) and first.epoch == datetime(2025, 4, 6)
    assert first.azimuth_time == pytest.approx(2 * 3600 + 20 * 60 + 10, abs=1e-9)
    assert second.azimuth_time - first.azimuth_time == pytest.approx(sample.CYCLE, abs=1e-9)
    assert second.line_offset == 12
    assert first.steering_rate == pytest.approx(math.radians(1.59))
    assert first.valid_lines == sample.VALID_LINES and first.valid_samples == sample.VALID_SAMPLES
    assert first.range_spacing == pytest.approx(299792458 / 2 / 6.4e7)
    assert (first.azimuth_band.width, first.range_band.window) == (327.0, 0.75)
    # The Doppler polynomial of the second burst's time: 10 + 2.75 + 100 (tau - t0).
    assert second.doppler.at(5.36e-3) == pytest.approx(12.75 + 100 * 1e-5, rel=1e-9)
    assert first.line_of(first.times(7.25)) == pytest.approx(7.25, abs=1e-6)
    assert first.sample_of(first.ranges(3.5)) == pytest.approx(3.5, abs=1e-6)


def test_old_and_new_forms_of_the_fm_rate_mean_the_same(tmp_path: Path) -> None:
    safe = sample.write_safe(tmp_path)
    new = read_product(safe, ("IW1",)).swaths[0].bursts[0].fm_rate
    path = next((safe / "annotation").iterdir())
    path.write_text(sample.annotation(fm=sample.OLD_FM), encoding="utf-8")
    assert read_product(safe, ("IW1",)).swaths[0].bursts[0].fm_rate == new
    assert new.coefficients == (-2300.0, 4.5e5, -7.9e7)


def test_the_geometric_doppler_is_used_where_the_processor_used_it(tmp_path: Path) -> None:
    safe = sample.write_safe(tmp_path)
    path = next((safe / "annotation").iterdir())
    path.write_text(sample.annotation().replace("Data Analysis", "Orbit and Attitude"), encoding="utf-8")
    assert read_product(safe, ("IW1",)).swaths[0].bursts[0].doppler.coefficients == (7.0,)


def test_times_move_to_another_epoch(tmp_path: Path) -> None:
    burst = read_product(sample.write_safe(tmp_path), ("IW1",)).swaths[0].bursts[0]
    moved = burst.since(datetime(2025, 4, 5))
    assert moved.azimuth_time == burst.azimuth_time + 86400.0
    assert moved.doppler.azimuth_time == burst.doppler.azimuth_time + 86400.0
    assert moved.fm_rate.azimuth_time == burst.fm_rate.azimuth_time + 86400.0


def test_bursts_after_midnight_count_on(tmp_path: Path) -> None:
    product = read_product(sample.write_safe(tmp_path, start=datetime(2025, 4, 6, 23, 59, 58)), ("IW1",))
    first, second = product.swaths[0].bursts
    assert product.date.isoformat() == "2025-04-06" and first.epoch == second.epoch == datetime(2025, 4, 6)
    assert (first.azimuth_time, second.azimuth_time) == (86_398.0, 86_400.75)


@pytest.mark.parametrize(("platform", "polarisation"), [("B", "VH"), ("C", "HH"), ("D", "HV")])
def test_all_satellites_and_polarisations(platform: str, polarisation: str, tmp_path: Path) -> None:
    safe = sample.write_safe(tmp_path, platform=platform, polarisation=polarisation)
    product = read_product(safe, ("IW1",), polarisation)
    assert (product.platform, product.swaths[0].polarisation) == ("S1" + platform, polarisation)
    with pytest.raises(InputError, match=f"IW1 VV.*IW1 {polarisation}"):
        read_product(safe, ("IW1",), "VV")


@pytest.mark.parametrize(
    ("swaths", "polarisation"), [((), "VV"), (("IW4",), "VV"), (("IW1", "IW1"), "VV"), (("IW1",), "XX")]
)
def test_swaths_and_polarisations_that_do_not_exist(
    swaths: tuple[str, ...], polarisation: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="IW1, IW2, IW3|VV, VH, HH, HV"):
        read_product(tmp_path, swaths, polarisation)


def test_a_zip_is_read_in_place_with_the_same_result(tmp_path: Path) -> None:
    safe = sample.write_safe(tmp_path)
    with BurstReader(read_product(safe, ("IW1",)).swaths[0]) as reader:
        folder = reader.read(read_product(safe, ("IW1",)).swaths[0].bursts[1])
    swath = read_product(sample.zip_safe(safe), ("IW1",)).swaths[0]
    with BurstReader(swath) as reader:
        zipped = reader.read(swath.bursts[1])
        window = reader.read(swath.bursts[1], (5, 8), (1, 6))
    np.testing.assert_array_equal(folder, zipped)
    np.testing.assert_array_equal(window, zipped[5:8, 1:6])
    expected = np.zeros((12, 20), np.complex64)
    expected[2:11, 3:18] = sample.pixels()[14:23, 3:18]
    np.testing.assert_array_equal(zipped, expected)
    assert [entry.name for entry in tmp_path.iterdir()] == [sample.NAME + ".zip"]


def test_real_images(shared_data: Path) -> None:
    first, second = (read_product(path) for path in find_images(shared_data / PAIR))
    assert [swath.name for swath in first.swaths] == ["IW1", "IW2", "IW3"]
    assert [len(swath.bursts) for swath in second.swaths] == [9, 9, 9]
    burst = first.swaths[0].bursts[1]
    assert burst.label == "t108_230133_iw1"
    assert burst.valid_samples == (1066, 21453)
    assert len(first.swaths[0].orbit.times) == 17
    # Nearest to 02:20:13.75, the middle of burst 1.
    assert burst.fm_rate.coefficients[0] == pytest.approx(-2.319569253439430e3)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda text: text.replace("</product>", ""), "no element found"),
        (
            lambda text: text.replace("<product>", '<!DOCTYPE a [<!ENTITY b "c">]><product>', 1),
            "document type",
        ),
        (
            lambda text: text.replace("<slantRangeTime>5.34e-03<", "<slantRangeTime>near<"),
            "slantRangeTime = near",
        ),
        (lambda text: text.replace("<radarFrequency>5.405e+09<", "<radarFrequency>nan<"), "finite"),
        (lambda text: text.replace("linesPerBurst>12<", "linesPerBurst>13<"), "13 entries"),
        (lambda text: text.replace("numberOfLines>24<", "numberOfLines>25<"), "size of 2 bursts"),
        (lambda text: text.replace("<mode>IW<", "<mode>EW<"), "IW SLC"),
        (lambda text: text.replace("2025-04-06T02:20:10", "yesterday", 1), "time such as"),
    ],
)
def test_a_spoilt_annotation_is_refused_by_name(spoil: object, word: str, tmp_path: Path) -> None:
    safe = sample.write_safe(tmp_path)
    path = next((safe / "annotation").iterdir())
    path.write_text(spoil(sample.annotation()), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_product(safe, ("IW1",))
    assert word in str(caught.value) and path.name in str(caught.value)


def test_a_missing_swath_is_named_with_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="IW3 VV.*IW1 VV, IW2 VV"):
        read_product(sample.write_safe(tmp_path, ("IW1", "IW2")), ("IW2", "IW3"))


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_zip_cut_short_is_refused(kept: float, tmp_path: Path) -> None:
    path = sample.zip_safe(sample.write_safe(tmp_path))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(InputError, match="complete image"):
        read_product(path, ("IW1",))


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "S1A_other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "b")
    with pytest.raises(InputError, match="one SAFE"):
        read_product(path)


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    safe = sample.write_safe(tmp_path)
    (safe / "manifest.safe").unlink()
    with pytest.raises(InputError, match=r"manifest\.safe is missing"):
        read_product(safe, ("IW1",))


def test_a_measurement_of_another_size_is_refused(tmp_path: Path) -> None:
    safe = sample.write_safe(tmp_path)
    path = next((safe / "measurement").iterdir())
    sample.write_complex(path, sample.pixels()[:-1])
    with pytest.raises(InputError, match="23 x 20.*24 x 20 as its annotation"):
        with BurstReader(read_product(safe, ("IW1",)).swaths[0]):
            pass


def test_a_measurement_that_is_empty_absent_or_real_is_refused(tmp_path: Path) -> None:
    safe = sample.write_safe(tmp_path)
    path = next((safe / "measurement").iterdir())
    sample.write_complex(path, sample.pixels().real, gdal.GDT_Float32)
    for word in ("complex numbers", "complete file", "measurement files"):
        with pytest.raises(InputError, match=word):
            with BurstReader(read_product(safe, ("IW1",)).swaths[0]):
                pass
        if word == "complex numbers":
            path.write_bytes(b"")
        elif word == "complete file":
            path.unlink()


def test_images_of_old_processors_are_refused_for_their_phase(tmp_path: Path) -> None:
    product = read_product(sample.write_safe(tmp_path, ipf="002.36"), ("IW1",))
    with pytest.raises(InputError, match=r"IPF 2\.36.*elevation antenna pattern"):
        refuse_old_processor(product)


def test_images_from_ipf_2_43_on_are_used(tmp_path: Path) -> None:
    refuse_old_processor(read_product(sample.write_safe(tmp_path, ipf="002.43"), ("IW1",)))


def test_a_folder_of_images_prefers_the_unpacked_one(tmp_path: Path) -> None:
    safe = sample.write_safe(tmp_path)
    (tmp_path / (sample.NAME.replace(".SAFE", "") + ".zip")).write_bytes(b"")
    assert find_images(tmp_path) == [safe]
    with pytest.raises(InputError, match="SAFE folders or zips"):
        find_images(safe)

"""The parts of the import, on cases that one can check by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.formats.base import orbit_name, sentinel1_track
from groundline.core.formats.baselines import per_date
from groundline.core.formats.generic import expression, phase_factor
from groundline.core.formats.grids import window_of
from groundline.core.formats.importreport import thinned
from groundline.core.formats.listing import MAX_DEPTH, one_date, parse_date, scan, two_dates
from groundline.core.formats.params import ImportParams
from groundline.core.formats.survey import SAMPLE, strips
from groundline.core.monitor import Monitor
from groundline.core.raster import StackReader, write_geotiff
from groundline.core.stack import Grid, Item, Pair, Stack, acquisitions_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cropA_20180106-20180130_VV_8rlks_eqa_unw.tif", ("20180106", "20180130")),
        ("geo_060619-061002_unw.tif", ("20060619", "20061002")),
        ("geo_950619-961002.unw", ("19950619", "19961002")),
        ("20200104_20200116.geo.unw.tif", ("20200104", "20200116")),
        (
            "S1AA_20190610T135156_20190622T135157_VVP012_INT80_G_ueF_F8BF_unw_phase.tif",
            ("20190610", "20190622"),
        ),
        (
            "S1_052_000000s1n00-109903s2n02-000000s3n00_IW_20200104_20200116_VV_INT80_C3D4",
            ("20200104", "20200116"),
        ),
        ("x_123456_20180101_20180113.tif", ("20180101", "20180113")),
        ("20180101.tif", None),
        ("20181301-20181401.tif", None),
        ("a_1234567_20180101.tif", None),
    ],
)
def test_two_dates_of_a_name(name: str, expected: tuple[str, str] | None) -> None:
    dates = two_dates(name)
    assert (None if dates is None else tuple(f"{day:%Y%m%d}" for day in dates)) == expected


def test_dates() -> None:
    assert parse_date("991231") == date(1999, 12, 31)
    assert parse_date("20200230") is None
    assert parse_date("19011231") is None
    assert one_date("r20180705_VV_8rlks_mli.par") == date(2018, 7, 5)


def test_scan_is_bounded_in_depth_and_skips_hidden_folders_and_loops(tmp_path: Path) -> None:
    deep = tmp_path
    for level in range(MAX_DEPTH + 2):
        deep = deep / str(level)
        deep.mkdir()
        (deep / f"{level}.tif").write_bytes(b"")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.tif").write_bytes(b"")
    (tmp_path / "0" / "loop").symlink_to(tmp_path)
    listing = scan(tmp_path, Monitor())
    assert [path.name for path in listing.files] == [f"{level}.tif" for level in range(MAX_DEPTH)]
    assert listing.cut


def test_tracks_and_passes() -> None:
    assert sentinel1_track("S1A", 20027) == 5
    assert sentinel1_track("S1B", 8323) == (8323 - 27) % 175 + 1
    assert sentinel1_track("S1X", 1) is None
    assert [orbit_name(heading) for heading in (-12.3, 347.7, 193.2, -167.0)] == ["ascending"] * 2 + [
        "descending"
    ] * 2


def test_baselines_of_a_closed_network() -> None:
    a, b, c = date(2020, 1, 1), date(2020, 1, 13), date(2020, 1, 25)
    dates, misfit = per_date([(a, b, 10.0), (b, c, 20.0), (a, c, 33.0)])
    assert dates == pytest.approx({a: 0.0, b: 11.0, c: 32.0})
    assert misfit == pytest.approx(1.0)


def test_baselines_of_a_split_network_stop_at_the_gap() -> None:
    days = [date(2020, 1, day) for day in (1, 7, 13, 19)]
    dates, _ = per_date([(days[0], days[1], 10.0), (days[2], days[3], 20.0)])
    assert dates == pytest.approx({days[0]: 0.0, days[1]: 10.0})
    assert per_date([]) == ({}, 0.0)


def test_patterns_of_names() -> None:
    compiled = expression("geo_{date1}-{date2}*unw.tif")
    assert compiled.fullmatch("geo_060619-061002_x_unw.tif").group("date2") == "061002"
    assert compiled.fullmatch("geo_060619-061002.tif") is None
    assert expression("a({date1}).{date2}.tif").fullmatch("a(20200101).20200113.tif")
    assert not expression("{date1}{date2}.tif").fullmatch("2020010120200113.tif")


def test_displacement_becomes_phase_of_range_increase() -> None:
    def factor(sign: str, unit: str) -> float:
        return phase_factor(
            ImportParams("a", "b", "generic", sign=sign, unit=unit), 4.0 * 3.141592653589793 / 100.0
        )

    assert factor("away", "rad") == 1.0
    assert factor("toward", "rad") == -1.0
    assert factor("away", "m") == pytest.approx(100.0)
    assert factor("toward", "mm") == pytest.approx(-0.1)


def test_large_files_are_sampled_in_whole_blocks_with_both_ends() -> None:
    assert strips(100, 200, 16) == [(0, 100)]
    chosen = strips(40_003, 1_000, 128)
    assert chosen[0] == (0, 128)
    assert chosen[-1] == (39_936, 67)
    assert sum(rows for _, rows in chosen) * 1_000 <= SAMPLE
    assert all(start % 128 == 0 for start, _ in chosen)


def test_a_thinned_picture_is_every_nth_row_and_column(tmp_path: Path) -> None:
    full = np.arange(300 * 7, dtype=np.float32).reshape(300, 7)
    grid = Grid(7, 300)
    write_geotiff(tmp_path / "a.tif", full, grid)
    pair = Pair(date(2020, 1, 1), date(2020, 1, 13), {"phase": Item("data", "a.tif")})
    stack = Stack("unwrapped", grid, 0.0555, (pair,), acquisitions_of((pair,)), roots={"data": "."})
    reader = StackReader(tmp_path, stack)
    for step in (1, 3, 7):
        np.testing.assert_array_equal(thinned(reader, pair.items["phase"], grid, step), full[::step, ::step])


def test_extent_covers_the_pixels_it_touches() -> None:
    grid = Grid(10, 8, (11.0, 0.1, 0.0, 45.0, 0.0, -0.1), "EPSG:4326")
    window = window_of(grid, (11.2, 44.5, 11.55, 44.9), "EPSG:4326")
    assert (window.row, window.col, window.height, window.width) == (1, 2, 4, 4)
    whole = window_of(grid, (0.0, 0.0, 90.0, 80.0), "EPSG:4326")
    assert (whole.row, whole.col, whole.height, whole.width) == (0, 0, 8, 10)
    with pytest.raises(InputError, match="EXTENT"):
        window_of(grid, (12.0, 44.5, 12.1, 44.9), "EPSG:4326")

"""Slices to passes, bursts to pairs, areas to bursts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.monitor import Monitor
from groundline.core.sentinel1 import eof
from groundline.core.sentinel1.bursts import Product, Scene
from groundline.core.sentinel1.bursts_area import bounds, needed, select
from groundline.core.sentinel1.bursts_match import match
from groundline.core.sentinel1.bursts_scene import Pass, group_passes, join
from groundline.core.sentinel1.safe import read_product
from groundline.core.sentinel1.safe_files import find_images

AREA_OF_IW1_BURST_4 = (-129.2, 51.83, -129.1, 51.85)


class Log(Monitor):
    """Keeps what is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def info(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture(scope="module")
def pair(shared_data: Path) -> tuple[Product, Product]:
    first, second = (read_product(path) for path in find_images(shared_data / "s1-annotation-pair"))
    return first, second


@pytest.fixture(scope="module")
def scenes(pair: tuple[Product, Product]) -> tuple[Scene, Scene]:
    first, second = (join(one, [], Monitor()) for one in group_passes(pair))
    return first, second


def cut(product: Product, first: int, stop: int, path: str = "") -> Product:
    """A slice with some of the bursts, its times counted from the day before."""
    swaths = tuple(
        replace(
            swath,
            bursts=tuple(burst.since(burst.epoch - timedelta(days=1)) for burst in swath.bursts[first:stop]),
            orbit=swath.orbit.since(swath.orbit.epoch - timedelta(days=1)),
        )
        for swath in product.swaths
    )
    return replace(
        product, swaths=swaths, path=path or product.path, start=product.start + timedelta(seconds=first)
    )


def test_slices_of_a_pass_are_joined_and_bursts_that_two_slices_hold_are_kept_once(
    pair: tuple[Product, Product], scenes: tuple[Scene, Scene]
) -> None:
    slices = [cut(pair[0], 4, 9), cut(pair[0], 0, 6)]
    (one,) = group_passes(slices)
    scene = join(one, [], Monitor())
    whole = scenes[0]
    assert list(scene.bursts) == ["IW1", "IW2", "IW3"]
    for name, bursts in scene.bursts.items():
        assert [burst.burst_id for burst in bursts] == [burst.burst_id for burst in whole.bursts[name]]
        assert {burst.epoch for burst in bursts} == {datetime(2025, 4, 6)} == {scene.epoch}
        np.testing.assert_allclose(
            [burst.azimuth_time for burst in bursts],
            [burst.azimuth_time for burst in whole.bursts[name]],
            rtol=0,
            atol=1e-9,
        )
    np.testing.assert_allclose(scene.orbit.times, whole.orbit.times, rtol=0, atol=1e-9)


def test_of_two_equal_bursts_the_one_with_more_valid_lines_is_kept_and_empty_ones_are_dropped(
    pair: tuple[Product, Product],
) -> None:
    swath = pair[0].swaths[0]
    first, second, third = swath.bursts[:3]
    poorer = replace(second, valid_lines=(second.valid_lines[0] + 300, second.valid_lines[1]))
    empty = replace(third, valid_lines=(0, 0), valid_samples=(0, 0))
    product = replace(pair[0], swaths=(replace(swath, bursts=(first, poorer, empty)),))
    again = replace(pair[0], swaths=(replace(swath, bursts=(second,)),), path="again")
    scene = join(Pass((product, again)), [], Monitor())
    assert scene.bursts == {"IW1": (first, second)}


def test_a_missing_orbit_file_is_said_and_the_annotation_is_used(pair: tuple[Product, Product]) -> None:
    log = Log()
    scene = join(group_passes(pair)[1], [], log)
    assert scene.orbit.source == "annotation" and scene.date.isoformat() == "2025-04-18"
    assert len(log.lines) == 1 and "no orbit file covers 02:20:08" in log.lines[0]


def test_an_orbit_file_that_covers_is_used(pair: tuple[Product, Product], tmp_path: Path) -> None:
    orbit = pair[0].swaths[0].orbit
    rows = "".join(
        f"<OSV><UTC>UTC={(orbit.epoch + timedelta(seconds=float(t))).isoformat(timespec='microseconds')}</UTC>"
        + "".join(f"<{n}>{v:.6f}</{n}>" for n, v in zip(("X", "Y", "Z", "VX", "VY", "VZ"), (*p, *w)))
        + "</OSV>"
        for t, p, w in zip(orbit.times, orbit.positions, orbit.velocities)
    )
    name = "S1A_OPER_AUX_POEORB_OPOD_20250426T070000_V20250405T225942_20250407T005942.EOF"
    (tmp_path / name).write_text(
        "<Earth_Explorer_File><Earth_Explorer_Header><Variable_Header><Ref_Frame>EARTH_FIXED</Ref_Frame>"
        "<Time_Reference>UTC</Time_Reference></Variable_Header></Earth_Explorer_Header>"
        f"<Data_Block><List_of_OSVs>{rows}</List_of_OSVs></Data_Block></Earth_Explorer_File>",
        encoding="utf-8",
    )
    log = Log()
    scene = join(group_passes(pair)[0], eof.list_files(tmp_path), log)
    assert scene.orbit.source == "POEORB" and not log.lines
    np.testing.assert_allclose(scene.orbit.times, orbit.times, rtol=0, atol=1e-6)
    np.testing.assert_allclose(scene.orbit.positions, orbit.positions, atol=1e-5)


def test_an_orbit_that_does_not_cover_the_bursts_is_refused(pair: tuple[Product, Product]) -> None:
    swath = pair[0].swaths[0]
    orbit = replace(swath.orbit, times=swath.orbit.times + 3600.0)
    product = replace(pair[0], swaths=(replace(swath, orbit=orbit),))
    with pytest.raises(InputError, match="state vectors around all bursts"):
        join(Pass((product,)), [], Monitor())


def test_two_tracks_are_refused(pair: tuple[Product, Product]) -> None:
    with pytest.raises(InputError, match=r"track 108 ascending \(2025-04-06\) and track 35 .*one track"):
        group_passes([pair[0], replace(pair[1], track=35)])
    with pytest.raises(InputError, match="descending"):
        group_passes([pair[0], replace(pair[1], direction="descending")])


def test_a_pass_over_the_node_has_two_track_numbers_and_is_one(pair: tuple[Product, Product]) -> None:
    later = replace(pair[0], track=109, start=pair[0].start + timedelta(seconds=25))
    assert [len(one.products) for one in group_passes([pair[0], later, pair[1]])] == [2, 1]


def test_two_passes_of_one_day_are_refused(pair: tuple[Product, Product]) -> None:
    with pytest.raises(InputError, match="one pass per day"):
        group_passes([pair[0], replace(pair[0], start=pair[0].start + timedelta(hours=12))])


def test_old_processors_are_refused(pair: tuple[Product, Product]) -> None:
    with pytest.raises(InputError, match=r"IPF 2\.36"):
        join(Pass((replace(pair[0], ipf=(2, 36)),)), [], Monitor())


def test_bursts_are_matched_by_where_they_are(scenes: tuple[Scene, Scene]) -> None:
    pairs = match(*scenes)
    assert len(pairs) == 27
    for pair in pairs:
        assert pair.reference.label == pair.secondary.label
        # The two passes are synchronised to some milliseconds.
        assert abs(pair.line_shift) < 10 and abs(pair.sample_shift) < 60
        other = pair.lines[0] + pair.line_shift, pair.lines[1] + pair.line_shift
        assert pair.secondary.valid_lines[0] <= other[0] and other[1] <= pair.secondary.valid_lines[1]
        assert (
            pair.reference.valid_lines[0] <= pair.lines[0] and pair.lines[1] <= pair.reference.valid_lines[1]
        )


def test_the_shift_is_that_of_a_later_start(scenes: tuple[Scene, Scene]) -> None:
    reference, secondary = scenes
    (before, *_) = match(reference, secondary)
    late = 7 * before.secondary.azimuth_interval
    moved = {
        name: tuple(replace(burst, azimuth_time=burst.azimuth_time + late) for burst in bursts)
        for name, bursts in secondary.bursts.items()
    }
    (after, *_) = match(reference, replace(secondary, bursts=moved))
    assert after.line_shift == before.line_shift - 7


def test_bursts_without_partner_are_left_out_and_no_common_burst_is_refused(
    scenes: tuple[Scene, Scene],
) -> None:
    reference, secondary = scenes
    ends = {name: bursts[6:] for name, bursts in secondary.bursts.items() if name != "IW2"}
    pairs = match(reference, replace(secondary, bursts=ends))
    assert [pair.reference.index for pair in pairs] == [6, 7, 8, 6, 7, 8]
    starts = replace(reference, bursts={name: bursts[:3] for name, bursts in reference.bursts.items()})
    with pytest.raises(InputError, match=r"2025-04-18 \(IW1 230138 to 230140"):
        match(starts, replace(secondary, bursts=ends))


def test_only_bursts_that_touch_the_area_are_kept(scenes: tuple[Scene, Scene]) -> None:
    chosen = select(scenes[0], AREA_OF_IW1_BURST_4).bursts
    assert list(chosen) == ["IW1"] and {burst.index for burst in chosen["IW1"]} <= {3, 4, 5}
    west, south, east, north = bounds(chosen["IW1"], scenes[0].orbit)
    assert west < -129.2 and east > -129.1 and south < 51.83 and north > 51.85
    around = {name: tuple(bursts) for name, bursts in scenes[0].bursts.items()}
    assert select(scenes[0], (-135.0, 45.0, -115.0, 60.0)).bursts == around
    turned = (AREA_OF_IW1_BURST_4[0] + 360.0, 51.83, AREA_OF_IW1_BURST_4[2] + 360.0, 51.85)
    assert select(scenes[0], turned).bursts == chosen


def test_the_dem_must_hold_what_the_images_show_of_the_area() -> None:
    images = (170.0, 10.0, 180.0, 20.0)
    assert needed(None, images) == images
    assert needed((100.0, 12.0, 175.0, 60.0), images) == (170.0, 12.0, 175.0, 20.0)
    assert needed((-184.0, 12.0, -182.0, 14.0), images) == (176.0, 12.0, 178.0, 14.0)
    assert needed((160.0, 12.0, 169.9, 14.0), images) == images  # touched by high ground only


def test_an_area_elsewhere_is_refused_with_where_the_image_is(scenes: tuple[Scene, Scene]) -> None:
    with pytest.raises(InputError, match=r"EXTENT.*inside the image of 2025-04-06 \(-1\d\d\.\d+ to -1\d\d"):
        select(scenes[0], (10.0, 45.0, 11.0, 46.0))


def test_a_burst_knows_its_file(scenes: tuple[Scene, Scene]) -> None:
    burst = scenes[0].bursts["IW2"][3]
    assert scenes[0].swath_of(burst).name == "IW2"

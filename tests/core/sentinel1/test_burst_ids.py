"""ESA's burst ids: the formula gives what newer annotations say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from groundline_tests import samples_sentinel1 as sample

from groundline.core.sentinel1.annotation_ids import relative_burst_id
from groundline.core.sentinel1.safe import read_product


@pytest.mark.parametrize(
    ("folder", "track", "count"), [("s1-annotation-pair", 108, 54), ("s1-tops-burst", 9, 9)]
)
def test_computed_ids_equal_the_annotated_ones(
    folder: str, track: int, count: int, shared_data: Path
) -> None:
    compared = 0
    for path in sorted((shared_data / folder).rglob("s1a-iw*.xml")):
        text = path.read_text(encoding="utf-8")
        swath = re.search("<swath>(IW.)<", text)[1]
        times = re.findall("<azimuthAnxTime>(.*?)<", text)
        ids = re.findall("<burstId absolute[^>]*>(.*?)<", text)
        assert [relative_burst_id(swath, track, float(time)) for time in times] == [int(one) for one in ids]
        compared += len(ids)
    assert compared == count


def test_without_an_annotated_id_it_is_computed(tmp_path: Path) -> None:
    first, second = read_product(sample.write_safe(tmp_path), ("IW1",)).swaths[0].bursts
    # 836 s after the node is 0.12 s before the real burst 230132 at 836.12 s of the same track.
    assert (first.burst_id, second.burst_id) == (230132, 230133)

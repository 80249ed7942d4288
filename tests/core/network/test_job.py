"""A whole run on a small stack of files: what is written, what survives a rerun, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from groundline.core import manifest, raster
from groundline.core.errors import Cancelled, InputError
from groundline.core.monitor import Monitor
from groundline.core.network.correlation import Limits
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.raster import StackReader
from groundline.core.stack import SLC, UNWRAPPED, Acquisition, Grid, Item, Pair, Stack

GRID = Grid(6, 4, (115.0, 0.01, 0.0, 35.0, 0.0, -0.01), "EPSG:4326")
START = date(2018, 1, 1)
BPERP = (0.0, 40.0, -30.0, 60.0, 10.0, -50.0)


def day(number: int) -> date:
    return START + timedelta(days=12 * number)


def build(folder, numbers, links, long_links=()):
    """A stack of interferograms; `numbers` are multiples of 12 days, links join positions in it."""
    folder.mkdir()
    days = [day(n) for n in numbers]
    rng = np.random.default_rng(1)
    pairs = []
    for first, second in (*links, *long_links):
        name = f"{days[first]:%Y%m%d}_{days[second]:%Y%m%d}"
        raster.write_geotiff(folder / f"{name}.tif", rng.normal(0, 3, GRID.shape), GRID)
        item = Item("data", f"{name}.tif")
        pairs.append(Pair(days[first], days[second], {"phase": item}, BPERP[second] - BPERP[first]))
    acquisitions = tuple(Acquisition(d, b) for d, b in zip(days, BPERP))
    stack = Stack(
        UNWRAPPED, GRID, 0.0555, tuple(pairs), acquisitions, roots={"data": "."}, metadata={"track": 40}
    )
    manifest.save(folder, stack)
    return folder


RING = [(0, 1), (1, 2), (2, 3), (0, 2), (1, 3)]


@pytest.fixture
def ring(tmp_path):
    """Four images 12 days apart with two loops and one pair over the time threshold of the tests."""
    return build(tmp_path / "ring", (0, 1, 2, 3), RING, [(0, 3)])


@pytest.fixture
def split(tmp_path):
    """Two triangles 120 days apart, and two long pairs that could join them."""
    numbers = (0, 1, 2, 12, 13, 14)
    return build(
        tmp_path / "split", numbers, [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)], [(2, 3), (1, 4)]
    )


def run(folder, output, edits="", **other):
    return run_network(NetworkParams(folder, output, edits=edits, **other))


def numbers(result):
    return {key: number.value for key, number in result.numbers.items()}


def test_numbers_of_a_small_network(ring, tmp_path):
    got = numbers(run(ring, tmp_path / "out", max_days=24))
    assert got["images"] == 4
    assert got["pairs"] == 5
    assert got["excluded"] == 1
    assert got["pairs_per_image"] == 1.25
    assert got["mean_degree"] == 2.5
    assert got["components"] == 1
    assert got["redundancy"] == 2
    assert got["dates_without_loop"] == 0
    assert got["thin_images"] == 0


def test_the_light_stack_points_at_the_same_files(ring, tmp_path):
    out = tmp_path / "elsewhere" / "out"
    run(ring, out, max_days=24)
    before, after = manifest.load(ring), manifest.load(out)
    assert [p.name for p in after.kept] == sorted(p.name for p in before.pairs if p.days <= 24)
    item = after.pairs[0].items["phase"]
    assert manifest.resolve(out, after, item) == ring / item.path
    np.testing.assert_array_equal(StackReader(out, after).read(item), StackReader(ring, before).read(item))
    assert after.metadata["track"] == 40
    assert after.history[-1]["algorithm"] == "network"
    assert sorted(f.name for f in out.iterdir()) == [
        "network.csv",
        "network.html",
        "result.json",
        "stack.json",
    ]


def test_its_own_csv_fed_back_changes_nothing(split, tmp_path):
    # Every kind of row: within, beyond, proposed, excluded by the user, appended, a dropped image.
    edits = tmp_path / "edits.csv"
    edits.write_text(
        "date1,date2,state,reason\n20180101,20180113,excluded,noisy\n20180525,,excluded,snow\n"
        "20180113,20180125,kept,\n"
    )
    first, second, third = (tmp_path / name for name in ("one", "two", "three"))
    run(split, first, edits)
    run(split, second, first / "network.csv")
    run(split, third, second / "network.csv")
    text = (first / "network.csv").read_text()
    assert "20180525,,excluded,snow" in text
    assert "20180101,20180113,excluded,noisy" in text
    assert ",proposed," in text
    assert (second / "network.csv").read_text() == text
    assert (third / "network.csv").read_text() == text
    assert manifest.load(second).pairs == manifest.load(first).pairs


def test_edits_survive_a_rerun_on_the_light_stack(ring, tmp_path):
    edits = tmp_path / "edits.csv"
    edits.write_text(
        "date1,date2,state,reason\n20180101,20180206,kept,long but good\n20180113,20180125,excluded,\n"
    )
    run(ring, tmp_path / "one", edits, max_days=24)
    run(tmp_path / "one", tmp_path / "two", max_days=24)
    assert (tmp_path / "two" / "network.csv").read_bytes() == (tmp_path / "one" / "network.csv").read_bytes()
    names = {p.name: p for p in manifest.load(tmp_path / "two").pairs}
    assert names["20180101_20180206"].state == "kept"
    assert names["20180101_20180206"].reason == "long but good"
    assert names["20180113_20180125"].reason == "excluded by the user"


def test_other_thresholds_on_the_light_stack_bring_pairs_back(ring, tmp_path):
    run(ring, tmp_path / "one", max_days=24)
    assert numbers(run(tmp_path / "one", tmp_path / "two", max_days=84))["pairs"] == 6


def test_dropped_images_survive_and_can_come_back(ring, tmp_path):
    edits = tmp_path / "edits.csv"
    edits.write_text("date1,date2,state,reason\n20180206,,excluded,storm\n")
    assert numbers(run(ring, tmp_path / "one", edits))["images"] == 3
    assert numbers(run(tmp_path / "one", tmp_path / "two"))["images"] == 3
    edits.write_text("date1,date2,state,reason\n20180206,,kept,\n")
    assert numbers(run(tmp_path / "two", tmp_path / "three", edits))["images"] == 4


def test_a_split_network_is_proposed_a_repair_and_not_given_it(split, tmp_path):
    out = tmp_path / "out"
    result = run(split, out)
    assert numbers(result)["components"] == 2
    assert numbers(result)["proposed"] == 1
    # Days 24 to 144 with 90 m: .934 * .918 = .86; days 12 to 156 with 30 m: .921 * .973 = .90.
    rows = (out / "network.csv").read_text().splitlines()
    assert "20180113,20180606,proposed,proposal: joins two parts (expected correlation 0.90)" in rows
    assert len(manifest.load(out).kept) == 6
    assert any("2 parts: part 1: 3 images (20180101, 20180113, 20180125)" in w for w in result.warnings)
    assert any("from proposed to kept" in w for w in result.warnings)


def test_a_thin_image_without_further_pairs_is_named(tmp_path):
    folder = build(tmp_path / "tail", (0, 1, 2, 3), [(0, 1), (1, 2), (0, 2), (2, 3)])
    result = run(folder, tmp_path / "out")
    assert "Fewer than 2 pairs at: 20180206. There is no further pair to propose for 20180206." in result.warnings
    assert result.tables["dates_without_loop"] == ["2018-02-06"]


def test_confirming_the_proposal_joins_the_parts(split, tmp_path):
    run(split, tmp_path / "one")
    confirmed = tmp_path / "edits.csv"
    confirmed.write_text((tmp_path / "one" / "network.csv").read_text().replace(",proposed,", ",kept,"))
    result = run(split, tmp_path / "two", confirmed)
    assert numbers(result)["components"] == 1
    assert numbers(result)["proposed"] == 0
    assert any(
        p.reason.startswith("confirmed: joins two parts") for p in manifest.load(tmp_path / "two").kept
    )


def test_parts_that_nothing_can_join_are_refused_by_name_unless_allowed(tmp_path):
    folder = build(tmp_path / "gap", (0, 1, 2, 12, 13, 14), [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)])
    with pytest.raises(InputError) as error:
        run(folder, tmp_path / "out")
    assert "part 2: 3 images (20180525, 20180606, 20180618)" in str(error.value)
    assert "drop the images" in str(error.value)
    assert not (tmp_path / "out").exists()
    assert numbers(run(folder, tmp_path / "out", allow_split=True))["components"] == 2


def test_an_image_stack_offers_every_pair_and_lists_only_those_in_use(tmp_path):
    folder = tmp_path / "slc"
    folder.mkdir()
    acquisitions = tuple(Acquisition(day(n), b) for n, b in zip((0, 1, 2, 12, 13), BPERP))
    manifest.save(folder, Stack(SLC, GRID, 0.0555, (), acquisitions))
    result = run(folder, tmp_path / "out", min_links=0)
    stack = manifest.load(tmp_path / "out")
    assert [p.name for p in stack.kept] == [
        "20180101_20180113",
        "20180101_20180125",
        "20180113_20180125",
        "20180525_20180606",
    ]
    assert stack.kept[1].bperp == -30.0
    proposed = [p for p in stack.pairs if p.state == "excluded"]
    # Of the six pairs across the gap the best: 132 days, 20 m: .928 * .982 = .91; the shortest,
    # 20180125-20180525, has 120 days but 90 m: .934 * .918 = .86.
    assert [p.name for p in proposed] == ["20180113_20180525"]
    assert numbers(result)["proposed"] == 1


def test_the_reference_image_is_the_middle_one(ring, tmp_path):
    result = run(ring, tmp_path / "out", limits=Limits(years=1.0, bperp=1e6))
    assert result.tables["reference_image"] in ("2018-01-13", "2018-01-25")


def test_unknown_baselines_are_said_and_only_time_decides(ring, tmp_path):
    stack = manifest.load(ring)
    manifest.save(
        ring,
        replace(
            stack,
            pairs=tuple(replace(p, bperp=None) for p in stack.pairs),
            acquisitions=tuple(replace(a, bperp=None) for a in stack.acquisitions),
        ),
    )
    got = numbers(run(ring, tmp_path / "out", max_days=24, max_bperp=0.001))
    assert got["pairs"] == 5
    assert "only time decides" in (tmp_path / "out" / "network.html").read_text()


def test_the_report_is_one_file_with_plot_and_pictures(ring, tmp_path):
    run(ring, tmp_path / "out")
    page = (tmp_path / "out" / "network.html").read_text()
    assert page.count("data:image/png;base64") == 2
    assert "http" not in page.replace("http-equiv", "")
    run(ring, tmp_path / "plain", gallery=False)
    assert (tmp_path / "plain" / "network.html").read_text().count("data:image/png;base64") == 1


def test_the_same_run_gives_the_same_bytes(ring, tmp_path):
    run(ring, tmp_path / "out")
    before = {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()}
    run(ring, tmp_path / "out")
    assert {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"max_days": 0}, "MAX_DAYS"),
        ({"max_bperp": -1}, "MAX_BPERP"),
        ({"min_links": -1}, "MIN_LINKS"),
        ({"max_days": float("nan")}, "MAX_DAYS"),
    ],
)
def test_senseless_thresholds_are_refused(ring, tmp_path, wrong, name):
    with pytest.raises(InputError, match=name):
        run(ring, tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()


def test_no_pair_left_is_refused(ring, tmp_path):
    edits = tmp_path / "edits.csv"
    rows = "".join(f"{p.date1:%Y%m%d},{p.date2:%Y%m%d},excluded,noisy\n" for p in manifest.load(ring).pairs)
    edits.write_text("date1,date2,state,reason\n" + rows)
    with pytest.raises(InputError, match="at least one pair"):
        run(ring, tmp_path / "out", edits)
    assert not (tmp_path / "out").exists()


def test_thresholds_that_leave_only_proposals_are_refused(ring, tmp_path):
    with pytest.raises(InputError, match="no pair within 11 days"):
        run(ring, tmp_path / "out", max_days=11)
    assert not (tmp_path / "out").exists()


def test_every_image_dropped_is_refused(ring, tmp_path):
    edits = tmp_path / "edits.csv"
    edits.write_text(
        "date1,date2,state,reason\n" + "".join(f"{day(n):%Y%m%d},,excluded,\n" for n in range(4))
    )
    with pytest.raises(InputError, match="at least one pair"):
        run(ring, tmp_path / "out", edits)


def test_output_must_not_be_the_input(ring):
    with pytest.raises(InputError, match="overwritten"):
        run(ring, ring)


def test_a_truncated_raster_is_named_and_nothing_is_written(ring, tmp_path):
    victim = ring / "20180101_20180113.tif"
    victim.write_bytes(victim.read_bytes()[:300])
    with pytest.raises(InputError, match="20180101_20180113"):
        run(ring, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_cancel_at_every_callback_leaves_earlier_results(ring, tmp_path):
    out = tmp_path / "out"
    run(ring, out, max_days=24)
    before = {f.name: f.read_bytes() for f in out.iterdir()}

    class StopAt(Monitor):
        def __init__(self, limit):
            self.left = limit

        def cancelled(self):
            self.left -= 1
            return self.left < 0

    stops = 0
    while True:
        try:
            run_network(NetworkParams(ring, out), StopAt(stops))
        except Cancelled:
            assert {f.name: f.read_bytes() for f in out.iterdir()} == before
            stops += 1
            continue
        break
    assert stops >= 5
    assert json.loads((out / "result.json").read_text())["numbers"]["pairs"]["value"] == 6

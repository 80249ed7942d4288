"""The network of the Mexico City interferograms."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundline.core import manifest
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.network.job import NetworkParams, run_network


@pytest.fixture(scope="module")
def stack(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mexico")
    import_stack(ImportParams(str(shared_data / "mexico-city"), str(folder)))
    return folder


def test_wide_thresholds_keep_all_thirty_pairs(stack, tmp_path):
    result = run_network(NetworkParams(stack, tmp_path, max_days=132))
    numbers = {key: number.value for key, number in result.numbers.items()}
    assert (numbers["images"], numbers["pairs"], numbers["components"]) == (13, 30, 1)
    assert numbers["redundancy"] == 30 - 12
    assert len(manifest.load(tmp_path).kept) == 30


def test_the_defaults_exclude_the_long_pairs_and_propose_two_of_them(stack, tmp_path):
    result = run_network(NetworkParams(stack, tmp_path))
    long_pairs = [pair for pair in manifest.load(stack).pairs if pair.days > 84]
    numbers = {key: number.value for key, number in result.numbers.items()}
    assert numbers["pairs"] == 30 - len(long_pairs) == 25
    # 11 June and 17 July hang on one pair each but have a longer one; 5 July has no other at all.
    rows = (tmp_path / "network.csv").read_text().splitlines()
    assert [row.split(",")[:2] for row in rows if ",proposed," in row] == [
        ["20180307", "20180611"], ["20180331", "20180717"]
    ]
    assert result.tables["dates_without_loop"] == ["2018-06-11", "2018-07-05", "2018-07-17"]

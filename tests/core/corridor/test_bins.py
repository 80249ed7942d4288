"""Statistics in bins of chainage."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.corridor.bins import bin_edges, bin_index, bin_statistics


def test_last_bin_takes_up_the_remainder() -> None:
    assert bin_edges(300.0, 100.0).tolist() == [0.0, 100.0, 200.0, 300.0]
    assert bin_edges(250.0, 100.0).tolist() == [0.0, 100.0, 200.0, 250.0]
    assert bin_edges(249.0, 100.0).tolist() == [0.0, 100.0, 249.0]
    assert bin_edges(40.0, 100.0).tolist() == [0.0, 40.0]
    assert len(bin_edges(0.3, 0.1)) == 4  # 0.3 / 0.1 is not quite 3


def test_an_edge_belongs_to_the_bin_that_begins_there_and_the_end_to_the_last() -> None:
    edges = bin_edges(250.0, 100.0)
    assert bin_index(np.array([0.0, 99.9, 100.0, 250.0]), edges).tolist() == [0, 0, 1, 2]


def test_statistics_equal_numpy_bin_by_bin() -> None:
    generator = np.random.default_rng(1)
    chainage, values = generator.uniform(0, 1000, 500), generator.normal(size=500)
    edges = bin_edges(1000.0, 30.0)
    table = bin_statistics(chainage, values, edges)
    index = bin_index(chainage, edges)
    for k in range(len(edges) - 1):
        part = values[index == k]
        assert table.count[k] == len(part)
        assert table.median[k] == pytest.approx(np.median(part))
        assert table.mean[k] == pytest.approx(part.mean())
        assert table.std[k] == pytest.approx(part.std(ddof=1))
        np.testing.assert_allclose(table.quantiles[k], np.quantile(part, [0.05, 0.25, 0.75, 0.95]))


def test_empty_bins_have_no_value_and_one_value_has_no_spread() -> None:
    table = bin_statistics(np.array([250.0]), np.array([-7.0]), bin_edges(300.0, 100.0))
    assert table.count.tolist() == [0, 0, 1]
    assert np.isnan(table.median).tolist() == [True, True, False]
    assert table.quantiles[2].tolist() == [-7.0] * 4
    assert np.isnan(table.std).all()


def test_parts_of_a_pixel_count_as_one_pixel() -> None:
    source = np.array([4, 4, 4, 4, 9, 9, 9, 9])
    values = np.repeat([1.0, 3.0], 4)
    table = bin_statistics(np.full(8, 50.0), values, bin_edges(100.0, 100.0), source)
    assert table.count.tolist() == [2]
    assert table.std[0] == pytest.approx(np.std([1.0, 3.0], ddof=1))

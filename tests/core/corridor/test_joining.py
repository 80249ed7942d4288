"""One alignment from the parts of a line layer."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import ogr

from groundline.core import crs
from groundline.core.corridor.joining import align
from groundline.core.errors import InputError
from groundline.core.vector import VectorInput


def test_parts_are_put_in_order_and_turned_in_the_direction_of_the_first(line_of) -> None:
    # drawn: the middle, then the end backwards, then the start forwards
    joined = align(line_of([(100, 0), (200, 0)], [(300, 0), (250, 0), (200, 0)], [(0, 0), (100, 0)]))
    assert (joined.alignment.x - 400_000.0).tolist() == [0, 100, 200, 250, 300]
    assert joined.alignment.stations.tolist() == [0, 100, 200, 250, 300]
    assert (joined.parts, joined.reversed_parts, joined.gaps, joined.turns) == (3, 1, (), ())


def test_features_and_parts_are_treated_alike(line_of) -> None:
    first, second = line_of([(0, 0), (100, 0)]), line_of([(200, 0), (100, 0)])
    layer = VectorInput((*first.wkb, *second.wkb), first.crs, name="two features")
    assert align(layer).alignment.length == pytest.approx(200.0)


def test_gap_counts_as_straight_track_and_is_told(line_of) -> None:
    joined = align(line_of([(0, 0), (100, 0)], [(130, 0), (200, 0)]))
    assert joined.alignment.length == 200.0
    assert [(gap.chainage, gap.length) for gap in joined.gaps] == [(100.0, 30.0)]


def test_gap_wider_than_allowed_is_refused_with_its_size(line_of) -> None:
    with pytest.raises(InputError, match="a gap of 1100 m"):
        align(line_of([(0, 0), (100, 0)], [(1200, 0), (1300, 0)]))
    assert (
        align(line_of([(0, 0), (100, 0)], [(1200, 0), (1300, 0)]), join_gap=1100.0).alignment.length == 1300.0
    )


def test_second_track_of_a_double_line_is_noticed(line_of) -> None:
    joined = align(line_of([(0, 0), (1000, 0)], [(0, 4), (1000, 4)]))
    assert len(joined.turns) == 1


def test_repeated_vertices_do_not_disturb(line_of) -> None:
    joined = align(line_of([(0, 0), (0, 0), (60, 80), (60, 80)], [(60, 80), (60, 80)]))
    assert joined.alignment.length == pytest.approx(100.0)


def test_degrees_are_measured_in_the_utm_zone_and_the_scale_is_told(line_of) -> None:
    joined = align(line_of([(-99.18, 19.40), (-99.07, 19.41)], crs="EPSG:4326", shift=False))
    assert joined.alignment.crs == "EPSG:32614"
    # 0.11 degrees of longitude at 19.405 N on WGS 84: cos(19.405) * N * 0.11 deg = 11,553 m; latitude adds 53 m
    assert joined.alignment.length / joined.scale == pytest.approx(11_606.0, abs=2.0)
    assert joined.scale == pytest.approx(0.9996, abs=1e-5)


def test_web_mercator_is_metric_but_stretches_and_is_not_used(line_of) -> None:
    joined = align(line_of([(13_000_000, 4_000_000), (13_010_000, 4_000_000)], crs="EPSG:3857", shift=False))
    assert joined.alignment.crs == "EPSG:32650"
    assert joined.alignment.length == pytest.approx(10_000 * np.cos(np.radians(33.8)), rel=5e-3)


def test_metric_system_of_the_line_is_kept(line_of) -> None:
    assert align(line_of([(0, 0), (100, 0)])).alignment.crs == "EPSG:32650"


def test_scale_agrees_with_the_zone_s_own_at_its_central_meridian(line_of) -> None:
    x, y = crs.transform(np.array([117.0, 117.0]), np.array([34.9, 35.1]), "EPSG:4326", "EPSG:32650")
    joined = align(line_of([(x[0], y[0]), (x[1], y[1])], shift=False))
    assert joined.scale == pytest.approx(0.9996, abs=2e-7)


def test_what_is_no_line_is_refused(line_of) -> None:
    with pytest.raises(InputError, match="length 0 m"):
        align(line_of([(5, 5), (5, 5)]))
    with pytest.raises(InputError, match="Assign a CRS"):
        align(VectorInput(line_of([(0, 0), (1, 0)]).wkb, "", name="plain"))
    with pytest.raises(InputError, match="at least one line"):
        align(VectorInput((), "EPSG:32650", name="empty"))
    point = bytes(ogr.CreateGeometryFromWkt("POINT (1 2)").ExportToWkb())
    with pytest.raises(InputError, match="layer of lines"):
        align(VectorInput((point,), "EPSG:32650", name="points"))

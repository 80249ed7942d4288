"""Sheets of small pictures: in order, readable, as large as a screen allows."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

from groundline.core.figures.base import PHASE_MAP
from groundline.core.figures.quicklooks import Thumbnail, quicklook_sheet, quicklook_sheets


@pytest.mark.parametrize("shape", [(30, 70), (70, 70), (180, 18)])
@pytest.mark.parametrize("count", [1, 4, 25])
def test_no_text_is_cut_off_nor_meets_another(count, shape):
    rng = np.random.default_rng(1)
    phase = rng.uniform(-np.pi, np.pi, shape).astype(np.float32)
    pair = Thumbnail("20180101_20180113 excluded", "1200 d, −1200 m, coherence 0.55", phase, np.abs(phase) / 4)
    thumbnails = [pair] * count
    sheets = quicklook_sheets(thumbnails)
    assert [first for _, first, _ in sheets[1:]] == [last + 1 for _, _, last in sheets[:-1]]
    assert (sheets[0][1], sheets[-1][2]) == (1, count)
    for figure, first, last in sheets:
        figure.canvas.draw()
        frame, main = figure.bbox, figure.axes[0]
        boxes = [text.get_window_extent() for text in main.texts]
        assert len(boxes) == len(main.images) == 2 * (last - first + 1)
        for box in boxes:
            assert frame.x0 <= box.x0 <= box.x1 <= frame.x1
            assert frame.y0 <= box.y0 <= box.y1 <= frame.y1
        for box, other in zip(boxes, boxes[2:]):
            assert box.x1 < other.x0 or box.y0 > other.y1 - 1.0
        assert [axes.get_title() for axes in figure.axes[1:]][1] == "Coherence"


def test_a_pair_without_pictures_leaves_its_place_empty():
    figure = quicklook_sheet([Thumbnail("20180101_20180113", "", None, None)])
    assert len(figure.axes[0].images) == 0 and len(figure.axes[0].texts) == 2


def test_phases_have_the_colours_of_the_map_layer():
    style = Path(__file__).resolve().parents[3] / "resources" / "styles" / "phase.qml"
    items = re.findall(r'<item value="([-.0-9]+)" color="(#[0-9a-f]{6})"', style.read_text(encoding="utf-8"))
    assert len(items) == 5 and items[0][1] == items[-1][1]
    for value, colour in items:
        assert to_hex(PHASE_MAP((float(value) + np.pi) / (2.0 * np.pi))) == colour

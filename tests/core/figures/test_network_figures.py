"""What the network's figures show."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from groundline.core.figures.base import to_png
from groundline.core.figures.network import Edge, network_figure

DAYS = [date(2018, 1, 1) + timedelta(days=12 * n) for n in range(4)]
BPERP = dict(zip(DAYS, (0.0, 40.0, -30.0, 60.0)))
EDGES = [
    Edge(DAYS[0], DAYS[1], "kept", 0.8), Edge(DAYS[1], DAYS[2], "kept", 0.4),
    Edge(DAYS[0], DAYS[2], "excluded", 0.3), Edge(DAYS[2], DAYS[3], "proposed", 0.5),
]


def labels(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def test_the_legend_counts_every_state_and_names_the_reference():
    figure = network_figure(BPERP, DAYS, EDGES, DAYS[1], [DAYS[3]])
    assert labels(figure) == [
        "excluded (1)", "kept (2)", "proposed (1)", "images (4)", "in no closed loop (1)", "best reference 20180113"
    ]


def test_kept_pairs_are_coloured_by_their_coherence():
    figure = network_figure(BPERP, DAYS, EDGES)
    axes, bar = figure.axes
    coloured = [lines for lines in axes.collections if lines.get_array() is not None]
    assert len(coloured) == 1
    np.testing.assert_allclose(coloured[0].get_array(), [0.8, 0.4])
    assert bar.get_ylabel() == "Mean coherence"


def test_without_coherence_there_is_no_colour_bar():
    figure = network_figure(BPERP, DAYS, [Edge(DAYS[0], DAYS[1], "kept")])
    assert len(figure.axes) == 1


def test_unknown_baselines_are_said():
    figure = network_figure({}, DAYS, EDGES)
    assert figure.axes[0].get_ylabel() == "Baseline unknown"
    assert len(figure.axes[0].get_yticks()) == 0


def test_the_same_figure_gives_the_same_bytes():
    assert to_png(network_figure(BPERP, DAYS, EDGES)) == to_png(network_figure(BPERP, DAYS, EDGES))

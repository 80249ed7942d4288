"""Cross-sections: rate over the offset from the line."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..component import SENSES, TITLES
from ..corridor.analysis import Analysis
from ..corridor.crosssection import CrossSection
from . import base
from .corridor_marks import track_colours

_MOST = 12  # panels of one figure; all sections are in the table


def section_figure(found: Analysis) -> Figure:
    """A panel per chainage: the values of each track as dots, their median per piece as a line."""
    sections = found.sections[:_MOST]
    figure = base.new_figure(8.0, 0.7 + 2.6 * len(sections))
    panels = figure.subplots(len(sections), 1, sharex=True, squeeze=False)[:, 0]
    for axes, tracks in zip(panels, sections):
        place = found.km.one(tracks[0].along) / 1000
        base.style(axes, f"Across the line at {place:.3f} km", "", "[mm/yr]")
        for section, colour in zip(tracks, track_colours(len(tracks))):
            _draw(axes, section, colour)
        axes.axvline(0.0, color=base.INK, linewidth=0.9)
        axes.axhline(found.params.threshold, color=base.ALERT, linewidth=1.0, linestyle="--")
        if len(tracks) > 1:
            axes.legend(fontsize=7.5, frameon=False, ncol=4, loc="lower right", bbox_to_anchor=(1.0, 1.0))
    component = found.params.component
    panels[0].set_ylabel(f"{TITLES[component]}\n[mm/yr] ({SENSES[component]})", color=base.INK, fontsize=9)
    panels[-1].set_xlabel(
        "Offset from the line [m] (left negative, in the direction of chainage)", color=base.INK, fontsize=9
    )
    panels[-1].set_xlim(sections[0][0].edges[0], sections[0][0].edges[-1])
    return figure


def _draw(axes: Axes, section: CrossSection, colour: str) -> None:
    axes.plot(section.offset, section.value, ".", color=colour, markersize=3.5, alpha=0.4, rasterized=True)
    median = section.bins.median
    axes.plot(
        section.edges,
        np.append(median, median[-1]),
        drawstyle="steps-post",
        color=colour,
        linewidth=1.6,
        label=section.track,
    )

"""Figures of the comparison of models: residual phases, levelling, maps and distributions of prediction errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure

from . import base

if TYPE_CHECKING:
    from ..mining.compare_job import Comparison

COLOURS = {
    "wsk": base.ACCENT,
    "linear": "#7a8794",
    "seasonal": "#5a8f3c",
    "polynomial": "#7d4fa3",
    "static_pim": "#c0392b",
    "ct_pim": "#d98b00",
    "sbas": base.INK,
}
TITLES = {
    "wsk": "WSK",
    "linear": "Linear",
    "seasonal": "Seasonal",
    "polynomial": "Polynomial",
    "static_pim": "Static PIM",
    "ct_pim": "CT-PIM",
    "sbas": "SBAS (lower bound)",
}
_SHOWN_DATES, _SHOWN_POINTS = 4, 6
_LIMIT = 99.0  # percentile of the errors that the colour scale holds


def residual_figure(found: Comparison) -> Figure:
    """Standard deviation of the residual phase of every interferogram and, beside it, of all together [rad]."""
    figure = base.new_figure(9.6, 4.6)
    left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": (2.2, 1.0)})
    days = found.fitted.days
    base.style(left, "Residual phase of each interferogram", "", "Standard deviation [rad]")
    middle = [0.5 * (date2num(days[a]) + date2num(days[b])) for a, b in found.fitted.pairs]
    order = np.argsort(middle, kind="stable")
    for entry in found.outcomes:
        name = entry.fit.model
        bound = name == "sbas"
        left.plot(
            np.array(middle)[order],
            entry.deviations[order],
            color=COLOURS[name],
            linewidth=1.8 if name == "wsk" else 1.0,
            linestyle=":" if bound else "-",
            marker=None if bound else "o",
            markersize=2.5,
            label=TITLES[name],
            zorder=3 if name == "wsk" else 2,
        )
    _dates(left)
    left.set_xlabel("Middle of the interferogram", fontsize=9, color=base.INK)
    base.style(right, "All together", "Standard deviation [rad]", "")
    place = np.arange(len(found.outcomes))[::-1]
    values = [entry.std for entry in found.outcomes]
    bars = right.barh(
        place,
        values,
        0.66,
        color=[
            COLOURS[entry.fit.model] if entry.fit.model != "sbas" else "white" for entry in found.outcomes
        ],
        edgecolor=[COLOURS[entry.fit.model] for entry in found.outcomes],
    )
    right.bar_label(bars, [f"{value:.3f}" for value in values], padding=3, fontsize=8, color=base.INK)
    right.set_yticks(place, [TITLES[entry.fit.model] for entry in found.outcomes])
    right.set_xlim(0.0, 1.25 * max(values) if max(values) > 0 else 1.0)
    right.grid(False, axis="y")
    left.set_ylim(0.0, 1.32 * max(float(entry.deviations.max()) for entry in found.outcomes) or 1.0)
    left.legend(fontsize=7.5, frameon=False, ncol=3, loc="upper left")
    return figure


def levelling_figure(found: Comparison) -> Figure:
    """Levelled and modelled subsidence [mm] at the benchmarks that sank most, in order of their place in the layer."""
    marks = found.marks
    if marks is None:
        raise ValueError("no levelling")
    deepest = np.argsort(-np.nanmax(marks.subsidence, axis=0), kind="stable")[:_SHOWN_POINTS]
    shown = sorted(int(number) for number in deepest)
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure = base.new_figure(9.6, 2.6 * rows + 1.0)
    # A row of its own holds the legend: placing one outside the axes came after matplotlib 3.6.
    cells = figure.add_gridspec(rows + 1, columns, height_ratios=[*[1.0] * rows, 0.28])
    grid = np.array([[figure.add_subplot(cells[r, c]) for c in range(columns)] for r in range(rows)])
    days = [date2num(day) for day in marks.days]
    for number, axes in enumerate(grid.ravel()):
        if number >= len(shown):
            axes.set_visible(False)
            continue
        point = shown[number]
        base.style(axes, marks.names[point], "", "Subsidence [mm]" if number % columns == 0 else "")
        for entry in found.outcomes:
            if entry.levelled is None:
                continue
            name = entry.fit.model
            axes.plot(
                days,
                1e3 * entry.levelled[:, point],
                color=COLOURS[name],
                linewidth=1.9 if name == "wsk" else 1.0,
                linestyle=":" if name == "sbas" else "-",
                label=_with_rmse(entry.fit.model, entry.levelling.rmse if entry.levelling else None),
            )
        axes.plot(
            days,
            1e3 * marks.subsidence[:, point],
            "o",
            color="black",
            markersize=3.5,
            label="Levelling",
            zorder=5,
        )
        axes.invert_yaxis()
        _dates(axes)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    below = figure.add_subplot(cells[rows, :])
    below.axis("off")
    below.legend(handles, labels, fontsize=8, frameon=False, ncol=4, loc="center")
    return figure


def deviation_maps(found: Comparison) -> Figure:
    """Predicted less measured subsidence [mm] on the map: one row per model, one column per date."""
    dates = _chosen(len(found.days))
    models = found.predicted
    x, y = found.fitted.x / 1000.0, found.fitted.y / 1000.0
    ratio = float(np.ptp(y) / np.ptp(x)) if np.ptp(x) > 0 else 1.0
    width = 2.35
    height = float(np.clip(width * ratio, 1.2, 3.2))
    figure = base.new_figure(width * len(dates) + 1.9, height * len(models) + 0.9)
    grid = figure.subplots(len(models), len(dates), sharex=True, sharey=True, squeeze=False)
    limit = max(
        float(
            np.nanpercentile(np.abs(1e3 * np.concatenate([m.left[dates].ravel() for m in models])), _LIMIT)
        ),
        1e-3,
    )
    size = float(np.clip(9000.0 * height * min(1.0, 1.0 / ratio) / max(len(x), 1), 0.6, 12.0))
    drawn = None
    for row, model in enumerate(models):
        for column, number in enumerate(dates):
            axes = grid[row, column]
            drawn = axes.scatter(
                x - x.min(),
                y - y.min(),
                c=1e3 * model.left[number],
                s=size,
                marker="s",
                linewidths=0,
                cmap="RdBu_r",
                vmin=-limit,
                vmax=limit,
                rasterized=True,
            )
            axes.set_aspect("equal")
            axes.tick_params(labelsize=7, colors=base.INK)
            scores = model.each[number]
            text = f"{scores.std * 1e3:.1f} mm" if scores else ""
            axes.set_title(
                (f"{found.days[number].isoformat()}\n" if row == 0 else "") + (f"std {text}" if text else ""),
                fontsize=8,
                color=base.INK,
            )
        grid[row, 0].set_ylabel(f"{TITLES[model.model]}\n[km]", fontsize=9, color=base.INK)
    for axes in grid[-1]:
        axes.set_xlabel("[km]", fontsize=8, color=base.INK)
    if drawn is not None:
        bar = figure.colorbar(drawn, ax=grid, shrink=0.8, aspect=35, extend="both")
        bar.set_label("Predicted less measured subsidence [mm]", fontsize=9, color=base.INK)
        bar.ax.tick_params(labelsize=8)
    # Laid out once: with axes of a fixed aspect every further drawing would move them, off the page in the end.
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure


def deviation_histograms(found: Comparison) -> Figure:
    """Distribution of predicted less measured subsidence [mm] over all pixels and predicted dates, per model."""
    models = found.predicted
    columns = min(3, len(models))
    rows = -(-len(models) // columns)
    figure = base.new_figure(9.6, 2.3 * rows + 0.6)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    everything = np.concatenate([1e3 * m.left[np.isfinite(m.left)] for m in models])
    limit = float(np.percentile(np.abs(everything), 99.5)) if everything.size else 1.0
    edges = np.linspace(-limit, limit, 61)
    for number, axes in enumerate(grid.ravel()):
        if number >= len(models):
            axes.set_visible(False)
            continue
        model = models[number]
        values = 1e3 * model.left[np.isfinite(model.left)]
        base.style(axes, TITLES[model.model], "", "Share of values [%]" if number % columns == 0 else "")
        weights = np.full(values.size, 100.0 / max(values.size, 1))
        axes.hist(
            np.clip(values, -limit, limit), edges, weights=weights, color=COLOURS[model.model], alpha=0.85
        )
        axes.axvline(0.0, color=base.INK, linewidth=0.8)
        if model.total:
            axes.text(
                0.98,
                0.95,
                f"mean {round(1e3 * model.total.mean, 1) + 0.0:.1f} mm\nstd {1e3 * model.total.std:.1f} mm\n"
                f"largest {1e3 * model.total.largest:.1f} mm",
                transform=axes.transAxes,
                ha="right",
                va="top",
                fontsize=8,
                color=base.INK,
            )
    for number in range(max(0, len(models) - columns), len(models)):
        axes = grid.ravel()[number]
        axes.set_xlabel("Predicted less measured [mm]", fontsize=8, color=base.INK)
        axes.tick_params(labelbottom=True)
    return figure


def _chosen(count: int) -> list[int]:
    """At most four dates, evenly spread, the last one among them."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, _SHOWN_DATES)).tolist()})


def _with_rmse(model: str, rmse: float | None) -> str:
    return TITLES[model] if rmse is None else f"{TITLES[model]}, RMSE {1e3 * rmse:.1f} mm"


def _dates(axes: Axes) -> None:
    locator = AutoDateLocator(minticks=3, maxticks=6)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))

"""Production records beside the estimate: a few side by side, many along time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from groundline.core.figures.brine import records_figure


def record(funnel: int | None, period: int, recorded: float) -> dict[str, object]:
    first = date(2015, 6, 15) + timedelta(days=24 * period)
    return {
        "funnel": funnel,
        "from": first.isoformat(),
        "to": (first + timedelta(days=24)).isoformat(),
        "recorded_t": recorded,
        "estimated_t": 0.9 * recorded,
    }


def test_a_few_records_stand_side_by_side_in_kilotonnes() -> None:
    figure = records_figure([record(None, 0, 3000.0), record(None, 1, 5000.0)])
    axes = figure.axes[0]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([3.0, 5.0, 2.7, 4.5])
    assert "[kt]" in axes.get_ylabel()
    assert axes.get_xticklabels()[0].get_text() == "2015-06-15\nto 2015-07-09"


def test_many_records_get_a_panel_per_funnel_and_no_wider_page() -> None:
    rows = [record(funnel, period, 100.0 * funnel) for funnel in (1, 2, 3, 4) for period in range(31)]
    figure = records_figure(rows)
    assert figure.get_size_inches()[0] <= 12.0
    shown = [axes for axes in figure.axes if axes.get_visible()]
    titles = [axes.get_title(loc="left") for axes in shown]
    assert titles == ["Funnel 4", "Funnel 3", "Funnel 2", "Funnel 1"]  # the largest record first
    assert len(shown[0].patches) == 31
    assert shown[0].patches[0].get_width() == pytest.approx(24.0)  # days
    assert shown[0].lines[0].get_ydata() == pytest.approx([360.0] * 31)
    assert max(row["recorded_t"] for row in rows) < shown[0].get_ylim()[1]


def test_of_many_funnels_those_of_the_largest_record_are_drawn() -> None:
    figure = records_figure([record(funnel, 0, float(funnel)) for funnel in range(1, 21)])
    shown = [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()]
    assert shown == [f"Funnel {number}" for number in range(20, 12, -1)]
    assert figure._suptitle.get_text() == "8 of 20 funnels, those of the largest record"

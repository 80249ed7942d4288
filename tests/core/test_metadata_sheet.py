"""The facts that head every report."""

from __future__ import annotations

from datetime import date

from groundline.core.metadata_sheet import metadata_sheet
from groundline.core.stack import EXCLUDED, UNWRAPPED, Acquisition, Grid, Pair, Stack

A, B, C = date(2018, 1, 6), date(2018, 1, 30), date(2018, 2, 11)


def test_known_facts_have_their_units():
    stack = Stack(
        UNWRAPPED, Grid(100, 60), 0.0555, (Pair(A, B), Pair(B, C, state=EXCLUDED, reason="noisy")),
        (Acquisition(A), Acquisition(B), Acquisition(C)),
        metadata={"sensor": "S1A", "track": 40, "incidence_deg": 43.8, "heading_deg": -13.0},
    )
    sheet = dict(metadata_sheet(stack))
    assert sheet["Track"] == "40"
    assert sheet["Time span"] == "2018-01-06 to 2018-02-11"
    assert sheet["Images"] == "3"
    assert sheet["Interferograms"] == "1 kept, 1 excluded"
    assert sheet["Incidence angle"] == "43.8°"
    assert sheet["Wavelength"] == "5.5500 cm"
    assert sheet["Grid"] == "100 x 60 pixels"


def test_what_nobody_said_is_not_stated():
    sheet = dict(metadata_sheet(Stack(UNWRAPPED, Grid(1, 1), 0.05)))
    assert sheet["Sensor"] == sheet["Heading"] == "not stated"
    assert sheet["Time span"] == "none"

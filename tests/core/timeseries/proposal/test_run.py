"""The proposal as a job: on stable ground, with the change that the change of the reference then makes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests.stacks import Scene, add_screens, write_scene

from groundline.core.errors import Cancelled, InputError
from groundline.core.monitor import Monitor
from groundline.core.timeseries.params import ReferenceParams, SbasParams
from groundline.core.timeseries.proposal.params import ProposalParams
from groundline.core.timeseries.proposal.run import propose_reference
from groundline.core.timeseries.rereference import change_reference
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import VectorInput, read_vector

_Y, _X = np.mgrid[0:40, 0:60]
BOWL = -200.0 * np.exp(-((_Y - 20) ** 2 + (_X - 30) ** 2) / 8.0**2)  # mm/yr


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A bowl of -200 mm/yr in 40 x 60 pixels that stand still around it; the reference sits in the bowl."""
    base = tmp_path_factory.mktemp("scene")
    scene = write_scene(base / "in", rows=40, cols=60, dates=8, noise=0.05)
    add_screens(scene, scene.years[:, None, None] * BOWL / 1000.0 - scene.displacement)
    run_sbas(SbasParams(scene.folder, base / "out", reference=scene.pixels(19, 3, 29, 3)))
    return scene


@pytest.fixture
def params(scene: Scene, tmp_path: Path) -> ProposalParams:
    return ProposalParams(scene.folder.parent / "out", tmp_path / "out", size=500.0)


def test_areas_lie_on_stable_ground_though_the_reference_sinks(scene: Scene, params: ProposalParams) -> None:
    result = propose_reference(params)
    layer = read_vector(result.files["areas"])
    assert len(layer.wkb) == 3
    reference = np.median(BOWL[19:22, 29:32])
    for index, row in enumerate(layer.attributes):
        one = VectorInput((layer.wkb[index],), layer.crs)
        inside = one.mask(scene.stack.grid)
        assert inside.sum() == row["pixels"] == 25  # 500 m are five pixels
        assert abs(BOWL[inside]).max() < 3.0
        # Against the sinking reference the stable ground rises; making it the reference takes that off.
        assert row["velocity"] == pytest.approx(-reference, abs=3.0)
        assert row["velocity_change"] == pytest.approx(-row["velocity"], abs=2.0)
    assert result.numbers["stable_level"].value == pytest.approx(-reference, abs=3.0)


def test_the_change_is_the_one_that_the_new_reference_makes(
    params: ProposalParams, tmp_path: Path
) -> None:
    result = propose_reference(params)
    layer = read_vector(result.files["areas"])
    for name, chosen, key in (
        ("all", layer, "velocity_change"),
        ("second", VectorInput(layer.wkb[1:2], layer.crs, layer.attributes[1:2]), "velocity_change_2"),
    ):
        changed = change_reference(ReferenceParams(params.input, tmp_path / name, chosen))
        assert changed.numbers["velocity_change"].value == pytest.approx(result.numbers[key].value, abs=1e-9)


def test_polygons_to_avoid(scene: Scene, params: ProposalParams) -> None:
    free = propose_reference(params)
    first = read_vector(free.files["areas"])
    avoid = VectorInput(first.wkb[:1], first.crs, name="works")
    other = propose_reference(replace(params, output=Path(params.output).with_name("other"), avoid=avoid))
    inside = avoid.mask(scene.stack.grid)
    second = VectorInput(read_vector(other.files["areas"]).wkb[:1], first.crs).mask(scene.stack.grid)
    assert (inside & second).sum() <= 5  # a fifth of its pixels at most


def test_fewer_areas_than_asked_are_said(params: ProposalParams) -> None:
    result = propose_reference(replace(params, count=50))
    assert result.numbers["area_count"].value < 50
    assert "of 50 areas meet the limits" in result.warnings[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": 0}, "COUNT"),
        ({"size": 0.0}, "SIZE"),
        ({"size": 1e6}, "SIZE: '1e.06 m .*fits into the scene"),
        ({"min_coherence": 1.0}, "MIN_COHERENCE: 1.0 .*highest is 0.9"),
        ({"max_velocity": 1e-9}, "MAX_VELOCITY"),
        ({"level": "mean"}, "LEVEL"),
    ],
)
def test_what_is_refused(params: ProposalParams, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        propose_reference(replace(params, **changes))
    assert not Path(params.output).exists()


def test_other_folders_and_the_input_as_output(scene: Scene, params: ProposalParams) -> None:
    with pytest.raises(InputError, match="a displacement folder"):
        propose_reference(replace(params, input=scene.folder))
    with pytest.raises(InputError, match="INPUT would be overwritten"):
        propose_reference(replace(params, output=params.input))


def test_cancelled(params: ProposalParams) -> None:
    class Stop(Monitor):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        propose_reference(params, Stop())
    assert not Path(params.output).exists()

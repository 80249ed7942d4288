"""Orbits: interpolation against vectors left out, midnight, files chosen by validity."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.samples_sentinel1 import circular

from groundline.core.errors import InputError
from groundline.core.sentinel1 import eof
from groundline.core.sentinel1.orbit import Orbit

BURST = "s1-tops-burst"
MOMENT = datetime(2022, 9, 18, 7, 49, 21)


def real(shared_data: Path) -> Orbit:
    files = eof.list_files(shared_data / BURST)
    file = eof.choose(files, "S1A", MOMENT, MOMENT + timedelta(seconds=27))
    return eof.read(
        file, MOMENT - timedelta(minutes=10), MOMENT + timedelta(minutes=10), datetime(2022, 9, 18)
    )


def made(start: float, count: int = 9) -> Orbit:
    times = start + 10.0 * np.arange(count)
    return Orbit(datetime(2025, 1, 1), times, *circular(times), "POEORB")


def test_vectors_left_out_come_back_within_a_millimetre(shared_data: Path) -> None:
    orbit = real(shared_data)
    assert len(orbit.times) > 120 and orbit.source == "RESORB"
    rest = Orbit(orbit.epoch, orbit.times[::2], orbit.positions[::2], orbit.velocities[::2], orbit.source)
    inner = slice(3, -3, 2)  # centred polynomials
    state = rest.at(orbit.times[inner])
    assert np.abs(state.position - orbit.positions[inner]).max() < 1e-3
    assert np.abs(state.velocity - orbit.velocities[inner]).max() < 1e-4


def test_the_polynomial_passes_through_its_vectors_and_has_their_velocities() -> None:
    orbit = made(0.0)
    state = orbit.at(orbit.times)
    np.testing.assert_allclose(state.position, orbit.positions, atol=1e-6)
    np.testing.assert_allclose(state.velocity, orbit.velocities, atol=1e-6)


def test_between_vectors_it_is_the_circle() -> None:
    orbit = made(0.0)
    times = np.linspace(0.0, 80.0, 33).reshape(3, 11)
    position, velocity = circular(times)
    state = orbit.at(times)
    assert state.position.shape == (3, 11, 3)
    assert np.abs(state.position - position).max() < 1e-5
    assert np.abs(state.velocity - velocity).max() < 1e-5
    step = 1e-2
    numeric = (circular(times + step)[1] - circular(times - step)[1]) / (2 * step)
    assert np.abs(state.acceleration - numeric).max() < 1e-4


def test_an_orbit_passes_midnight() -> None:
    orbit = made(86_400.0 - 40.0)
    times = np.array([86_399.999, 86_400.0, 86_400.001])
    np.testing.assert_allclose(orbit.at(times).position, circular(times)[0], atol=1e-5)
    moved = orbit.since(datetime(2025, 1, 2))
    np.testing.assert_allclose(moved.times, np.arange(-40.0, 41.0, 10.0))
    np.testing.assert_allclose(moved.at(times - 86_400.0).position, orbit.at(times).position, atol=1e-6)


def test_missing_times_stay_missing() -> None:
    state = made(0.0).at(np.array([np.nan, 5.0]))
    assert np.isnan(state.position[0]).all() and np.isfinite(state.position[1]).all()


def test_times_beyond_the_vectors_are_refused() -> None:
    with pytest.raises(InputError, match="POEORB"):
        made(0.0).at(80.5)


@pytest.mark.parametrize(
    ("times", "word"),
    [
        ([0.0, 10.0, 20.0], "at least 4"),
        ([0.0, 10.0, 10.0, 20.0], "order of time"),
        ([3.0, 2.0, 1.0, 0.0], "order"),
    ],
)
def test_too_few_or_mixed_up_vectors_are_refused(times: list[float], word: str) -> None:
    with pytest.raises(InputError, match=word):
        Orbit(datetime(2025, 1, 1), np.array(times), *circular(np.array(times)), "annotation")


def named(platform: str, kind: str, made: str, start: str, stop: str) -> str:
    return f"{platform}_OPER_AUX_{kind}_OPOD_{made}_V{start}_{stop}.EOF"


def test_the_precise_file_is_preferred_then_the_newest_and_the_platform_must_agree(tmp_path: Path) -> None:
    names = [
        named("S1A", "RESORB", "20220918T093241", "20220918T053155", "20220918T084925"),
        named("S1A", "POEORB", "20221008T081700", "20220917T225942", "20220919T005942"),
        named("S1A", "POEORB", "20230101T081700", "20220917T225942", "20220919T005942"),
        named("S1B", "POEORB", "20240101T081700", "20220917T225942", "20220919T005942"),
        named("S1A", "RESORB", "20250918T093241", "20220918T053155", "20220918T074930"),
    ]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    files = eof.list_files(tmp_path)
    stop = MOMENT + timedelta(seconds=27)
    assert eof.choose(files, "S1A", MOMENT, stop).path.name == names[2]
    assert (
        eof.choose([file for file in files if file.kind == "RESORB"], "S1A", MOMENT, stop).path.name
        == names[0]
    )
    assert eof.choose(files, "S1C", MOMENT, stop) is None


def test_an_orbit_file_covers_an_image_by_a_minute_on_both_sides(tmp_path: Path) -> None:
    (tmp_path / named("S1A", "RESORB", "20220918T093241", "20220918T070000", "20220918T080000")).write_bytes(b"")
    files = eof.list_files(tmp_path)
    minute, second = timedelta(seconds=60), timedelta(seconds=1)
    start, stop = files[0].start + minute, files[0].stop - minute
    assert eof.choose(files, "S1A", start, stop) is files[0]
    assert eof.choose(files, "S1A", start - second, stop) is None
    assert eof.choose(files, "S1A", start, stop + second) is None


def test_a_folder_without_orbit_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "S1A_OPER_AUX_POEORB.zip").write_bytes(b"")
    with pytest.raises(InputError, match="ORBITS.*not zipped"):
        eof.list_files(tmp_path)
    (tmp_path / "2022").mkdir()
    name = named("S1A", "POEORB", "20221008T081700", "20220917T225942", "20220919T005942")
    (tmp_path / "2022" / name.replace(".EOF", ".eof")).write_bytes(b"")
    assert len(eof.list_files(tmp_path)) == 1


def test_an_orbit_file_of_another_frame_or_cut_short_is_refused(tmp_path: Path, shared_data: Path) -> None:
    source = next((shared_data / BURST).glob("*20220918T093241*.EOF"))
    text = source.read_text(encoding="utf-8")[:6000]
    path = tmp_path / source.name
    path.write_text(text, encoding="utf-8")
    (file,) = eof.list_files(tmp_path)
    with pytest.raises(InputError, match="complete XML"):
        eof.read(file, MOMENT, MOMENT, MOMENT)
    short = text[: text.rindex("<OSV>")] + "</List_of_OSVs></Data_Block></Earth_Explorer_File>"
    path.write_text(short.replace("EARTH_FIXED", "TRUE_OF_DATE"), encoding="utf-8")
    with pytest.raises(InputError, match="EARTH_FIXED"):
        eof.read(file, MOMENT, MOMENT, MOMENT)
    path.write_text(short, encoding="utf-8")
    with pytest.raises(InputError, match="at least 4"):
        eof.read(file, MOMENT, MOMENT, MOMENT)

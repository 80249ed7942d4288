"""stack.json: what is written is what is read, and nothing outside the roots is opened."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from groundline.core import manifest
from groundline.core.errors import InputError
from groundline.core.stack import UNWRAPPED, Acquisition, Grid, Item, Pair, Stack, acquisitions_of


def small_stack(**changes: object) -> Stack:
    pairs = (
        Pair(
            date(2020, 1, 1), date(2020, 1, 13), {"phase": Item("data", "a.tif", missing=(0.0,))}, 12.5, 0.7
        ),
        Pair(
            date(2020, 1, 13),
            date(2020, 2, 6),
            {"phase": Item("data", "b.tif", factor=-1.0)},
            None,
            None,
            "excluded",
            "noisy",
        ),
    )
    stack = Stack(
        UNWRAPPED,
        Grid(3, 2, (10.0, 0.5, 0.0, 50.0, 0.0, -0.5), "EPSG:4326"),
        0.0555,
        pairs,
        acquisitions_of(pairs),
        geometry={"height": Item("data", "dem.tif")},
        roots={"data": "rasters"},
        metadata={"sensor": "S1A", "incidence_deg": 39.7},
    )
    return replace(stack, **changes)  # type: ignore[arg-type]


def test_round_trip_is_exact(tmp_path: Path) -> None:
    stack = small_stack().with_history("importstack", "0.1.0", {"FORMAT": "auto"}, {"INPUT": "x"})
    manifest.save(tmp_path, stack)
    assert manifest.load(tmp_path) == stack


def test_only_kept_pairs_are_in_use() -> None:
    assert [pair.name for pair in small_stack().kept] == ["20200101_20200113"]
    assert small_stack().pairs[1].days == 24


def test_reversed_pair_names_its_file() -> None:
    pair = Pair(date(2020, 2, 6), date(2020, 1, 13), {"phase": Item("data", "wrong.tif")})
    with pytest.raises(InputError, match=r"wrong\.tif.*later than the first"):
        replace(small_stack(), pairs=(pair,)).validate()


def test_duplicate_pair_names_both_files() -> None:
    stack = small_stack()
    twin = replace(stack.pairs[0], items={"phase": Item("data", "twin.tif")})
    with pytest.raises(InputError, match=r"a\.tif / twin\.tif"):
        replace(stack, pairs=(*stack.pairs, twin)).validate()


def test_absent_wavelength_is_refused() -> None:
    with pytest.raises(InputError, match="Wavelength"):
        small_stack(wavelength=0.0).validate()


def test_pair_of_unknown_date_is_refused() -> None:
    with pytest.raises(InputError, match="20200113_20200206"):
        small_stack(acquisitions=(Acquisition(date(2020, 1, 1)), Acquisition(date(2020, 1, 13)))).validate()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{", "valid JSON"), ('{"schema": 99}', "schema version"), ('{"schema": 1}', "complete stack")],
)
def test_damaged_manifest_is_explained(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "stack.json").write_text(text)
    with pytest.raises(InputError, match=expected):
        manifest.load(tmp_path)


def test_folder_without_stack_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Import interferograms"):
        manifest.load(tmp_path)
    with pytest.raises(InputError, match="existing folder"):
        manifest.load(tmp_path / "nowhere")


def test_items_resolve_below_their_root_only(tmp_path: Path) -> None:
    (tmp_path / "rasters").mkdir()
    (tmp_path / "rasters" / "a.tif").write_bytes(b"x")
    (tmp_path / "secret.tif").write_bytes(b"x")
    (tmp_path / "rasters" / "link.tif").symlink_to(tmp_path / "secret.tif")
    stack = small_stack()
    assert manifest.resolve(tmp_path, stack, Item("data", "a.tif")).name == "a.tif"
    for path in ("../secret.tif", "/etc/passwd", "link.tif", "."):
        with pytest.raises(InputError):
            manifest.resolve(tmp_path, stack, Item("data", path))
    with pytest.raises(InputError, match=r"missing\.tif"):
        manifest.resolve(tmp_path, stack, Item("data", "missing.tif"))
    with pytest.raises(InputError, match="Root"):
        manifest.resolve(tmp_path, stack, Item("other", "a.tif"))


def test_moved_data_folder_names_the_root_to_correct(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'roots'"):
        manifest.resolve(tmp_path, small_stack(roots={"data": "gone"}), Item("data", "a.tif"))


def test_root_inside_the_folder_is_relative_so_that_the_folder_can_move(tmp_path: Path) -> None:
    assert manifest.root_of(tmp_path, tmp_path / "rasters") == "rasters"
    assert manifest.root_of(tmp_path, tmp_path) == "."
    assert manifest.root_of(tmp_path / "a", tmp_path / "b") == (tmp_path / "b").as_posix()


def test_manifest_holds_no_pixels_and_is_plain_json(tmp_path: Path) -> None:
    document = json.loads(manifest.save(tmp_path, small_stack()).read_text(encoding="utf-8"))
    assert document["schema"] == 1
    assert document["pairs"][0]["items"]["phase"]["path"] == "a.tif"

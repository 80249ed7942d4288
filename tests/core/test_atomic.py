"""Files appear whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from groundline.core import atomic
from groundline.core.errors import InputError


def test_success_replaces_and_failure_keeps_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "velocity.tif"
    atomic.write_text(path, "first")
    with pytest.raises(ZeroDivisionError), atomic.replacing(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]
    atomic.write_text(path, "second")
    assert path.read_text() == "second"


def test_temporary_name_stands_in_the_same_folder_with_the_same_suffix(tmp_path: Path) -> None:
    with atomic.replacing(tmp_path / "points.gpkg") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".gpkg"
        temporary.write_bytes(b"x")


def test_stale_statistics_of_the_replaced_file_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "velocity.tif"
    stale = tmp_path / "velocity.tif.aux.xml"
    stale.write_text("<old/>")
    atomic.write_text(path, "new")
    assert not stale.exists()


def test_full_disk_is_an_input_error_that_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="disk is full"), atomic.replacing(tmp_path / "a.tif") as temporary:
        temporary.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_json_refuses_nan_and_keeps_key_order(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    atomic.write_json(path, {"b": 1, "a": "ü"})
    assert path.read_text(encoding="utf-8") == '{\n "b": 1,\n "a": "ü"\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        atomic.write_json(path, {"x": float("nan")})
    assert '"b": 1' in path.read_text(encoding="utf-8")


def test_prepare_folder_creates_and_cleans_partial_files(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    atomic.prepare_folder(folder)
    leftover = atomic.partial_name(folder / "velocity.tif")
    leftover.write_bytes(b"half")
    keep = folder / "velocity.tif"
    keep.write_bytes(b"whole")
    atomic.prepare_folder(folder)
    assert list(folder.iterdir()) == [keep]


def test_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("x")
    with pytest.raises(InputError, match="a folder"):
        atomic.prepare_folder(path)
    assert path.read_text() == "x"


def test_unwritable_folder_is_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(InputError, match="may write"):
        atomic.prepare_folder(tmp_path / "new" / "out")
    assert list(tmp_path.iterdir()) == []


def test_free_space_is_checked_with_both_numbers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="MiB of free space"):
        atomic.check_free_space(tmp_path, 2**60)
    atomic.check_free_space(tmp_path, 1)


def test_file_held_open_elsewhere_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: object) -> None:
        raise PermissionError(errno.EACCES, "used by another process")

    path = tmp_path / "velocity.tif"
    path.write_text("old")
    monkeypatch.setattr(atomic.os, "replace", held)
    with pytest.raises(InputError, match="Remove the layer"):
        atomic.write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


class TestTogether:
    def test_files_appear_only_when_all_are_written(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("old", encoding="utf-8")
        with pytest.raises(InputError, match="free disk space"):
            with atomic.replacing_all([tmp_path / "a.csv", tmp_path / "b.json"]) as (first, second):
                first.write_text("new", encoding="utf-8")
                raise OSError(errno.ENOSPC, "No space left on device", str(second))
        assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
        assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old"

    def test_the_last_of_the_list_appears_last(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        moved: list[str] = []
        move = atomic.move
        monkeypatch.setattr(atomic, "move", lambda source, path: (moved.append(path.name), move(source, path)))
        with atomic.replacing_all([tmp_path / "a.csv", tmp_path / "stack.json"]) as temporary:
            for path in temporary:
                path.write_text("new", encoding="utf-8")
        assert moved == ["a.csv", "stack.json"]

    def test_a_folder_made_for_nothing_is_removed(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="stop"):
            with atomic.output_folder(tmp_path / "new" / "out"):
                raise ValueError("stop")
        assert not (tmp_path / "new").exists()

    def test_a_full_disk_is_told_with_the_final_name(self, tmp_path: Path) -> None:
        folder = tmp_path / ".part-run-1f2e3d" / "displacement"
        message = str(atomic.disk_full(atomic.partial_name(folder / "20200101.tif")))
        assert str(tmp_path / "displacement" / "20200101.tif") in message

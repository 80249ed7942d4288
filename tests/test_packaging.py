"""The zip for QGIS and the wheel for notebooks hold the same files: those of the tree, and nothing else."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from groundline.core.version import VERSION


@pytest.fixture(scope="module")
def packer(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("groundline_packer", repository / "scripts" / "package.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def archive(packer: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zip") / "groundline.zip"
    packer.write_zip(path)
    return path


def runs(command: list[str | Path], folder: Path) -> bool:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
    except OSError:  # the interpreter that it was made for is not on this system
        return False


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as opened:
        return set(opened.namelist())


def test_the_zip_holds_one_folder_with_licence_and_metadata(archive: Path) -> None:
    held = names(archive)
    assert {name.split("/")[0] for name in held} == {"groundline"}
    assert {"groundline/LICENSE", "groundline/metadata.txt", "groundline/__init__.py"} <= held


def test_the_zip_holds_neither_tests_nor_caches_nor_binaries(archive: Path) -> None:
    for name in names(archive):
        assert not re.search(r"__pycache__|\.pyc$|/tests/|\.(so|dll|pyd|exe)$|/\.", name), name
    assert archive.stat().st_size < 25 * 10**6


def test_the_same_tree_gives_the_same_bytes(packer: ModuleType, archive: Path, tmp_path: Path) -> None:
    packer.write_zip(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_the_zip_is_what_the_repository_tracks(packer: ModuleType, repository: Path) -> None:
    if shutil.which("git") is None or not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    listing = [
        "git",
        "-c",
        f"safe.directory={repository}",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(
        [*listing, *packer.included()], cwd=repository, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    tracked = {name for name in listed if name and (repository / name).exists()}
    assert {path.as_posix() for path in packer.shipped_files()} == tracked


def test_a_stray_file_is_refused(packer: ModuleType, repository: Path, tmp_path: Path) -> None:
    for name in packer.included():
        if (repository / name).is_dir():
            (tmp_path / name).mkdir()
        else:
            shutil.copy(repository / name, tmp_path / name)
    shutil.copy(repository / "pyproject.toml", tmp_path)
    packer.shipped_files(tmp_path)
    (tmp_path / "core" / "kernel.so").write_bytes(b"")
    with pytest.raises(SystemExit, match=r"kernel\.so"):
        packer.shipped_files(tmp_path)


def test_the_wheel_holds_the_files_of_the_zip(repository: Path, archive: Path, tmp_path: Path) -> None:
    hatchling = repository / ".venv" / "bin" / "hatchling"
    if not runs([hatchling, "version"], repository):
        pytest.skip("the developer tools (.venv) are not installed for this Python")
    subprocess.run(
        [hatchling, "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=repository,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"groundline_insar-{VERSION}-py3-none-any.whl"
    assert {name for name in names(wheel) if ".dist-info/" not in name} == names(archive)


def test_the_metadata_is_complete_and_agrees_with_the_package(repository: Path) -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(repository / "metadata.txt", encoding="utf-8")
    general = parser["general"]
    assert general["name"] == "Groundline"
    assert general["version"] == VERSION
    assert general["qgisMinimumVersion"] == "3.22"
    assert general["qgisMaximumVersion"] == "4.99"
    assert general["hasProcessingProvider"] == "yes"
    assert "supportsQt6" not in general
    for required in ("description", "about", "author", "email"):
        assert general[required].strip()
    assert (repository / general["icon"]).is_file()
    assert f"[{VERSION}]" in (repository / "CHANGELOG.md").read_text(encoding="utf-8")

"""Makes the repository root importable as `groundline`, and hands out data folders and a QGIS application.

The root is the package, and QGIS has a top-level package named `processing` like ours. So the
root must never be on sys.path: `import processing` has to mean QGIS's.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _leave_import_path(folder: Path) -> None:
    """Remove a folder, and the empty entry that stands for the current one, from sys.path."""
    sys.path[:] = [entry for entry in sys.path if entry and Path(entry).resolve() != folder]


def _register(name: str, folder: Path) -> ModuleType:
    """Import `folder` as the package `name`, whatever the folder is called and wherever it stands."""
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} cannot be imported as {name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_leave_import_path(ROOT)
_register("groundline", ROOT)
_register("groundline_tests", ROOT / "tests" / "support")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public real data beside the checkout; see its README for what is in it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        reason = f"the folder of real data {folder} is not on this machine"
        if os.environ.get("GROUNDLINE_REQUIRE_DATA") == "1":
            pytest.fail(f"GROUNDLINE_REQUIRE_DATA=1, but {reason}")
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def qgis_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """QGIS without a window: application, Processing and our provider, with a profile of its own."""
    pytest.importorskip("qgis.core", reason="QGIS is not installed for this Python")
    from groundline_tests.qgis_session import start, stop

    application = start(tmp_path_factory.mktemp("qgis-profile"))
    yield application
    stop(application)


@pytest.fixture
def provider(qgis_app: Any) -> Any:
    """The Groundline provider as QGIS's registry holds it."""
    from qgis.core import QgsApplication

    return QgsApplication.processingRegistry().providerById("groundline")

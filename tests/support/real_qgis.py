"""Runs a script inside a real QGIS window on a virtual screen, with the packed plugin, and returns its report."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest


def run(repository: Path, folder: Path, script: str, seconds: int = 180, **variables: str) -> dict[str, Any]:
    """Pack the plugin into `folder`, start QGIS with tests/support/<script>, and read what it reports."""
    if shutil.which("xvfb-run") is None or shutil.which("qgis") is None:
        pytest.skip("qgis or xvfb-run is not installed")
    packed = folder / "groundline.zip"
    subprocess.run([sys.executable, str(repository / "scripts" / "package.py"), str(packed)], check=True)
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder / "plugins")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "xcb",
        "QGIS_PLUGINPATH": str(folder / "plugins"),
        "GROUNDLINE_REPORT": str(folder / "report.json"),
        "PYTHONDONTWRITEBYTECODE": "1",
        **variables,
    }
    command = ["xvfb-run", "-a", "-s", "-screen 0 1400x1000x24", "qgis", "--nologo", "--noversioncheck"]
    command += ["--profiles-path", str(folder / "profiles")]
    command += ["--code", str(repository / "tests" / "support" / script)]
    with open(Path(tempfile.gettempdir()) / "groundline-screen.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one at a time: two would grab the same screen number
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    assert (folder / "report.json").exists(), done.stderr
    found: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert "error" not in found, found
    return found

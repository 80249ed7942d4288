"""Runs algorithms through qgis_process, with a profile and a plugin folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def executable() -> str | None:
    """The program itself: on Debian 12 the wrapper of that name passes a wrong flag."""
    return shutil.which("qgis_process.bin") or shutil.which("qgis_process")


def prepare(folder: Path) -> dict[str, str]:
    """Make a profile in `folder` with our plugin enabled; returns the environment for `run`."""
    plugins = folder / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    link = plugins / "groundline"
    if not link.exists():
        link.symlink_to(ROOT, target_is_directory=True)
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QGIS_PLUGINPATH": str(plugins),
        "QGIS_CUSTOM_CONFIG_PATH": str(folder / "profile"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    # Exit code 1 only says that it was enabled already.
    _call(["plugins", "enable", "groundline"], environment)
    return environment


def run(identifier: str, values: dict[str, Any], environment: dict[str, str]) -> dict[str, Any]:
    """Results of an algorithm; a list as value repeats the name. Raises with what was printed when it fails."""
    words = ["--json", "run", identifier, "--"]
    for name, value in values.items():
        words += [f"{name}={item}" for item in (value if isinstance(value, (list, tuple)) else [value])]
    done = _call(words, environment)
    if done.returncode != 0:
        raise RuntimeError(done.stderr or done.stdout)
    results: dict[str, Any] = json.loads(done.stdout)["results"]
    return results


def call(words: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """The JSON answer of any other command, such as `list` or `help`."""
    answer: dict[str, Any] = json.loads(_call(["--json", *words], environment).stdout)
    return answer


def _call(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = executable()
    if program is None:
        raise FileNotFoundError("qgis_process is not installed")
    return subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)

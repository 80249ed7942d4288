#!/usr/bin/python3
"""Writes the models that ship with the provider (processing/models/*.model3).

Run it with the oldest QGIS supported, so that every later one reads the files.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from shipped_models.railwaycorridor import railway_corridor
from shipped_models.saltmine import salt_mine
from shipped_models.sentinel1interferograms import sentinel1_interferograms

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "processing" / "models"


def main() -> int:
    """Write every model and read it back."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_HASH_SEED", "0")  # the same order of attributes every time
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the packages
    from groundline_tests import qgis_session

    with tempfile.TemporaryDirectory() as profile:
        application = qgis_session.start(Path(profile))
        try:
            for build in (railway_corridor, salt_mine, sentinel1_interferograms):
                model = build()
                path = MODELS / f"{model.name()}.model3"
                if not model.toFile(str(path)):
                    print(f"{path} could not be written.")
                    return 1
                print(path)
                del model
        finally:
            qgis_session.stop(application)
    return 0


if __name__ == "__main__":
    sys.exit(main())

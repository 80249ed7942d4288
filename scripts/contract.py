#!/usr/bin/python3
"""Writes the public interface of algorithms into tests/processing/contract.json.

python3 scripts/contract.py network sbas     these algorithms
python3 scripts/contract.py --all            every algorithm and model of the provider
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = ROOT / "tests" / "processing" / "contract.json"


def main(wanted: list[str]) -> int:
    """Update the entries of the wanted algorithms and return an exit code."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the packages
    from groundline_tests import contract, qgis_session

    with tempfile.TemporaryDirectory() as profile:
        application = qgis_session.start(Path(profile))
        now = contract.describe_provider()
        qgis_session.stop(application)
    unknown = [name for name in wanted if name != "--all" and name not in now]
    if unknown or not wanted:
        print(f"Unknown: {', '.join(unknown)}. There are: {', '.join(sorted(now))}")
        return 1
    kept = json.loads(CONTRACT.read_text(encoding="utf-8")) if CONTRACT.exists() else {}
    kept.update(now if "--all" in wanted else {name: now[name] for name in wanted})
    text = json.dumps({name: kept[name] for name in sorted(kept)}, indent=1, ensure_ascii=False)
    CONTRACT.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

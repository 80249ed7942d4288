"""The environment page names versions, and warns where something makes runs slow or impossible."""

from __future__ import annotations

import sys
from typing import Any

import pytest

MAPS = {
    "OpenBLAS": "7f r-xp 08:01 1 /usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3",
    "reference BLAS": "7f r-xp 08:01 1 /usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0",
    "Intel MKL": "7f r-xp 08:01 1 /opt/mkl/lib/libmkl_rt.so.2",
}


@pytest.mark.parametrize("name", MAPS)
def test_the_blas_is_recognised_by_the_library_that_is_loaded(qgis_app: Any, name: str) -> None:
    from groundline.plugin.environment import blas_name

    assert blas_name(MAPS[name]) == name


def test_the_reference_blas_is_warned_about(qgis_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from groundline.plugin import environment

    monkeypatch.setattr(environment, "blas_name", lambda maps: "reference BLAS")
    warnings = [entry.warning for entry in environment.entries() if entry.name == "BLAS in use"]
    assert "libopenblas0-pthread" in warnings[0]


def test_versions_are_listed(qgis_app: Any) -> None:
    import numpy as np
    from qgis.core import Qgis

    from groundline.core.version import VERSION
    from groundline.plugin.environment import as_text, entries

    values = {entry.name: entry.value for entry in entries()}
    assert values["Groundline"] == VERSION
    assert values["QGIS"] == Qgis.QGIS_VERSION
    assert values["numpy"] == np.__version__
    assert values["Python"] == ".".join(str(part) for part in sys.version_info[:3])
    assert values["Memory budget"] == "1024 MiB"
    assert f"QGIS                  {Qgis.QGIS_VERSION}".split() == as_text(entries()).splitlines()[1].split()


def test_a_missing_package_is_a_warning_with_its_remedy(
    qgis_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    from groundline.plugin import environment

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "scipy" else found(name))
    (entry,) = [entry for entry in environment.entries() if entry.name == "scipy"]
    assert entry.value == "not installed"
    assert "scipy" in entry.warning


def test_the_page_can_be_copied(qgis_app: Any) -> None:
    from qgis.PyQt.QtWidgets import QApplication

    from groundline.plugin.dialogs.environment import EnvironmentDialog
    from groundline.plugin.environment import Entry

    dialog = EnvironmentDialog(
        lines=[Entry("QGIS", "3"), Entry("BLAS in use", "slow", "Install a fast one.")]
    )
    dialog.copy()
    assert (
        QApplication.clipboard().text() == "QGIS         3\nBLAS in use  slow\nWarning: Install a fast one."
    )

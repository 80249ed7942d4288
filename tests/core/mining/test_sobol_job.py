"""The sensitivity job: indices of the model, proportionality, perturbation, resume, bad input."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from groundline_tests.stacks import hashes

from groundline.core.errors import InputError
from groundline.core.mining.brine import Deposit
from groundline.core.mining.sobol_job import Response, SobolParams, run_sobol


def test_the_model_by_hand() -> None:
    # D 1.5e-9 m2/s / 3 m * (48.8 - 12.2)/48.8 * 1000 d * 86400 s/d = 0.0324 m; 1e4 m2 -> 324 t brine -> 259.2 t
    s, product, d = Response(SobolParams("x", days=1000.0))(np.array([[1.5e-9, 12.2]]))[0]
    assert s == pytest.approx(32.4)
    assert product == pytest.approx(259.2)
    area = 259.2 / 3.354
    assert math.pi / 4 * d**2 + 56.4 * d == pytest.approx(area)


def test_full_ranges_give_three_and_four_sevenths_for_both(tmp_path) -> None:
    result = run_sobol(SobolParams(tmp_path, samples=2**13, resamples=50))
    for output in ("s", "ty"):
        for parameter in ("d", "cx"):
            assert result.numbers[f"first_{output}_{parameter}"].value == pytest.approx(3 / 7, abs=0.01)
            assert result.numbers[f"total_{output}_{parameter}"].value == pytest.approx(4 / 7, abs=0.01)
    assert result.numbers["mean_s"].value == pytest.approx(1.87e-9 / 3 * 792 * 86400 * 1000 / 4, rel=0.01)
    row = result.tables["indices"][0]
    assert (row["class_first"], row["class_total"]) == ("unimportant", "important")
    assert row["first_low"] < row["first"] < row["first_high"]


def test_first_orders_never_sum_beyond_one(tmp_path) -> None:
    result = run_sobol(SobolParams(tmp_path, d_low=1e-9, cx_low=10.0, cx_high=45.0, resamples=0))
    for output in ("s", "ty", "d"):
        values = [
            result.numbers[f"{order}_{output}_{p}"].value for order in ("first", "total") for p in ("d", "cx")
        ]
        assert sum(values[:2]) < 1.005
        assert sum(values[2:]) > 0.995


def test_perturbation_follows_the_equation(tmp_path) -> None:
    result = run_sobol(SobolParams(tmp_path, resamples=0))
    found = {
        (row["output"], row["parameter"], row["change_percent"]): row["effect_percent"]
        for row in result.tables["perturbation"]
    }
    assert found["S", "D", 10.0] == pytest.approx(10.0)
    assert found["Ty", "D", -20.0] == pytest.approx(-20.0)
    # Cx = 24.4, u = 0.5: 10 % more Cx is 2.44 g, u falls to 0.45
    assert found["S", "Cx", 10.0] == pytest.approx(-10.0)


def test_files_are_repeated_byte_for_byte_and_resumed(tmp_path) -> None:
    first = run_sobol(SobolParams(tmp_path / "a", samples=64, resamples=20))
    second = run_sobol(SobolParams(tmp_path / "b", samples=64, resamples=20))
    assert hashes(first.folder) == hashes(second.folder)
    assert set(hashes(first.folder)) == {
        "sobol.csv",
        "perturbation.csv",
        "sobol.png",
        "perturbation.png",
        "report.html",
        "result.json",
    }
    before = (first.folder / "sobol.csv").stat().st_mtime_ns
    run_sobol(SobolParams(tmp_path / "a", samples=64, resamples=20))
    assert (first.folder / "sobol.csv").stat().st_mtime_ns == before
    page = first.files["report"].read_text(encoding="utf-8")
    assert "more than 1, which independent parameters cannot have" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"cs": 0.0}, "CS"),
        ({"cs": -1.0}, "CS"),
        ({"delta": 0.0}, "DELTA"),
        ({"d_low": 2e-9}, "D_MIN to D_MAX"),
        ({"cx_high": 50.0}, "CX_MIN to CX_MAX"),
        ({"cx_low": 48.8}, "CX_MIN to CX_MAX"),
        ({"samples": 1000}, "SAMPLES"),
        ({"deposit": Deposit(density=-1.0)}, "DENSITY"),
        ({"area": math.nan}, "AREA"),
        ({"level": 1.0}, "LEVEL"),
    ],
)
def test_senseless_parameters_are_refused(tmp_path, wrong, field) -> None:
    with pytest.raises(InputError) as caught:
        run_sobol(replace(SobolParams(tmp_path / "out"), **wrong))
    assert caught.value.field == field
    assert not (tmp_path / "out").exists()

"""Amplitudes brought to one level, whatever the gains, the gaps and the blocks."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.filtering import calibration


@pytest.fixture
def amplitudes():
    """(5, 40, 30) with gains 1 ... 5, a very bright pixel on one date, and gaps."""
    values = np.random.default_rng(1).rayleigh(3.0, (5, 40, 30)) * np.arange(1, 6)[:, None, None]
    values[2, 7, 7] *= 1e4
    values[0, :4, :4] = 0
    values[1, 20, 20:25] = np.nan
    values[4, 30, 3] = np.inf
    values[4, 31, 3] = -1
    return values.astype(np.float32)


def test_gains_are_found_and_removed(amplitudes):
    calibrated, factors = calibration.calibrate_amplitudes(amplitudes)
    np.testing.assert_allclose(factors * np.arange(1, 6), np.prod(np.arange(1, 6)) ** 0.2, rtol=0.06)
    assert np.prod(factors) == pytest.approx(1)
    valid = np.isfinite(calibrated).all(axis=0)
    means = np.log(calibrated[:, valid]).mean(axis=1)
    np.testing.assert_allclose(means, means[0], atol=1e-5)
    assert calibrated.dtype == np.float32


def test_what_is_not_above_zero_or_not_finite_is_missing(amplitudes):
    calibrated, _ = calibration.calibrate_amplitudes(amplitudes)
    missing = ~(np.isfinite(amplitudes) & (amplitudes > 0))
    assert missing.sum() == 16 + 5 + 1 + 1
    np.testing.assert_array_equal(np.isnan(calibrated), missing)


def test_blocks_of_rows_give_the_same_bytes(amplitudes):
    whole, factors = calibration.calibrate_amplitudes(amplitudes)
    for size in (1, 7, 16):
        starts = range(0, 40, size)
        parts = [calibration.row_log_sums(amplitudes[:, start : start + size]) for start in starts]
        joined = calibration.calibration_factors(
            np.concatenate([sums for sums, _ in parts], axis=1),
            np.concatenate([counts for _, counts in parts]),
        )
        assert joined.tobytes() == factors.tobytes()
        blocks = [calibration.calibrate_amplitudes(amplitudes[:, s : s + size], joined)[0] for s in starts]
        assert np.concatenate(blocks, axis=1).tobytes() == whole.tobytes()


def test_a_date_without_amplitudes_is_refused(amplitudes):
    amplitudes[3] = 0
    with pytest.raises(InputError, match="Amplitudes: '5 dates' .* on every date"):
        calibration.calibrate_amplitudes(amplitudes)

"""The errata of asv by numbers that share nothing with the claims."""

from __future__ import annotations

import numpy as np
import pytest

from symvar.claims.library import folder_of, load

ERRATA = {
    "7",
    "20",
    "A.21",
    "B.13",
    "prose:s-range",
    "prose:fully-connected",
    "prose:j-size",
    "prose:e-without-padding",
    "prose:padding-causes-difference",
    "prose:max-second-moment",
}


def test_the_errata_are_these():
    entries = load(folder_of("asv")).entries.values()
    assert {entry.id for entry in entries if entry.outcome == "erratum"} == ERRATA


def matrix(width, kernel, padding=0):
    """The convolution along one axis as a matrix, outputs by inputs."""
    padded = np.zeros((width + 2 * padding - len(kernel) + 1, width + 2 * padding))
    for row in range(len(padded)):
        padded[row, row : row + len(kernel)] = kernel
    return padded[:, padding : padding + width]


@pytest.mark.parametrize(("width", "taps"), [(3, 2), (5, 3), (7, 3)])
def test_the_gradient_needs_the_kernel_turned(width, taps):
    """(7): a correlation with the kernel for an interior input; its mirror is what is printed."""
    rng = np.random.default_rng(width)
    kernel, signal = rng.standard_normal(taps), rng.standard_normal(width - taps + 1)
    gradient = matrix(width, kernel).T @ signal
    place = taps - 1  # fed by the outputs 0 to taps - 1
    window = signal[:taps]
    assert gradient[place] == pytest.approx(kernel[::-1] @ window)
    assert gradient[place] != pytest.approx(kernel @ window)


@pytest.mark.parametrize(("width", "taps", "padding"), [(2, 2, 0), (6, 3, 0), (6, 3, 1), (6, 3, 2)])
def test_only_full_padding_gives_every_input_all_taps(width, taps, padding):
    """(20): connections against inputs times taps."""
    joined = int(matrix(width, np.ones(taps), padding).sum())
    assert (joined == width * taps) == (padding == taps - 1)


def test_the_maximum_of_two_normals_has_second_moment_one():
    draws = np.random.default_rng(0).standard_normal((400_000, 2))
    assert np.mean(draws.max(axis=1) ** 2) == pytest.approx(1, abs=0.01)


def test_units_of_a_channel_correlate_by_one_over_pi():
    """Many nets of one layer on independent rectified signals, two patches apart."""
    rng = np.random.default_rng(1)
    signals = np.maximum(rng.standard_normal((200_000, 2, 4)), 0)
    kernels = rng.standard_normal((200_000, 4))
    one, other = np.einsum("npi,ni->pn", signals, kernels)
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(1 / np.pi, abs=0.02)

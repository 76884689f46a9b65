"""Whole pools of small maps, forward and backward, against simulation of the field."""

import numpy as np
import pytest

from symvar.field.kernels import Kernel
from symvar.field.lazy import Lazy
from symvar.field.pairs import Full
from symvar.field.pools import Pool
from symvar.geometry import sliding

DRAWS = 20_000


def kernel_of(covariance, height, width):
    values = covariance.reshape(1, height, width, height, width)
    variance = np.diag(covariance).reshape(1, height, width)
    pairs = Lazy.of(Full(values))
    return Kernel(variance, pairs, pairs)


def border_field(height, width, rng):
    """Averages of independent units under a zero-padded kernel of random, positive taps."""
    taps = rng.random((3, 3)) + 0.2
    rows = np.zeros((height * width, height * width))
    for y in range(height):
        for x in range(width):
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    if 0 <= y + dy < height and 0 <= x + dx < width:
                        rows[y * width + x, (y + dy) * width + x + dx] = taps[dy + 1, dx + 1]
    return rows @ rows.T / (taps**2).sum()


class _Relu:
    rising = "relu"


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 0), (3, 2, 1), (2, 1, 0)]
)
def test_a_pool_forward_and_backward_against_simulation(kernel, stride, padding):
    height, width = 5, 6
    rng = np.random.default_rng(3)
    covariance = border_field(height, width, rng)
    windows = sliding(
        (height, width), (kernel,) * 2, (stride,) * 2, (padding,) * 2, (padding,) * 2, (1, 1)
    )
    pool = Pool(kernel_of(covariance, height, width), windows, _Relu())
    high, wide = pool.space
    arriving = border_field(high, wide, rng)

    def normal(matrix):
        factor = np.linalg.cholesky(matrix + 1e-9 * np.eye(len(matrix)))
        return rng.standard_normal((DRAWS, len(matrix))) @ factor.T

    units, gradient = normal(covariance), normal(arriving)
    reads = [[[y * width + x for y in rows for x in columns]
              for columns in map(windows.axes[1].reads, range(wide))]
             for rows in map(windows.axes[0].reads, range(high))]  # fmt: skip
    behind, before = np.zeros((DRAWS, high * wide)), np.zeros((DRAWS, height * width))
    for place, inputs in enumerate(each for row in reads for each in row):
        here = units[:, inputs]
        behind[:, place] = here.max(axis=1).clip(0)
        top, draws = here.argmax(axis=1), np.flatnonzero(behind[:, place] > 0)
        before[draws, np.array(inputs)[top[draws]]] += gradient[draws, place]

    def check(found, samples, slack):
        expected = samples.T @ samples / DRAWS
        noise = np.sqrt((samples**2).T @ (samples**2) / DRAWS - expected**2) / DRAWS**0.5
        assert (abs(found - expected) < 4.5 * noise + slack * np.diag(expected).mean()).all()

    forward, backward = pool.kernel, pool.pull(kernel_of(arriving, high, wide))
    check(forward.pairs.value.values.reshape(high * wide, -1), behind, 0.01)
    check(
        backward.pairs.value.values.reshape(height * width, -1),
        before,
        0.02 if windows.tile else 0.06,
    )
    diagonal = (before**2).mean(axis=0)
    noise = (before**2).std(axis=0) / DRAWS**0.5
    wrong = abs(backward.variance.reshape(-1) - diagonal)
    assert (wrong < 4.5 * noise + 0.01 * diagonal.mean()).all()

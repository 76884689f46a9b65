"""Real images that install with a package: scikit-learn's handwritten digits."""

from __future__ import annotations

import numpy as np

from symvar.extras import require_package
from symvar.inputs import Images


def digits(shape: tuple[int, ...], count: int = 256) -> Images:
    """Digits of mean zero and second moment 1, interpolated to a shape (channels, size, size)."""
    datasets = require_package("sklearn.datasets", "images")
    images = np.asarray(datasets.load_digits().images[:count], np.float64)
    channels, size = shape[0], shape[1]
    rows = interpolation(images.shape[1], size)
    larger = rows @ images @ rows.T
    larger = (larger - larger.mean()) / larger.std()
    return Images(np.repeat(larger[:, None], channels, axis=1))


def interpolation(before: int, behind: int) -> np.ndarray:
    """(behind, before): linear between the centres of pixels, the ends held."""
    places = np.clip((np.arange(behind) + 0.5) * before / behind - 0.5, 0, before - 1)
    low = np.minimum(places.astype(int), before - 2)
    rows = np.zeros((behind, before))
    rows[np.arange(behind), low] = 1 - (places - low)
    rows[np.arange(behind), low + 1] += places - low
    return rows

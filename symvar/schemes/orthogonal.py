"""Orthogonal initialisation."""

from __future__ import annotations

import sympy as sp

from symvar.activations.identity import Identity
from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer


def isometry(layer: WeightedLayer) -> sp.Eq:
    r"""$\max(n_\text{in}, n_\text{out})\,\sigma_w^2 = 1$, written so that it scales with the fans.

    An a x b matrix with orthonormal rows or columns has entries of variance 1/max(a, b).
    """
    model = layer.model(Identity())
    fans = sp.sympify(layer.mix.fan_out) / layer.mix.fan_in
    return sp.Eq(model.forward * sp.Max(1, fans), 1, evaluate=False)


class Orthogonal(Scheme):
    r"""$\max(n_\text{in}, n_\text{out})\,\sigma_w^2 = 1$: no direction is stretched.

    A dense layer's matrix has orthonormal rows or columns, all singular values one. A convolution's
    kernel, flattened to outputs by taps times inputs, is such a matrix times a gain: an isometry on
    single patches, not of the convolution. With several taps its gain here is that of the map,
    by the fans, not of the flattened kernel.
    """

    name = "orthogonal"
    reference = cite("saxe", "section 3")
    summary = "linear dense layers are isometries on their smaller side"
    direction = "local"
    assumes = ("units act as linear", "no border, no pooling")
    becomes = "lecun's variance where fan-in is at least fan-out, else its backward twin's"
    distribution = "orthogonal"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The larger of the two gains of the linear model is one."""
        return isometry(layer)

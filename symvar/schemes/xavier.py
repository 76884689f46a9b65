"""Xavier (Glorot) initialisation."""

from __future__ import annotations

import sympy as sp

from symvar.activations.identity import Identity
from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer


class Xavier(Scheme):
    r"""$\tfrac12 (n_\text{in} + n_\text{out})\,\sigma_w^2 = 1$.

    The forward condition $n_\text{in}\sigma_w^2 = 1$ and the backward condition
    $n_\text{out}\sigma_w^2 = 1$ of a linear layer cannot both hold; the mean of the two gains is
    set to one, so the variance is the harmonic mean of the two solutions.
    """

    name = "xavier"
    reference = cite("glorot", "12")
    summary = "mean of forward and backward gain one, linear layer without border"
    direction = "local"
    assumes = (
        "units act as linear: activations with slope 1 at zero, and small signals",
        "no border, no pooling",
    )
    becomes = "lecun where fan-in equals fan-out"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The mean of the two gains of the linear model is one."""
        model = layer.model(Identity())
        return sp.Eq((model.forward + model.backward_input) / 2, 1, evaluate=False)

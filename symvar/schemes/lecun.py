"""LeCun's scheme."""

from __future__ import annotations

import sympy as sp

from symvar.activations.identity import Identity
from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer


class LeCun(Scheme):
    r"""$n_\text{in}\,\sigma_w^2 = 1$: the forward moment kept, units taken as linear."""

    name = "lecun"
    reference = cite("lecun", "16")
    summary = "forward second moment kept by a linear layer without border"
    direction = "local"
    assumes = ("units act as linear", "no border, no pooling")
    becomes = "xavier where fan-in equals fan-out"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The forward moment of the linear model is one."""
        return sp.Eq(layer.model(Identity()).forward, 1, evaluate=False)

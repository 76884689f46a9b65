"""Kaiming (He) initialisation, forward."""

from __future__ import annotations

import sympy as sp

from symvar.activations.relu import Rectifier
from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer


class KaimingFanIn(Scheme):
    r"""$\tfrac12 n_\text{in}\,\sigma_w^2 = 1$: the forward moment kept by rectified units."""

    name = "kaiming-fan-in"
    reference = cite("he", "10")
    summary = "forward second moment kept by a ReLU layer without border or pooling"
    direction = "local"
    assumes = ("a rectifier before every layer, the first too", "no border, no pooling")
    becomes = "asv-forward without border and pooling, but for the first layer"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The forward moment of the rectified model is one."""
        return sp.Eq(layer.model(Rectifier()).forward, 1, evaluate=False)

"""Kaiming (He) initialisation, backward."""

from __future__ import annotations

import sympy as sp

from symvar.activations.relu import Rectifier
from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer


class KaimingFanOut(Scheme):
    r"""$\tfrac12 n_\text{out}\,\sigma_w^2 = 1$: the backward moment kept by rectified units.

    $n_\text{out}$ is the number of outputs an input truly feeds, so a stride divides it; He et
    al. write it for stride 1.
    """

    name = "kaiming-fan-out"
    reference = cite("he", "14")
    summary = "backward second moment kept by a ReLU layer without border or pooling"
    direction = "local"
    assumes = ("a rectifier behind every layer, the last too", "no border, no pooling")
    becomes = "asv-backward where every input feeds fan-out outputs, but for the last layer"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The backward moment of the rectified model is one."""
        return sp.Eq(layer.model(Rectifier()).backward_input, 1, evaluate=False)

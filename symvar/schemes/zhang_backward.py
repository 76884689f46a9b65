"""The backward scheme of Zhang et al., with the activation that truly stands there."""

from __future__ import annotations

import sympy as sp

from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer


class ZhangBackward(Scheme):
    r"""$\lambda'_\ell m_\ell \sigma_w^2 = 1$, $\lambda' = \mathrm{E}[\varphi'(x)^2]$.

    x is standard normal and $\varphi$ the activation behind the layer, as in the corrected (26); m
    is the number of outputs an input truly feeds, which a stride divides. So it is $2/m$ before a
    rectifier (36), $2/((1 + a^2) m)$ before a leaky one, where the source prints $(1 + a^2)/m$
    (37), and $1/m$ at the last layer.
    """

    name = "zhang-backward"
    reference = cite("zhang", "34")
    summary = "backward second moment kept by a layer and the activation behind it"
    direction = "local"
    assumes = (
        "pre-activations are Gaussian of variance 1, and the activation nearest behind acts alone",
        "the derivative multiplies the error and is independent of it",
        "no border, no pooling",
    )
    becomes = "kaiming-fan-out before a rectifier (slope 0)"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The backward moment of the layer's model, with its own activation, is one."""
        return sp.Eq(layer.model(layer.behind).backward_input, 1, evaluate=False)

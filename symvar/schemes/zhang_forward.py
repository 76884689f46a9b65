"""The forward scheme of Zhang et al., with the activation that truly stands there."""

from __future__ import annotations

import sympy as sp

from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer


class ZhangForward(Scheme):
    r"""$\lambda_\ell n_\ell \sigma_w^2 = 1$, $\lambda = \mathrm{E}[\varphi(x)^2]$.

    x is standard normal and $\varphi$ the activation before the layer. So it is $1/n$ at the first
    layer (21), $2/n$ behind a rectifier (24) and $2/((1 + a^2) n)$ behind a leaky one. The source
    prints $(1 + a^2)/n$ for the last, (25), which keeps the variance at $a^2 = \sqrt2 - 1$ only.
    """

    name = "zhang-forward"
    reference = cite("zhang", "22")
    summary = "forward second moment kept by a layer and the activation before it"
    direction = "local"
    assumes = (
        "pre-activations are Gaussian of variance 1, and the activation nearest before acts alone",
        "no border, no pooling",
    )
    becomes = "kaiming-fan-in behind a rectifier (slope 0); lecun with no activation before"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The forward moment of the layer's model, with its own activation, is one."""
        return sp.Eq(layer.model(layer.before).forward, 1, evaluate=False)

"""Pooling- and padding-aware initialisation, backward."""

from __future__ import annotations

import sympy as sp

from symvar import symbols as sym
from symvar.reference import cite
from symvar.schemes.base import Reduction, Scheme, WeightedLayer


class AsvBackward(Scheme):
    r"""$r^{(\ell-1)} = 1$ at every layer: $\sigma_w^2 = M_{\ell-1}/(\gamma_\ell e_\ell)$ under iid.

    $\gamma = 1$ at a layer with no activation behind it, the last.
    """

    name = "asv-backward"
    reference = cite("asv", "18")
    summary = "backward second moment one at every layer, borders and pooling included"
    direction = "backward"
    assumes = (
        "the recursion of the theory it is solved under",
        "gates whose slope is known before the forward variances are: f(cx) = c f(x)",
    )
    becomes = "kaiming-fan-out before a rectifier where every input feeds fan-out outputs"
    reduces_to = Reduction(
        "kaiming-fan-out",
        without_pooling=sp.Eq(sym.window_here, 1),
        otherwise=sp.Eq(sym.connections, sym.units_before * sym.fan_out),
        words="every input feeds fan-out outputs: no border, or windows that tile the input",
    )

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The gradient's moment at the layer's input is one."""
        return sp.Eq(layer.backward_input, 1, evaluate=False)

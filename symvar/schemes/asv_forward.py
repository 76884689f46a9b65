"""Pooling- and padding-aware initialisation, forward."""

from __future__ import annotations

import sympy as sp

from symvar import symbols as sym
from symvar.reference import cite
from symvar.schemes.base import Reduction, Scheme, WeightedLayer


class AsvForward(Scheme):
    r"""$q^{(\ell)} = 1$ at every layer: $\sigma_w^2 = M'_\ell/(\tau_{\ell-1} e_\ell)$ under iid.

    $\tau = 1$ at a layer with no activation before it, the first.
    """

    name = "asv-forward"
    reference = cite("asv", "17")
    summary = "forward second moment one at every layer, borders and pooling included"
    direction = "forward"
    assumes = ("the recursion of the theory it is solved under, and nothing else",)
    becomes = "kaiming-fan-in behind a rectifier without border and pooling"
    reduces_to = Reduction(
        "kaiming-fan-in",
        without_pooling=sp.Eq(sym.window_before, 1),
        otherwise=sp.Eq(sym.connections, sym.units * sym.fan_in),
        words="every output reads fan-in inputs: no padding",
    )

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The layer's forward moment is one."""
        return sp.Eq(layer.forward, 1, evaluate=False)

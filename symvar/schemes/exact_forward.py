"""The forward condition, exact under whatever theory it is solved under."""

from __future__ import annotations

import sympy as sp

from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer


class ExactForward(Scheme):
    r"""$q^{(\ell)} = 1$ at every layer, under the theory it is solved under.

    What arrives at a layer depends on the layers before it alone, so one pass solves any graph,
    sums and norms included: $\sigma_w^2 = (1 - \sigma_b^2)/g$ with g the moment the layer would
    give for $\sigma_w^2 = 1$.
    """

    name = "exact-forward"
    reference = cite("asv", "17")
    summary = "forward second moment one at every layer, under any theory"
    direction = "forward"
    assumes = ("the recursion of the theory it is solved under, and nothing else",)
    becomes = "asv-forward under the theory iid"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The layer's forward moment is one."""
        return sp.Eq(layer.forward, 1, evaluate=False)

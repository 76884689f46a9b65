"""The backward condition, exact under whatever theory it is solved under."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

import numpy as np
import sympy as sp

from symvar.errors import NeedsFact
from symvar.graph.network import Network
from symvar.inputs import Input
from symvar.reference import cite
from symvar.schemes.base import Held, Init, Scheme, Solution, WeightedLayer
from symvar.schemes.exact_forward import ExactForward
from symvar.schemes.fixed_point import Array, fixed_point
from symvar.schemes.passes import Passes, fixed_variances, logarithms, written
from symvar.schemes.segments import in_series
from symvar.schemes.surroundings import normalised
from symvar.theories import Theory

SWEEPS = 100
"""How often forward and backward passes are repeated at most."""

SETTLED = 1e-12
"""The relative change of a variance at which they end."""

ENOUGH = 1e-9
"""The change that is accepted after the last sweep."""


class ExactBackward(Scheme):
    r"""$r^{(\ell-1)} = 1$ at the input of every layer, under the theory it is solved under.

    In a chain of layers with f(cx) = c f(x) between them no gate depends on the forward moments:
    one backward pass solves it, exactly where the theory is exact. Elsewhere, as behind sums or
    before tanh, the gates of a forward pass give a backward pass its variances, these the next
    forward pass, and so on until no variance changes by more than $10^{-12}$ of itself.
    """

    name = "exact-backward"
    reference = cite("asv", "18")
    summary = "backward second moment one at every layer's input, under any theory"
    direction = "backward"
    assumes = (
        "the recursion of the theory it is solved under",
        "gradients that depend on the scale of every layer's weights: no norm behind it",
    )
    becomes = "asv-backward under the theory iid, where that scheme speaks"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The gradient's moment at the layer's input is one."""
        return sp.Eq(layer.backward_input, 1, evaluate=False)

    def solution(
        self,
        net: Network,
        theory: Theory,
        input: str | Input = "white",
        held: Mapping[str, Held] | None = None,
    ) -> Solution:
        """The weight variances of a network; arguments and errors as for every scheme.

        Raises:
            NeedsFact: where the theory cannot say, for a layer with a norm behind it, where sizes
                are symbols and gates depend on them, and where the passes do not settle.
        """
        self._refuse_norms(net, theory, held or {})
        start = ExactForward().solve(net, theory, input, held)
        fixed = fixed_variances(held)
        passes = Passes(net, theory, input, start.bias_variances)
        if in_series(net) and not start.bias_variances:
            found = passes.backward_solved(start, fixed)
        elif any(each.free_symbols for each in start.values()):
            return super().solution(net, theory, input, held)
        else:
            found = self._settled(passes, start, fixed)
        in_order = {node.name: found[node.name] for node in net.weighted}
        return Solution(Init(self.name, theory.name, in_order, start.bias_variances))

    def _refuse_norms(self, net: Network, theory: Theory, held: Mapping[str, Held]) -> None:
        for node in net.weighted:
            solved_for = held.get(node.name, Held()).variance is None
            if solved_for and node.mix is not None and normalised(net, node.name):
                layer = WeightedLayer(node.name, node.mix, theory, net=net)
                raise self._needs_variance(layer, set())

    def _settled(
        self, passes: Passes, start: Init, fixed: Mapping[str, sp.Expr]
    ) -> dict[str, sp.Expr]:
        """Passes until no variance changes."""
        names = [name for name in start if name not in fixed]

        def named(logs: Array) -> dict[str, sp.Expr]:
            return {**fixed, **{name: written(exp(x)) for name, x in zip(names, logs, strict=True)}}

        def change(logs: Array) -> Array:
            return logarithms(passes.backward_solved(named(logs), fixed), names) - logs

        found, left = fixed_point(change, logarithms(start, names), SETTLED, SWEEPS)
        if np.abs(left).max(initial=0.0) > ENOUGH:
            raise self._unsettled(names[int(np.abs(left).argmax())], np.abs(left).max())
        return named(found)

    def _unsettled(self, name: str, change: float) -> NeedsFact:
        return NeedsFact(
            f"scheme {self.name!r} at node {name!r}",
            need="gradients that all weights together can bring to one",
            have=f"a variance that still changes by {change:.2g} of itself after {SWEEPS} passes",
            remedy="use exact-forward or exact-compromise, or another activation",
        )

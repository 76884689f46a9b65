"""Both conditions at once, as well as they can be met."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from symvar.errors import NeedsFact
from symvar.graph.network import Network
from symvar.inputs import Input
from symvar.reference import cite
from symvar.schemes.base import Held, Init, Scheme, Solution, WeightedLayer
from symvar.schemes.descent import descend
from symvar.schemes.exact_backward import ExactBackward
from symvar.schemes.exact_forward import ExactForward
from symvar.schemes.optimum import Optimum, of_segment
from symvar.schemes.passes import Passes, fixed_variances
from symvar.schemes.segments import in_series, segments
from symvar.theories import Theory


class ExactCompromise(Scheme):
    r"""The largest $|\log q^{(\ell)}|$ and $|\log r^{(\ell)}|$ over all layers as small as can be.

    In a chain of layers with f(cx) = c f(x) between them every $\log q$ and $\log r$ is linear in
    the logarithms of the variances. With $\sigma_f^2$ and $\sigma_b^2$ the variances of
    exact-forward and exact-backward, the least is reached by
    $\sigma_w^2 = \sqrt{\sigma_f^2 \sigma_b^2}$, which makes every q equal to the r at the next
    layer's input, with one factor $e^{U/2}$ more at the last layer and $e^{(\log \rho + U)/2}$ at
    the first, $\rho$ the gradient at the input under exact-forward. U and the least value come
    from the two products $q\,r$ furthest apart (see `symvar.schemes.optimum`), which are also the
    proof that no weights do better.

    Elsewhere, as with sums and norms, the moments are linear to first order only: linear
    programmes, each solved on the slopes of the last weights, until none gains. The optimum then
    says what is reached, what no weights can beat (from the chains inside the network), and that
    small changes gain nothing; another, distant choice might.
    """

    name = "exact-compromise"
    reference = cite("glorot", "the compromise between (10) and (11)")
    summary = "the worst of all forward and backward moments least, under any theory"
    direction = "both"
    assumes = (
        "the recursion of the theory it is solved under",
        "a factor too large is as bad as the same factor too small, forward or backward",
    )
    becomes = "the geometric mean of exact-forward and exact-backward inside a chain"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """Between q = 1 before the layer and r = 1 behind it, the two gains are inverses."""
        both = sp.sqrt(layer.forward * layer.backward_input)
        return sp.Eq(both, 1, evaluate=False)

    def solution(
        self,
        net: Network,
        theory: Theory,
        input: str | Input = "white",
        held: Mapping[str, Held] | None = None,
    ) -> Solution:
        """The weight variances of a network; arguments and errors as for every scheme.

        The result's ``optimum`` says how good they are.

        Raises:
            NeedsFact: where the theory cannot say, for sizes that are symbols, for weights frozen
                at zero.
        """
        start = ExactForward().solve(net, theory, input, held)
        if any(each.free_symbols for each in start.values()):
            raise NeedsFact(
                f"scheme {self.name!r}",
                need="sizes that are numbers, to compare moments",
                have="symbols",
                remedy="give numbers, or use exact-forward or exact-backward",
            )
        passes = Passes(net, theory, input, start.bias_variances)
        if in_series(net) and not held:
            found, optimum = self._in_series(passes, start)
        else:
            fixed = fixed_variances(held)
            begin = self._between(net, theory, input, held, start)
            found, optimum = descend(passes, begin, fixed)
        in_order = {node.name: found[node.name] for node in net.weighted}
        return Solution(Init(self.name, theory.name, in_order, start.bias_variances, optimum))

    def _in_series(self, passes: Passes, start: Init) -> tuple[dict[str, sp.Expr], Optimum]:
        (segment,) = segments(passes.net)
        moments = passes.moments(start)
        bound = of_segment(segment, moments)
        assert bound is not None
        other = passes.backward_solved(start, {})
        found = {name: sp.sqrt(start[name] * other[name]) for name in segment.names}
        lift, first, last = sp.exp(bound.lift / 2), segment.names[0], segment.names[-1]
        found[last] *= lift
        found[first] *= lift * sp.sqrt(moments.backward[first])
        return found, Optimum(bound.value, bound.value, bound.proof)

    def _between(
        self,
        net: Network,
        theory: Theory,
        input: str | Input,
        held: Mapping[str, Held] | None,
        start: Init,
    ) -> Mapping[str, sp.Expr]:
        """The geometric mean of the two schemes, or one where there is no other."""
        try:
            other = ExactBackward().solve(net, theory, input, held)
        except NeedsFact:
            return start
        return {name: sp.sqrt(start[name] * other[name]) for name in start}

"""What a scheme is: a condition on one layer, solved for its weight variance."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import sympy as sp

from symvar import symbols
from symvar.activations.base import Activation
from symvar.activations.relu import Rectifier
from symvar.errors import NeedsFact
from symvar.graph.network import Network, Node
from symvar.graph.propagation import Forward, WeightOf, backward, forward
from symvar.inputs import Input
from symvar.primitives import Mix, Pointwise
from symvar.reference import Reference
from symvar.schemes.surroundings import activation_before, activation_behind, normalised
from symvar.theories import Theory, Weight

if TYPE_CHECKING:
    from symvar.schemes.optimum import Optimum

UNKNOWN = (symbols.weight_variance, symbols.bias_variance)


@dataclass(frozen=True)
class WeightedLayer:
    """One weighted layer of the recursion, as a scheme sees it.

    Args:
        name: its node.
        mix: its weighted map.
        theory: the theory that gives the recursion.
        signal: what arrives forward, from layers already solved.
        cotangent: what arrives backward, from layers already solved.
        net: the network it stands in; without one, a rectified layer of the source's model.
        bias_variance: of biases that are not zero: frozen ones.
    """

    name: str
    mix: Mix
    theory: Theory
    signal: Any = None
    cotangent: Any = None
    net: Network | None = None
    bias_variance: sp.Expr = sp.Integer(0)

    @property
    def before(self) -> Activation:
        """The activation nearest before the layer; the identity at the first."""
        return Rectifier() if self.net is None else activation_before(self.net, self.name)

    @property
    def behind(self) -> Activation:
        """The activation nearest behind the layer; the identity at the last."""
        return Rectifier() if self.net is None else activation_behind(self.net, self.name)

    @property
    def normalised(self) -> bool:
        """Whether a norm stands between the layer and those that read it."""
        return self.net is None or normalised(self.net, self.name)

    @property
    def variance(self) -> sp.Symbol:
        """The unknown: the variance of the layer's weights."""
        return symbols.weight_variance(self.name)

    @property
    def forward(self) -> sp.Expr:
        """Q of the layer: the second moment of its pre-activations."""
        weight = Weight(self.variance, self.bias_variance)
        after = self.theory.forward(self.mix, self.signal, weight)
        return self.theory.moment(after)

    @property
    def backward_input(self) -> sp.Expr:
        """R of the layer before: the second moment of the gradient at the layer's input."""
        before = self.theory.backward(self.mix, self.signal, self.cotangent, Weight(self.variance))
        return self.theory.moment_here(before)

    def model(self, activation: Activation) -> WeightedLayer:
        """The layer in the model of the older schemes.

        A dense layer with the same fans, no border and no pooling; ``activation`` stands before
        it on the way forward and behind it on the way backward.
        """
        mix, apply = self.mix.borderless, Pointwise(activation)
        signal = self.theory.forward(apply, self.theory.preactivations(mix.inputs))
        behind = self.theory.forward(apply, self.theory.preactivations(mix.outputs))
        cotangent = self.theory.cotangent(behind)
        return WeightedLayer(self.name, mix, self.theory, signal, cotangent)


@dataclass(frozen=True)
class Held:
    """What a scheme finds set at a layer.

    Args:
        variance: of weights that stay as they are; None where they are to be solved for.
        bias_variance: of biases that stay as they are.
    """

    variance: sp.Expr | None = None
    bias_variance: sp.Expr = sp.Integer(0)


@dataclass(frozen=True)
class Init(Mapping[str, sp.Expr]):
    """The weight variance of every weighted node; biases are zero.

    Args:
        scheme: the scheme's name.
        theory: the theory's name.
        variances: the exact variance by node name.
        bias_variances: likewise of biases that are not zero: those of frozen layers.
        optimum: how near to one these bring all moments, of schemes that minimise that.
    """

    scheme: str
    theory: str
    variances: Mapping[str, sp.Expr]
    bias_variances: Mapping[str, sp.Expr] = field(default_factory=dict)
    optimum: Optimum | None = None

    def __getitem__(self, name: str) -> sp.Expr:
        return self.variances[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.variances)

    def __len__(self) -> int:
        return len(self.variances)


@dataclass(frozen=True)
class Solution:
    """The variances a scheme found, and the forward pass with them where there was one.

    Args:
        init: the variances.
        passed: every node's signal with them; None where they were found otherwise.
    """

    init: Init
    passed: Forward | None = None


@dataclass(frozen=True)
class Reduction:
    """An older scheme that a scheme becomes under stated facts.

    Args:
        scheme: the older scheme's name.
        without_pooling: the window that is 1 when nothing is pooled.
        otherwise: the equation that must hold then, in the symbols of the recursion.
        words: that equation in words.
    """

    scheme: str
    without_pooling: sp.Eq
    otherwise: sp.Eq
    words: str


class Scheme(ABC):
    """A condition on each weighted layer.

    Attributes:
        name: the name users call it by.
        reference: where it comes from.
        summary: what it keeps, in one line.
        assumes: what it takes for granted, beyond the theory.
        becomes: the other schemes it equals, and when.
        distribution: the law its source draws weights from.
        direction: the order layers are solved in: ``"forward"`` if the condition speaks of what
            arrives forward, ``"backward"`` likewise, ``"local"`` if of the layer alone, ``"both"``
            if of all layers at once.
        reduces_to: the older scheme it extends, and exactly when it is that scheme; proved by
            its derivation.
    """

    required: ClassVar[tuple[str, ...]] = (
        "reference",
        "summary",
        "direction",
        "assumes",
        "becomes",
    )
    name: ClassVar[str]
    reference: ClassVar[Reference]
    summary: ClassVar[str]
    assumes: ClassVar[tuple[str, ...]]
    becomes: ClassVar[str]
    distribution: ClassVar[str] = "normal"
    direction: ClassVar[Literal["forward", "backward", "local", "both"]]
    reduces_to: ClassVar[Reduction | None] = None

    @abstractmethod
    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The equation the layer's weight variance solves."""

    def solved(self, layer: WeightedLayer) -> sp.Expr:
        """The condition, solved for the weight variance.

        Raises:
            NeedsFact: where the condition is not linear in the variance, or never met.
        """
        condition, unknown = self.condition(layer), layer.variance
        constant, rate = _linear(condition.lhs - condition.rhs, unknown)
        if rate.has(unknown):
            raise self._needs_variance(layer, {unknown})
        if rate.is_nonpositive:
            raise NeedsFact(
                f"scheme {self.name!r} at node {layer.name!r}",
                need="a condition that rises with the weight variance",
                have=str(condition),
                remedy="use another scheme for this network",
            )
        if constant.is_positive:
            raise NeedsFact(
                f"scheme {self.name!r} at node {layer.name!r}",
                need="biases that leave room for the weights",
                have=f"a bias variance of {layer.bias_variance}, which alone exceeds the target",
                remedy="unfreeze the bias, or set it to zero",
            )
        number, rest = rate.primitive()  # as the recursion holds it, so that it cancels there
        return -constant / number / rest

    def _needs_variance(self, layer: WeightedLayer, pending: set[sp.Symbol]) -> NeedsFact:
        if layer.normalised:
            return NeedsFact(
                f"scheme {self.name!r} at node {layer.name!r}",
                need="gradients that depend on the scale of the weights",
                have="a norm behind the layer, which cancels that scale",
                remedy="use zhang-bn, asv-forward or kaiming-fan-out",
            )
        held = ", ".join(sorted(map(str, pending)))
        return NeedsFact(
            f"scheme {self.name!r} at node {layer.name!r}",
            need="gates whose slope is known before the forward variances are: f(cx) = c f(x)",
            have=f"an activation behind it whose slope depends on {held}",
            remedy="use asv-forward or kaiming-fan-out, or an activation with that property",
        )

    def solve(
        self,
        net: Network,
        theory: Theory,
        input: str | Input = "white",
        held: Mapping[str, Held] | None = None,
    ) -> Init:
        """The weight variances of a network.

        Args:
            net: the network.
            theory: the theory that gives the recursion.
            input: the kind of input, see ``propagate``.
            held: nodes with weights or biases that stay as they are, and their variances.

        Raises:
            NeedsFact: where the theory cannot say, or the condition cannot be solved.
        """
        return self.solution(net, theory, input, held).init

    def solution(
        self,
        net: Network,
        theory: Theory,
        input: str | Input = "white",
        held: Mapping[str, Held] | None = None,
    ) -> Solution:
        """The weight variances with what was passed on the way to them; see :meth:`solve`."""
        found: dict[str, sp.Expr] = {}
        kept = {node.name: (held or {}).get(node.name, Held()) for node in net.weighted}
        names = [node.name for node in net.weighted]
        unknowns = {of(name) for of in UNKNOWN for name in names}

        def solving(side: str) -> WeightOf:
            """The weight of a node, solved from what arrives there from that side."""

            def weight_of(node: Node, mix: Mix, arriving: Any) -> Weight:
                held_here = kept[node.name]
                bias = held_here.bias_variance
                ends = {side: arriving, "net": net, "bias_variance": bias}
                layer = WeightedLayer(node.name, mix, theory, **ends)
                variance = held_here.variance
                found[node.name] = self.solved(layer) if variance is None else variance
                free = found[node.name].free_symbols
                pending = {
                    each for each in free if each in unknowns or symbols.is_forward_moment(each)
                }
                if pending:
                    raise self._needs_variance(layer, pending)
                return Weight(found[node.name], bias)

            return weight_of

        def known(node: Node, mix: Mix, arriving: Any) -> Weight:
            here = kept[node.name]
            free = unsolved(node, mix, arriving)
            bias = here.bias_variance or free.bias_variance
            variance = free.variance if here.variance is None else here.variance
            return Weight(variance, bias, symbols.forward_moment(node.name))

        passed = None
        if self.direction == "backward":
            backward(net, theory, forward(net, theory, input, known), solving("cotangent"))
        else:
            passed = forward(net, theory, input, solving("signal"))
        in_order = {node.name: found[node.name] for node in net.weighted}
        biases = {name: each.bias_variance for name, each in kept.items() if each.bias_variance}
        return Solution(Init(self.name, theory.name, in_order, biases), passed)


def _linear(expression: sp.Expr, unknown: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    """The value at zero, and the slope."""
    constant, term = expression.as_independent(unknown, as_Add=True)
    rate, factor = term.as_independent(unknown, as_Add=False)
    if factor == unknown:
        return constant, rate
    return expression.subs(unknown, 0), expression.diff(unknown)


def unsolved(node: Node, mix: Mix, _: Any) -> Weight:
    """A weight whose variances are still symbols."""
    bias = symbols.bias_variance(node.name) if mix.bias else sp.Integer(0)
    return Weight(symbols.weight_variance(node.name), bias)

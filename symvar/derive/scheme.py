"""The derivation of a scheme, from the recursion to what it does over many layers."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from symvar import symbols as sym
from symvar.activations.relu import Rectifier
from symvar.derive.base import Derivation, Step
from symvar.geometry import Axis, Windows
from symvar.integrals import gamma, tau
from symvar.primitives import Mix, Pointwise, WindowMax
from symvar.reference import cite
from symvar.schemes import find
from symvar.schemes.base import Scheme, WeightedLayer
from symvar.theories import Theory, Weight
from symvar.theories.iid import Iid

LAYER = r"\ell"
PADDED = "the mean over the layer's units stands for each of them"
INDEPENDENT = "the units of a layer are independent Gaussians"
GRADIENTS = "gradients are independent of the weights and activation states they pass"
NO_BIAS = "biases start at zero"
ALIKE = "all layers alike: the same sizes, connections and windows"


@dataclass(frozen=True)
class Model:
    """The source's Conv+Pool layer in symbols, between the pooling of l - 1 and its own.

    Its moments come from the theory; the printed recursion is checked against them.
    """

    theory: Theory

    @property
    def mix(self) -> Mix:
        """The layer's weighted map, its counts opaque symbols."""
        return Mix(sym.units_before, sym.units, sym.connections, sym.fan_in, sym.fan_out)

    def pooled(self, units: sp.Expr, window: sp.Symbol, variance: sp.Expr) -> object:
        """``units`` pooled units, each over ``window`` rectified pre-activations."""
        one_each = Mix(units * window, units * window, units * window, 1, 1)
        start = self.theory.start((units * window,), "white")
        signal = self.theory.forward(one_each, start, Weight(variance))
        signal = self.theory.forward(Pointwise(Rectifier()), signal)
        tiles = Windows((Axis(units * window, window, window),))
        return self.theory.forward(WindowMax(tiles), signal)

    def layer(self, before: sp.Expr, behind: sp.Expr) -> WeightedLayer:
        """The layer, given q of the layer before and r of its own output."""
        signal = self.pooled(sym.units_before, sym.window_before, before)
        output = self.pooled(sym.units, sym.window_here, sp.Integer(1))
        return WeightedLayer(LAYER, self.mix, self.theory, signal, ((behind, output),))

    def end(self) -> WeightedLayer:
        """The layer with nothing before it but the input and nothing behind it: first and last."""
        signal = self.theory.start((sym.units_before,), "white")
        output = self.theory.preactivations(sym.units)
        return WeightedLayer(LAYER, self.mix, self.theory, signal, self.theory.cotangent(output))


def of_scheme(scheme: Scheme) -> Derivation:
    """The derivation of a scheme under the theory ``iid``, line by line.

    Args:
        scheme: the scheme.
    """
    model = Model(Iid())
    unit = model.layer(sp.Integer(1), sp.Integer(1))
    condition = scheme.condition(unit).subs(unit.variance, sym.weight_var)
    solution = scheme.solved(unit)
    title = f"{scheme.name}: {scheme.summary}"
    steps = (*_recursion(model), *_condition(scheme, condition, solution))
    steps += (*_end(scheme, model), *_reduction(scheme, model, solution), *_depth(solution))
    return Derivation(scheme.name, title, steps)


def forward_factor(variance: sp.Expr) -> sp.Expr:
    r"""$\sigma_w^2 e \tau_{T} / M'$: what one layer multiplies q by."""
    return variance * sym.connections * tau(sym.window_before) / sym.units


def backward_factor(variance: sp.Expr) -> sp.Expr:
    r"""$\sigma_w^2 e \gamma_{T} / M$: what one layer multiplies r by."""
    return variance * sym.connections * gamma(sym.window_here) / sym.units_before


def _recursion(model: Model) -> tuple[Step, ...]:
    layer = model.layer(sym.forward_before, sym.backward)
    mix = model.mix
    weight = Weight(layer.variance, sym.bias_var)
    after = model.theory.moment(model.theory.forward(mix, layer.signal, weight))
    q = sym.bias_var + forward_factor(sym.weight_var) * sym.forward_before
    r = backward_factor(sym.weight_var) * sym.backward
    return (
        Step(
            sp.Eq(sym.forward, q, evaluate=False),
            "second moment of a sum of independent zero-mean terms over the e connections; the "
            "maximum of T rectified units has second moment q times the pooling constant",
            sp.Eq(after.subs(layer.variance, sym.weight_var), q, evaluate=False),
            assumptions=(INDEPENDENT, PADDED),
            reference=cite("asv", "11"),
        ),
        Step(
            sp.Eq(sym.backward_before, r, evaluate=False),
            "the same sum over the outputs an input feeds; a unit passes a gradient if it is its "
            "window's positive maximum",
            sp.Eq(layer.backward_input.subs(layer.variance, sym.weight_var), r, evaluate=False),
            assumptions=(GRADIENTS, PADDED),
            reference=cite("asv", "14"),
        ),
    )


def _condition(scheme: Scheme, condition: sp.Eq, solution: sp.Expr) -> tuple[Step, ...]:
    holds = sp.Eq(condition.lhs.subs(sym.weight_var, solution), condition.rhs, evaluate=False)
    stands_for = {
        "forward": "q = 1 before the layer and behind it",
        "backward": "r = 1 behind the layer and before it",
        "both": "q = 1 before the layer, r = 1 behind it, and q r = 1 across it",
        "local": "one layer alone, without border or pooling",
    }[scheme.direction]
    return (
        Step(
            condition,
            f"the scheme's condition: {stands_for}",
            sp.Eq(sp.solve(condition, sym.weight_var)[0], solution, evaluate=False),
            assumptions=(NO_BIAS,),
            reference=scheme.reference,
        ),
        Step(
            sp.Eq(sym.weight_var, solution, evaluate=False),
            "the condition, solved for the weight variance",
            holds,
            assumptions=(NO_BIAS,),
            reference=scheme.reference,
        ),
    )


def _end(scheme: Scheme, model: Model) -> tuple[Step, ...]:
    if scheme.direction not in ("forward", "backward"):
        return ()
    which, constant, units = {
        "forward": ("first layer, no activation before it", "tau", sym.units),
        "backward": ("last layer, no activation behind it", "gamma", sym.units_before),
    }[scheme.direction]
    solution = units / sym.connections
    return (
        Step(
            sp.Eq(sym.weight_var, solution, evaluate=False),
            f"at the {which}: {constant} is 1 there",
            sp.Eq(scheme.solved(model.end()), solution, evaluate=False),
            assumptions=(
                NO_BIAS,
                "unit second moment at the input and unit cotangents at the output",
            ),
            reference=scheme.reference,
        ),
    )


def _reduction(scheme: Scheme, model: Model, solution: sp.Expr) -> tuple[Step, ...]:
    if scheme.reduces_to is None:
        return ()
    reduction = scheme.reduces_to
    older = find(reduction.scheme)
    older_solution = older.solved(model.layer(sp.Integer(1), sp.Integer(1)))
    given = (reduction.without_pooling, reduction.otherwise)
    counts = reduction.otherwise
    return (
        Step(
            sp.Eq(sym.weight_var / older_solution, counts.rhs / counts.lhs, evaluate=False),
            f"without pooling, the ratio to the variance of {older.name}",
            sp.Eq(solution / older_solution, counts.rhs / counts.lhs, evaluate=False),
            given=(reduction.without_pooling,),
            assumptions=("no pooling: T = 1",),
        ),
        Step(
            sp.Eq(sym.weight_var, older_solution, evaluate=False),
            f"so it is {older.name} exactly where {reduction.words}",
            sp.Eq(solution, older_solution, evaluate=False),
            given=given,
            assumptions=("no pooling: T = 1", reduction.words),
            reference=older.reference,
        ),
    )


def _depth(solution: sp.Expr) -> tuple[Step, ...]:
    return (
        _iterated(sym.forward_first, sym.forward_last, forward_factor(solution), "q"),
        _iterated(sym.backward_last, sym.backward_first, backward_factor(solution), "r"),
    )


def _iterated(start: sp.Symbol, end: sp.Symbol, factor: sp.Expr, what: str) -> Step:
    """The recursion x(l + 1) = factor x(l) from a start value, solved by sympy and by hand."""
    moment = sp.Function("f")
    rate = sp.Dummy(positive=True)
    recursion = moment(sym.depth + 1) - rate * moment(sym.depth)
    solved = sp.rsolve(recursion, moment(sym.depth), {moment(1): start})
    closed = factor ** (sym.depth - 1) * start
    return Step(
        sp.Eq(end, closed, evaluate=False),
        f"what {what} does over L layers with this variance: the recursion iterated L - 1 times",
        sp.Eq(solved.subs(rate, factor), closed, evaluate=False),
        assumptions=(NO_BIAS, ALIKE),
    )

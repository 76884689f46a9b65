"""Passes of the propagation with numbers as weight variances, whatever the theory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from symvar.errors import ArgumentError, NeedsFact
from symvar.graph.network import Network, Node
from symvar.graph.propagation import Forward, backward, forward
from symvar.inputs import Input
from symvar.lookup import number, stored_constants
from symvar.primitives import Mix
from symvar.schemes.base import Held
from symvar.theories import Theory, Weight


@dataclass(frozen=True)
class Moments:
    """The second moments of a network's weighted layers, by name.

    Args:
        forward: q, at the output of each.
        backward: r, of the gradient at the input of each.
    """

    forward: Mapping[str, sp.Expr]
    backward: Mapping[str, sp.Expr]


@dataclass(frozen=True)
class Passes:
    """Forward and backward passes of one network under one theory.

    Args:
        net: the network.
        theory: the theory.
        input: the kind of input.
        biases: the bias variances that are not zero, by node.
    """

    net: Network
    theory: Theory
    input: str | Input = "white"
    biases: Mapping[str, sp.Expr] = field(default_factory=dict)

    def forward(self, variances: Mapping[str, sp.Expr]) -> Forward:
        """The forward pass with these weight variances."""
        return forward(
            self.net, self.theory, self.input, lambda node, *_: self._weight(node, variances)
        )

    def moments(self, variances: Mapping[str, sp.Expr]) -> Moments:
        """Both directions of every layer with these weight variances."""
        passed = self.forward(variances)
        cotangents = backward(
            self.net, self.theory, passed, lambda node, *_: self._weight(node, variances)
        )
        names = [node.name for node in self.net.weighted]
        return Moments(
            {name: self.theory.moment(passed.signals[name]) for name in names},
            {name: self.theory.moment_here(cotangents[name][1]) for name in names},
        )

    def backward_solved(
        self, variances: Mapping[str, sp.Expr], held: Mapping[str, sp.Expr]
    ) -> dict[str, sp.Expr]:
        """The variances with r = 1 at every layer's input, gates as these variances make them.

        Args:
            variances: of the forward pass.
            held: of weights that stay as they are.

        Raises:
            NeedsFact: for a layer that no gradient reaches.
        """
        passed = self.forward(variances)
        found: dict[str, sp.Expr] = dict(held)

        def weight_of(node: Node, mix: Mix, arriving: Any) -> Weight:
            if node.name not in held:
                steps = passed.steps[node.name]
                read = next(step.before for step in steps if step.primitive is mix)
                one = self.theory.backward(mix, read, arriving, Weight(sp.Integer(1)))
                gain = self.theory.moment_here(one)
                if gain.is_zero:
                    raise NeedsFact(
                        node.place, need="a gradient to scale", have="none, at its output",
                        remedy="look for weights frozen at zero behind it",
                    )  # fmt: skip
                found[node.name] = 1 / gain
            return Weight(found[node.name])

        backward(self.net, self.theory, passed, weight_of)
        return found

    def _weight(self, node: Node, variances: Mapping[str, sp.Expr]) -> Weight:
        return Weight(variances[node.name], self.biases.get(node.name, sp.Integer(0)))


def written(variance: float) -> sp.Rational:
    """A double as the short decimal it is, so that exact theories stay fast."""
    return sp.Rational(f"{variance:.15g}")


def logarithm(value: sp.Expr, place: str) -> float:
    """The logarithm of a moment or variance, as a double.

    Raises:
        NeedsFact: for one that is no positive number, naming the place.
    """
    try:
        with stored_constants():
            found = number(sp.sympify(value))
    except ArgumentError as error:
        raise NeedsFact(
            place, need="sizes that are numbers", have=error.have, remedy="give numbers for them"
        ) from None
    if not 0 < found < float("inf"):
        raise NeedsFact(
            place,
            need="a moment that is positive and finite",
            have=f"{found:.3g}",
            remedy="look for weights frozen at zero, or for moments beyond double precision",
        )
    return log(found)


def logarithms(values: Mapping[str, sp.Expr], names: Sequence[str]) -> npt.NDArray[np.float64]:
    """The logarithms of the values of these nodes, see :func:`logarithm`."""
    return np.array([logarithm(values[name], f"node {name!r}") for name in names], dtype=float)


def fixed_variances(held: Mapping[str, Held] | None) -> dict[str, sp.Expr]:
    """The variances of weights that stay as they are."""
    given = (held or {}).items()
    return {name: each.variance for name, each in given if each.variance is not None}

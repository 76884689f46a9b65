"""Fixup: residual networks without norms."""

from __future__ import annotations

import sympy as sp

from symvar.activations.relu import Rectifier
from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer
from symvar.schemes.residual import residual
from symvar.schemes.surroundings import classifiers


class Fixup(Scheme):
    r"""$\tfrac12 n_\text{in}\,\sigma_w^2 = L^{-1/(m-1)}$ in each of L branches of m layers.

    So the standard deviation is He's times $L^{-1/(2m-2)}$. The last layer of every branch and the
    classifier start at zero, shortcuts and all other layers at He's variance. The scalar
    multipliers and biases that the source adds to the architecture are the model's own business:
    they start at one and zero, as symvar leaves them.
    """

    name = "fixup"
    reference = cite("fixup", "section 3")
    summary = "updates of order one whatever the number of residual branches, without norms"
    direction = "local"
    assumes = (
        "residual sums of one branch and one shortcut, no norm in the branch",
        "rectifiers, no border, no pooling",
        "the first update matters, not the variance: zero layers stop every gradient behind them",
    )
    becomes = "kaiming-fan-in with a zero classifier where nothing is residual"

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The forward moment of the rectified model is the branch's share of one."""
        forward = layer.model(Rectifier()).forward
        return sp.Eq(forward, _share(layer), evaluate=False)


def _share(layer: WeightedLayer) -> sp.Expr:
    if layer.net is None:
        return sp.Integer(1)
    structure = residual(layer.net)
    place = structure.places.get(layer.name)
    if layer.name in classifiers(layer.net) or (place is not None and place.last):
        return sp.Integer(0)
    if place is None:
        return sp.Integer(1)
    return sp.Integer(structure.sums) ** sp.Rational(-1, place.depth - 1)

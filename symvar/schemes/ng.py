"""Xavier's initialisation with a scale, for the shifted rectifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.activations.base import parameter
from symvar.activations.identity import Identity
from symvar.errors import ArgumentError
from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer

XAVIER: sp.Expr = sp.sqrt(6)


@dataclass(frozen=True)
class Ng(Scheme):
    r"""$\tfrac{3}{s^2} (n_\text{in} + n_\text{out})\,\sigma_w^2 = 1$.

    The law is uniform on $\pm s/\sqrt{n_\text{in} + n_\text{out}}$, of variance
    $s^2/(3(n_\text{in} + n_\text{out}))$. It goes with $\max(x, t)$ at t = -1 or lower, which
    leaves most units linear at first, so that a linear model's variance is the right one.

    Args:
        scale: s.

    Raises:
        ArgumentError: for a scale that is not positive.

    >>> Ng(scale=3).scale
    3
    """

    scale: Any = XAVIER

    name = "ng"
    reference = cite("ng", "section 3.1")
    summary = "uniform weights of Xavier's form with a free scale, for max(x, t)"
    direction = "local"
    assumes = (
        "the threshold t lies below nearly all pre-activations, so that units act as linear",
        "no border, no pooling",
    )
    becomes = "xavier at the scale sqrt(6), drawn uniformly"
    distribution = "uniform"

    def __post_init__(self) -> None:
        value = parameter(self.scale, "scale")
        if value.is_positive is False:
            raise ArgumentError(
                "scale", need="a positive scale", have=str(value), remedy="use sqrt(6) for Xavier"
            )
        object.__setattr__(self, "scale", value)

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The sum of the gains of the linear model is a third of the squared scale."""
        model = layer.model(Identity())
        gains = model.forward + model.backward_input
        return sp.Eq(3 * gains / self.scale**2, 1, evaluate=False)

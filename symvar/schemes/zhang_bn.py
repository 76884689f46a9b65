"""Initialisation before batch normalisation, joined with the learning rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from symvar.activations.base import parameter
from symvar.activations.identity import Identity
from symvar.errors import ArgumentError
from symvar.reference import cite
from symvar.schemes.base import Scheme, WeightedLayer
from symvar.schemes.zhang_forward import ZhangForward


@dataclass(frozen=True)
class ZhangBn(Scheme):
    r"""$m \sigma_w^2 = 2\eta/\eta_0$ before a norm: the variance is proportional to the rate.

    Behind a norm the scale of the weights cancels, forward and backward, so no condition on
    variances can set it. It sets the size of a step relative to the weights, $\eta/\sigma_w^2$, and
    that is what is kept here: at any rate $\eta$ it is what $2/m$ gives at the rate $\eta_0$. This
    is (41) as printed with $\gamma = \eta_0/\eta$; the norm's own gain is another number,
    $\gamma^2 = 2\pi/((\pi - 1) n \sigma_w^2)$, so that (41) with the gain of (39) does not stand.

    A layer with no norm behind it, as the classifier, is given its variance by ``zhang-forward``.

    Args:
        rate: $\eta$, the learning rate; the source trains at 0.1.
        base_rate: $\eta_0$, the rate that $2/m$ is right for; with 0.04 the variance at 0.1 is the
            source's $5/m$.

    Raises:
        ArgumentError: for a rate that is not positive.

    >>> ZhangBn(rate=0.04).rate
    1/25
    """

    rate: Any = sp.Rational(1, 10)
    base_rate: Any = sp.Rational(1, 25)

    name = "zhang-bn"
    reference = cite("zhang", "41")
    summary = "step relative to the weights kept as the learning rate changes, before a norm"
    direction = "local"
    assumes = (
        "a norm with batch statistics behind the layer; its small constant plays no part",
        "plain gradient steps: no weight decay, no adaptive rate",
        "other layers: what zhang-forward assumes",
    )
    becomes = "kaiming-fan-out before a norm at the base rate; zhang-forward without a norm"

    def __post_init__(self) -> None:
        for name in ("rate", "base_rate"):
            value = parameter(getattr(self, name), name)
            if value.is_positive is False:
                raise ArgumentError(
                    name, need="a positive rate", have=str(value), remedy="use e.g. 0.1"
                )
            object.__setattr__(self, name, value)

    def condition(self, layer: WeightedLayer) -> sp.Eq:
        """The fan-out times the variance, over the rate, is what 2/m gives at the base rate."""
        if not layer.normalised:
            return ZhangForward().condition(layer)
        kept = layer.model(Identity()).backward_input * self.base_rate / (2 * self.rate)
        return sp.Eq(kept, 1, evaluate=False)

"""The normal distribution cut at two standard deviations."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt
from typing import TYPE_CHECKING, Any

import sympy as sp

from symvar.activations.base import parameter
from symvar.adapters.draws.base import Draw, Target
from symvar.errors import ArgumentError
from symvar.reference import cite

if TYPE_CHECKING:
    import torch

_SPARE = 8


@dataclass(frozen=True)
class TruncatedNormal(Draw):
    r"""A normal law cut at $\pm c$ deviations, widened so that what is left has $\sigma_w^2$.

    Cutting a standard normal law at $\pm c$ leaves the variance
    $1 - 2c\,\phi(c)/\operatorname{erf}(c/\sqrt2)$, 0.774 at c = 2; the law that is cut is wider by
    the root of that.

    Args:
        cut: c.

    Raises:
        ArgumentError: for a cut that is not positive.

    >>> TruncatedNormal().left
    -2*sqrt(2)*exp(-2)/(sqrt(pi)*erf(sqrt(2))) + 1
    """

    cut: Any = sp.Integer(2)

    name = "truncated-normal"
    reference = cite("johnsonkotz", "section 13.10.1")
    summary = "independent normal entries cut at two deviations, widened to the variance wanted"

    def __post_init__(self) -> None:
        value = parameter(self.cut, "cut")
        if value.is_positive is not True:
            raise ArgumentError("cut", need="a positive cut", have=str(value), remedy="use 2")
        object.__setattr__(self, "cut", value)

    @property
    def left(self) -> sp.Expr:
        """The variance that cutting leaves of a standard normal law."""
        density = sp.exp(-(self.cut**2) / 2) / sp.sqrt(2 * sp.pi)
        return 1 - 2 * self.cut * density / sp.erf(self.cut / sp.sqrt(2))

    def fill(self, weight: torch.Tensor, target: Target, generator: torch.Generator | None) -> None:
        """By the inverse of the distribution function.

        The uniform law ends a few roundings early, so that none carries an entry over the cut: a
        clamp would cost another pass over the weight.
        """
        import torch

        share = erf(float(self.cut) / sqrt(2)) * (1 - _SPARE * torch.finfo(weight.dtype).eps)
        wide = target.deviation / sqrt(float(self.left))
        weight.uniform_(-share, share, generator=generator).erfinv_().mul_(sqrt(2) * wide)

"""An activation as the field theory uses it: on Gaussian units, and on maxima."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from symvar.activations.base import Activation
from symvar.field.maps import ActivationMap, map_of
from symvar.field.maxima import Rising, Sampled


@dataclass(frozen=True)
class Function:
    """An activation of symvar with its numeric moments.

    Args:
        activation: with numbers as parameters.
    """

    activation: Activation

    @cached_property
    def map(self) -> ActivationMap:
        """Its moments on Gaussian units."""
        return map_of(self.activation)

    @property
    def rising(self) -> Rising | Literal["relu"]:
        """Itself on a maximum, where it does not decrease."""
        if self.rectifies:
            return "relu"
        return Sampled(self.map, self.map.kinks, self.activation.homogeneous)

    @property
    def identity(self) -> bool:
        """Whether it changes nothing."""
        return self.activation.name == "identity"

    @property
    def rectifies(self) -> bool:
        """Whether it is the ReLU."""
        return self.activation.name == "relu"

    @property
    def nonnegative(self) -> bool:
        """Whether its values are known never to be below zero."""
        return self.activation.expression.is_nonnegative is True or self.rectifies

"""What a theory is: an interpreter of the primitives, forward and backward.

A signal and a cotangent say what they are until someone asks for a number; only the theory knows
how. The propagation (``symvar.graph``) carries both along the graph and knows neither.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sympy as sp

from symvar.geometry import Size
from symvar.inputs import Input
from symvar.primitives import Join, Primitive
from symvar.reference import Reference


@dataclass(frozen=True)
class Weight:
    """The variances a weighted layer is initialised with.

    Args:
        variance: of every weight.
        bias_variance: of every bias; zero where there is none.
        output: the second moment of the layer's output, where it has a name of its own instead of
            the formula; so what is behind a layer does not grow with what is before it.
    """

    variance: sp.Expr
    bias_variance: sp.Expr = sp.Integer(0)
    output: sp.Expr | None = None


class Theory(ABC):
    """An interpretation of the primitives.

    ``Any`` stands for the theory's own signal and cotangent types.

    Attributes:
        name: the name users call it by.
        reference: where it comes from.
        assumes: what it takes for granted everywhere.
    """

    required: ClassVar[tuple[str, ...]] = ("reference", "assumes")
    name: ClassVar[str]
    reference: ClassVar[Reference]
    assumes: ClassVar[tuple[str, ...]]

    @abstractmethod
    def start(self, shape: tuple[Size, ...], kind: str | Input) -> Any:
        """The signal at the input."""

    @abstractmethod
    def preactivations(self, units: Size) -> Any:
        """So many pre-activations of unit variance, as a mix would give them."""

    @abstractmethod
    def forward(self, primitive: Primitive, signal: Any, weight: Weight | None = None) -> Any:
        """The signal behind a primitive; ``weight`` for a mix.

        Raises:
            NeedsFact: where the theory cannot say, naming the missing fact.
        """

    @abstractmethod
    def join(self, primitive: Join, signals: Sequence[Any]) -> Any:
        """The signal behind a join.

        Raises:
            NeedsFact: where the theory cannot say, naming the missing fact.
        """

    @abstractmethod
    def split(self, primitive: Join, signals: Sequence[Any], cotangent: Any) -> tuple[Any, ...]:
        """The cotangent before a join, one for each signal it reads."""

    @abstractmethod
    def moment(self, signal: Any) -> sp.Expr:
        """The mean over units of the second moment of a signal."""

    def correlation(self, signal: Any) -> sp.Expr:
        """Of two units of a channel, of a window say; zero where a theory has them independent."""
        return sp.Integer(0)

    @abstractmethod
    def cotangent(self, signal: Any) -> Any:
        """An independent cotangent of zero mean and unit variance on every unit of a signal."""

    @abstractmethod
    def backward(
        self, primitive: Primitive, signal: Any, cotangent: Any, weight: Weight | None = None
    ) -> Any:
        """The cotangent before a primitive: ``signal`` is what it was given, forward."""

    @abstractmethod
    def add(self, cotangents: Sequence[Any]) -> Any:
        """The cotangent of a signal that several layers read."""

    @abstractmethod
    def moment_here(self, cotangent: Any) -> sp.Expr:
        """The mean over units of the second moment of a cotangent, on the signal it sits on."""

    @abstractmethod
    def moment_at_mix(self, cotangent: Any) -> sp.Expr:
        """The same where it arrives at the output of the mix before."""

    @abstractmethod
    def notes(self, primitive: Primitive, signal: Any) -> tuple[str, ...]:
        """What the rule for this primitive assumed of this signal, beyond :attr:`assumes`."""

"""What the moments of a maximum share: a window T and a power k."""

from __future__ import annotations

from typing import Any, Self

import sympy as sp

from symvar.integrals.arguments import moment_power, positive_integer
from symvar.integrals.named import NamedConstant


class MomentConstant(NamedConstant):
    """The mean (k = 1) or second moment (k = 2) of a maximum over T normals.

    Args:
        T: how many normals, a positive integer or a symbol declared one.
        k: 1 or 2.

    Raises:
        ArgumentError: T no positive integer, or k neither 1 nor 2.
    """

    def __new__(cls, T: Any, k: Any) -> Self:
        """Checks the arguments; the name stays unopened."""
        return super().__new__(cls, positive_integer(T, "T"), moment_power(k))

    @property
    def window(self) -> sp.Expr:
        """How many normals the maximum is over."""
        return self.args[0]

    @property
    def power(self) -> int:
        """1 for the mean, 2 for the second moment."""
        return int(self.args[1])

"""Scaling and shifting a unit: whatever function of Gaussians it is, it stays one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from symvar.activations.base import Activation
from symvar.activations.identity import Identity
from symvar.errors import NeedsFact
from symvar.primitives import Affine
from symvar.reference import cite
from symvar.symbols import x
from symvar.theories.laws import Extreme, Law, Moments


@dataclass(frozen=True, eq=False)
class Shifted(Activation):
    r"""$a f(x) + b$.

    Args:
        inner: f.
        scale: a.
        shift: b.
    """

    inner: Activation
    scale: sp.Expr
    shift: sp.Expr

    name = "shifted"
    reference = cite("asv", "A.26")
    torch_module = "Identity()"

    @property
    def expression(self) -> sp.Expr:
        """The function of ``symvar.symbols.x``."""
        inner: sp.Expr = self.inner.expression
        return self.scale * inner + self.shift

    @property
    def nondecreasing(self) -> bool:
        """Where the inner function is, and is not turned over."""
        return self.inner.nondecreasing and bool(self.scale.is_nonnegative)

    @property
    def homogeneous(self) -> bool:
        """Where the inner function is, and is not shifted."""
        return self.inner.homogeneous and self.shift == 0


def shifted(law: Law, affine: Affine) -> Law:
    r"""The law of $a z + b$.

    Raises:
        NeedsFact: for a shift of units of which only the square of the mean is known.
    """
    scale, shift = affine.scale, affine.shift
    homogeneous = not isinstance(law, Extreme) or law.activation.homogeneous
    if shift == 0 and (homogeneous or scale == 1):
        return law if scale == 1 else law.scaled(scale)
    if isinstance(law, Extreme) and law.keep == 1:
        inner = law.activation
        moved = sp.expand(scale * inner.expression + shift)
        return replace(law, activation=Identity() if moved == x else Shifted(inner, scale, shift))
    if isinstance(law, Moments) and (law.mean2 == 0 or shift == 0):
        scaled = law.scaled(scale)
        assert isinstance(scaled, Moments)
        return replace(
            scaled,
            second=scaled.second + shift**2,
            mean2=scaled.mean2 + shift**2,
            normed=scaled.normed and shift == 0,
        )
    raise NeedsFact(
        "theory iid",
        need="units whose mean is zero, or that are functions of Gaussians, to shift",
        have=f"{law!r} and a shift by {shift}",
        remedy="leave the shift out, or put a weighted layer before it",
    )

"""The source, its notation, and the words its claims share."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import (
    Gaussian,
    HasLaw,
    Independent,
    Paper,
    random_family,
    random_variable,
)

NUMBERED = (
    *map(str, range(1, 21)),
    *(f"A.{n}" for n in range(1, 42)),
    *(f"B.{n}" for n in range(1, 30)),
    "Definition 1",
    "Definition 2",
    "Lemma 1",
    "Table 1",
    "Table 2",
    "Table 3",
)
paper = Paper(
    "asv", "Adaptive Signal Variances: CNN Initialization Through Modern Architectures", NUMBERED
)


def whole(names: str) -> tuple[sp.Symbol, ...]:
    """Indices and sizes of the cases."""
    return sp.symbols(names, integer=True)


# Appendix A: sizes of the input, of the output, channels, kernel, padding, stride, pooling.
w, h, w_out, h_out, d, d_out = sizes = whole("w h w' h' d d'")
k_w, k_h, p_w, p_h, s_w, s_h, t_w, t_h = whole("k_w k_h p_w p_h s_w s_h t_w t_h")
i, j, k, l, m, n, t = whole("i j k l m n t")  # noqa: E741
xi = whole("xi_1:4")


def tensors(names: str) -> tuple[sp.IndexedBase, ...]:
    """Tensors whose entries the cases give."""
    return tuple(map(sp.IndexedBase, names.split()))


def either(value: Any, condition: Any, otherwise: Any = 0) -> sp.Piecewise:
    """The value where the condition holds, else the other."""
    return sp.Piecewise((value, condition), (otherwise, True))


def within(first: Any, index: Any, last: Any) -> Any:
    """first <= index <= last."""
    return sp.And(sp.Le(first, index, evaluate=False), sp.Le(index, last, evaluate=False))


def same(left: Any, right: Any) -> sp.Eq:
    """The equation as written: sympy must not judge it first."""
    return sp.Eq(left, right, evaluate=False)


# The Gaussian calculus of section B.
y, z = sp.symbols("y z", real=True)
x = sp.Symbol("x", real=True)
s = sp.Symbol("s", real=True)
q = sp.Symbol("q", positive=True)
r = sp.Symbol("r", positive=True)
beta = sp.Symbol("beta", positive=True)
T = sp.Symbol("T", positive=True, integer=True)


def phi(argument: Any) -> sp.Expr:
    """The standard normal density."""
    return sp.exp(-(argument**2) / 2) / sp.sqrt(2 * sp.pi)


class Phi(sp.Function):
    """The standard normal distribution function, its derivative and its ends known."""

    @classmethod
    def eval(cls, argument: Any) -> Any:
        """Values at numbers."""
        ends = {sp.S.Zero: sp.S.Half, sp.oo: sp.S.One, -sp.oo: sp.S.Zero}
        if argument in ends:
            return ends[argument]
        return (1 + sp.erf(argument / sp.sqrt(2))) / 2 if argument.is_number else None

    def fdiff(self, argindex: int = 1) -> Any:
        """The density."""
        return phi(self.args[0])

    def _eval_is_positive(self) -> bool:
        return True

    def _latex(self, printer: Any, exp: Any = None) -> str:
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\Phi{power}\left({printer._print(self.args[0])}\right)"


# Random signals of section B, in sums of symbolic length.
weight, signal, unit, backward_weight, backward_signal = map(
    random_family, ("w", "z", "u", "wt", "du")
)
bias, pooled_signal, slope = map(random_variable, ("b", "dz", "g"))
var_w, var_b = sp.symbols("sigma_w^2 sigma_b^2", positive=True)
count = sp.Symbol("N", positive=True, integer=True)
a = sp.Symbol("a", integer=True)
WEIGHTS = (HasLaw(weight, Gaussian(0, var_w)), Independent(weight))
BIAS = HasLaw(bias, Gaussian(0, var_b))
APART = Independent(weight, signal, bias)
UNITS = (HasLaw(unit, Gaussian(0, q)), Independent(unit))


def total(term: Any, number: Any = count) -> sp.Sum:
    """The sum over ``a`` from 1 to the number."""
    return sp.Sum(term, (a, 1, number))


def step(argument: Any) -> sp.Piecewise:
    """(B.21): one from zero on, zero below."""
    return either(1, sp.Ge(argument, 0))

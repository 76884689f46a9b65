r"""The law of $(\sum_i |z_i|^p)^{1/p}$ over a window."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from symvar import symbols
from symvar.activations import all_activations
from symvar.errors import NeedsFact
from symvar.geometry import Windows
from symvar.integrals import lp_tau
from symvar.theories.laws import Extreme, Law, Moments, average


def powered(law: Law, windows: Windows, power: int) -> Law:
    r"""The p-norm of a window of independent rectified units, or of Gaussians for p = 2.

    Of t rectified units $\mathrm{E}[z^2] = t^{2/p}\,\tau^{L^p}_t$ per unit variance. For p = 2 the
    squared derivatives add up to one where the norm is not zero, so the slope is $1 - 2^{-t}$; of
    t Gaussians $\mathrm{E}[z^2] = t$ and the slope is 1.

    Raises:
        NeedsFact: for other units, and for powers whose backward constant is not known.
    """
    rectified = isinstance(law, Extreme) and law.activation == all_activations()["relu"]()
    if not isinstance(law, Extreme) or not (rectified or law.gaussian) or law.centre != 0:
        raise _missing("rectified or Gaussian units in an Lp pool", repr(law))
    if not (law.plain and law.independent and law.keep == 1):
        raise _missing("independent units in a window, none masked", "units that share others")
    if power == 1 and rectified and len(windows.shares()) == 1:
        return average(law, windows, counts_padding=False).scaled(sp.sympify(windows.size))
    if power != 2:
        raise _missing("power 2, or 1 of whole rectified windows", f"power {power}")
    square, mean, slope = (_half, _active_mean, _active) if rectified else (_all, chi_mean, _one)
    return Moments(
        windows.tile,
        False,
        law.variance * _over(windows, square),
        law.variance * _over(windows, mean) ** 2,
        law.gain * _over(windows, slope),
        len(windows.shares()) == 1,
        what="an Lp pool",
    )


def chi_mean(units: sp.Expr) -> sp.Expr:
    r"""The mean norm of t standard Gaussians, $\sqrt2\,\Gamma(\frac{t+1}2)/\Gamma(\frac t2)$.

    >>> chi_mean(sp.Integer(2))
    sqrt(2)*sqrt(pi)/2
    """
    return sp.sqrt(2) * sp.gamma((units + 1) / 2) / sp.gamma(units / 2)


def _active_mean(units: sp.Expr) -> sp.Expr:
    """The mean norm of t rectified Gaussians: so many of them are positive, like fair coins."""
    k = symbols.size("j")
    term = sp.binomial(units, k) / 2**units * chi_mean(k)
    total = sp.Sum(term, (k, 1, units))
    return total.doit() if units.is_Integer else total


def _half(units: sp.Expr) -> sp.Expr:
    return units * lp_tau(units, 2).doit()


def _all(units: sp.Expr) -> sp.Expr:
    return units


def _active(units: sp.Expr) -> sp.Expr:
    return 1 - sp.Integer(2) ** (-units)


def _one(_: sp.Expr) -> sp.Expr:
    return sp.Integer(1)


def _over(windows: Windows, of: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    return sp.Add(*(share * of(sp.sympify(units)) for units, share in windows.shares()))


def _missing(need: str, have: str) -> NeedsFact:
    return NeedsFact(
        "theory iid",
        need=need,
        have=have,
        remedy="put ReLU straight before the pool, or use average or max pooling",
    )

"""Gaussian constants of pooling and of order statistics: named, in closed form, and in balls.

A constant is a sympy expression that keeps its name (``tau(4)``); ``.doit()`` opens the closed
form, ``.rewrite(sympy.Integral)`` the definition, and `enclose` proves digits of any constant
expression made of them. This folder imports sympy and python-flint, nothing heavier.
"""

from symvar.integrals.absolute import absolute_moment
from symvar.integrals.asymptotic import expansion, tau_asymptotic
from symvar.integrals.certified import MAX_DIGITS
from symvar.integrals.doubles import tau_doubles
from symvar.integrals.enclosure import Enclosure, enclose
from symvar.integrals.expect_pairs import GaussianProduct
from symvar.integrals.expectation import Expectation, expect
from symvar.integrals.intervals import Bracket
from symvar.integrals.known import Known
from symvar.integrals.largest import LargestMoment
from symvar.integrals.leaky import leaky_gamma, leaky_tau, tau_minus
from symvar.integrals.lp import l2_gamma, lp_absolute, lp_tau
from symvar.integrals.named import NamedConstant
from symvar.integrals.normalised import normalised_gamma, normalised_tau
from symvar.integrals.order import order_moment, order_variance, rectified_mean
from symvar.integrals.pooling import gamma, tau
from symvar.integrals.shared import tau_enclosures

__all__ = [
    "MAX_DIGITS",
    "Bracket",
    "Enclosure",
    "Expectation",
    "GaussianProduct",
    "Known",
    "LargestMoment",
    "NamedConstant",
    "absolute_moment",
    "enclose",
    "expansion",
    "expect",
    "gamma",
    "l2_gamma",
    "leaky_gamma",
    "leaky_tau",
    "lp_absolute",
    "lp_tau",
    "normalised_gamma",
    "normalised_tau",
    "order_moment",
    "order_variance",
    "rectified_mean",
    "tau",
    "tau_asymptotic",
    "tau_doubles",
    "tau_enclosures",
    "tau_minus",
]

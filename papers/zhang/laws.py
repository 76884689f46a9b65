"""The random quantities of section 4, and what the source says of them."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import (
    IdenticallyDistributed,
    Independent,
    NoAtomAtZero,
    Symmetric,
    ZeroMean,
    random_family,
    random_variable,
)

i = sp.Symbol("i", positive=True, integer=True)

# A kernel's weights w_i, the values y_i and pre-activations x_i it is multiplied with; capitals
# stand for the population that the source writes in bold.
w, y, x = random_family("w"), random_family("y"), random_family("x")
W, Y, X = random_variable("w_l"), random_variable("y_{l-1}"), random_variable("x_{l-1}")

WEIGHTS = (IdenticallyDistributed(w, W),)
VALUES = (IdenticallyDistributed(y, Y), Independent(w, y), Independent(W, Y))
BEFORE = (IdenticallyDistributed(x, X), Independent(w, x), Independent(W, X))
CENTRED = (ZeroMean(w, W),)
SYMMETRIC = (Symmetric(x, X),)
"""A sum of independent symmetric weights times anything is symmetric."""
EACH_OTHER = (Independent(w),)

# Backward: s_i the derivative of the activation, d_i the errors.
s, d = random_family("s"), random_family("delta")
S, D = random_variable("s_l"), random_variable("delta_l")
SLOPES = (IdenticallyDistributed(s, S), Independent(w, s), Independent(W, S))
BACK = (
    IdenticallyDistributed(d, D),
    IdenticallyDistributed(x, X),
    ZeroMean(d, D),
    Independent(w, (x, d)),
)
GATED = (*SYMMETRIC, NoAtomAtZero(x, X), Independent(x, d), Independent(X, D))
"""Each unit is open half of the time, whatever error it receives."""

THRESHOLD = "A derivative that jumps elsewhere than at 0: false, but no law is tried in time."
MUTUAL = "the weights of a kernel are independent of each other"


def total(term: Any, count: Any) -> sp.Sum:
    """The sum over the inputs of one unit."""
    return sp.Sum(term, (i, 1, count))


def gate(s: Any) -> sp.Expr:
    """The derivative of ReLU, at a random pre-activation."""
    return sp.Piecewise((1, s > 0), (0, True))

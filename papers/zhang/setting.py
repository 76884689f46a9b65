"""Zhang et al. 2022: the paper, and the notation its sections share."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Paper

paper = Paper(
    "zhang",
    "Necessary conditions for convergence of CNNs and initialization of convolution kernels",
    numbered=[str(number) for number in range(1, 43)],
)

# Fan-in and fan-out of a kernel, and those of a neighbouring layer.
n, m = sp.symbols("n m", positive=True, integer=True)
n_next, m_next = sp.symbols("n_{l+1} m_{l+1}", positive=True, integer=True)
depth = sp.Symbol("L", positive=True, integer=True)
# Variances: of the weights, of a signal, of an error.
v, q, r = sp.symbols("v q r", positive=True)
# The slope of a PReLU, the learning rate, the gain of batch normalisation.
alpha = sp.Symbol("alpha", nonnegative=True)
eta, gamma = sp.symbols("eta gamma", positive=True)


def stated(lhs: Any, rhs: Any, relation: Any = sp.Eq) -> Any:
    """A relation as written, not yet evaluated by sympy."""
    return relation(lhs, rhs, evaluate=False)


def relu(s: Any) -> Any:
    return sp.Max(0, s)


def relu_slope(s: Any) -> Any:
    """The derivative of ReLU where there is one; the usual 0 where there is none."""
    return sp.Piecewise((1, s > 0), (0, True))


def prelu(s: Any, slope: Any) -> Any:
    return sp.Max(0, s) + slope * sp.Min(0, s)

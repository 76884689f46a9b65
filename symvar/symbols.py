"""Every symbol symvar uses, once: its assumptions and its LaTeX name.

Two symbols of one name and different assumptions are different symbols to sympy, and formulas
made from them never cancel. So no other module calls ``sympy.Symbol``; expressions are serialised
with ``sympy.srepr``, which keeps the assumptions.
"""

from __future__ import annotations

import re

import sympy as sp


def size(name: str) -> sp.Symbol:
    """A positive integer size chosen by the user: ``size("w")``.

    >>> size("w").is_positive, size("w").is_integer
    (True, True)
    """
    return sp.Symbol(name, positive=True, integer=True)


def padding_size(name: str) -> sp.Symbol:
    """A padding: an integer that may be zero."""
    return sp.Symbol(name, nonnegative=True, integer=True)


def _label(layer: str) -> str:
    r"""A layer's name as a subscript: ``conv1_1`` becomes ``\mathrm{conv1\_1}``."""
    escaped = re.sub(r"([_#$%&{}])", r"\\\1", layer)
    return rf"\mathrm{{{escaped}}}"


def weight_variance(layer: str) -> sp.Symbol:
    r"""$\sigma^2_{w}$ of the named layer."""
    return sp.Symbol(rf"\sigma^{{2}}_{{w,{_label(layer)}}}", positive=True)


def bias_variance(layer: str) -> sp.Symbol:
    r"""$\sigma^2_{b}$ of the named layer: kept until a scheme sets it to zero."""
    return sp.Symbol(rf"\sigma^{{2}}_{{b,{_label(layer)}}}", nonnegative=True)


def forward_moment(layer: str) -> sp.Symbol:
    r"""$q$ of the named layer: the second moment of its output, before it is known."""
    return sp.Symbol(rf"q_{{{_label(layer)}}}", positive=True)


def is_forward_moment(symbol: sp.Basic) -> bool:
    """Whether it is one of :func:`forward_moment`."""
    return str(symbol).startswith(r"q_{\mathrm{")


# Geometry: input width and height, kernel, stride, padding, dilation, channels, groups.
w, h, k, s, d, g = map(size, ("w", "h", "k", "s", "d", "g"))
p = padding_size("p")
c_in, c_out = size("C_in"), size("C_out")

# The argument of an activation, and the arguments of integrals.
x = sp.Symbol("x", real=True)
t = sp.Symbol("t", real=True)

# The recursion, in the notation of the source (asv, section 4.1).
window = size("T")
layer_index = size(r"\ell")
depth = size("L")
weight_var = sp.Symbol(r"\sigma^{2}_{w^{(\ell)}}", positive=True)
bias_var = sp.Symbol(r"\sigma^{2}_{b^{(\ell)}}", nonnegative=True)
forward = sp.Symbol(r"q^{(\ell)}", positive=True)
forward_before = sp.Symbol(r"q^{(\ell-1)}", positive=True)
backward = sp.Symbol(r"r^{(\ell)}", positive=True)
backward_before = sp.Symbol(r"r^{(\ell-1)}", positive=True)
units_before = size(r"M_{\ell-1}")
units = size(r"M'_{\ell}")
connections = size(r"e_{\ell}")
window_before = size(r"T_{\ell-1}")
window_here = size(r"T_{\ell}")
fan_in = size(r"n_{\mathrm{in}}")
fan_out = size(r"n_{\mathrm{out}}")
mean_square = sp.Symbol("m", nonnegative=True)
forward_first = sp.Symbol("q^{(1)}", positive=True)
forward_last = sp.Symbol("q^{(L)}", positive=True)
backward_first = sp.Symbol("r^{(1)}", positive=True)
backward_last = sp.Symbol("r^{(L)}", positive=True)

# The slope of a rectifier below zero, where it is not known: leaky, or learnt. It stays increasing.
slope_below = sp.Symbol("a", nonnegative=True)

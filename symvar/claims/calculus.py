"""Gradients and Jacobians with their layout said, and the column-stacking vec."""

from __future__ import annotations

from typing import Any, Literal

import sympy as sp

from symvar.errors import ArgumentError

Layout = Literal["numerator", "denominator"]


def vec(matrix: Any) -> sp.ImmutableMatrix:
    """The columns of a matrix, one below the other.

    >>> vec(sp.Matrix([[1, 2], [3, 4]])).T
    Matrix([[1, 3, 2, 4]])
    """
    given = sp.ImmutableMatrix(matrix)
    return sp.ImmutableMatrix(given.rows * given.cols, 1, list(given.T))


def jacobian(f: Any, x: Any, layout: Layout) -> sp.ImmutableMatrix:
    r"""The derivatives of the entries of f by the entries of x, both stacked by columns.

    Args:
        f: a matrix or an expression.
        x: a matrix of symbols, or a symbol.
        layout: ``"numerator"``: entry (i, j) is $\partial f_i/\partial x_j$; ``"denominator"``:
            its transpose, entry (i, j) is $\partial f_j/\partial x_i$.

    Raises:
        ArgumentError: for another layout.

    >>> a, b = sp.symbols("a b")
    >>> jacobian(sp.Matrix([a * b, a]), sp.Matrix([a, b]), layout="numerator")
    Matrix([
    [b, a],
    [1, 0]])
    """
    if layout not in ("numerator", "denominator"):
        raise ArgumentError(
            "layout", need="'numerator' or 'denominator'", have=repr(layout), remedy="say which"
        )
    values, arguments = (vec(side if _is_matrix(side) else [side]) for side in (f, x))
    rows = [[sp.diff(value, argument) for argument in arguments] for value in values]
    derivative = sp.ImmutableMatrix(rows)
    return derivative if layout == "numerator" else derivative.T


def gradient(f: Any, x: Any) -> Any:
    r"""$\partial f/\partial x$ of a scalar f, in the shape of x.

    >>> a, b = sp.symbols("a b")
    >>> gradient(a**2 * b, sp.Matrix([[a, b]]))
    Matrix([[2*a*b, a**2]])
    """
    if not _is_matrix(x):
        return sp.diff(f, x)
    return sp.ImmutableMatrix(x.rows, x.cols, [sp.diff(f, each) for each in x])


def _is_matrix(value: Any) -> bool:
    return isinstance(value, sp.MatrixBase)

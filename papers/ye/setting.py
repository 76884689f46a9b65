"""The source, its notation, and the relations as written."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symvar.claims import Paper

CHAPTER_6 = [f"6.{n}" for n in range(1, 67)]
CHAPTER_7 = [f"7.{n}" for n in range(1, 10)]

paper = Paper(
    "ye",
    "Geometry of Deep Learning, chapters 6 and 7",
    numbered=[*CHAPTER_6, "Lemma 6.1", "Lemma 6.2", "Lemma 6.3", *CHAPTER_7],
)

# Scalars: an argument, a positive number, a step size, a forgetting factor.
x = sp.Symbol("x", real=True)
u = sp.Symbol("u", positive=True)
eta = sp.Symbol("eta", positive=True)
beta = sp.Symbol("beta", positive=True)

# Sizes of three successive layers and of the output.
d_before = sp.Symbol("d^{(l-1)}", positive=True, integer=True)
d_here = sp.Symbol("d^{(l)}", positive=True, integer=True)
d_next = sp.Symbol("d^{(l+1)}", positive=True, integer=True)
d_last = sp.Symbol("d^{(L)}", positive=True, integer=True)


def eq(lhs: Any, rhs: Any) -> sp.Eq:
    """The equation as written: sympy must not judge it before the checker does."""
    return sp.Eq(lhs, rhs, evaluate=False)


def le(lhs: Any, rhs: Any) -> sp.Le:
    return sp.Le(lhs, rhs, evaluate=False)


def lt(lhs: Any, rhs: Any) -> sp.Lt:
    return sp.Lt(lhs, rhs, evaluate=False)


def gt(lhs: Any, rhs: Any) -> sp.Gt:
    return sp.Gt(lhs, rhs, evaluate=False)


def ge(lhs: Any, rhs: Any) -> sp.Ge:
    return sp.Ge(lhs, rhs, evaluate=False)


def relu(g: sp.Expr) -> sp.Expr:
    """The rectifier, equation (6.2)."""
    return sp.Max(0, g)


def step(g: sp.Expr) -> sp.Expr:
    """Its derivative as (6.3) has it, 0 at 0 by convention."""
    return sp.Piecewise((1, g > 0), (0, True))


def logistic(g: sp.Expr) -> sp.Expr:
    return 1 / (1 + sp.exp(-g))


def entries(name: str, rows: int, cols: int = 1) -> sp.ImmutableMatrix:
    """A matrix, each entry a real symbol; a column has one index."""

    def cell(i: int, j: int) -> sp.Symbol:
        index = f"{i + 1}" if cols == 1 else f"{i + 1}{j + 1}"
        return sp.Symbol(f"{name}_{{{index}}}", real=True)

    return sp.ImmutableMatrix(rows, cols, cell)


def norm2(column: Any) -> sp.Expr:
    """The squared Euclidean norm of an explicit column, or the squared Frobenius norm."""
    return sum((entry**2 for entry in column), sp.Integer(0))

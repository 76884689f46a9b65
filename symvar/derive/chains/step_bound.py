"""The step-size bound of the variational argument, in its correct form."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import Instances, PositiveSemidefinite
from symvar.derive.base import Chain, Step, same
from symvar.reference import cite

eta, size, steep = sp.symbols(r"\eta c \lambda", positive=True)
last, here, fed = sp.symbols("d_L d_l d_{l-1}", positive=True, integer=True)
J = sp.MatrixSymbol("J", last, here)
W, move = sp.MatrixSymbol("W", here, fed), sp.MatrixSymbol(r"\Delta", here, fed)
o, target = sp.MatrixSymbol("o", fed, 1), sp.MatrixSymbol("t", last, 1)
error = J * W * o - target
SPARE, EXCESS = sp.Symbol("k", positive=True), sp.Symbol("k'", nonnegative=True)
SIZES = tuple((rows, columns) for rows in (1, 2, 3) for columns in (1, 2, 3))
WORDS = "the step is small enough that no unit changes sides, so that the layers above stay linear"


class StepBound(Chain):
    """The error after one step is a matrix times the error; its eigenvalues decide."""

    name = "step-bound"
    title = "the step-size bound of one layer's update, in its correct form"
    notation = (
        (J, "the layers above, linear while no unit changes sides; t the target"),
        (W, "the weights of the layer, o what it reads"),
        (r"\epsilon", r"$JWo - t$, the error at the output; the cost is $\tfrac12\|\epsilon\|^2$"),
        (size, r"$\|o\|^2$"),
        (steep, r"an eigenvalue of $JJ^\top$"),
        (SPARE, "any positive number: how far a step stays from the bound"),
    )
    source_notation = ((J, r"A^{(l)}"), (o, r"\mathbf{o}^{(l-1)}"), (W, r"\mathbf{W}^{(l)}"))

    def steps(self) -> Iterator[Step]:
        """The error after the step, the matrix, the eigenvalues, the bound."""
        after = J * (W - eta * J.T * error * o.T) * o - target
        grown = error - eta * J * J.T * error * (o.T * o)
        step = Step(
            same(after, grown),
            r"the steepest step $-\eta\,\delta o^\top$ with $\delta = J^\top\epsilon$: the new "
            r"error is $(I - \eta\|o\|^2 JJ^\top)\,\epsilon$. The source has a sign wrong on the "
            "way, and the right result",
            assumptions=(WORDS,),
            reference=cite("ye", "6.50"),
        )
        yield step
        psd = Step(
            r"x^\top J J^\top x = \|J^\top x\|^2 \ge 0",
            "the matrix is positive semidefinite, so its eigenvectors are orthogonal and its "
            r"eigenvalues $\lambda \ge 0$",
            Instances(_square, SIZES, "matrices of 1 to 3 rows and columns, any entries"),
            reference=cite("ye", "6.51"),
        )
        yield psd
        along = eta * size * steep
        shrunk = Step(
            same(1 - (1 - along) ** 2, along * (2 - along)),
            r"along an eigenvector the square of the error shrinks by this share",
            follows=(step, psd),
        )
        yield shrunk
        falls = Step(
            sp.Gt(1 - (1 - along) ** 2, 0, evaluate=False),
            r"it is positive where $0 < \eta\|o\|^2\lambda < 2$: the cost falls if this holds for "
            "the largest eigenvalue, and strictly if the error has a part along an eigenvalue that "
            "is not zero",
            sp.Gt(along * (2 - along), 0, evaluate=False),
            given=(sp.Eq(eta, 2 / (size * steep * (1 + SPARE))),),
            follows=(shrunk,),
            reference=cite("ye", "6.52"),
            result=True,
        )
        yield falls
        worst = Step(
            sp.Le(1 - (1 - along) ** 2, 0, evaluate=False),
            r"from $\eta\|o\|^2\lambda = 2$ on an error along that eigenvector does not fall: the "
            "bound is sharp, and needs the eigenvalue of largest modulus, not the product of "
            "norms of the weights, which only bounds it",
            sp.Le(along * (2 - along), 0, evaluate=False),
            given=(sp.Eq(eta, (2 + EXCESS) / (size * steep)),),
            follows=(shrunk,),
            reference=cite("ye", "6.53"),
            result=True,
        )
        yield worst
        yield Step(
            same((1 - eta * size * steep) ** 2, 0),
            "with one output, where the matrix is a number, this step removes the error at once",
            given=(sp.Eq(eta, 1 / (size * steep)),),
            follows=(falls,),
            reference=cite("ye", "6.53"),
            result=True,
        )


def _square(size: tuple[int, int]) -> PositiveSemidefinite:
    """J J^T is positive semidefinite, J^T being its root."""
    rows, columns = size
    entries = sp.ImmutableMatrix(rows, columns, sp.symbols(f"a1:{rows * columns + 1}", real=True))
    return PositiveSemidefinite((entries * entries.T).as_immutable(), root=entries.T)

"""The step-size bound of the variational argument, in its correct form."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import sympy as sp

from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import i, n
from symvar.reference import cite

eta, size, steep = sp.symbols(r"\eta c \lambda", positive=True)
last, here, fed = sp.symbols("d_L d_l d_{l-1}", positive=True, integer=True)
J = sp.MatrixSymbol("J", last, here)
W, move = sp.MatrixSymbol("W", here, fed), sp.MatrixSymbol(r"\Delta", here, fed)
o, target = sp.MatrixSymbol("o", fed, 1), sp.MatrixSymbol("t", last, 1)
miss = sp.MatrixSymbol(r"\epsilon", last, 1)
h = sp.Symbol("h", real=True)
entry = sp.IndexedBase("y", real=True)
back = J.T * miss
error = J * W * o - target
SPARE, EXCESS = sp.Symbol("k", positive=True), sp.Symbol("k'", nonnegative=True)
WORDS = "the step is small enough that no unit changes sides, so that the layers above stay linear"


class StepBound(Chain):
    """The error after one step is a matrix times the error; its eigenvalues decide."""

    name = "step-bound"
    title = "the step-size bound of one layer's update, in its correct form"
    notation = (
        (J, "the layers above, linear while no unit changes sides; t the target"),
        (W, "the weights of the layer, o what it reads"),
        (miss, r"$JWo - t$, the error at the output; the cost is $\tfrac12\|\epsilon\|^2$"),
        (move, "a direction in which the weights may move, h how far"),
        (size, r"$\|o\|^2$"),
        (steep, r"an eigenvalue of $JJ^\top$"),
        (SPARE, "any positive number: how far a step stays from the bound"),
    )
    source_notation = ((J, r"A^{(l)}"), (o, r"\mathbf{o}^{(l-1)}"), (W, r"\mathbf{W}^{(l)}"))

    def steps(self) -> Iterator[Step]:
        """The gradient, the error after the step, what the cost loses; then the eigenvalues."""
        grown = yield from self.one_step()
        yield from self.exactly(grown)
        share = yield from self.eigenvalues(grown)
        yield from self.bound(share)

    def one_step(self) -> Generator[Step, None, Step]:
        """The steepest step, and the error behind it."""
        moved = Step(
            same(J * (W + h * move) * o - target, error + h * J * move * o),
            "weights that move by h in the direction $\\Delta$ move the error in proportion",
            assumptions=(WORDS,),
            reference=cite("ye", "6.49"),
        )
        yield moved
        along = miss.T * J * move * o + (miss.T * J * move * o).T
        beyond = (J * move * o).T * (J * move * o)
        slope = Step(
            same((miss + h * J * move * o).T * (miss + h * J * move * o),
                 miss.T * miss + h * along + h**2 * beyond),
            r"the square of the error: the two linear terms are the same number, so the cost has "
            r"the slope $\epsilon^\top J \Delta o$, steepest for $\Delta$ along $J^\top\epsilon\, "
            r"o^\top$",
            follows=(moved,),
            reference=cite("ye", "6.49"),
        )  # fmt: skip
        yield slope
        after = J * (W - eta * J.T * error * o.T) * o - target
        grown = Step(
            same(after, error - eta * J * J.T * error * (o.T * o)),
            r"the steepest step $-\eta\,\delta o^\top$ with $\delta = J^\top\epsilon$: the new "
            r"error is $(I - \eta\|o\|^2 JJ^\top)\,\epsilon$. The source has a sign wrong on the "
            "way, and the right result",
            assumptions=(WORDS,),
            follows=(slope,),
            reference=cite("ye", "6.50"),
        )
        yield grown
        return grown

    def exactly(self, grown: Step) -> Iterator[Step]:
        """What the cost loses, without eigenvalues."""
        left = miss - eta * size * J * back
        yield Step(
            same(left.T * left, miss.T * miss - 2 * eta * size * back.T * back
                 + eta**2 * size**2 * (J * back).T * (J * back)),
            r"so the cost falls exactly where $\eta\|o\|^2\,\|J\delta\|^2 < 2\|\delta\|^2$, which "
            "for a given error is the whole truth, and can be computed",
            follows=(grown,),
            result=True,
        )  # fmt: skip

    def eigenvalues(self, grown: Step) -> Generator[Step, None, Step]:
        """They are not negative; each part of the error shrinks by itself."""
        sign = Step(
            r"\lambda\|x\|^2 = x^\top J J^\top x = \|J^\top x\|^2 = \sum_i (J^\top x)_i^2 \ge 0",
            r"the matrix is symmetric, so its eigenvectors x are orthogonal; and $\lambda \ge 0$, "
            "as a sum of squares is not negative",
            sp.Ge(sp.Sum(entry[i] ** 2, (i, 1, n)), 0, evaluate=False),
            reference=cite("ye", "6.51"),
        )
        yield sign
        along = eta * size * steep
        share = Step(
            same(1 - (1 - along) ** 2, along * (2 - along)),
            "along an eigenvector the square of the error shrinks by this share",
            follows=(grown, sign),
        )
        yield share
        return share

    def bound(self, share: Step) -> Iterator[Step]:
        """Where the cost falls for every error, and where not."""
        along = eta * size * steep
        falls = Step(
            sp.Gt(1 - (1 - along) ** 2, 0, evaluate=False),
            r"it is positive where $0 < \eta\|o\|^2\lambda < 2$: the cost falls if this holds for "
            "the largest eigenvalue, and strictly if the error has a part along an eigenvalue that "
            "is not zero",
            sp.Gt(along * (2 - along), 0, evaluate=False),
            given=(sp.Eq(eta, 2 / (size * steep * (1 + SPARE))),),
            follows=(share,),
            reference=cite("ye", "6.52"),
            result=True,
        )
        yield falls
        yield Step(
            sp.Le(1 - (1 - along) ** 2, 0, evaluate=False),
            r"from $\eta\|o\|^2\lambda = 2$ on an error along that eigenvector does not fall: the "
            "bound is sharp, and needs the eigenvalue of largest modulus, not the product of "
            "norms of the weights, which only bounds it",
            sp.Le(along * (2 - along), 0, evaluate=False),
            given=(sp.Eq(eta, (2 + EXCESS) / (size * steep)),),
            follows=(share,),
            reference=cite("ye", "6.53"),
            result=True,
        )
        yield Step(
            same((1 - eta * size * steep) ** 2, 0),
            "with one output, where the matrix is a number, this step removes the error at once",
            given=(sp.Eq(eta, 1 / (size * steep)),),
            follows=(falls,),
            reference=cite("ye", "6.53"),
            result=True,
        )

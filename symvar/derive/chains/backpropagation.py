"""Backpropagation through a weighted layer and an activation, for any sizes."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import i, j, n, total
from symvar.reference import cite

z, dz, delta, db, weight, left, right = (
    sp.IndexedBase(name, real=True) for name in ("z", "dz", r"\delta", "db", "W", "e", "f")
)
m = sp.Symbol("m", positive=True, integer=True)
f = sp.Function("f", real=True)
h, u, e, X = sp.symbols("h u e x", real=True)


def outputs(term: sp.Expr, index: sp.Symbol = i) -> sp.Sum:
    """The sum over the m units of the layer."""
    return sp.Sum(term, (index, 1, m))


class Backpropagation(Chain):
    """The loss moves by one sum; read by each quantity that may move, it shows a gradient."""

    name = "backpropagation"
    title = "backpropagation through a layer, for any sizes"
    notation = (
        (delta[i], r"$\partial E/\partial u_i$ at the units $u_i = \sum_j W_{i,j} z_j + b_i$"),
        (z[j], "signals of the layer before"),
        (weight[i, j], "weights"),
        ("dz, dW, db", "small changes of signals, weights and biases"),
        (f(u), "the activation"),
    )
    source_notation = ((weight[i, j], r"w_{ij}^{(l)}"), (delta[i], r"\delta_{i}^{(l)}"))

    def steps(self) -> Iterator[Step]:
        """Signals, weights, biases; then the activation; then two layers."""
        yield Step(
            same(
                outputs(delta[i] * total(left[i] * right[j] * dz[j], n, j)),
                total(dz[j] * outputs(left[i] * right[j] * delta[i]), n, j),
            ),
            r"the loss moves by $\sum_i \delta_i\,du_i$. Weights of rank one, $W_{i,j} = e_i f_j$, "
            r"of which all are sums; where only signals move, the factor of $dz_j$ is "
            r"$\partial E/\partial z_j = \sum_i W_{i,j}\,\delta_i$: the transposed layer",
            reference=cite("ye", "6.34"),
            result=True,
        )
        yield Step(
            same(outputs(delta[i] * total(left[i] * right[j] * z[j], n, j)),
                 outputs(left[i] * total(right[j] * (delta[i] * z[j]), n, j))),
            r"where only weights move, by a matrix of rank one, $dW_{i,j} = e_i f_j$, of which all "
            r"matrices are sums: $\partial E/\partial W_{i,j} = \delta_i z_j$",
            reference=cite("ye", "6.32"),
            result=True,
        )  # fmt: skip
        yield Step(
            same(outputs(delta[i] * (total(weight[i, j] * z[j], n, j) + db[i])),
                 outputs(delta[i] * total(weight[i, j] * z[j], n, j)) + outputs(delta[i] * db[i])),
            r"where biases move: $\partial E/\partial b_i = \delta_i$",
            result=True,
        )  # fmt: skip
        inner = sp.diff(f(X), X).subs(X, u + h * e)
        yield Step(
            same(sp.Derivative(f(u + h * e), h), e * inner),
            r"an activation $z = f(u)$: by the chain rule $\partial E/\partial u = f'(u)\,"
            r"\partial E/\partial z$",
            same(sp.diff(f(u + h * e), h), e * inner),
            reference=cite("asv", "8"),
            result=True,
        )

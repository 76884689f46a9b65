"""How good a compromise is: what it reaches, and what no weights can beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, isclose
from typing import Any, Literal

import sympy as sp

from symvar.schemes.passes import Moments, logarithm
from symvar.schemes.segments import Segment

Direction = Literal["forward", "backward"]


@dataclass(frozen=True)
class Share:
    """One moment's part in a proof.

    Args:
        layer: the layer's name.
        direction: its forward moment, or the backward one at its input.
        share: what its logarithm is multiplied by.
    """

    layer: str
    direction: Direction
    share: sp.Expr


@dataclass(frozen=True)
class Optimum:
    r"""The largest $|\log q|$ and $|\log r|$ over all layers.

    Args:
        worst: what the weights found reach.
        bound: what no weights can go below.
        proof: shares $\lambda_i$ with $\sum_i |\lambda_i| = 1$, such that the sum of $\lambda_i$
            times the logarithm of the i-th moment is the bound whatever the weights; empty for a
            bound of zero.
        gain: what changing every variance by a factor up to e could still gain if the slopes stayed
            as they are, in double precision; None where the value is exact.
        fixed: moments that no weight changes, and that do not count.
    """

    worst: sp.Expr
    bound: sp.Expr
    proof: tuple[Share, ...] = ()
    gain: float | None = None
    fixed: tuple[tuple[str, Direction], ...] = ()

    @property
    def least(self) -> bool:
        """Whether the bound is reached, so that no weights do better."""
        return isclose(_float(self.worst), _float(self.bound), rel_tol=1e-9, abs_tol=1e-12)

    def to_dict(self) -> dict[str, Any]:
        """The entries for JSON, exact forms as text beside doubles."""
        return {
            "worst": {"exact": str(self.worst), "value": _float(self.worst)},
            "bound": {"exact": str(self.bound), "value": _float(self.bound)},
            "least": self.least,
            "proof": [[each.layer, each.direction, str(each.share)] for each in self.proof],
            "gain": self.gain,
            "fixed": [list(each) for each in self.fixed],
        }

    def __str__(self) -> str:
        worst, bound = _float(self.worst), _float(self.bound)
        text = f"worst |log moment| {worst:.4g}, a factor {exp(worst):.4g}: "
        if self.least:
            text += "the least possible"
        else:
            text += f"no weights go below {bound:.4g}"
            if self.gain is not None:
                text += f", and small changes of these gain at most {self.gain:.1g}"
        if self.fixed:
            text += f"; {len(self.fixed)} moments that no weight changes are left out"
        return text


@dataclass(frozen=True)
class Bound:
    """The most that a segment proves.

    Args:
        value: no weights have a smaller worst logarithm.
        proof: the shares.
        lift: what the logarithm of T must be for this value, with the whole network one segment.
    """

    value: sp.Expr
    proof: tuple[Share, ...]
    lift: sp.Expr


@dataclass(frozen=True)
class _Product:
    """A product of w = 1 or 2 moments that all weights together scale by T."""

    moment: sp.Expr
    size: float
    rows: tuple[tuple[str, Direction], ...]

    @property
    def count(self) -> int:
        return len(self.rows)


def of_segment(segment: Segment, moments: Moments) -> Bound | None:
    r"""$t \ge (\log C_i - \log C_j)/(w_i + w_j)$ for any two products of w moments.

    The products are $q^{(\ell)} r^{(\ell)}$, r at the input of the next layer, with w = 2; with
    w = 1 the last q where the segment gives the output, and the first r where it reads the input.
    Whatever the weights, they are $C_i T$ with one T for all, C from any weights at all. As
    $w_i t \ge \log C_i + \log T$ and $w_j t \ge -\log C_j - \log T$, T cancels in the sum.

    Args:
        segment: the layers.
        moments: of any weights.

    Returns:
        The largest of these, or None where there are no two products.
    """
    products = list(_products(segment, moments))
    if len(products) < 2:
        return None
    pairs = ((one, other) for one in products for other in products if one is not other)
    up, down = max(pairs, key=lambda pair: (pair[0].size - pair[1].size) / _count(pair))
    count = _count((up, down))
    value = sp.log(up.moment / down.moment) / count
    share = sp.Rational(1, count)
    proof = tuple(Share(*row, share) for row in up.rows)
    proof += tuple(Share(*row, -share) for row in down.rows)
    return Bound(value, proof, up.count * value - sp.log(up.moment))


def _count(pair: Sequence[_Product]) -> int:
    return sum(each.count for each in pair)


def _products(segment: Segment, moments: Moments) -> Sequence[_Product]:
    names = segment.names
    rows: list[tuple[tuple[str, Direction], ...]] = [
        ((one, "forward"), (after, "backward")) for one, after in pairwise(names)
    ]
    rows += [((names[0], "backward"),)] if segment.starts else []
    rows += [((names[-1], "forward"),)] if segment.ends else []
    sides: Mapping[str, Mapping[str, sp.Expr]] = {
        "forward": moments.forward,
        "backward": moments.backward,
    }
    found = []
    for group in rows:
        moment = sp.Mul(*(sides[direction][name] for name, direction in group))
        found.append(_Product(moment, logarithm(moment, f"node {group[0][0]!r}"), group))
    return found


def _float(value: sp.Expr) -> float:
    return float(sp.sympify(value).evalf())

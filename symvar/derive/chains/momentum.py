"""Momentum, and the moving average of gradients: when both visit the same points."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import Rule, SameSequence
from symvar.claims.closed_form import ClosedForm
from symvar.derive.base import Chain, Step, same
from symvar.reference import cite

start, one, two, velocity, mean = sp.symbols(r"\theta_0 \theta \vartheta v m", real=True)
alpha, beta = sp.symbols(r"\alpha \beta", positive=True)
eta = sp.Symbol(r"\eta", positive=True)
slope, previous = sp.symbols("g v'", real=True)
step = sp.Symbol("t", positive=True, integer=True)
gradient = sp.Function("g", real=True)


class Momentum(Chain):
    """Two update rules, one sequence of points: by an invariant."""

    name = "momentum"
    title = "momentum and the moving average of gradients as one algorithm"
    notation = (
        (one, "parameters under momentum, with velocity v"),
        (two, "parameters under the averaged gradient m"),
        (gradient(one), "the gradient, any function of the parameters"),
        (eta, "the learning rate"),
    )
    source_notation = ((beta, r"\beta_{1}"), (eta, r"\eta_{k}"))

    def steps(self) -> Iterator[Step]:
        """The same points; the rate in the end; two forms of momentum."""
        faster = alpha * velocity - eta * gradient(one)
        averaged = alpha * mean + (1 - alpha) * gradient(two)
        rate = eta / (1 - alpha)
        apart = (sp.Lt(alpha, 1), sp.Ne(1 - alpha, 0))
        kept = Step(
            same(faster.subs({velocity: -rate * mean, gradient(one): gradient(two)}),
                 -rate * averaged),
            r"if $\theta = \vartheta$ and $v = -\frac{\eta}{1-\alpha} m$ before a step, "
            "so after it",
            given=apart,
        )  # fmt: skip
        yield kept
        equal = SameSequence(
            Rule((one, velocity), (start, 0), (one + faster, faster), one),
            Rule((two, mean), (start, 0), (two - rate * averaged, averaged), two),
            invariant=(sp.Eq(one, two), sp.Eq(velocity, -rate * mean)),
        )
        same_points = Step(
            equal,
            r"by induction from rest: momentum with the rate $\eta$ and the averaged gradient with "
            r"the rate $\eta/(1-\alpha)$ visit the same points, whatever the gradients are",
            given=apart,
            follows=(kept,),
            reference=cite("cotter", "section 1.1.5"),
            result=True,
        )
        yield same_points
        closed = -(1 - alpha**step) / (1 - alpha) * eta * slope
        settled = Step(
            ClosedForm(closed, step, 1, -eta * slope, alpha * previous - eta * slope, previous),
            r"under a constant gradient the velocity tends to $-\eta g/(1-\alpha)$: momentum "
            "multiplies the rate by that in the end",
            given=apart,
            follows=(same_points,),
            reference=cite("cotter", "1.1.25"),
            result=True,
        )
        yield settled
        heavy, plain = sp.symbols(r"\theta_{h} p", real=True)
        inside = alpha * plain + gradient(heavy)
        yield Step(
            SameSequence(
                Rule((one, velocity), (start, 0), (one + faster, faster), one),
                Rule((heavy, plain), (start, 0), (heavy - eta * inside, inside), heavy),
                invariant=(sp.Eq(one, heavy), sp.Eq(velocity, -eta * plain)),
            ),
            "the form of the frameworks, the rate outside of the sum: the same points while the "
            "rate is constant",
            follows=(settled,),
            result=True,
        )

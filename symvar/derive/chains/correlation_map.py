"""The correlation map of ReLU, its slope and its fixed point."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import Cov, E, Gaussian, HasLaw, Independent, Var, random_family
from symvar.derive.base import Chain, Step, same
from symvar.derive.notation import (
    i,
    n,
    normal_units,
    positive_part,
    q,
    rho,
    total,
    units,
    var_w,
    weights,
)
from symvar.reference import cite

X = sp.Symbol(r"\alpha", positive=True)
kappa = sp.Function(r"\kappa", real=True)
CLOSED = (sp.sqrt(1 - rho**2) + rho * (sp.pi - sp.acos(rho))) / sp.pi
INSIDE = (sp.Gt(1 - rho**2, 0),)


class CorrelationMap(Chain):
    r"""From one layer to the next; $\kappa' < 1$ below 1, so that $\rho$ rises to 1."""

    name = "correlation-map"
    title = "the correlation map of ReLU layers, and its fixed point"
    notation = (
        (kappa(rho), r"correlation behind a ReLU layer of two units whose correlation is $\rho$"),
        (units[1, i], "pre-activations at one place, i the channel"),
        (units[2, i], "pre-activations at another place"),
        (weights[i], "the kernel that both places share"),
    )
    source_notation = ()

    def steps(self) -> Iterator[Step]:
        """The first step from independent units; the map; its slope; the fixed point."""
        one, other = (total(weights[i] * positive_part(units[at, i]), n) for at in (1, 2))
        facts = (
            HasLaw(weights, Gaussian(0, var_w)),
            Independent(weights),
            *normal_units(q),
            Independent(weights, units),
        )
        variance = Step(
            same(Var(one), n * var_w * q / 2),
            "a unit of the next layer reads rectified units",
            given=facts,
        )
        yield variance
        shared = Step(
            same(Cov(one, other), n * var_w * q / (2 * sp.pi)),
            "two places read different units through one kernel; rectified units have a mean",
            given=facts,
            reference=cite("asv", "section 4.1"),
        )
        yield shared
        ratio = (n * var_w * q / (2 * sp.pi)) / (n * var_w * q / 2)
        first = Step(
            same(kappa(sp.Integer(0)), 1 / sp.pi),
            r"so independent units become units of correlation $1/\pi$",
            same(ratio, 1 / sp.pi),
            follows=(variance, shared),
            result=True,
        )
        yield first
        kernel = (sp.sqrt(1 - rho**2) + rho * (sp.pi / 2 + sp.asin(rho))) / (2 * sp.pi)
        x, y = random_family("x"), random_family("y")
        linked = Step(
            same(Cov(total(weights[i] * x[i], n), total(weights[i] * y[i], n)),
                 var_w * total(E(x[i] * y[i]), n)),
            r"in general, $x_i$ and $y_i$ rectified units at two places: if the units have the "
            r"correlation $\rho$, the mean product is $q\,k(\rho)$, see average-pooling",
            given=(*facts[:2], Independent(weights, (x, y))),
            follows=(first,),
        )  # fmt: skip
        yield linked
        general = Step(
            same(kappa(rho), CLOSED),
            r"the arc-cosine kernel $k$ over its value $\tfrac12$ at 1, see average-pooling",
            same(kernel / sp.S.Half, CLOSED.subs(sp.acos(rho), sp.pi / 2 - sp.asin(rho))),
            follows=(linked,),
            reference=cite("chosaul", "section 2"),
            result=True,
        )
        yield general
        slope = 1 - sp.acos(rho) / sp.pi
        rate = Step(
            same(sp.Derivative(kappa(rho), rho), slope),
            r"its slope, below 1 for $\rho < 1$: the map is a contraction there only",
            same(sp.diff(CLOSED, rho), slope),
            given=INSIDE,
            follows=(general,),
        )
        yield rate
        fixed = Step(
            same(kappa(sp.Integer(1)), 1),
            r"$\rho = 1$ is a fixed point",
            same(CLOSED.subs(rho, 1), 1),
            follows=(general,),
            result=True,
        )
        yield fixed
        gap = (sp.sqrt(1 - rho**2) - rho * sp.acos(rho)) / sp.pi
        above = Step(
            same(kappa(rho) - rho, gap),
            "how far the map lies above the diagonal",
            same(CLOSED - rho, gap),
            follows=(general,),
        )
        yield above
        falling = Step(
            same(sp.Derivative(gap, rho), -sp.acos(rho) / sp.pi),
            r"it falls, as $\arccos\rho > 0$ for $\rho < 1$, to nothing at $\rho = 1$: so it is "
            r"positive below, and the correlation rises with depth to 1 from any start",
            same(sp.diff(gap, rho), -sp.acos(rho) / sp.pi),
            given=INSIDE,
            follows=(rate, fixed, above),
            result=True,
        )
        yield falling
        behind = (sp.sin(X) + (sp.pi - X) * sp.cos(X)) / sp.pi
        third = sp.Limit((behind - sp.cos(X)) / X**3, X, 0)
        slow = Step(
            same(third, 1 / (3 * sp.pi)),
            r"with $\rho = \cos\alpha$, $\kappa = (\sin\alpha + (\pi-\alpha)\cos\alpha)/\pi$: the "
            "slope at the fixed point is 1, so the approach is no geometric one",
            same(sp.Limit((sp.sin(X) - X * sp.cos(X)) / (sp.pi * X**3), X, 0), 1 / (3 * sp.pi)),
            follows=(rate, fixed),
            result=True,
        )
        yield slow
        growth = sp.sqrt(2) / (3 * sp.pi)
        closer = sp.Limit(1 / sp.sqrt(1 - behind) - 1 / (sp.sqrt(2) * sp.sin(X / 2)), X, 0)
        yield Step(
            same(closer, growth),
            r"what a layer adds to $1/\sqrt{1-\rho}$ near the fixed point, as "
            r"$1 - \cos\alpha = 2\sin^2\frac\alpha2$. By the theorem of Stolz and Cesàro "
            r"$\sqrt{1-\rho}$ is then about $3\pi/(\sqrt2 L)$ after $L$ layers, and $1-\rho$ "
            r"falls like $9\pi^2/(2L^2)$, whatever $\rho < 1$ it started from",
            follows=(falling, slow),
            result=True,
        )

"""Average pooling by the arc-cosine kernel, for any correlations."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.derive.base import Chain, Step, same
from symvar.derive.integration import ByAntiderivative
from symvar.derive.normal import phi
from symvar.derive.notation import T, angle, over, rho, s, theta
from symvar.integrals import tau
from symvar.reference import cite

k = sp.Function("k", real=True)
GAUSSIAN = "the units of a window are jointly Gaussian with mean zero and variance one"


class AveragePooling(Chain):
    """In polar coordinates the two rectifiers cut out an angle."""

    name = "average-pooling"
    title = "average pooling of correlated units, by the arc-cosine kernel"
    notation = (
        (k(rho), r"mean of the product of two rectified units of correlation $\rho$"),
        (angle, r"the angle of the two units: $\rho = \cos\alpha$"),
    )
    source_notation = ((T, r"T_{\ell-1}"),)

    def steps(self) -> Iterator[Step]:
        """The radius, the angle, the kernel; then the window."""
        radius = over(s**3 * phi(s))
        radial = Step(
            same(radius, sp.sqrt(2 / sp.pi)),
            r"two units of correlation $\cos\alpha$ are $R\cos\theta$ and $R\cos(\theta-\alpha)$, "
            r"$\theta$ uniform, $R$ with the density $t\,e^{-t^2/2}$: the mean of $R^2$ is "
            r"$\sqrt{2\pi}$ times this, so it is 2",
            ByAntiderivative(radius, sp.sqrt(2 / sp.pi), -(s**2 + 2) * phi(s)),
            assumptions=(GAUSSIAN,),
            reference=cite("chosaul", "section 2"),
        )
        yield radial
        arc = (sp.pi - angle) * sp.cos(angle) + sp.sin(angle)
        product = over(sp.cos(theta) * sp.cos(theta - angle), theta, angle - sp.pi / 2, sp.pi / 2)
        witness = theta * sp.cos(angle) / 2 + sp.sin(2 * theta - angle) / 4
        turned = Step(
            same(product, arc / 2),
            r"both are positive for $\alpha - \pi/2 < \theta < \pi/2$ and for no other $\theta$",
            ByAntiderivative(product, arc / 2, witness),
        )
        yield turned
        at_angle = Step(
            same(k(sp.cos(angle)), arc / (2 * sp.pi)),
            r"the mean over $\theta$, times the mean of $R^2$",
            same(sp.sqrt(2 * sp.pi) * radius * product / (2 * sp.pi), arc / (2 * sp.pi)),
            follows=(radial, turned),
        )
        yield at_angle
        closed = (sp.sqrt(1 - rho**2) + rho * (sp.pi / 2 + sp.asin(rho))) / (2 * sp.pi)
        kernel = Step(
            same(k(rho), closed),
            r"$\alpha = \arccos\rho = \pi/2 - \arcsin\rho$",
            same((arc / (2 * sp.pi)).subs(angle, sp.pi / 2 - sp.asin(rho)), closed),
            follows=(at_angle,),
            reference=cite("chosaul", "section 2"),
            result=True,
        )
        yield kernel
        itself = Step(
            same(k(sp.Integer(1)), sp.S.Half),
            r"$\rho = 1$",
            same(closed.subs(rho, 1), sp.S.Half),
            follows=(kernel,),
        )
        yield itself
        apart = Step(
            same(k(sp.Integer(0)), 1 / (2 * sp.pi)),
            r"$\rho = 0$: the product of the means",
            same(closed.subs(rho, 0), 1 / (2 * sp.pi)),
            follows=(kernel,),
        )
        yield apart
        window = tau(T, "avg", rho)
        alike = Step(
            same(window, (k(sp.Integer(1)) + (T - 1) * k(rho)) / T),
            r"$T^{-2}\sum_{i,j} k(\rho_{ij})$ with one correlation: $T$ squares and $T(T-1)$ "
            "products",
            same(window.doit(), ((sp.S.Half) + (T - 1) * closed) / T),
            follows=(kernel, itself),
            result=True,
        )
        yield alike
        value = (1 + (T - 1) / sp.pi) / (2 * T)
        yield Step(
            same(tau(T, "avg"), value),
            r"independent units: $\rho = 0$. The source finds this without the kernel",
            same((k(sp.Integer(1)) + (T - 1) * k(sp.Integer(0))) / T, value),
            follows=(alike, itself, apart),
            reference=cite("asv", "13"),
            result=True,
        )

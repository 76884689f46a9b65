"""Gains of activations: the second moment behind one, and the variance that keeps it."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import E, Gaussian, HasLaw, random_variable
from symvar.derive.base import Chain, Step, same
from symvar.derive.integration import ByAntiderivative
from symvar.derive.normal import Phi, phi
from symvar.derive.notation import indicator, n, over, q, s, var_w, y
from symvar.integrals import expect
from symvar.reference import cite

u = random_variable("u")
leak, level = sp.Symbol("a", real=True), sp.Symbol(r"\theta", positive=True)
scale, depth = sp.symbols(r"\lambda \alpha", positive=True)
UNIT = (HasLaw(u, Gaussian(0, 1)),)
ANY = (HasLaw(u, Gaussian(0, q)),)


class Gains(Chain):
    """Leaky and parametric rectifiers, GELU, the shifted rectifier of NG, and SELU."""

    name = "gains"
    title = "the gains of PReLU, GELU, SELU and of the shifted rectifier"
    notation = (
        (u, "a pre-activation, Gaussian"),
        (n, "inputs of a unit; the weight variance that keeps the second moment is 1/(n gain)"),
        (leak, "slope below zero"),
        (level, r"the shifted rectifier is $\max(u, -\theta)$"),
        (r"\lambda, \alpha", r"$\lambda u$ for $u > 0$, else $\lambda\alpha(e^u - 1)$"),
    )
    source_notation = ()

    def steps(self) -> Iterator[Step]:
        """One activation after the other."""
        yield from self.prelu()
        yield from self.gelu()
        yield from self.shifted()
        yield from self.selu()

    def prelu(self) -> Iterator[Step]:
        """Half the second moment from either side."""
        value = sp.Max(0, u) + leak * sp.Min(0, u)
        gain = (1 + leak**2) / 2
        moment = Step(
            same(E(value**2), q * gain),
            "PReLU: half of the second moment comes from either side, by symmetry",
            given=ANY,
            reference=cite("he", "15"),
        )
        yield moment
        slopes = indicator(sp.Gt(u, 0)) + leak * indicator(sp.Le(u, 0))
        back = Step(
            same(E(slopes**2), gain),
            "the second moment of its slope is the same number, so one variance serves both ways",
            given=ANY,
            reference=cite("he", "section 2.2"),
        )
        yield back
        yield Step(
            same(n * var_w * gain, 1),
            "so this variance keeps it: Kaiming's at $a = 0$, LeCun's at $a = 1$",
            given=(sp.Eq(var_w, 2 / ((1 + leak**2) * n)),),
            follows=(moment, back),
            reference=cite("he", "15"),
            result=True,
        )

    def gelu(self) -> Iterator[Step]:
        """E[u^2 Phi(u)^2] by parts."""
        square = over(s**2 * phi(s) * Phi(s) ** 2, low=-sp.oo)
        rest = sp.Rational(1, 3) + 2 * over(s * phi(s) ** 2 * Phi(s), low=-sp.oo)
        parts = Step(
            same(square, rest),
            r"GELU, $u\,\Phi(u)$, by parts with $t\phi = -\phi'$ and $\int\phi\Phi^2 = \tfrac13$",
            ByAntiderivative(square, rest, -s * phi(s) * Phi(s) ** 2 + Phi(s) ** 3 / 3),
            reference=cite("gelu", "section 2"),
        )
        yield parts
        cubes = rest.subs(s, s) - 2 * over(s * phi(s) ** 2 * Phi(s), low=-sp.oo)
        cubes += over(phi(s) ** 3, low=-sp.oo)
        again = Step(
            same(rest, cubes),
            r"by parts with $t\phi^2 = -(\phi^2)'/2$",
            ByAntiderivative(rest, cubes, -(phi(s) ** 2) * Phi(s)),
        )
        yield again
        value = sp.Rational(1, 3) + 1 / (2 * sp.sqrt(3) * sp.pi)
        last = Step(
            same(cubes, value),
            r"$\phi(t)^3 = \phi(\sqrt3\,t)/(2\pi)$",
            ByAntiderivative(cubes, value, Phi(sp.sqrt(3) * s) / (2 * sp.pi * sp.sqrt(3))),
        )
        yield last
        yield Step(
            same(1 / value, 6 * sp.pi / (2 * sp.pi + sp.sqrt(3))),
            r"so $n\,\sigma_w^2$, 2.351 in place of Kaiming's 2: for units of variance 1 only, as "
            "GELU is not homogeneous",
            follows=(parts, again, last),
            result=True,
        )

    def shifted(self) -> Iterator[Step]:
        """max(u, -theta): linear in the limit."""
        below = over(phi(y), y, -sp.oo, -level)
        above = over(y**2 * phi(y), y, -level, sp.oo)
        low = Step(
            same(below, Phi(-level)),
            r"the shifted rectifier: $u$ lies below $-\theta$ with this chance",
            ByAntiderivative(below, Phi(-level), Phi(y)),
            reference=cite("ng", "1"),
        )
        yield low
        high = Step(
            same(above, 1 - Phi(-level) - level * phi(level)),
            r"above, by parts with $t\phi = -\phi'$",
            ByAntiderivative(above, 1 - Phi(-level) - level * phi(level), Phi(y) - y * phi(y)),
        )
        yield high
        gain = level**2 * Phi(-level) + 1 - Phi(-level) - level * phi(level)
        moment = Step(
            same(level**2 * below + above, gain),
            r"together, the second moment of $\max(u, -\theta)$",
            follows=(low, high),
            result=True,
        )
        yield moment
        yield Step(
            same(gain, 1 - phi(sp.Integer(1))),
            r"at $\theta = 1$, the value of the source, 0.758: the units are not yet linear, for "
            "which the gain is 1 and Xavier's variance the right one",
            given=(sp.Eq(level, 1),),
            follows=(moment,),
            reference=cite("ng", "section 3.1"),
            result=True,
        )

    def selu(self) -> Iterator[Step]:
        """Mean zero and variance one, solved for both parameters."""
        tail_1, tail_2 = (sp.exp(sp.Rational(k * k, 2)) * sp.erfc(k / sp.sqrt(2)) for k in (1, 2))
        z = sp.Symbol("z", real=True)
        function = sp.Piecewise((scale * z, z > 0), (scale * depth * (sp.exp(z) - 1), True))
        mean = scale / sp.sqrt(2 * sp.pi) + scale * depth * (tail_1 - 1) / 2
        first = Step(
            same(E(function.subs(z, u)), mean),
            r"SELU on a unit of variance 1: its mean, with $\int_{-\infty}^0 e^t\phi(t)\,dt = "
            r"\tfrac12\sqrt e\,\mathrm{erfc}(1/\sqrt2)$",
            same(expect(function, z), mean),
            given=(),
            assumptions=("u is a standard normal variable",),
            reference=cite("selu", "section 2"),
        )
        yield first
        second_moment = scale**2 / 2 + scale**2 * depth**2 * (tail_2 / 2 - tail_1 + sp.S.Half)
        second = Step(
            same(E(function.subs(z, u) ** 2), second_moment),
            "its second moment",
            same(expect(function**2, z), second_moment),
            assumptions=("u is a standard normal variable",),
        )
        yield second
        solved_depth = sp.sqrt(2 / sp.pi) / (1 - tail_1)
        zero = Step(
            same(depth, solved_depth),
            "the mean is zero for this depth",
            same(mean.subs(depth, solved_depth), 0),
            follows=(first,),
            result=True,
        )
        yield zero
        solved = 1 / sp.sqrt(sp.S.Half + solved_depth**2 * (tail_2 / 2 - tail_1 + sp.S.Half))
        one = Step(
            same(scale, solved),
            "and the second moment 1 for this scale",
            same(second_moment.subs({depth: solved_depth, scale: solved}), 1),
            follows=(second, zero),
            result=True,
        )
        yield one
        digits = "1.673263242354377284817042991671"
        near = sp.Abs(solved_depth - sp.Rational(digits))
        yield Step(
            rf"\left|\alpha - {digits}\right| < 10^{{-30}}",
            "the depth in numbers",
            sp.Lt(near, sp.Rational(1, 10**30), evaluate=False),
            follows=(zero,),
            result=True,
        )

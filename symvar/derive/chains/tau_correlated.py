"""The pooling constant of a maximum of correlated units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from symvar.claims import Cov, Independent, Var, random_family, random_variable
from symvar.claims.laws import Gaussian
from symvar.claims.randomness import HasLaw
from symvar.derive.base import Chain, Step, same
from symvar.derive.integration import ByAntiderivative, ByParameter
from symvar.derive.normal import Phi, phi
from symvar.derive.notation import T, over, s, slope, y
from symvar.integrals import orthants, tau
from symvar.reference import cite

below, rest, last = (sp.Function(name, real=True) for name in ("A", "B", "C"))
b = sp.Symbol("b", positive=True)
rho = sp.Symbol(r"\rho", positive=True)
"""The common correlation, here not zero."""


class P(sp.Function):
    """The chance that n units of common correlation are all positive."""

    def _eval_is_real(self) -> bool:
        return True

    def _latex(self, printer: Any) -> str:
        count, link = map(printer._print, self.args)
        return rf"P_{{{count}}}\left({link}\right)"


class C(sp.Function):
    r"""$\int_0^\infty \phi(mt)\,C(t)\,dt$ for a window, with $m^2 = 3/(1+2\rho)$."""

    def _eval_is_real(self) -> bool:
        return True

    def _latex(self, printer: Any) -> str:
        return rf"C_{{{printer._print(self.args[0])}}}"


common, own = random_variable("g"), random_family("e")
FACTS = (HasLaw(common, Gaussian(0, 1)), HasLaw(own, Gaussian(0, 1)), Independent(own),
         Independent(common, own))  # fmt: skip
BELOW_ONE = (sp.Lt(rho, 1), sp.Gt(1 - rho**2, 0))
CHANCES = (
    r"the chance that n exchangeable units lie below x has the derivative $n\phi(x)$ times the "
    r"chance that the others do, one of them being x; so $A' = (T-1)\,a\,\phi(at)\,B$ and "
    r"$B' = (T-2)\,b\,\phi(bt)\,C$"
)
EXCHANGEABLE = r"every two of the units have correlation $\rho$, $0 < \rho < 1$; jointly Gaussian"
A_OF_RHO = sp.sqrt((1 - rho) / (1 + rho))
WIDE = sp.sqrt(3) / sp.sqrt(1 + 2 * rho)


class TauCorrelated(Chain):
    r"""By parts as for independent units: each step fixes one more unit at the value t."""

    name = "tau-correlated"
    title = "the pooling constant of a maximum of correlated units, for windows of 2 to 5"
    notation = (
        (below(s), "chance that the other units lie below t, unit 1 being t"),
        (rest(s), "chance that the remaining units lie below t, two being t"),
        (last(s), "chance that the remaining units lie below t, three being t"),
        (slope, (r"$\sqrt{(1-\rho)/(1+\rho)}$: a unit less t, one unit being t, has the deviation "
         r"$\sqrt{1-\rho^2}$ and lies below t with chance $\Phi(at)$")),
        (b, r"$a/\sqrt{1+2\rho}$: the same with two units at t"),
        (C(T), r"$\int_0^\infty \phi\bigl(t\sqrt{3/(1+2\rho)}\bigr)\,C(t)\,dt$"),
        (r"P_n(\rho)", "chance that n units of common correlation are all positive, see gamma"),
    )  # fmt: skip
    source_notation = ((T, r"T_{\ell-1}"),)

    def steps(self) -> Iterator[Step]:
        """The reduction, for every T; then T = 2, 3, 4, 5."""
        yield from self.conditional()
        *before, general = self.reduction()
        yield from before
        yield general
        yield from self.small(general)

    def conditional(self) -> Iterator[Step]:
        """What the other units are, one of them being fixed; then two, then three."""
        first, second, third = (
            sp.sqrt(rho) * common + sp.sqrt(1 - rho) * own[k] for k in (1, 2, 3)
        )
        known = (*FACTS, *BELOW_ONE)
        free = Step(
            same(Cov(second - rho * first, first), 0),
            r"units $u_k = \sqrt\rho\,g + \sqrt{1-\rho}\,e_k$: another unit is $\rho u_1$ and a "
            "part that does not depend on unit 1",
            given=known,
            assumptions=(EXCHANGEABLE,),
        )
        yield free
        spread = Step(
            same(Var(second - rho * first), 1 - rho**2),
            "the variance of that part",
            given=known,
            assumptions=(EXCHANGEABLE,),
            follows=(free,),
        )
        yield spread
        yield Step(
            same((1 - rho) / sp.sqrt(1 - rho**2), A_OF_RHO),
            r"so it lies below $t$, unit 1 being $t$, with chance $\Phi(at)$",
            same(((1 - rho) ** 2 / (1 - rho**2)), A_OF_RHO**2),
            given=BELOW_ONE,
            follows=(spread,),
            result=True,
        )
        shared = Step(
            same(Cov(second - rho * first, third - rho * first), rho * (1 - rho)),
            "two such parts stay exchangeable",
            given=known,
            assumptions=(EXCHANGEABLE,),
            follows=(free,),
        )
        yield shared
        link = rho
        for words in ("one unit", "two units", "three units"):
            after = sp.cancel(link / (1 + link))
            fixed = Step(
                same(link * (1 - link) / (1 - link**2), after),
                f"with {words} fixed, the correlation of the others",
                same(after * (1 - link**2), link * (1 - link)),
                given=BELOW_ONE,
                follows=(shared,),
                result=True,
            )
            yield fixed
            link = after

    def reduction(self) -> Iterator[Step]:
        """By parts twice, with the chances as unknown functions."""
        square = T * over(s**2 * phi(s) * below(s))
        mean = T * over(phi(s) * below(s))
        once = mean + T * over(s * phi(s) * sp.Derivative(below(s), s))
        first = Step(
            same(square, once),
            r"the integral that defines $\tau_T(\rho)$, by parts with $t\phi = -\phi'$",
            ByAntiderivative(square, once, -T * s * phi(s) * below(s)),
            assumptions=(EXCHANGEABLE,),
            reference=cite("asv", "12"),
        )
        yield first
        inner = over(s * phi(s) * slope * phi(slope * s) * rest(s))
        end = slope / (1 + slope**2)
        parts = end * rest(0) / (2 * sp.pi)
        parts += end * over(phi(s) * phi(slope * s) * sp.Derivative(rest(s), s))
        second = Step(
            same(inner, parts),
            r"with $A'$ put in, by parts again: $t\,\phi(t)\phi(at)$ is the derivative of "
            r"$-\phi(t)\phi(at)/(1+a^2)$",
            ByAntiderivative(inner, parts, -end * phi(s) * phi(slope * s) * rest(s)),
            assumptions=(CHANCES,),
        )
        yield second
        half = Step(
            same(end, sp.sqrt(1 - rho**2) / 2),
            "the factor before it; both sides are positive, and their squares are "
            "equal when multiplied out",
            same(4 * slope**2, (1 - rho**2) * (1 + slope**2) ** 2),
            given=(sp.Eq(slope, A_OF_RHO), *BELOW_ONE),
        )
        yield half
        linked = Step(
            same(b, (1 - rho) / (sp.sqrt(1 - rho**2) * sp.sqrt(1 + 2 * rho))),
            "the factor $b$ likewise",
            same(slope**2 / (1 + 2 * rho), (1 - rho) ** 2 / ((1 - rho**2) * (1 + 2 * rho))),
            given=(sp.Eq(slope, A_OF_RHO), *BELOW_ONE),
        )
        yield linked
        product = Step(
            same(phi(s) * phi(slope * s) * phi(b * s), phi(WIDE * s) / (2 * sp.pi)),
            r"three densities are one, as $1 + a^2 + b^2 = 3/(1+2\rho)$",
            same(1 + slope**2 + slope**2 / (1 + 2 * rho), WIDE**2),
            given=(sp.Eq(slope, A_OF_RHO), *BELOW_ONE),
        )
        yield product
        total = 1 - P(T, rho)
        total += T * (T - 1) / (4 * sp.pi) * sp.sqrt(1 - rho**2) * P(T - 2, rho / (1 + 2 * rho))
        total += T * (T - 1) * (T - 2) * (1 - rho) / (4 * sp.pi * sp.sqrt(1 + 2 * rho)) * C(T)
        outer = T * (T - 1) * sp.sqrt(1 - rho**2) / (4 * sp.pi)
        found = 1 - P(T, rho) + outer * P(T - 2, rho / (1 + 2 * rho)) + outer * (T - 2) * b * C(T)
        yield Step(
            same(tau(T, "max", rho), total),
            r"together: $T\!\int\phi A = 1 - P_T(\rho)$ (see gamma), "
            r"$B(0) = P_{T-2}(\rho/(1+2\rho))$; the last term is absent for $T = 2$",
            same(found, total),
            given=BELOW_ONE,
            assumptions=(CHANCES,),
            follows=(first, second, half, linked, product),
            result=True,
        )  # fmt: skip

    def small(self, general: Step) -> Iterator[Step]:
        """T = 2, 3 and 4 with the chances in closed form."""
        pair = _chance(same(P(2, rho), _two(rho)), "two units, see gamma")
        yield pair
        none = _chance(same(P(0, rho / (1 + 2 * rho)), 1), "no units are all positive")
        single = _chance(same(P(1, rho / (1 + 2 * rho)), sp.S.Half), "one unit")
        triple = _chance(
            same(P(3, rho), sp.Rational(1, 8) + 3 * sp.asin(rho) / (4 * sp.pi)), "three, see gamma"
        )
        yield from (none, _window(2, general, (pair, none)), triple, single)
        wide = sp.Symbol("m", positive=True)
        empty = Step(
            same(C(3), 1 / (2 * WIDE)),
            r"no unit remains: $C = 1$, and $\int_0^\infty \phi(mt)\,dt = 1/(2m)$",
            ByAntiderivative(over(phi(wide * s)), 1 / (2 * wide), Phi(wide * s) / wide),
        )
        yield empty
        yield _window(3, general, (triple, single, empty))
        yield from self.four(general)

    def four(self, general: Step) -> Iterator[Step]:
        """One unit remains: an angle."""
        pair = _chance(
            same(P(2, rho / (1 + 2 * rho)), _two(rho / (1 + 2 * rho))), "two units, see gamma"
        )
        yield pair
        value = sp.Rational(1, 4) + sp.atan(slope) / (2 * sp.pi)
        integral = over(phi(y) * Phi(slope * y), y)
        turned = Step(
            same(integral, value),
            "one unit remains; both sides agree at $a = 0$, and so do their derivatives",
            ByParameter(integral, value, slope, 0, Phi(y) / 2,
                        -phi(y) * phi(slope * y) / (1 + slope**2)),
        )  # fmt: skip
        yield turned
        link = sp.sqrt(1 - rho) / (2 * sp.sqrt(1 + 2 * rho))
        angle = sp.sqrt((1 - rho) / (3 * (1 + 3 * rho)))
        one_left = Step(
            same(C(4), _two(link) / WIDE),
            r"$C(t) = \Phi(ct)$ with $c = \sqrt{(1-\rho)/((1+2\rho)(1+3\rho))}$, and $t = y/m$, "
            r"$m = \sqrt{3/(1+2\rho)}$: the slope $c/m$ is the tangent of the angle whose sine is "
            r"$\tfrac12\sqrt{(1-\rho)/(1+2\rho)}$",
            same(link**2, angle**2 * (1 - link**2)),
            given=BELOW_ONE,
            follows=(turned,),
            assumptions=(CHANCES,),
        )  # fmt: skip
        yield one_left
        step = general.formula.rhs.subs(T, 4)
        value = 1 - P(4, rho) + 3 / sp.pi * sp.sqrt(1 - rho**2) * _two(rho / (1 + 2 * rho))
        value += 2 * sp.sqrt(3) / sp.pi * (1 - rho) * _two(link)
        yield Step(
            same(tau(4, "max", rho), value),
            "$T = 4$",
            same(step, value),
            follows=(general, pair, one_left),
            result=True,
        )
        yield from self.five(general, link)

    def five(self, general: Step, link: sp.Expr) -> Iterator[Step]:
        """Two units remain: an orthant in three dimensions."""
        below_third, still = (1 - rho) / (3 * (1 + 3 * rho)), rho / (1 + 3 * rho)
        quarter = Step(
            same((below_third + still) / (1 + below_third), sp.Rational(1, 4)),
            r"two units remain, of correlation $r = \rho/(1+3\rho)$: with $\kappa = c/m$ both "
            r"$\kappa y - v_i > 0$, $y > 0$, three normals of which the two have this correlation, "
            r"$(\kappa^2 + r)/(1 + \kappa^2)$, and the others that of $T = 4$",
            same(4 * (below_third + still), 1 + below_third),
        )
        yield quarter
        orthant = sp.Rational(1, 8)
        orthant += (sp.asin(sp.Rational(1, 4)) + 2 * sp.asin(link)) / (4 * sp.pi)
        pairs = 2 * _two(link) + _two(sp.Rational(1, 4))
        last_two = Step(
            same(C(5), orthant / WIDE),
            r"all three are positive as often as negative, so inclusion and exclusion over the "
            r"pairs give $2P = 1 - \tfrac32 + \sum P_2$ (see gamma), and $t = y/m$",
            same((1 - sp.Rational(3, 2) + pairs) / 2 / WIDE, orthant / WIDE),
            follows=(quarter,),
            assumptions=(CHANCES,),
        )
        yield last_two
        middle = rho / (1 + 2 * rho)
        third = sp.Rational(1, 8) + 3 * sp.asin(middle) / (4 * sp.pi)
        triple = _chance(same(P(3, middle), third), "three units, see gamma")
        yield triple
        value = 1 - P(5, rho) + 5 / sp.pi * sp.sqrt(1 - rho**2) * third
        value += 5 * sp.sqrt(3) / sp.pi * (1 - rho) * orthant
        yield Step(
            same(tau(5, "max", rho), value),
            "$T = 5$",
            same(general.formula.rhs.subs(T, 5), value),
            follows=(general, last_two, triple),
            result=True,
        )


def _two(link: sp.Expr) -> sp.Expr:
    return sp.Rational(1, 4) + sp.asin(link) / (2 * sp.pi)


def _chance(formula: sp.Eq, reason: str) -> Step:
    count, link = formula.lhs.args
    return Step(formula, reason, same(_known(count, link), formula.rhs))


def _known(count: sp.Expr, link: sp.Expr) -> sp.Expr:
    """The chance by its library: P_0, P_1, P_2, P_3."""
    return orthants.few_equal(int(count), link)


def _window(window: int, general: Step, known: tuple[Step, ...]) -> Step:
    closed = tau(window, "max", rho).doit()
    return Step(
        same(tau(window, "max", rho), closed),
        f"$T = {window}$",
        same(general.formula.rhs.subs(T, window), closed),
        follows=(general, *known),
        result=True,
    )

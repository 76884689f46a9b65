"""The backward constant of max-pooling, and where independence is needed for it."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.claims import E, IdenticallyDistributed, random_family, random_variable
from symvar.derive.base import Chain, Step, same
from symvar.derive.integration import ByAntiderivative, ByDerivative, ByParameter
from symvar.derive.normal import Phi, phi
from symvar.derive.notation import T, i, indicator, over, rho, s, slope, total, y
from symvar.integrals import gamma
from symvar.reference import cite

gates, none = random_family("g"), random_variable("c")
P = sp.Function("P", positive=True)
KNOWN = "the units of a window are exchangeable, with a joint density"


class Gamma(Chain):
    """Exchangeable units suffice for all but the last factor."""

    name = "gamma"
    title = "the backward constant of max-pooling, and where independence is needed"
    notation = (
        (gates[i], "one where unit i is the positive maximum of its window, else zero"),
        (none, "one where no unit of the window is positive, else zero"),
        (r"P_T(\rho)", (r"chance that $T$ standard normals of common correlation $\rho$ are all "
         "positive")),
    )  # fmt: skip
    source_notation = ((T, r"T_{\ell}"),)

    def steps(self) -> Iterator[Step]:
        """One gate is open unless none is positive; equal chances; then the chance of none."""
        pair = Step(
            _taken_over(),
            "a unit $u$ against the largest so far, $m$: the gate stays open, is taken over, "
            "or none is open. Ties have no chance",
            assumptions=(KNOWN,),
        )
        yield pair
        opened = Step(
            same(E(total(gates[i], T)), 1 - E(none)),
            "one gate of a window is open, or no unit is positive. By induction: a further unit "
            "$u$ either takes the gate over from the largest so far or does not",
            _taken_over(),
            follows=(pair,),
            assumptions=(KNOWN,),
        )
        yield opened
        shared = Step(
            same(E(gates[1]), (1 - E(none)) / T),
            "each gate is as likely to be open as any other. Independence is not used",
            given=(IdenticallyDistributed(gates),),
            follows=(opened,),
            assumptions=(KNOWN,),
            reference=cite("asv", "B.26"),
            result=True,
        )
        yield shared
        yield from self.independent(shared)
        yield from self.correlated(shared)

    def independent(self, shared: Step) -> Iterator[Step]:
        """Independent units, both ways: by the chance of none, and by the density of winning."""
        value = (1 - 2**-T) / T
        winning = over(phi(s) * Phi(s) ** (T - 1))
        direct = Step(
            same(winning, value),
            r"for independent units directly: unit 1 has the value $t$, the others lie below; "
            r"$\Phi^T/T$ is an antiderivative",
            ByAntiderivative(winning, value, Phi(s) ** T / T),
            assumptions=("the units of a window are independent Gaussians of mean zero",),
            reference=cite("asv", "B.24"),
        )
        yield direct
        chance = sp.Symbol("c", positive=True)
        agrees = Step(
            same((1 - chance) / T, winning),
            r"independence enters here and nowhere else: no unit is positive with chance "
            r"$c = \Phi(0)^T$",
            given=(sp.Eq(chance, Phi(0) ** T),),
            follows=(direct, shared),
            reference=cite("asv", "B.25"),
        )
        yield agrees
        yield Step(
            same(gamma(T), value),
            "so it is the constant of the source",
            same(gamma(T).doit(), value),
            follows=(agrees,),
            reference=cite("asv", "15"),
            result=True,
        )

    def correlated(self, shared: Step) -> Iterator[Step]:
        """Units of one common correlation: two and three in closed form, and any number at 1/2."""
        half = over(phi(s) * Phi(s) ** T, low=-sp.oo)
        any_number = Step(
            same(half, 1 / (T + 1)),
            r"at correlation $\tfrac12$, $u_i = (g + e_i)/\sqrt2$: all are positive where every "
            r"$-e_i$ lies below $g$; an antiderivative is $\Phi^{T+1}/(T+1)$",
            ByAntiderivative(half, 1 / (T + 1), Phi(s) ** (T + 1) / (T + 1)),
        )
        yield any_number
        yield Step(
            same((1 - half) / T, 1 / (T + 1)),
            r"so $\gamma_T(\tfrac12) = 1/(T+1)$: as for independent units at $T = 1$, and less "
            r"from $T = 2$ on",
            follows=(any_number, shared),
            result=True,
        )
        pair = over(phi(y) * Phi(slope * y) ** 2, y, -sp.oo)
        wide = sp.sqrt(1 + 2 * slope**2)
        value = sp.Rational(1, 4) + sp.atan(slope**2 / wide) / (2 * sp.pi)
        turn = -2 * phi(y) * phi(slope * y) * Phi(slope * y) / (1 + slope**2)
        turn += slope / ((1 + slope**2) * wide * sp.pi) * Phi(wide * y)
        two = Step(
            same(pair, value),
            r"two units given what they share, $a^2 = \rho/(1-\rho)$: both sides agree at $a = 0$, "
            "and so do their derivatives",
            ByParameter(pair, value, slope, 0, Phi(y) / 4, turn),
        )
        yield two
        tangent = sp.atan(rho / sp.sqrt(1 - rho**2))
        apart = (sp.Gt(1 - rho**2, 0), sp.Gt(rho**2 / (1 - rho**2) + 1, 0))
        as_sine = Step(
            same(tangent, sp.asin(rho)),
            r"the same angle, $-1 < \rho < 1$",
            ByDerivative(tangent, sp.asin(rho), rho, 0, apart),
        )
        yield as_sine
        quarter = sp.Rational(1, 4) + sp.asin(rho) / (2 * sp.pi)
        second = Step(
            same(P(2), quarter),
            r"$P_2(\rho)$: $a^2/\sqrt{1+2a^2} = \rho/\sqrt{1-\rho^2}$",
            same((slope**2 / wide).subs(slope, sp.sqrt(rho / (1 - rho))) ** 2,
                 rho**2 / (1 - rho**2)),
            given=(sp.Ne(1 - rho**2, 0), sp.Ne(1 - rho, 0),
                   sp.Ne(2 * rho / (1 - rho) + 1, 0)),
            follows=(two, as_sine),
            result=True,
        )  # fmt: skip
        yield second
        third = sp.Rational(1, 8) + 3 * sp.asin(rho) / (4 * sp.pi)
        triple = Step(
            same(P(3), third),
            "$P_3$: all positive and all negative are equally likely, so inclusion and exclusion "
            r"give $2P_3 = 1 - \tfrac32 + 3P_2$",
            same((1 - sp.Rational(3, 2) + 3 * P(2)) / 2, third),
            follows=(second,),
            result=True,
        )
        yield triple
        for window, chance, known in ((2, quarter, second), (3, third, triple)):
            yield Step(
                same(gamma(window, "max", rho), (1 - chance) / window),
                rf"so for $T = {window}$ with correlated units",
                same(gamma(window, "max", rho).doit(), (1 - chance) / window),
                given=(sp.Gt(rho, 0), sp.Lt(rho, 1)),
                follows=(known, shared),
                result=True,
            )


def _taken_over() -> sp.Eq:
    """Which of two is the positive maximum, ties to the first, against whether one is positive."""
    largest, further = sp.symbols("m u", real=True)
    kept = indicator(sp.And(largest > 0, largest >= further))
    taken = indicator(sp.And(further > 0, further > largest))
    return same(kept + taken, 1 - indicator(sp.And(largest <= 0, further <= 0)))

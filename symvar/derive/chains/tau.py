"""The pooling constant of a maximum: by parts to orthant probabilities, to closed form."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from symvar.derive.base import Chain, Step, same
from symvar.derive.integration import ByAntiderivative, ByParameter, BySubstitution, InBalls
from symvar.derive.normal import Phi, phi
from symvar.derive.notation import T, over, s, slope, y
from symvar.integrals import orthants, tau
from symvar.reference import cite

THIRD = 1 / sp.sqrt(3)


class TauByParts(Chain):
    r"""Twice by parts, for every T; then $J_m = \int_0^\infty \phi^3\Phi^m$ for m = T - 3."""

    name = "tau"
    title = "the pooling constant of a maximum, in closed form for windows of 1 to 7 units"
    notation = (
        (r"\phi,\ \Phi", "density and distribution function of a standard normal variable"),
        (tau(T), "second moment of the largest of T rectified standard normal variables"),
        (T, "units in a window"),
    )
    source_notation = ((tau(T), r"\tau_\ell"), (T, r"T_\ell"))

    def steps(self) -> Iterator[Step]:
        """By parts for every window; then window by window."""
        general = None
        for general in self.reduction():
            yield general
        assert general is not None
        for window in (1, 2):
            yield _window(window, general, ())
        cubes = Step(
            same(over(phi(s) ** 3), 1 / (4 * sp.sqrt(3) * sp.pi)),
            r"$\phi(t)^3 = \phi(\sqrt3\,t)/(2\pi)$",
            ByAntiderivative(
                over(phi(s) ** 3), 1 / (4 * sp.sqrt(3) * sp.pi), _cube_antiderivative()
            ),
        )
        yield cubes
        yield _window(3, general, (cubes,))
        for window, orthant in ((4, self.one()), (5, self.two()), (6, self.more(3)),
                                (7, self.more(4))):  # fmt: skip
            last: tuple[Step, ...] = ()
            for step in orthant:
                yield step
                last = (*last, step)
            yield _window(window, general, last[-1:])

    def reduction(self) -> Iterator[Step]:
        """From the defining integral, for every T."""
        square = T * over(s**2 * phi(s) * Phi(s) ** (T - 1))
        once = 1 - 2**-T + T * (T - 1) * over(s * phi(s) ** 2 * Phi(s) ** (T - 2))
        twice = 1 - 2**-T + T * (T - 1) / (sp.pi * 2**T)
        twice += T * (T - 1) * (T - 2) / 2 * over(phi(s) ** 3 * Phi(s) ** (T - 3))
        definition = Step(
            same(tau(T), square),
            r"the largest of $T$ has the density $T\phi\,\Phi^{T-1}$: see density-of-maximum",
            same(tau(T).rewrite(sp.Integral), square),
            reference=cite("asv", "12"),
        )
        first = Step(
            same(square, once),
            r"by parts with $t\phi = -\phi'$; what stays is $\int_0^\infty T\phi\,\Phi^{T-1} = "
            r"1 - 2^{-T}$ and, from the derivative of $\Phi^{T-1}$, one more $\phi$",
            ByAntiderivative(square, once, -T * s * phi(s) * Phi(s) ** (T - 1) + Phi(s) ** T),
        )
        second = Step(
            same(once, twice),
            r"by parts with $t\phi^2 = -(\phi^2)'/2$; the last term is absent for $T \le 2$",
            ByAntiderivative(once, twice, -T * (T - 1) * phi(s) ** 2 * Phi(s) ** (T - 2) / 2),
        )
        yield from (definition, first, second)
        yield Step(
            same(tau(T), twice),
            "the three lines together, for every $T$",
            follows=(definition, first, second),
            result=True,
        )

    def one(self) -> Iterator[Step]:
        """J_1 by the angle between two half-planes."""
        value = sp.Rational(1, 4) + sp.atan(slope) / (2 * sp.pi)
        turn = -phi(y) * phi(slope * y) / (1 + slope**2)
        yield from _orthant(1, value, Phi(y) / 2, turn)

    def two(self) -> Iterator[Step]:
        """J_2 by the solid angle of three half-spaces."""
        wide = sp.sqrt(1 + 2 * slope**2)
        value = sp.Rational(1, 8) + (
            2 * sp.atan(slope) + sp.atan(slope**2 / wide)
        ) / (4 * sp.pi)  # fmt: skip
        turn = -2 * phi(y) * phi(slope * y) * Phi(slope * y) / (1 + slope**2)
        turn += slope / ((1 + slope**2) * wide * sp.pi) * Phi(wide * y)
        *lines, cubes = _orthant(2, value, Phi(y) / 4, turn)
        yield from lines
        quarter = sp.asin(sp.Rational(1, 4))
        as_sine = Step(
            same(sp.atan(sp.sqrt(15) / 15), quarter),
            r"both lie in $(-\pi/2, \pi/2)$, where the tangent is one-to-one",
            same(sp.tan(quarter), sp.sqrt(15) / 15),
        )
        yield as_sine
        value = cubes.formula.rhs.xreplace({as_sine.formula.lhs: quarter})
        yield Step(same(cubes.formula.lhs, value), "put in", follows=(*cubes.follows, as_sine))

    def more(self, power: int) -> Iterator[Step]:
        """J_3 and J_4 by the volume of an orthoscheme: enclosed."""
        scaled = over(phi(y) * Phi(THIRD * y) ** power, y)
        before = _scaled(power)
        yield before
        volume = sp.expand(orthants.beside(power, sp.Rational(1, 2)))
        measured = Step(
            same(scaled, volume),
            f"the share of a sphere in {power + 1} dimensions that an orthant cuts out, by "
            "Schläfli's volume of an orthoscheme",
            InBalls(scaled, volume),
        )
        yield measured
        cubes = over(phi(s) ** 3 * Phi(s) ** power)
        value = sp.expand(volume / (2 * sp.sqrt(3) * sp.pi))
        yield Step(same(cubes, value), "put in", follows=(before, measured))


def _cube_antiderivative() -> sp.Expr:
    return Phi(sp.sqrt(3) * s) / (2 * sp.pi * sp.sqrt(3))


def _scaled(power: int) -> Step:
    cubes = over(phi(s) ** 3 * Phi(s) ** power)
    scaled = over(phi(y) * Phi(THIRD * y) ** power, y) / (2 * sp.sqrt(3) * sp.pi)
    return Step(
        same(cubes, scaled),
        r"$t = y/\sqrt3$",
        BySubstitution(cubes, scaled, y * THIRD),
    )


def _orthant(power: int, value: sp.Expr, first: sp.Expr, turn: sp.Expr) -> Iterator[Step]:
    """The cubes with that power of Phi: substituted, then as a function of the slope."""
    scaled = _scaled(power)
    yield scaled
    integral = over(phi(y) * Phi(slope * y) ** power, y)
    turned = Step(
        same(integral, value),
        "an orthant probability: both sides agree at $a = 0$, and so do their derivatives in $a$",
        ByParameter(integral, value, slope, 0, first, turn),
    )
    yield turned
    at = over(phi(y) * Phi(THIRD * y) ** power, y)
    closed = sp.simplify(value.subs(slope, THIRD))
    special = Step(
        same(at, closed),
        r"$a = 1/\sqrt3$",
        same(value.subs(slope, THIRD), closed),
        follows=(turned,),
    )
    yield special
    cubes = over(phi(s) ** 3 * Phi(s) ** power)
    yield Step(
        same(cubes, sp.expand(closed / (2 * sp.sqrt(3) * sp.pi))),
        "put in",
        follows=(scaled, special),
    )


def _window(window: int, general: Step, before: tuple[Step, ...]) -> Step:
    closed = tau(window).doit()
    return Step(
        same(tau(window), closed),
        f"$T = {window}$",
        same(general.formula.rhs.subs(T, window), closed),
        follows=(general, *before),
        result=True,
    )

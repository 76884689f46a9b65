r"""The largest of a window of activations, for an activation that need not rise.

With $G(y) = \Pr[f(u) \le y]$ the largest has $\mathrm{E}[(\max_i f(u_i))^2] =
b^2 - \int_a^b 2y\,G(y)^T dy$, f between a and b. `symvar.integrals.levels` cuts the levels into
bands in which G is one formula along a branch of f.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import acb, arb, ctx

from symvar.errors import ArgumentError
from symvar.integrals import gaussian, quadrature
from symvar.integrals.arguments import positive_integer
from symvar.integrals.balls import real_ball
from symvar.integrals.branches import branches
from symvar.integrals.expect_growth import Growth, growth
from symvar.integrals.expect_pieces import Piece, pieces
from symvar.integrals.expectation import Expectation
from symvar.integrals.levels import Band, Levels
from symvar.integrals.named import NamedConstant
from symvar.symbols import t

_MOST_EVALUATIONS = 100  # times the bits, on one band


class LargestMoment(NamedConstant):
    r"""$\mathrm{E}[(\max_{i \le T} f(u_i))^2]$, $u_i$ independent Gaussians of variance q.

    Certified for a function whose derivative has simple zeros only, whatever its shape.

    Args:
        f: the function, an expression in x.
        x: its argument, a symbol, bound in f.
        variance: q.
        window: T.

    Raises:
        ArgumentError: as `symvar.integrals.expect`; when digits are asked for, a derivative with
            a zero that is not simple.

    >>> from symvar.symbols import x
    >>> LargestMoment(x / (1 + sp.exp(-x)), x, 1, 2).evalf(15)
    0.626484708201109
    """

    def __new__(cls, f: Any, x: Any, variance: Any, window: Any) -> LargestMoment:
        """Checks the arguments; the name stays unopened."""
        single = Expectation(f, x, variance)
        return super().__new__(cls, *single.args[:3], positive_integer(window, "window"))

    @property
    def single(self) -> Expectation:
        """$E[f(u)^2]$ of one unit."""
        f, x, variance, _ = self.args
        return Expectation(f**2, x, variance)

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """Those of the law, and of f but for its argument."""
        return self.single.free_symbols | self.args[3].free_symbols

    @property
    def bound_symbols(self) -> list[sp.Basic]:
        """The argument of f."""
        return [self.args[1]]

    def closed_form(self) -> sp.Expr | None:
        """That of one unit's square at T = 1; none known beyond."""
        return self.single.closed_form() if self.args[3] == 1 else None

    def integral(self) -> sp.Expr:
        """T times the integral of f^2 times the chance that no other unit is larger."""
        f, x, variance, window = self.args
        other, scale = sp.Dummy("s", real=True), sp.sqrt(variance)
        mine, others = f.subs(x, scale * t), f.subs(x, scale * other)
        below = sp.Integral(
            gaussian.density(other) * sp.Heaviside(mine - others, 1), (other, -sp.oo, sp.oo)
        )
        body = mine**2 * gaussian.density(t) * below ** (window - 1)
        return window * sp.Integral(body, (t, -sp.oo, sp.oo))

    def _ball(self) -> arb:
        f, x, variance, window = self.args
        if window == 1:
            return self.single.ball()
        scaled = f.subs(x, sp.sqrt(variance) * x)
        with quadrature.guarded(int(window)), ctx.extraprec(10):
            return _second_moment(scaled, x, int(window))

    def _eval_is_nonnegative(self) -> bool:
        return True

    def _eval_subs(self, old: sp.Basic, new: sp.Basic) -> sp.Expr | None:
        f, x, variance, window = self.args
        if old != x:
            return None
        return type(self)(f, x, variance.subs(old, new), window.subs(old, new))

    def _name(self, printer: Any) -> str:
        f, x, variance, window = map(printer._print, self.args)
        return (
            rf"\operatorname{{E}}_{{{x}_i \sim \mathcal{{N}}\left(0, {variance}\right)}}"
            rf"\left[\left(\max_{{i \leq {window}}} {x} \mapsto {f}\right)^2\right]"
        )


def _second_moment(f: sp.Expr, x: sp.Symbol, window: int) -> arb:
    r"""$b^2 - \int_a^b 2y\,G(y)^T dy$, f between a and b on [-R, R], and what lies beyond R.

    Far out f may be taken for a constant, which moves the largest M by $\varepsilon$ at most, and
    its square by $\varepsilon (2 |M| + \varepsilon)$. Where no $|u_i|$ is beyond R, the largest is
    between a and b; else it is at most $\sum_j f(u_j)^2 + a^2 + b^2$ away.
    """
    parts = pieces(f, x)
    bound = growth(parts[0].branch, x, -1) + growth(parts[-1].branch, x, 1)
    bound = bound * bound
    reach, bits = _reach(parts, bound), ctx.prec
    rest = arb(2) ** -(bits + 16)
    with ctx.workprec(3 * bits + 40):
        levels = Levels(branches(f, x, reach, rest), 2 * (reach / arb(2).sqrt()).erfc())
        bands, total = levels.bands(bits), levels.top * levels.top
        ends = total + levels.bottom * levels.bottom
        size = window * bound.tail(0.0, arb(0), arb(1))
        outside = window * (size + ends) * levels.missing + rest * (3 + size)
        outside += window * bound.tail(float(reach), arb(0), arb(1))
        total += arb(0, (outside + levels.left_out).upper())
    for band in bands:
        total -= _over(band, window)
    return total


def _reach(parts: tuple[Piece, ...], bound: Growth) -> arb:
    """R: beyond every kink, and where the rest is small."""
    far = max((abs(float(real_ball(each.high).mid())) for each in parts[:-1]), default=0.0)
    return arb(max(bound.start(ctx.prec, arb(0), arb(1)), far + 1.0))


def _over(band: Band, window: int) -> arb:
    """The integral of 2 y G^T over a band of levels, along its driver."""
    value, slope = band.driver.value, band.driver.slope

    def integrand(z: acb, _: bool) -> acb:
        return 2 * value(z) * slope(z) * band.chance(z) ** window

    low, high, most = acb(band.low), acb(band.high), _MOST_EVALUATIONS * ctx.prec
    area = acb.integral(integrand, low, high, eval_limit=most).real
    if not area.is_finite():
        raise ArgumentError(
            "largest of a window",
            need=f"an integral that {most} evaluations pin down",
            have=f"more, between {low.real.str(5)} and {high.real.str(5)}",
            remedy="ask for fewer digits, or for a function with fewer extrema",
        )
    return band.driver.rises * area

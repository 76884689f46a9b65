"""Gains of activations: the second moment behind one, and the variance that keeps it."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import sympy as sp

from symvar.claims import E, Gaussian, HasLaw, random_variable
from symvar.derive.base import Chain, Step, same
from symvar.derive.integration import ByAntiderivative
from symvar.derive.normal import Phi, opened, phi
from symvar.derive.notation import indicator, n, over, q, s, var_w, y
from symvar.reference import cite

u = random_variable("u")
leak, level = sp.Symbol("a", real=True), sp.Symbol(r"\theta", positive=True)
scale, depth = sp.symbols(r"\lambda \alpha", positive=True)
HALFWAY = sp.sqrt(sp.E) * Phi(-1)
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
        slope = (Phi(s) + s * phi(s)) ** 2
        back = sp.Rational(1, 3) + 2 / (3 * sp.sqrt(3) * sp.pi)
        turned = Phi(s) ** 3 / 3 - Phi(s) * phi(s) ** 2 - s * phi(s) ** 3 / 3
        turned += 4 * Phi(sp.sqrt(3) * s) / (6 * sp.pi * sp.sqrt(3))
        yield Step(
            same(over(slope * phi(s), low=-sp.oo), back),
            r"its slope is $\Phi(u) + u\phi(u)$, whose second moment is larger, 0.456 against "
            "0.425: one variance does not serve both ways",
            ByAntiderivative(over(slope * phi(s), low=-sp.oo), back, turned),
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
        rises = Step(
            same(sp.Derivative(gain, level), 2 * level * Phi(-level)),
            r"it rises with $\theta$, from the rectifier to the identity",
            same(sp.diff(gain, level), 2 * level * Phi(-level)),
            follows=(moment,),
        )
        yield rises
        yield Step(
            same(sp.Limit(gain, level, 0), sp.S.Half),
            r"at one end, $\theta \to 0$, the rectifier: Kaiming's variance",
            same(sp.Limit(opened(gain), level, 0), sp.S.Half),
            follows=(rises,),
            result=True,
        )
        yield from self.linear(moment, rises, gain)

    def linear(self, moment: Step, rises: Step, gain: sp.Expr) -> Iterator[Step]:
        """The other end, and the way back."""
        tail = level**2 * sp.erfc(level / sp.sqrt(2)) / 2
        limits = (
            (level**2 * Phi(-level), tail, 0, "at the other, what is cut off vanishes"),
            (level * phi(level), level * opened(phi(level)), 0, "so does the end of the rest"),
            (1 - Phi(-level), opened(Phi(level)), 1, r"and a unit stays above $-\theta$"),
        )
        found = []
        for part, known, value, words in limits:
            limit = sp.Limit(part, level, sp.oo)
            statement = same(sp.Limit(known, level, sp.oo), value)
            found.append(Step(same(limit, value), words, statement, follows=(moment,)))
        yield from found
        cut, end, stays = (each.formula.lhs for each in found)
        yield Step(
            same(sp.Limit(gain, level, sp.oo), 1),
            r"so, $\theta \to \infty$, the identity: Xavier's variance where the fans are equal",
            same(cut + stays - end, 1),
            follows=(rises, *found),
            reference=cite("ng", "section 3.1"),
            result=True,
        )
        passed = over(phi(y), y, -level, sp.oo)
        yield Step(
            same(passed, Phi(level)),
            r"backward: the slope is 1 above $-\theta$ and 0 below, 0.841 at $\theta = 1$: more "
            "than the gain, so the fans being equal gradients grow where signals keep",
            ByAntiderivative(passed, 1 - Phi(-level), Phi(y)),
            result=True,
        )

    def selu(self) -> Iterator[Step]:
        """Mean zero and second moment one, solved for both parameters."""
        first, second = yield from self.selu_moments()
        tails = sp.exp(2) * Phi(-2) - 2 * HALFWAY + sp.S.Half
        solved_depth = sp.sqrt(2 / sp.pi) / (1 - 2 * HALFWAY)
        zero = Step(
            same(depth, solved_depth),
            "the mean is zero for this depth",
            same(first.formula.rhs.subs(depth, solved_depth), 0),
            follows=(first,),
            result=True,
        )
        yield zero
        solved = 1 / sp.sqrt(sp.S.Half + depth**2 * tails)
        one = Step(
            same(scale, solved),
            "and the second moment 1 for this scale",
            same(second.formula.rhs.subs(scale, solved), 1),
            follows=(second,),
            result=True,
        )
        yield one
        for name, value, digits in (
            (r"\alpha", solved_depth, "1.673263242354377284817042991671"),
            (r"\lambda", solved.subs(depth, solved_depth), "1.050700987355480493419334985294"),
        ):
            near = sp.Abs(opened(value) - sp.Rational(digits))
            yield Step(
                rf"\left|{name} - {digits}\right| < 10^{{-29}}",
                "in numbers: those of the source",
                sp.Lt(near, sp.Rational(1, 10**29), evaluate=False),
                follows=(zero, one),
                reference=cite("selu", "section 2"),
                result=True,
            )
        squares = over(sp.exp(2 * s) * phi(s), low=-sp.oo, high=0)
        yield Step(
            same(scale**2 * (over(phi(s)) + depth**2 * squares),
                 scale**2 * (sp.S.Half + depth**2 * sp.exp(2) * Phi(-2))),
            r"backward: the slope is $\lambda$ above zero and $\lambda\alpha e^u$ below; with "
            "these parameters its second moment is 1.072",
            ByAntiderivative(squares, sp.exp(2) * Phi(-2), sp.exp(2) * Phi(s - 2)),
            result=True,
        )  # fmt: skip

    def selu_moments(self) -> Generator[Step, None, tuple[Step, Step]]:
        """Both sides of zero by themselves, then together."""
        z = sp.Symbol("z", real=True)
        function = sp.Piecewise((scale * z, z > 0), (scale * depth * (sp.exp(z) - 1), True))
        found = []
        for power, above, below, words in (
            (1, -phi(s), sp.sqrt(sp.E) * Phi(s - 1) - Phi(s), "its mean"),
            (2, Phi(s) - s * phi(s),
             sp.exp(2) * Phi(s - 2) - 2 * sp.sqrt(sp.E) * Phi(s - 1) + Phi(s), "its mean square"),
        ):  # fmt: skip
            up, down = (
                over(s**power * phi(s)),
                over((sp.exp(s) - 1) ** power * phi(s), s, -sp.oo, 0),
            )
            high = sp.simplify(-above.subs(s, 0) + (power - 1))
            right = Step(
                same(up, high), f"SELU: {words} above zero", ByAntiderivative(up, high, above)
            )
            yield right
            left = Step(
                same(down, below.subs(s, 0)),
                f"{words} below, the square completed in the exponent",
                ByAntiderivative(down, below.subs(s, 0), below),
            )
            yield left
            value = scale**power * (high + depth**power * below.subs(s, 0))
            found.append(Step(
                same(E(function.subs(z, u) ** power), value),
                f"together {words}, for units of variance 1",
                same(scale**power * (up + depth**power * down), value),
                given=UNIT,
                follows=(right, left),
                reference=cite("selu", "section 2"),
            ))  # fmt: skip
            yield found[-1]
        return found[0], found[1]

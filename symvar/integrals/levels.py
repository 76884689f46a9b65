r"""The chance that f(u) stays below a level, along a branch of f, in balls.

The values that f takes at the ends of its branches cut the levels into bands. In a band each
branch is below, above, or crosses every level once; the longest one that crosses drives: a level
is f at a point z of it, and $G(f(z))$ is a sum of $\pm\Phi$ at z and at the points w of the other
branches with f(w) = f(z). These are found by Newton's method and proven by its interval form;
where z and w part from one zero of the derivative, on $(f(w)-f(z))/(w-z)$, which is regular there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from flint import acb, arb, ctx

from symvar.integrals.branches import Branch, Function

_NEWTON_STEPS = 60
_PARTS = 6
_CLOSE = 2.5  # how far apart two points may be that part from one zero of the derivative


@dataclass
class Band:
    """Levels between two neighbours, as points of the branch that drives.

    Args:
        driver: the branch.
        low: its first point, exact.
        high: its last point, exact.
        fixed: the chance that does not change along it.
        others: the other branches that cross, and where each was last met.
    """

    driver: Branch
    low: arb
    high: arb
    fixed: arb
    others: list[tuple[Branch, list[arb]]] = field(default_factory=list)

    def chance(self, z: acb) -> acb:
        """G(f(z)); not finite where it is not proven to be holomorphic."""
        total = self.fixed + self.driver.rises * cdf(z)
        for each, last in self.others:
            total += each.rises * cdf(_preimage(self.driver, z, each, last))
        return total


@dataclass
class Levels:
    """The branches of a function on [-R, R].

    Args:
        branches: from left to right.
        missing: at least the chance of a point beyond R.
        left_out: grows by a bound for the levels that no band holds.
    """

    branches: list[Branch]
    missing: arb
    left_out: arb = field(default_factory=arb)

    @cached_property
    def values(self) -> list[arb]:
        """F at the ends of branches, from the least to the largest; those that may be equal, once.

        Each ball holds all that it stands for.
        """
        ends = [each.at(end) for each in self.branches for end in (each.low, each.high)]
        merged: list[arb] = []
        for value in sorted(ends, key=lambda each: each.mid()):
            if merged and merged[-1].overlaps(value):
                merged[-1] = merged[-1].union(value)
            else:
                merged.append(value)
        return merged

    @property
    def bottom(self) -> arb:
        """The least value of f."""
        return self.values[0]

    @property
    def top(self) -> arb:
        """The largest value of f."""
        return self.values[-1]

    def bands(self, bits: int) -> list[Band]:
        """The bands, each but for levels that are about 2^-bits of a driver's length."""
        found = []
        for below, above in pairwise(self.values):
            low, high = below.upper(), above.lower()
            found.append(self._band(low, high, bits))
            self._leave_out(below.lower(), low)
            last = found[-1].driver
            inner = sorted((last.at(found[-1].low), last.at(found[-1].high)), key=arb.mid)
            self._leave_out(low, inner[0].upper())
            self._leave_out(inner[1].lower(), high)
        self._leave_out(self.top.lower(), self.top.upper())
        return found

    def _leave_out(self, low: arb, high: arb) -> None:
        self.left_out += (2 * abs(low.union(high)) * abs(high - low)).upper()

    def _band(self, low: arb, high: arb, bits: int) -> Band:
        level, fixed = ((low + high) / 2).mid(), arb(0).union(self.missing)
        crossing = []
        for each in self.branches:
            first, last = each.at(each.low), each.at(each.high)
            if first < level and last < level:
                fixed += cdf(acb(each.high)).real - cdf(acb(each.low)).real
            elif not (first > level and last > level):
                crossing.append(each)
                end = each.high if each.rises < 0 else each.low
                fixed -= each.rises * cdf(acb(end)).real
        spans = {id(each): self._span(each, low, high, bits) for each in crossing}
        driver = max(crossing, key=lambda each: float(spans[id(each)][1] - spans[id(each)][0]))
        starts = [
            (each, [sum(each.solve(level, each.low.upper(), each.high.lower(), 40), arb(0)) / 2])
            for each in crossing
            if each is not driver
        ]
        return Band(driver, *spans[id(driver)], fixed, starts)

    def _span(self, branch: Branch, low: arb, high: arb, bits: int) -> tuple[arb, arb]:
        """Exact points between which the branch stays inside the band."""
        step, ends = arb(2) ** -bits, (branch.low.upper(), branch.high.lower())
        first, last = (low, high) if branch.rises > 0 else (high, low)
        points = []
        for level, end, side in ((first, ends[0], 1), (last, ends[1], -1)):
            point = (end + side * step).mid()
            if not (branch.at(point) - level) * branch.rises * side > 0:
                pair = branch.solve(level, *ends, bits)
                point = (pair[1 if side > 0 else 0] + side * step).mid()
            points.append(point)
        return points[0], points[1]


def cdf(z: acb) -> acb:
    """The normal distribution function."""
    return (z * -arb(2).rsqrt()).erfc() / 2


def _tight(value: Function, slope: Function, z: acb) -> acb:
    """The function over a ball by its mean value, which is narrow where the slope is small."""
    middle = z.mid()
    return value(middle) + slope(z) * (z - middle)


def _preimage(driver: Branch, z: acb, branch: Branch, last: list[arb]) -> acb:
    """A ball with the one point of the branch at which f is f(z); not finite if unproven."""
    lost, centre, small = acb(arb.nan()), z.mid(), arb(2) ** (8 - ctx.prec)
    level = driver.value(centre)
    point = _newton(branch, level, last[0], small)
    sides = (branch.low - driver.high, driver.low - branch.high)
    if point is None and branch.value is driver.value and any(side.contains(0) for side in sides):
        turn = driver.high if sides[0].contains(0) else driver.low
        point = _newton(branch, level, (2 * turn - centre.real).mid(), small)
    if point is None:
        return lost
    last[0] = point.real
    if branch.value is driver.value and abs(point - centre) < _CLOSE:
        image = _parted(driver, z, branch, point)
        if image.is_finite():
            return image
    gap = branch.value(point) - _tight(driver.value, driver.slope, z)
    radius = (2 * abs(gap / branch.slope(point)) + small).upper()
    ball = point + acb(arb(0, radius), arb(0, radius))
    image = point - gap / _tight(branch.slope, branch.bend, ball)
    inside = ball.real.overlaps(branch.low.union(branch.high))
    return image if image.is_finite() and ball.contains_interior(image) and inside else lost


def _newton(branch: Branch, level: acb, start: arb, small: arb) -> acb | None:
    """A point of the branch, or beside its ends, about where f is the level."""
    point, within = acb(start), branch.low.union(branch.high) + arb(0, "1e-3")
    for _ in range(_NEWTON_STEPS):
        step = (branch.value(point) - level) / branch.slope(point)
        if not step.is_finite():
            return None
        point = (point - step).mid()
        if abs(step).upper() < small:
            break
    return point if point.real.overlaps(within) else None


def _parted(driver: Branch, z: acb, branch: Branch, point: acb) -> acb:
    r"""The same on $D(z,w) = (f(w)-f(z))/(w-z)$.

    $\partial_z D$ and $\partial_w D$ are means of $f''/2$ over the segment from z to w, with
    weights that add up to one, so half of a box with all f'' on the segment holds them.
    """
    centre, small = z.mid(), arb(2) ** (8 - ctx.prec)
    with ctx.extraprec(2 * ctx.prec):
        gap = (branch.value(point) - driver.value(centre)) / (point - centre)
    radius = (3 * abs(z - centre) + 2 * abs(gap) + small).upper()
    ball = point + acb(arb(0, radius), arb(0, radius))
    both = _along(driver.bend, z, ball) / 2
    image = point - (gap + both * (z - centre)) / both
    good = image.is_finite() and ball.contains_interior(image)
    return image if good else acb(arb.nan())


def _along(f: Function, start: acb, end: acb) -> acb:
    """A box with f on every segment from one ball to the other, part by part."""
    half = (end - start) / (2 * _PARTS)
    box = None
    for k in range(_PARTS):
        middle = start + (end - start) * (2 * k + 1) / (2 * _PARTS)
        part = f((middle - half).union(middle + half))
        box = part if box is None else box.union(part)
    return box

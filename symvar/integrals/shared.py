r"""The constants of every window at once: shared nodes for all $\int_0^\infty \phi^a \Phi^m$.

phi and Phi are evaluated once per node, in balls; the powers $\Phi^m$, m = iB + j, split into
$\Phi^{iB}$ and $\Phi^j$, so that all the integrals are one product of ball matrices. The check
is `quadrature`, which takes each window by itself with flint's own adaptive rule.
"""

from __future__ import annotations

import math
from itertools import islice

from flint import arb, arb_mat, ctx

from symvar.errors import ArgumentError
from symvar.integrals.certified import bits_for, checked_digits
from symvar.integrals.ellipses import legendre
from symvar.integrals.enclosure import Enclosure
from symvar.integrals.panels import Panel, panels
from symvar.integrals.quadrature import power_cut, second_moment_from

LARGEST_TABLE = 10**6
_GUARDS = (12, 64, 512)  # extra bits, tried in turn
_LEAST_BITS = 64


def tau_enclosures(max_window: int, digits: int = 50) -> tuple[Enclosure, ...]:
    r"""$\tau_1 \dots \tau_T$ of max-pooling independent units, each to so many proven digits.

    The same numbers as ``enclose(tau(T), digits)``, for all windows in one calculation.

    Args:
        max_window: the largest window, to 10^6.
        digits: significant digits of every value.

    Raises:
        ArgumentError: an argument out of range.

    >>> [enclosure.decimal(12)[0] for enclosure in tau_enclosures(4, 30)[1:]]
    ['0.909154943092', '1.25156463849', '1.54378501159']
    """
    count = checked_digits(digits)
    if not isinstance(max_window, int) or not 1 <= max_window <= LARGEST_TABLE:
        raise ArgumentError(
            "max_window",
            need=f"a whole number from 1 to {LARGEST_TABLE}",
            have=repr(max_window),
            remedy="enclose(tau(T)) takes a larger window by itself",
        )
    bits = bits_for(count)
    for guard in _GUARDS:
        balls = _second_moments(max_window, bits + guard)
        if all(ball.rel_accuracy_bits() >= bits for ball in balls):
            return tuple(Enclosure(ball, count) for ball in balls)
    raise ArgumentError(
        "tau_enclosures",
        need=f"balls of {bits} bits",
        have="wider ones at every precision tried",
        remedy="ask for fewer digits or windows",
    )


def _second_moments(max_window: int, bits: int) -> list[arb]:
    """tau_1 to tau_T; the integral of window T weighs T^3 in it, so T^3 is what it loses."""
    target = bits + 3 * max_window.bit_length()
    integrals = [arb(0), arb(0), *power_integrals(3, max(max_window - 3, 0), target)]
    with ctx.workprec(target):
        return [
            second_moment_from(window, 1, integrals[window - 1])
            for window in range(1, max_window + 1)
        ]


def power_integrals(power: int, largest: int, bits: int) -> list[arb]:
    r"""$\int_0^\infty \phi^a \Phi^m ds$ for m = 0 to the largest, to about 2^-bits each.

    Cut off above L: at most $\int_L^\infty \phi^a$. That and the panels' errors join the radii.
    """
    nodes = max(2, round(2 * bits**0.74))  # measured: near the least time from 20 to 2000 digits
    reach = math.sqrt(2 * bits * math.log(2) / power)
    cut = panels(reach, nodes, power, largest, -bits * math.log(2))
    with ctx.workprec(bits + largest.bit_length() + 8):
        weights, values = _nodes(cut, nodes, power)
        error = power_cut(power, reach) + sum(arb(panel.log_error).exp() for panel in cut)
        radius = arb(0, error.upper())
        return [integral + radius for integral in _power_sums(weights, values, largest)]


def _nodes(cut: list[Panel], nodes: int, power: int) -> tuple[list[arb], list[arb]]:
    """The rule's weights times phi^a, and Phi, at every node of every panel.

    A node far out weighs phi^a, and so much less precision is enough there.
    """
    rule, bits = legendre(nodes), ctx.prec
    scale, root = (2 * arb.pi()).rsqrt() ** power, arb(2).rsqrt()
    weights, values = [], []
    for panel in cut:
        left, right = arb(panel.left), arb(panel.right)
        centre, half = (left + right) / 2, (right - left) / 2
        for place, weight in rule:
            ctx.prec = bits
            node = centre + half * place
            ctx.prec = max(_LEAST_BITS, bits - int(power * float(node) ** 2 / math.log(4)))
            values.append(1 - (node * root).erfc() / 2)
            weights.append((-(node * node) * power / 2).exp() * (scale * half * weight))
    ctx.prec = bits
    return weights, values


def _power_sums(weights: list[arb], values: list[arb], largest: int) -> list[arb]:
    """The sums of weight times value^m over the nodes, for m = 0 to the largest."""
    base = math.isqrt(largest) + 1
    small = [[arb(1)] * len(values)]
    for _ in range(base):
        small.append(_products(small[-1], values))
    large = [weights]
    for _ in range(largest // base):
        large.append(_products(large[-1], small[base]))
    sums = arb_mat(large) * arb_mat(small[:base]).transpose()
    return list(islice(sums.entries(), largest + 1))


def _products(left: list[arb], right: list[arb]) -> list[arb]:
    return [a * b for a, b in zip(left, right, strict=True)]

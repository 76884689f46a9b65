"""A second route to every constant: mpmath on the integral that defines it, cut into pieces."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import mpmath
import pytest
from flint import arb, ctx

from symvar.integrals import Enclosure


def _moment(window: int, power: int, lower: int, digits: int) -> mpmath.mpf:
    """T times the integral of s^k phi(s) Phi(s)^(T-1), from ``lower`` (0, or below for all)."""
    with mpmath.workdps(digits + 20):
        reach = int(mpmath.sqrt(2 * mpmath.log(mpmath.mpf(10) ** (digits + 10) * window))) + 2
        points = range(0 if lower == 0 else -reach, reach + 1)
        density = [
            mpmath.quad(
                lambda s: s**power * mpmath.npdf(s) * mpmath.ncdf(s) ** (window - 1),
                piece,
                method="gauss-legendre",
            )
            for piece in pairwise(points)
        ]
        return window * mpmath.fsum(density)


def _agree(ball: Enclosure, value: mpmath.mpf, digits: int) -> bool:
    """Whether the ball is that small and the other route's value is that close to it."""
    with mpmath.workdps(digits + 20), ctx.workdps(digits + 20):
        top, bottom = _ratio(ball.mid)
        centre = mpmath.mpf(top) / bottom
        scale = max(abs(value), mpmath.mpf(10) ** -digits)
        small = bool(ball.rad < arb(10) ** -digits * max(float(scale), 1e-300))
        return small and abs(centre - value) < scale * mpmath.mpf(10) ** -digits


def _ratio(number: arb) -> tuple[int, int]:
    mantissa, exponent = (int(part) for part in number.man_exp())
    return (mantissa << exponent, 1) if exponent > 0 else (mantissa, 1 << -exponent)


@pytest.fixture(scope="session")
def moment() -> Callable[..., mpmath.mpf]:
    return _moment


@pytest.fixture(scope="session")
def agree() -> Callable[[Enclosure, mpmath.mpf, int], bool]:
    return _agree

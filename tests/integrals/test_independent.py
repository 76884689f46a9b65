"""Independent units: closed form, certified reduction and mpmath on the definition agree."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import mpmath
import pytest
import sympy as sp

from symvar.integrals import enclose, gamma, order_moment, order_variance, rectified_mean, tau
from symvar.symbols import window

NAMED = [
    *(tau(size) for size in range(1, 8)),
    *(order_moment(size, 1) for size in range(1, 8)),
    *(order_moment(size, 2) for size in range(1, 9)),
    *(rectified_mean(size) for size in range(1, 7)),
]


@pytest.mark.parametrize("constant", NAMED, ids=str)
def test_closed_form_lies_in_the_ball_of_the_quadrature(constant):
    closed = constant.doit()
    assert not closed.has(sp.Integral, sp.Sum, type(constant))
    one, other = enclose(closed, 60), enclose(constant, 60)
    assert one.arb.overlaps(other.arb)
    assert max(one.rad, other.rad) < 1e-60 * max(1, abs(float(one)))


@pytest.mark.parametrize(
    ("constant", "wrong"),
    [
        (tau(5), tau(5).doit() + sp.sqrt(3) / (24 * sp.pi)),
        (tau(4), tau(4).doit() - sp.Rational(1, 10**49)),
        (tau(6), tau(6).doit() + sp.re(sp.polylog(2, sp.I / 9)) / 10**48),
        (tau(7), tau(7).doit().subs(sp.asin(sp.Rational(1, 4)), sp.asin(sp.Rational(1, 3)))),
        (order_moment(5, 1), order_moment(4, 1).doit()),
        (rectified_mean(4), rectified_mean(4).doit() * (1 + sp.Rational(1, 10**49))),
    ],
    ids=str,
)
def test_a_wrong_closed_form_is_outside_the_ball(constant, wrong):
    assert not enclose(constant, 50).arb.overlaps(enclose(wrong, 50).arb)


@pytest.mark.parametrize("size", [*range(1, 13), 64, 1000])
def test_tau_is_the_defining_integral(size, moment, agree):
    value = moment(size, 2, 0, 40)
    assert agree(enclose(tau(size), 40), value, 40)
    with mpmath.workdps(60):
        wrong = value * (1 + mpmath.mpf(10) ** -39)
    assert not agree(enclose(tau(size), 40), wrong, 40)


@pytest.mark.parametrize("size", [2, 5, 6, 40])
@pytest.mark.parametrize("power", [1, 2])
def test_order_moments_are_their_integral(size, power, moment, agree):
    assert agree(enclose(order_moment(size, power), 30), moment(size, power, -1, 30), 30)


@pytest.mark.parametrize("size", [1, 4, 5, 30])
def test_rectified_mean_is_its_integral(size, moment, agree):
    assert agree(enclose(rectified_mean(size), 30), moment(size, 1, 0, 30), 30)


def test_a_million_units(moment, agree):
    assert agree(enclose(tau(10**6), 50), moment(10**6, 2, 0, 50), 50)


PUBLISHED = [
    (order_moment(6, 1), "1.2672063606114712976493488818639944426936501918524", "A243523"),
    (order_moment(8, 1), "1.4236003060452777530783246493062572530867252706948", "A243961"),
    (order_variance(8), "0.37289714328672899422021122876211460217635929200046", "A243964"),
]


@pytest.mark.parametrize(("constant", "decimals", "entry"), PUBLISHED, ids=lambda each: str(each))
def test_published_moments_of_the_largest(constant, decimals, entry):
    """Decimals of the On-Line Encyclopedia of Integer Sequences, its entry named."""
    low, high = enclose(constant, 60).bounds()
    place = Fraction(10) ** -len(decimals.split(".")[1])
    assert Fraction(decimals) < low < high < Fraction(decimals) + place


def test_ranges_of_quality_control():
    """The mean range of n normals, twice E[M_n], as control charts print it: d2 to three places."""
    printed = {2: "1.128", 3: "1.693", 4: "2.059", 5: "2.326", 6: "2.534", 7: "2.704", 10: "3.078"}
    for size, range_ in printed.items():
        assert f"{float(enclose(2 * order_moment(size, 1))):.3f}" == range_


def test_a_table_of_the_mean_of_the_largest():
    """gwern.net/order-statistic, the table in `exactMax`, to ten decimals (by R's lmomco).

    At n = 80 it is wrong in the ninth: an integral without bounds, as these balls show.
    """
    printed = {9: "1.4850131622", 10: "1.5387527308", 20: "1.8674750598", 24: "1.9476740742"}
    place = Fraction(1, 2 * 10**10)
    for size, decimals in printed.items():
        low, high = enclose(order_moment(size, 1), 20).bounds()
        assert Fraction(decimals) - place < low < high < Fraction(decimals) + place
    low, high = enclose(order_moment(80, 1), 20).bounds()
    assert high < Fraction("2.4267744193") - place


def test_the_table_checksum():
    """The alternating sum is tau^-_T / T, so it lies in (0, 2^-T); one wrong entry breaks it."""

    def checksum(size, entries):
        terms = (
            (-1) ** j * sp.Integer(comb(size - 1, j)) * entries[j] / (j + 1) for j in range(size)
        )
        return enclose(sp.Add(*terms), 30)

    size = 24
    entries = [tau(j + 1) for j in range(size)]
    assert 0 < checksum(size, entries).arb < sp.Rational(1, 2**size)
    entries[11] += sp.Rational(1, 10**12)
    assert not 0 < checksum(size, entries).arb < sp.Rational(1, 2**size)


@pytest.mark.parametrize("size", [2, 3, 7, 20])
def test_second_moment_is_the_positive_and_the_negative_part(size, agree):
    with mpmath.workdps(50):
        negative = size * mpmath.quad(
            lambda s: s**2 * mpmath.npdf(s) * mpmath.ncdf(-s) ** (size - 1), [0, 1, 2, 4, 8, 20]
        )
    assert agree(enclose(order_moment(size, 2) - tau(size), 30), negative, 30)


def test_average_pooling_and_backward_constants():
    assert tau(window, "avg").doit().equals((1 + (window - 1) / sp.pi) / (2 * window))
    assert gamma(window).doit().equals((1 - sp.Rational(1, 2) ** window) / window)
    assert gamma(window, "avg").doit() == 1 / (2 * window**2)
    assert [gamma(size).doit() for size in (1, 2, 4)] == [
        sp.Rational(1, 2),
        sp.Rational(3, 8),
        sp.Rational(15, 64),
    ]
    assert gamma(10**9).doit() == gamma(10**9)  # 2^-T would be a fraction of 10^9 bits
    assert enclose(gamma(10**6), 30).decimal()[0] == "0.000001" + 29 * "0"


def test_average_of_two_by_brute_force():
    """(u^+ + v^+)^2 / 4 on the circle: the square of the radius has mean 2."""
    with mpmath.workdps(30):
        half = mpmath.pi / 2
        mean = mpmath.quad(
            lambda a: (max(0, mpmath.cos(a)) + max(0, mpmath.sin(a))) ** 2,
            [-half, 0, half, 2 * half, 3 * half],
        )
        assert (
            abs(mean / (4 * mpmath.pi) - mpmath.mpf(enclose(tau(2, "avg"), 30).decimal()[0]))
            < 1e-28
        )


@pytest.mark.parametrize("digits", [1, 15, 300])
def test_accuracy_is_what_was_asked(digits):
    for size in (6, 300, 10**6):
        ball = enclose(tau(size), digits)
        assert ball.rad / abs(ball.mid) < 10.0 ** -min(digits, 300)
        assert ball.arb.overlaps(enclose(tau(size), digits + 20).arb)


def test_a_thousand_digits(agree):
    closed, quadrature = enclose(tau(4).doit(), 1000), enclose(tau(4), 1000)
    assert closed.arb.overlaps(quadrature.arb)
    assert quadrature.decimal()[0][:-1] == closed.decimal()[0][:-1]
    assert quadrature.arb.rel_accuracy_bits() > 3322

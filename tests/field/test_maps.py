"""Maps of pairs of Gaussian units against symvar's certified balls and plain quadrature."""

from dataclasses import dataclass

import mpmath
import numpy as np
import pytest
import sympy as sp

from symvar.activations import all_activations
from symvar.activations.base import Activation
from symvar.activations.leaky_relu import LeakyRectifier
from symvar.activations.relu import Rectifier
from symvar.activations.tanh import Tanh
from symvar.errors import ArgumentError, NeedsFact
from symvar.field.maps import Bent, map_of
from symvar.field.maps_pieces import Pieces
from symvar.field.normal import distribution, erf, erfc
from symvar.field.pointwise import branches
from symvar.integrals import GaussianProduct
from symvar.symbols import slope_below, x

NAMES = sorted(all_activations())
CASES = [("1", "1/2"), ("1/4", "-3/10"), ("2", "0")]


def made(name: str) -> Activation:
    return all_activations()[name]()


@pytest.mark.parametrize("name", NAMES)
def test_single_moments_lie_in_certified_balls(name):
    activation, found = made(name), map_of(made(name))
    for q in map(sp.Rational, ("1/100", "1", "5/2")):
        second = float(sp.sympify(activation.second_moment(q)).evalf(13))
        assert float(found.second(float(q))) == pytest.approx(second, rel=1e-9)
        slope = float(sp.sympify(activation.slope(q)).evalf(13))
        assert float(found.slope(float(q))) == pytest.approx(slope, rel=1e-9)
        mean = float(sp.sympify(activation.mean(q)).evalf(13))
        assert float(found.mean(float(q))) == pytest.approx(mean, abs=1e-9 * second**0.5)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("q", "c"), CASES)
def test_products_lie_in_certified_balls(name, q, c):
    expression, found = made(name).expression, map_of(made(name))
    product = GaussianProduct(expression, x, sp.Rational(q), sp.Rational(c))
    value = float(sp.Rational(q)), float(sp.Rational(q)), float(sp.Rational(c))
    scale = float(found.second(value[0]))
    assert float(found.product(*value)) == pytest.approx(float(product.evalf(12)), abs=1e-9 * scale)


def grid_product(f, v, v2, c):
    """The trapezoidal rule in two independent normals; kinks cost it the step squared."""
    step = 1 / 64
    z = np.arange(-8, 8 + step, step)
    mass = np.exp(-z * z / 2) * step / np.sqrt(2 * np.pi)
    other = c * z[:, None] + np.sqrt(1 - c * c) * z
    return float((mass * f(np.sqrt(v) * z)) @ (f(np.sqrt(v2) * other) @ mass))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("v", "v2", "c"), [(0.5, 3.0, 0.8), (1.7, 0.9, -0.6)])
def test_unequal_variances_against_a_grid(name, v, v2, c):
    found = map_of(made(name))
    tolerance = 1e-4 if found.kinks else 1e-9
    scale = float(np.sqrt(found.second(v) * found.second(v2)))
    known = grid_product(found.value, v, v2, c)
    assert float(found.product(v, v2, c)) == pytest.approx(known, abs=tolerance * scale)
    assert float(found.product(v2, v, c)) == pytest.approx(known, abs=tolerance * scale)
    slopes = float(np.sqrt(found.slope(v) * found.slope(v2)))
    known = grid_product(found.derivative, v, v2, c)
    tolerance = 1e-2 if found.kinks else 1e-9  # the derivative jumps
    assert float(found.slope_product(v, v2, c)) == pytest.approx(known, abs=tolerance * slopes)
    known = grid_product(lambda u: found.value(u) ** 2, v, v2, c)
    assert float(found.square_product(v, v2, c)) == pytest.approx(known, rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_with_itself_and_with_an_independent_one(name):
    found, v = map_of(made(name)), np.array([0.3, 1.0, 2.2])
    assert found.product(v, v, 1.0) == pytest.approx(found.second(v), rel=1e-9)
    assert found.slope_product(v, v, 1.0) == pytest.approx(found.slope(v), rel=1e-9)
    scale = float(np.sqrt(found.second(2.2) * found.second(0.3)))
    apart = found.mean(v) * found.mean(v[::-1])
    assert found.product(v, v[::-1], 0.0) == pytest.approx(apart, abs=1e-9 * scale)


@pytest.mark.parametrize("name", NAMES)
def test_arrays_are_their_elements(name):
    found = map_of(made(name))
    v, c = np.array([0.4, 0.0, 1.3]), np.linspace(-1, 1, 7)[:, None, None]
    whole = found.product(v[:, None], v, c)
    assert whole.shape == (7, 3, 3)
    one = float(found.product(1.3, 0.4, c[5, 0, 0]))
    assert whole[5, 2, 0] == pytest.approx(one, rel=1e-9, abs=1e-12)
    assert np.isfinite(whole).all()
    constant = float(found.value(np.zeros(1))[0])
    assert whole[3, 1, 2] == pytest.approx(constant * float(found.mean(1.3)), abs=1e-9)


@pytest.mark.parametrize("gap", [1e-4, 1e-8, 1e-12, 1e-15])
def test_relu_loses_no_digits_next_to_one(gap):
    """Cho and Saul's kernel in 40 digits, at the very double."""
    c = 1 - gap
    with mpmath.workdps(40):
        exact = mpmath.mpf(c)
        root = mpmath.sqrt(1 - exact**2)
        kernel = (root + exact * (mpmath.pi - mpmath.acos(exact))) / (2 * mpmath.pi)
    assert float(map_of(Rectifier()).product(1.0, 1.0, c)) == pytest.approx(
        float(kernel), rel=1e-15
    )


@pytest.mark.parametrize("below", [0.0, 0.01, -1.0, 1.0])
def test_bent_lines_are_pieces(below):
    """Two routes: Cho and Saul's kernel, and truncated powers by Owen's T."""
    bent, pieces = Bent(below, 1), Pieces(branches(LeakyRectifier(sp.Rational(str(below)))))
    c = np.array([-1, -1 + 1e-12, -0.4, 0, 0.3, 0.99, 1 - 1e-9, 1])
    for method in ("product", "slope_product", "square_product"):
        one, other = (getattr(each, method)(2.0, 0.5, c) for each in (bent, pieces))
        assert one == pytest.approx(other, abs=1e-14)


def test_scaling_of_homogeneous_functions():
    found = map_of(LeakyRectifier())
    c = np.linspace(-1, 1, 9)
    assert found.product(4.0, 9.0, c) == pytest.approx(6 * found.product(1.0, 1.0, c), rel=1e-15)


def test_equal_activations_share_their_tables():
    assert map_of(Tanh()) is map_of(Tanh())


@pytest.mark.parametrize(
    ("v", "c", "message"),
    [
        (1.0, 1.1, "-1 to 1"),
        (1.0, float("nan"), "-1 to 1"),
        (-1.0, 0.5, "at least 0"),
        (float("inf"), 0.5, "finite"),
    ],
)
@pytest.mark.parametrize("name", ["tanh", "relu6"])
def test_no_covariance_is_refused(name, v, c, message):
    with pytest.raises(ArgumentError, match=message):
        map_of(made(name)).product(v, 1.0, c)


def test_rounding_beyond_one_is_one():
    found = map_of(Rectifier())
    assert found.product(1.0, 1.0, 1 + 1e-12) == found.product(1.0, 1.0, 1.0)


def test_a_slope_without_a_number_is_refused():
    with pytest.raises(NeedsFact, match="a number for a"):
        map_of(LeakyRectifier(slope_below))


@dataclass(frozen=True, eq=False)
class _Late(Activation):
    name = "late"
    expression = sp.Piecewise((sp.exp(x), x < 1), (sp.E, True))
    nondecreasing = True
    homogeneous = False


def test_a_late_kink_between_curves_is_refused():
    with pytest.raises(NeedsFact, match="no kink but at zero"):
        map_of(_Late())


def test_the_error_function_against_mpmath():
    points = np.concatenate([np.linspace(-6, 6, 241), [0.0, 1e-9, 20.0]])
    with mpmath.workdps(30):
        known = [float(mpmath.erfc(float(each))) for each in points]
        other = [float(mpmath.erf(float(each))) for each in points]
        tails = [float(mpmath.ncdf(float(each))) for each in points]
    assert erfc(points) == pytest.approx(known, rel=1e-14)
    assert erf(points) == pytest.approx(other, rel=2e-14)
    assert distribution(points) == pytest.approx(tails, rel=1e-14)

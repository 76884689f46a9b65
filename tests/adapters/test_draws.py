"""Distributions: the variance of each, in closed form and as drawn."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from symvar.adapters.draws import Target, all_draws, find
from symvar.adapters.draws.truncated_normal import TruncatedNormal
from symvar.errors import ArgumentError
from symvar.graph.builder import sequential
from symvar.layers import Conv, ConvTranspose, Dense

torch = pytest.importorskip("torch")

SIGMA = 0.3


def target(layer, shape, deviation=SIGMA):
    net = sequential([("layer", layer)], input=shape)
    return Target(net["layer"], tuple(map(int, layer.weight_shape(shape))), deviation)


def drawn(name, aim, seed=0, dtype=torch.float64):
    weight = torch.full(aim.shape, float("nan"), dtype=dtype)
    find(name).fill(weight, aim, torch.Generator().manual_seed(seed))
    return weight


LARGE = {
    "dense, wide": (Dense(400), (300,)),
    "dense, narrow": (Dense(200), (500,)),
    "convolution": (Conv(64, (3, 3), padding=1), (32, 9, 9)),
    "grouped": (Conv(120, (3, 3), groups=4, padding=1), (80, 5, 5)),
    "depthwise": (Conv(600, (5, 5), groups=600), (600, 9, 9)),
    "transposed": (ConvTranspose(48, (3, 3), stride=2), (64, 5, 5)),
}


@pytest.mark.parametrize("case", LARGE)
@pytest.mark.parametrize("name", all_draws())
def test_the_entries_have_the_deviation_that_is_stated(name, case):
    """Mean squares within six standard errors, were entries no more spread than normal ones."""
    aim = target(*LARGE[case])
    weight = drawn(name, aim)
    stated = find(name).deviation(aim)
    assert torch.isfinite(weight).all()
    filled = weight[weight != 0]
    error = 6 * (2 / filled.numel()) ** 0.5
    assert (weight.square().mean() / stated**2).item() == pytest.approx(1, abs=error)
    assert abs(weight.mean()).item() < 6 * stated / filled.numel() ** 0.5 + 1e-12
    if name != "delta-orthogonal":
        assert stated == SIGMA


@pytest.mark.parametrize("cut", [sp.Rational(1, 2), 1, 2, 3])
def test_what_a_cut_leaves_is_the_variance_of_the_cut_law(cut):
    """Against the quotient of the two integrals that define it."""
    ends = [-mpmath.mpf(str(sp.N(cut, 30))), 0, mpmath.mpf(str(sp.N(cut, 30)))]
    with mpmath.workdps(30):
        second = mpmath.quad(lambda u: u**2 * mpmath.npdf(u), ends)
        left = mpmath.nstr(second / mpmath.quad(mpmath.npdf, ends), 28)
    assert float(abs(TruncatedNormal(cut).left.evalf(25) - sp.Float(left, 28))) < 1e-20


def test_a_truncated_normal_stays_inside_its_cut():
    aim = target(*LARGE["dense, wide"])
    wide = SIGMA / float(TruncatedNormal().left) ** 0.5
    weight = drawn("truncated-normal", aim)
    assert weight.abs().max() <= 2 * wide
    assert weight.abs().max() > 1.99 * wide
    share = (weight.abs() < wide).double().mean().item()
    assert share == pytest.approx(0.6826894921 / 0.9544997361, abs=0.01)


def test_a_uniform_law_reaches_root_three_deviations():
    weight = drawn("uniform", target(*LARGE["dense, wide"]))
    assert 0.9999 * 3**0.5 * SIGMA < weight.abs().max() <= 3**0.5 * SIGMA


@pytest.mark.parametrize("case", LARGE)
def test_each_group_of_an_orthogonal_weight_has_equal_singular_values(case):
    aim = target(*LARGE[case])
    groups = aim.groups
    matrices = drawn("orthogonal", aim).reshape(groups, aim.shape[0] // groups, -1)
    values = torch.linalg.svdvals(matrices)
    gain = SIGMA * max(matrices.shape[1:]) ** 0.5
    torch.testing.assert_close(values, torch.full_like(values, gain))


def test_orthogonal_entries_are_uncorrelated_with_the_variance_wanted():
    """Over many draws of a small matrix: second moments of all pairs of entries."""
    aim = target(Dense(3), (2,), 1.0)
    generator = torch.Generator().manual_seed(5)
    many, weight = [], torch.empty(aim.shape, dtype=torch.float64)
    for _ in range(4000):
        find("orthogonal").fill(weight, aim, generator)
        many.append(weight.flatten().clone())
    found = torch.stack(many)
    moments = found.T @ found / len(many)
    assert (moments - torch.eye(6, dtype=torch.float64)).abs().max() < 6 * (2 / 4000) ** 0.5


def padded(layer, shape, weight, x):
    """The layer itself, in torch."""
    if isinstance(layer, ConvTranspose):
        return torch.nn.functional.conv_transpose2d(
            x, weight, None, layer.stride, layer.padding, layer.extra, layer.groups, layer.dilation
        )
    return torch.nn.functional.conv2d(
        x, weight, None, layer.stride, layer.padding, layer.dilation, layer.groups
    )


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv(6, (3, 3), 1, 1), (4, 5, 5)),
        (Conv(6, (4, 3), (2, 1), (2, 0), (1, 2), 2), (4, 7, 8)),
        (Conv(2, (5, 5), 1, 2), (4, 6, 6)),
        (ConvTranspose(6, (3, 3), 2, 1), (4, 5, 5)),
    ],
)
def test_delta_orthogonal_has_the_moments_of_independent_weights(layer, shape):
    """E[u^2] averaged over units is sigma^2 e/M' for a white input: the exact matrix's squares."""
    aim = target(layer, shape, 1.0)
    (mix,) = aim.node.primitives
    units = mix.inputs
    basis = torch.eye(units, dtype=torch.float64).reshape(units, *shape)
    square = 0.0
    draws = 30
    for seed in range(draws):
        weight = drawn("delta-orthogonal", aim, seed)
        square += padded(layer, shape, weight, basis).square().sum().item() / draws
    # a Haar matrix's sum of squares is not random, so that no more than rounding is left
    assert square == pytest.approx(float(mix.connections), rel=1e-12)


def test_a_delta_orthogonal_convolution_is_an_isometry_of_the_whole_map():
    aim = target(Conv(6, (3, 3), 1, 1), (4, 5, 5), 1.0)
    weight = drawn("delta-orthogonal", aim)
    x = torch.randn(10, 4, 5, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    gain = padded(aim.node.layer, (4, 5, 5), weight, x).square().sum((1, 2, 3))
    gain = gain / x.square().sum((1, 2, 3))
    torch.testing.assert_close(gain, gain.mean().expand_as(gain))
    off = weight.clone()
    off[:, :, 1, 1] = 0
    assert not off.any()


def test_a_kernel_whose_centre_sees_padding_only_is_refused():
    aim = target(Conv(2, (3,), 2, 1, 5), (2, 9))
    assert find("delta-orthogonal").deviation(aim) > 0
    lost = target(Conv(2, (2,), 1, ((3, 0),), 3), (2, 1))
    with pytest.raises(ArgumentError, match="centre sees padding only"):
        find("delta-orthogonal").deviation(lost)


def test_unknown_names_and_cuts_are_refused():
    with pytest.raises(ArgumentError, match="did you mean 'orthogonal'"):
        find("orthogonl")
    with pytest.raises(ArgumentError, match="cut: need a positive cut"):
        TruncatedNormal(0)

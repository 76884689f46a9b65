"""Zhang et al.: the errata by routes that share nothing with the checker."""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from symvar.claims import verify
from symvar.claims.library import folder_of, load

PAPER = load(folder_of("zhang"))
ERRATA = ["5", "9", "10", "12", "19", "20", "23", "25", "26", "29", "35", "37", "40", "41", "42"]


def test_every_printed_number_is_there_and_these_are_wrong():
    assert PAPER.missing == ()
    wrong = [id for id, entry in PAPER.entries.items() if entry.outcome == "erratum"]
    assert [id for id in wrong if id.isdigit()] == ERRATA


@pytest.mark.parametrize("id", ["25", "35", "41", "prose:bn-derivative"])
def test_an_erratum_is_refuted_and_its_correction_proved(id):
    (row,) = verify("zhang", only=id, cache=False).rows
    assert row.agrees
    assert (row.strength, row.corrected_strength) == ("refuted", "proved")


@pytest.mark.parametrize("slope", [0.0, 0.25, 1.0])
def test_prelu_formula_against_quadrature(slope):
    """Gauss-Hermite is exact on each half: the integrand is a quadratic times the density."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    out = np.where(nodes > 0, nodes, slope * nodes)
    second = (weights * out**2).sum() / weights.sum()
    assert 2 / (1 + slope**2) * second == pytest.approx(1)
    assert abs((1 + slope**2) * second - 1) > 0.4


def normalised(x):
    return (x - x.mean(0)) / x.std(0)


def test_bn_jacobian_against_differences():
    x = np.random.default_rng(1).standard_normal(5)
    step = 1e-6 * np.eye(5)
    numeric = np.array([(normalised(x + s) - normalised(x - s)) / 2e-6 for s in step]).T
    hat = normalised(x)
    exact = (np.eye(5) - (1 + np.outer(hat, hat)) / 5) / x.std()
    assert numeric == pytest.approx(exact, abs=1e-6)
    assert abs(np.diag(numeric) - 1 / x.std()).min() > 0.05


@pytest.mark.parametrize("numerator", [5.0, 1.2])
def test_the_error_grows_through_bn_whatever_the_weights(numerator):
    """Ten layers of 300 units with BN and ReLU: pi/(pi-1) per layer, not the printed factor."""
    rng = np.random.default_rng(0)
    width, layers = 300, 10
    signal, kept = rng.standard_normal((300, width)), []
    for _ in range(layers):
        weights = rng.standard_normal((width, width)) * np.sqrt(numerator / width)
        before = signal @ weights.T
        kept.append((weights, normalised(before), before.std(0)))
        signal = np.maximum(kept[-1][1], 0)
    error = rng.standard_normal((300, width))
    variances = []
    for weights, hat, deviation in reversed(kept):
        variances.append((error**2).mean())
        error = error * (hat > 0)
        error = (error - error.mean(0) - hat * (error * hat).mean(0)) / deviation @ weights
    growth = (variances[-1] / variances[0]) ** (1 / (layers - 1))
    assert growth == pytest.approx(np.pi / (np.pi - 1), rel=0.05)


def counted(modules):
    return sum(parameter.numel() for module in modules for parameter in module.parameters())


def test_parameter_counts_against_torch():
    nn = pytest.importorskip("torch").nn
    section = PAPER.entries["table:1-params"].make.__module__
    counting = sys.modules[section.replace("section5", "counting")]

    def conv(before, after, kernel):
        return nn.Conv2d(before, after, kernel, bias=False, device="meta")

    def norm(channels):
        return nn.BatchNorm2d(channels, device="meta")

    def head(features, classes):
        return nn.Linear(features, classes, device="meta")

    def vgg(classes):
        widths = [3, 64, 64, 128, 128, *[256] * 4, *[512] * 8]
        pairs = pairwise(widths)
        return [m for a, b in pairs for m in (conv(a, b, 3), norm(b))] + [head(512, classes)]

    def wide(classes):
        widths = [16, *[160] * 4, *[320] * 4, *[640] * 4]
        made = [conv(3, 16, 3), norm(640), head(640, classes)]
        for a, b in pairwise(widths):
            made += [norm(a), conv(a, b, 3), norm(b), conv(b, b, 3)]
            made += [conv(a, b, 1)] if a != b else []
        return made

    for name, network in (("VGGNet-19", vgg), ("WideResNet28-10", wide)):
        for classes in (10, 100):
            values = {counting.CLASSES: sp.Integer(classes), counting.BIAS: sp.Integer(0)}
            assert counted(network(classes)) == counting.NETWORKS[name].subs(values)

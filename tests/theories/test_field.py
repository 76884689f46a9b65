"""The field theory against exact values, a brute-force Gaussian field, matrices, and networks."""

import itertools
import math

import numpy as np
import pytest
import sympy as sp

from symvar import layers, propagate, sequential
from symvar.errors import ArgumentError, NeedsFact
from symvar.graph.builder import Builder
from symvar.graph.propagation import backward, forward
from symvar.inputs import Constant, Correlated, Covariance, Images, White
from symvar.schemes import Init
from symvar.theories import Weight, find

CHANNELS = 60_000
FIELD = find("field")


def he(node, mix, _):
    """Two over the fan-in."""
    return Weight(sp.Rational(2) / mix.fan_in)


def moments(net, kind="white", weight=he):
    """By node: the mean second moment and the map over positions."""
    passed = forward(net, FIELD, kind, weight)
    return {
        name: (float(FIELD.moment(signal)), signal.kernel.variance.mean(axis=0))
        for name, signal in passed.signals.items()
    }


def gradients(net, kind="white", weight=he):
    passed = forward(net, FIELD, kind, weight)
    found = backward(net, FIELD, passed, weight)
    return {node.name: float(FIELD.moment_at_mix(found[node.name][0])) for node in net.weighted}


def circular(out, kernel=3):
    return [layers.Pad(kernel // 2, "circular"), layers.Conv(out, kernel, bias=False)]


def test_known_values_at_infinite_width():
    """Published kernels of a convolutional net with average pools, to the digits given."""
    net = sequential(
        [*circular(8), "relu", *circular(8), "relu", layers.AvgPool(2), *circular(8), "relu",
         layers.GlobalAvgPool()],
        input=(3, 8, 8),
    )  # fmt: skip
    found = moments(net)
    known = {
        "conv1": 2, "relu1": 1, "conv2": 2, "relu2": 1, "avgpool1": 0.62029831765,
        "conv3": 1.2405966353, "relu3": 0.62029831765, "globalavgpool1": 0.517896506424,
    }  # fmt: skip
    for name, value in known.items():
        assert found[name][0] == pytest.approx(value, rel=1e-10), name


@pytest.mark.parametrize("size", [3, 8, 40])
def test_borders_multiply_the_variance_map_by_one_matrix(size):
    """Independent route: powers of the tridiagonal matrix, per axis."""
    net = sequential(
        [layer for _ in range(5) for layer in (layers.Conv(4, 3, padding=1), "relu")],
        input=(4, size, size),
    )
    ones = np.eye(size) + np.eye(size, k=1) + np.eye(size, k=-1)
    found = moments(net)
    along = np.ones(size)
    for depth in range(1, 6):
        along = ones @ along
        expected = 2 * np.outer(along, along) / 9**depth
        assert found[f"conv{depth}"][1] == pytest.approx(expected, rel=1e-12)


def test_the_growth_of_the_variance_map_tends_to_its_largest_eigenvalue():
    size, depth = 6, 40
    net = sequential(
        [layer for _ in range(depth) for layer in (layers.Conv(2, 3, padding=1), "relu")],
        input=(2, size, size),
    )
    found = moments(net)
    ratio = found[f"conv{depth}"][0] / found[f"conv{depth - 1}"][0]
    assert ratio * 9 == pytest.approx((1 + 2 * math.cos(math.pi / (size + 1))) ** 2, rel=1e-9)


def reads(size, kernel, stride, padding):
    """For each output of an axis, (tap, input) inside the map; plain loops."""
    count = (size + 2 * padding - kernel) // stride + 1
    return [
        [(tap, place * stride + tap - padding) for tap in range(kernel)
         if 0 <= place * stride + tap - padding < size]
        for place in range(count)
    ]  # fmt: skip


def convolved(products, size, kernel, stride, padding):
    """2/(k k) times the sum over common taps of A, from the definition."""
    along = reads(size, kernel, stride, padding)
    places = list(itertools.product(range(len(along)), repeat=2))
    found = np.zeros((len(places), len(places)))
    for i, (a, b) in enumerate(places):
        for j, (c, d) in enumerate(places):
            rows = [(x, y) for s, x in along[a] for t, y in along[c] if s == t]
            columns = [(x, y) for s, x in along[b] for t, y in along[d] if s == t]
            for (x, y), (u, v) in itertools.product(rows, columns):
                found[i, j] += products[x * size + u, y * size + v]
    return 2 / kernel**2 * found, len(along)


def pooled(values, size, window, stride, padding, reduce):
    along = reads(size, window, stride, padding)
    columns = [
        reduce(values[:, [x * size + y for _, x in row for _, y in column]], axis=1)
        for row in along
        for column in along
    ]
    return np.stack(columns, axis=1), len(along)


POOLS = {
    "tiling": (2, 2, 0, 6),
    "overlapping": (3, 2, 0, 7),
    "padded": (3, 2, 1, 6),
    "odd": (3, 3, 0, 6),
}


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("kind", ["white", "correlated"])
def test_against_a_simulated_gaussian_field(name, kind):
    """Brute force: channels of the Gaussian field drawn, pooled and convolved from definitions.

    Each stage is drawn from the simulation's own covariance, so errors of 1/sqrt(channels) add
    up: a standard deviation of about 0.5 % at the end; the interval is four of them.
    """
    window, stride, padding, size = POOLS[name]
    pool = layers.MaxPool(window, stride, padding)
    net = sequential(
        [layers.Conv(8, 3, padding=1), "relu", layers.Conv(8, 3, padding=1), "relu", pool,
         layers.Conv(8, 3, padding=1), "relu"],
        input=(64, size, size),
    )  # fmt: skip
    given = White() if kind == "white" else Correlated(2.0)
    rng = np.random.default_rng(7)
    draws = given.draw((1, size, size), 400, rng).reshape(400, -1)
    products = np.eye(size * size) if kind == "white" else Covariance(exact(size, 2.0)).matrix
    assert draws.shape[1] == len(products)
    here = size
    for stage in range(2):
        covariance, here = convolved(products, here, 3, 1, 1)
        values, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(values, 0))
        fields = np.maximum(rng.standard_normal((CHANNELS, len(root))) @ root.T, 0)
        if stage:
            fields, here = pooled(fields, here, window, stride, padding, np.max)
        products = fields.T @ fields / CHANNELS
    covariance, _ = convolved(products, here, 3, 1, 1)
    found = moments(net, given)
    assert found["maxpool1"][0] == pytest.approx(np.diag(products).mean(), rel=0.02)
    assert found["conv3"][0] == pytest.approx(np.diag(covariance).mean(), rel=0.02)
    signal = forward(net, FIELD, given, he).signals["maxpool1"]
    assert signal.kernel.full.reshape(products.shape) == pytest.approx(products, rel=0.06, abs=0.02)


def exact(size, length):
    """The smooth covariance from its definition."""
    places = np.array(list(itertools.product(range(size), repeat=2)))
    away = ((places[:, None] - places) ** 2).sum(axis=-1)
    return np.exp(-away / (2 * length**2))


def test_the_covariance_of_smooth_noise_is_what_its_draws_have():
    draws = Correlated(2.0).draw((1, 4, 4), 40_000, np.random.default_rng(0)).reshape(-1, 16)
    assert draws.T @ draws / len(draws) == pytest.approx(exact(4, 2.0), abs=0.03)
    kernel = Correlated(2.0).kernel((64, 4, 4))
    assert kernel.full.reshape(16, 16) == pytest.approx(exact(4, 2.0), rel=1e-12)


def test_scales_pass_through():
    """One layer's variance times c: every later forward, every earlier backward moment times c."""
    body = [layers.Conv(8, 3, padding=1), "relu", layers.MaxPool(2), layers.Conv(8, 3), "relu",
            layers.Flatten(), layers.Dense(4)]  # fmt: skip
    net = sequential(body, input=(3, 8, 8))

    def scaled(node, mix, arriving):
        factor = 7 if node.name == "conv2" else 1
        return Weight(factor * he(node, mix, arriving).variance)

    one, seven = moments(net), moments(net, weight=scaled)
    assert seven["conv1"][0] == pytest.approx(one["conv1"][0], rel=1e-12)
    assert seven["dense1"][0] == pytest.approx(7 * one["dense1"][0], rel=1e-12)
    before, behind = gradients(net), gradients(net, weight=scaled)
    assert behind["conv1"] == pytest.approx(7 * before["conv1"], rel=1e-12)
    assert behind["dense1"] == pytest.approx(before["dense1"], rel=1e-12)


def residual(blocks, width=16, size=6):
    net = Builder((width, size, size))
    here = net.chain([layers.Conv(width, 3, padding=1, bias=False), "relu"], "input")
    for _ in range(blocks):
        branch = net.chain(
            [layers.Conv(width, 3, padding=1, bias=False), "relu",
             layers.Conv(width, 3, padding=1, bias=False)], here,
        )  # fmt: skip
        here = net.chain(["relu"], net.node(layers.Add(), here, branch))
    net.chain([layers.GlobalAvgPool(flat=True), layers.Dense(4)], here)
    return net.network()


def test_a_linear_residual_net_is_exact():
    """s_k = s_{k-1} + W s_{k-1}: the second moment is multiplied by 1 + gain, border included."""
    net = Builder((4, 5, 5))
    here = net.chain([layers.Conv(4, 3, padding=1, bias=False)], "input")
    for _ in range(3):
        here = net.node(layers.Add(), here, net.chain([layers.Conv(4, 1, bias=False)], here))
    found = moments(net.network())
    assert found["add3"][0] == pytest.approx(found["conv1"][0] * 3.0**3, rel=1e-12)


def test_identity_skips_against_simulated_channels():
    """Brute force over channels: new Gaussian branches on rectified skips, at every position."""
    net = residual(4)
    passed = forward(net, FIELD, "white", he)
    rng = np.random.default_rng(3)
    skip = np.maximum(np.sqrt(passed.signals["conv1"].kernel.variance[0].reshape(-1))
                      * rng.standard_normal((400_000, 36)), 0)  # fmt: skip
    for block in range(1, 5):
        branch = passed.signals[f"conv{2 * block + 1}"].kernel.variance[0].reshape(-1)
        skip = np.maximum(skip + np.sqrt(branch) * rng.standard_normal(skip.shape), 0)
        second = passed.signals[f"relu{2 * block + 1}"].kernel.variance[0].reshape(-1)
        assert second == pytest.approx((skip**2).mean(axis=0), rel=0.012)


@pytest.mark.parametrize("norm", [False, True])
def test_residual_networks_that_were_run(norm):
    """At width 64 and many draws; the interval is 8 %, four standard errors at the least."""
    pytest.importorskip("torch")
    from symvar import measure

    net = residual(2, width=64)
    found = measure(net, scheme="kaiming-fan-in", theory=["field", "iid"], draws=80, seed=5)
    for side in ("forward", "backward"):
        ratios = found.ratios(found.profiles[0])[side]
        assert ratios == pytest.approx([1.0] * len(ratios), abs=0.12), side


NETS = {
    "vgg": [layers.Conv(64, 3, padding=1), "relu", layers.Conv(64, 3, padding=1), "relu",
            layers.MaxPool(2), layers.Conv(64, 3, padding=1), "relu", layers.MaxPool(2),
            layers.Flatten(), layers.Dense(64), "relu", layers.Dense(32)],
    "average": [layers.Conv(64, 3, padding=1), "tanh", layers.AvgPool(2),
                layers.Conv(64, 3, padding=1), "tanh", layers.AvgPool(2), layers.Flatten(),
                layers.Dense(32)],
    "batch norm": [layers.Conv(64, 3, padding=1), layers.BatchNorm(), "relu", layers.MaxPool(2),
                   layers.Conv(64, 3, padding=1), layers.BatchNorm(), "relu", layers.Flatten(),
                   layers.Dense(32)],
    "strided, dilated, grouped": [
        layers.Conv(64, 3, 2, 1), "gelu", layers.Conv(64, 3, padding=2, dilation=2, groups=2),
        "leaky-relu", layers.ConvTranspose(32, 2, 2), "relu", layers.GlobalAvgPool(flat=True),
        layers.Dense(32)],
    "dropout, upsampling": [
        layers.Conv(64, 3, padding=1), "relu", layers.MaxPool(2), layers.Dropout(0.25),
        layers.Upsample(2), layers.Conv(64, 3, padding=1), "silu", layers.Flatten(),
        layers.Dense(32)],
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_networks_that_were_run(name):
    """Both directions within 5 % or four standard errors of 150 draws."""
    pytest.importorskip("torch")
    from symvar import measure

    channels = 64 if name == "batch norm" else 3  # channels' variances spread where inputs are few
    net = sequential(NETS[name], input=(channels, 8, 8))
    found = measure(net, scheme="kaiming-fan-in", theory="field", draws=150, seed=11)
    for row, said in zip(found.rows, found.profiles[0].rows, strict=True):
        for side in ("forward", "backward"):
            measured, error = getattr(row, side), getattr(row, f"{side}_se")
            within = max(0.05 * measured, 4 * error)
            assert abs(float(getattr(said, side)) - measured) < within, (row.name, side)


def test_images_are_followed_one_by_one():
    """A net of one convolution: the moment of every image, averaged; plain loops."""
    rng = np.random.default_rng(2)
    batch = rng.standard_normal((5, 2, 4, 4)) * np.arange(1, 6)[:, None, None, None]
    net = sequential([layers.Conv(8, 3, padding=1), "relu", layers.Conv(8, 1)], input=(2, 4, 4))
    padded = np.pad(batch**2, ((0, 0), (0, 0), (1, 1), (1, 1)))
    sums = sum(padded[:, :, a : a + 4, b : b + 4] for a in range(3) for b in range(3))
    expected = 2 / 18 * sums.sum(axis=1).mean()
    found = moments(net, Images(batch))
    assert found["conv1"][0] == pytest.approx(expected, rel=1e-12)
    assert found["conv2"][0] == pytest.approx(expected, rel=1e-12)  # 2/fan-in undoes the ReLU


def test_constant_input_shares_everything():
    net = sequential([layers.Conv(8, 1, bias=False), "relu", layers.MaxPool(2)], input=(1, 4, 4))
    assert moments(net, Constant())["maxpool1"][0] == pytest.approx(1.0, rel=1e-9)


def test_only_moments_of_a_layer_whose_variance_is_a_symbol():
    net = sequential([layers.Conv(4, 3), "relu", layers.Dense(2)][:1], input=(3, 5, 5))
    s = sp.Symbol("s", positive=True)
    passed = forward(net, FIELD, "white", lambda *_: Weight(s))
    assert sp.simplify(FIELD.moment(passed.signals["conv1"]) / s - 27) == 0


@pytest.mark.parametrize(
    ("body", "size", "words"),
    [
        ([layers.Conv(4, 3), "relu", layers.AvgPool(2), layers.MaxPool(2)], (1, 8, 8), "maximum"),
        ([layers.Conv(4, 3), "relu", layers.AvgPool(2), "tanh"], (1, 8, 8), "before tanh"),
        ([layers.Conv(4, 3), layers.InstanceNorm(), "relu"], (1, 8, 8), "statistics"),
        ([layers.Conv(4, 3), layers.LpPool(2, 3)], (1, 8, 8), "rule"),
    ],
)  # fmt: skip
def test_what_it_cannot_say_is_refused_by_name(body, size, words):
    net = sequential(body, input=size)
    with pytest.raises(NeedsFact, match=words) as caught:
        forward(net, FIELD, "white", he)
    assert "node" in str(caught.value)


def test_symbols_are_refused():
    from symvar.symbols import c_in, w

    net = sequential([layers.Conv(4, 3)], input=(c_in, w, w))
    with pytest.raises(NeedsFact, match="exchangeable"):
        propagate(net, Init("own", "", {"conv1": sp.Integer(1)}), "field")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Covariance(np.array([[1.0, 2.0], [2.0, 1.0]])), "semi-definite"),
        (lambda: Covariance(np.array([[1.0, 0.5], [0.2, 1.0]])), "symmetric"),
        (lambda: Covariance(np.full((2, 2), np.nan)), "finite"),
        (lambda: Covariance(np.eye(2)[:1]), "square"),
        (lambda: Images(np.full((1, 1, 2, 2), np.nan)), "finite"),
        (lambda: Images(np.zeros((1, 1, 2, 2))), "not zero"),
        (lambda: Images(np.ones((2, 2, 2))).kernel((1, 4, 4)), "shape"),
        (lambda: Correlated(-1.0), "positive"),
        (lambda: Covariance(np.eye(4)).kernel((1, 3, 3)), "9 positions"),
    ],
)
def test_inputs_that_are_none(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()


def test_it_is_the_exchangeable_theory_on_a_torus():
    """Circular padding and white input: every two positions of a map are alike (to 1e-5 here).

    Behind pools that tile, products of windows are exact to second order in the field theory
    and certified in the other.
    """
    net = sequential(
        [*circular(64), "relu", *circular(64), "relu", layers.MaxPool(2),
         *circular(64), "relu", layers.AvgPool(2), *circular(64), "relu",
         layers.GlobalAvgPool(flat=True), layers.Dense(8)],
        input=(64, 8, 8),
    )  # fmt: skip
    one = propagate(net, "kaiming-fan-in", "exchangeable")
    other = propagate(net, "kaiming-fan-in", "field")
    for left, right in zip(one.rows, other.rows, strict=True):
        assert float(right.forward) == pytest.approx(float(left.forward), rel=1e-5), left.name
        assert float(right.backward) == pytest.approx(float(left.backward), rel=1e-5), left.name


@pytest.mark.parametrize("window", [2, 3])
def test_images_of_few_dimensions_and_blank_corners(window):
    """Covariances without full rank, or without any variance, in the windows of a maximum."""
    rng = np.random.default_rng(4)
    flat = rng.standard_normal((6, 1, 1, 1)) * np.ones((6, 3, 12, 12))
    flat[:, :, :5, :5] = 0
    net = sequential(
        [layers.Conv(8, 3, padding=1), "relu", layers.MaxPool(window), layers.Flatten(),
         layers.Dense(4)],
        input=(3, 12, 12),
    )  # fmt: skip
    assert all(np.isfinite(value) for value, _ in moments(net, Images(flat)).values())
    assert all(np.isfinite(value) for value in gradients(net, Images(flat)).values())

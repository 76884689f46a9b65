"""The compromise: its value against other routes, its proof, and what it says of itself."""

from __future__ import annotations

import json
from html import escape
from itertools import combinations, pairwise, product
from math import log

import numpy as np
import pytest
import sympy as sp

from symvar import propagate, sequential, symbols
from symvar.emit.listing import Listing, show
from symvar.emit.network_page import network_page
from symvar.errors import ArgumentError, NeedsFact
from symvar.graph.builder import Builder
from symvar.layers import Add, Conv, Dense, Flatten, MaxPool
from symvar.lookup import number
from symvar.schemes import Init, find
from symvar.schemes.base import Held
from symvar.schemes.curved import quadratic_step
from symvar.schemes.minimax import least_worst, strict
from symvar.schemes.segments import segments
from symvar.theories import all_theories
from symvar.theories import find as find_theory
from symvar.zoo import load

SIDES = ("forward", "backward")
THEORIES = sorted(all_theories())


def worst(profile):
    moments = (each for row in profile.rows for each in (row.forward, row.backward_input))
    return max(abs(log(number(each))) for each in moments)


def solved(net, theory="iid", held=None):
    return find("exact-compromise").solve(net, find_theory(theory), held=held)


def corners(values, slopes):
    """The least worst value by trying every corner: any n + 1 signed rows at one value."""
    rows, unknowns = slopes.shape
    best = np.inf
    for chosen in combinations(range(rows), unknowns + 1):
        for signs in product((1, -1), repeat=unknowns + 1):
            sign = np.array(signs)[:, None]
            system = np.hstack([sign * slopes[list(chosen)], -np.ones((unknowns + 1, 1))])
            if abs(np.linalg.det(system)) < 1e-9:
                continue
            place = np.linalg.solve(system, -sign[:, 0] * values[list(chosen)])
            reached = np.abs(values + slopes @ place[:-1]).max()
            if reached <= place[-1] + 1e-9:
                best = min(best, reached)
    return best


def dense_chain(sizes):
    """Rectified dense layers, with the logarithms of their moments counted by hand.

    q = v n q'/2, r = v m r'/2, no rectifier before the first layer and behind the last.
    """
    blocks = []
    for size in sizes[1:]:
        blocks += [Dense(size), "relu"]
    count = len(sizes) - 1
    half = [0.0] + [log(2)] * (count - 1)
    up = np.cumsum([log(n) - h for n, h in zip(sizes[:-1], half, strict=True)])
    down = np.cumsum([log(m) - h for m, h in zip(sizes[:0:-1], half, strict=True)])[::-1]
    slopes = np.vstack([np.tril(np.ones((count, count))), np.triu(np.ones((count, count)))])
    net = sequential(blocks[:-1], input=(sizes[0],))
    return net, np.concatenate([up, down]), slopes


CHAINS = [(3, 9), (5, 5), (2, 30, 3), (7, 2, 40), (4, 60, 5, 2), (64, 3, 8, 10)]


@pytest.mark.parametrize("sizes", CHAINS, ids=str)
def test_a_chain_reaches_the_least_value_that_every_corner_gives(sizes):
    net, values, slopes = dense_chain(sizes)
    init = solved(net)
    assert float(init.optimum.worst) == pytest.approx(corners(values, slopes), abs=1e-9)
    assert worst(propagate(net, init)) == pytest.approx(float(init.optimum.worst), abs=1e-9)
    assert init.optimum.least


def test_two_layers_on_a_grid():
    net, values, slopes = dense_chain((2, 30, 3))
    found = solved(net)
    centre = np.array([log(number(each)) for each in found.values()])
    steps = np.linspace(-1, 1, 201)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2) + centre
    reached = np.abs(values + grid @ slopes.T).max(axis=1)
    assert reached.min() == pytest.approx(float(found.optimum.worst), abs=1e-9)
    assert (reached >= float(found.optimum.worst) - 1e-12).all()


def test_the_value_is_exact_and_inside_the_chain_variances_are_geometric_means():
    net = sequential(
        [Conv(4, 3, padding=1), "relu", MaxPool(2), Conv(6, 3, padding=1), "relu", Flatten(),
         Dense(5)], input=(3, 8, 8),
    )  # fmt: skip
    init = solved(net)
    assert init.optimum.worst == init.optimum.bound
    assert not init.optimum.worst.has(sp.Float)
    forward, backward = (propagate(net, f"exact-{each}") for each in ("forward", "backward"))
    middle = forward["conv2"].weight_variance * backward["conv2"].weight_variance
    assert sp.simplify(init["conv2"] ** 2 / middle) == 1
    rows = propagate(net, init).rows
    for one, after in pairwise(rows):
        assert number(one.forward) == pytest.approx(number(after.backward_input), rel=1e-12)


@pytest.mark.parametrize("count", range(1, 6))
def test_the_proof_holds_for_all_weights_in_symbols(count):
    """The shares' sum of log q = a + S_l and log r = b + S_L - S_(l-1) is free of every S."""
    widths = [3, 50, 2, 9, 41, 6][: count + 1]
    net, _, _ = dense_chain(widths)
    init = solved(net)
    names = [node.name for node in net.weighted]
    logs = sp.symbols(f"s:{count}", real=True)
    start = propagate(net, "exact-forward")
    total = sp.Integer(0)
    for each in init.optimum.proof:
        at = names.index(each.layer)
        scaled = logs[: at + 1] if each.direction == "forward" else logs[at:]
        row = start[each.layer]
        moment = row.forward if each.direction == "forward" else row.backward_input
        total += each.share * (sp.log(moment) + sp.Add(*scaled))
    difference = sp.expand_log(total - init.optimum.bound, force=True)
    assert sp.simplify(difference) == 0
    shares = [abs(each.share) for each in init.optimum.proof]
    assert sum(shares) == 1 or init.optimum.bound == 0


def test_no_random_weights_go_below_the_bound():
    net, values, slopes = dense_chain((4, 60, 5, 2))
    bound = float(solved(net).optimum.bound)
    places = np.random.default_rng(5).normal(-2, 3, size=(200_000, 3))
    assert (np.abs(values + places @ slopes.T).max(axis=1) >= bound - 1e-12).all()


@pytest.mark.parametrize("theory", THEORIES)
@pytest.mark.parametrize("name", ["plain20", "vgg19"])
def test_networks_of_the_zoo_reach_what_they_state(name, theory):
    net = load(name, (3, 32, 32))
    init = solved(net, theory)
    assert init.optimum.least
    assert worst(propagate(net, init, theory)) == pytest.approx(float(init.optimum.worst), abs=1e-9)
    for scheme in ("exact-forward", "exact-backward"):
        assert worst(propagate(net, scheme, theory)) > float(init.optimum.worst)


def linear_residual():
    """stem, stem + dense relu dense, dense; and its moments by hand, in the logs of variances."""
    build = Builder((6,))
    stem = build.node(Dense(40), "input", name="stem")
    end = build.chain([("a", Dense(3)), "relu", ("b", Dense(40))], stem)
    build.chain([("last", Dense(2))], build.node(Add(), end, stem))

    def values(logs):
        stem, a, b, last = np.exp(logs).T
        q0, r3 = 6 * stem, 2 * last
        q1, r2 = 40 * a * q0, 40 * b * r3
        q2, r1 = 3 * b * q1 / 2, 3 * a * r2 / 2
        moments = (q0, q1, q2, 40 * last * (q0 + q2), 40 * stem * (r3 + r1), r1, r2, r3)
        return np.log(np.stack(moments, axis=-1))

    return build.network(), values


def test_a_residual_network_is_as_good_as_a_long_random_search():
    net, values = linear_residual()
    init = solved(net)
    logs = np.array([log(number(each)) for each in init.values()])
    assert np.abs(values(logs)).max() == pytest.approx(float(init.optimum.worst), abs=1e-9)
    generator = np.random.default_rng(11)
    best = generator.uniform(-8, 3, size=(200_000, 4))
    best = best[np.argsort(np.abs(values(best)).max(axis=1))[:50]]
    for width in np.geomspace(1, 1e-4, 60):
        tried = best[:, None] + width * generator.normal(size=(50, 100, 4))
        every = np.concatenate([best, tried.reshape(-1, 4)])
        best = every[np.argsort(np.abs(values(every)).max(axis=1))[:50]]
    least = np.abs(values(best)).max(axis=1)[0]
    assert float(init.optimum.worst) == pytest.approx(least, abs=2e-3)
    assert float(init.optimum.worst) <= least + 1e-6
    assert init.optimum.gain < 1e-5
    assert float(init.optimum.bound) <= least


def test_a_bottleneck_proves_a_bound_that_no_random_weights_beat():
    """Three layers between fork and sum: two products of moments, four logarithms."""
    build = Builder((8,))
    stem = build.node(Dense(8), "input", name="stem")
    end = build.chain([("a", Dense(200)), "relu", ("b", Dense(2)), "relu", ("c", Dense(8))], stem)
    build.chain([("last", Dense(8))], build.node(Add(), end, stem))
    net = build.network()
    assert [each.names for each in segments(net)] == [("stem",), ("a", "b", "c"), ("last",)]
    optimum = solved(net).optimum
    # q_a r_b / (q_b r_c) = (200 / 2), times slopes and second moments that are all one half
    assert float(optimum.bound) == pytest.approx(log(100) / 4, rel=1e-9)
    assert optimum.worst >= optimum.bound
    assert optimum.gain < 1e-5
    generator = np.random.default_rng(3)
    for _ in range(30):
        variances = {
            node.name: sp.Rational(str(round(float(np.exp(generator.normal(-2, 1))), 6)))
            for node in net.weighted
        }
        assert worst(propagate(net, Init("any", "iid", variances))) >= float(optimum.bound)


def test_a_frozen_layer_in_a_chain_against_every_corner():
    net, values, slopes = dense_chain((4, 60, 5, 2))
    names = [node.name for node in net.weighted]
    frozen = sp.Rational(1, 3)
    init = solved(net, held={names[1]: Held(frozen)})
    assert init[names[1]] == frozen
    values = values + slopes[:, 1] * log(1 / 3)
    least = corners(values, slopes[:, [0, 2]])
    assert float(init.optimum.worst) == pytest.approx(least, abs=1e-8)
    assert worst(propagate(net, init)) == pytest.approx(least, abs=1e-8)
    assert init.optimum.least
    rows = {(side, name): at for at, (side, name) in enumerate(product(SIDES, names))}
    proof = init.optimum.proof
    shares = np.array([float(each.share) for each in proof])
    used = [rows[each.direction, each.layer] for each in proof]
    assert shares @ slopes[used][:, [0, 2]] == pytest.approx(np.zeros(2), abs=1e-9)
    assert shares @ values[used] == pytest.approx(least, abs=1e-8)
    assert np.abs(shares).sum() == pytest.approx(1)


def test_resnet20_of_the_zoo_and_what_it_says():
    net = load("resnet20")
    init = solved(net)
    assert worst(propagate(net, init)) == pytest.approx(float(init.optimum.worst), abs=1e-9)
    assert init.optimum.gain < 1e-6
    for scheme in ("exact-forward", "kaiming-fan-in"):
        assert worst(propagate(net, scheme)) > float(init.optimum.worst)
    assert "no weights go below 0, and small changes" in str(init.optimum)


def test_moments_that_no_weight_changes_are_left_out_and_named():
    net, _, _ = dense_chain((4, 9, 5))
    names = [node.name for node in net.weighted]
    init = solved(net, held={names[0]: Held(sp.Integer(50))})
    assert init.optimum.fixed == ((names[0], "forward"),)
    assert "1 moments that no weight changes" in str(init.optimum)


def test_the_optimum_is_said_wherever_the_profile_is_shown(capsys):
    net, _, _ = dense_chain((2, 30, 3))
    profile = propagate(net, "exact-compromise")
    said = str(profile.optimum)
    assert said.startswith("worst |log moment| ")
    assert said.endswith("the least possible")
    listing = Listing(net, (profile,))
    show(listing)
    assert f"exact-compromise, theory iid: {said}" in " ".join(capsys.readouterr().out.split())
    assert escape(said) in network_page("chain", listing)
    entry = json.loads(profile.to_json())["optimum"]
    assert entry["worst"]["exact"] == str(profile.optimum.worst)
    assert entry["worst"]["value"] == pytest.approx(worst(profile))
    assert len(entry["proof"]) == len(profile.optimum.proof)
    assert "optimum" not in json.loads(propagate(net, "exact-forward").to_json())


def test_bad_input_is_refused():
    size = symbols.size("C")
    with pytest.raises(NeedsFact, match=r"need sizes that are numbers"):
        solved(sequential([Dense(size), "relu", Dense(3)], input=(4,)))
    net, _, _ = dense_chain((4, 9, 5))
    names = [node.name for node in net.weighted]
    with pytest.raises(NeedsFact, match=r"a weight that may be changed; have none"):
        solved(net, held={name: Held(sp.Integer(1)) for name in names})
    with pytest.raises(NeedsFact, match=r"frozen at zero"):
        solved(net, held={names[-1]: Held(sp.Integer(0))})
    with pytest.raises(ArgumentError, match=r"finite"):
        least_worst(np.array([np.nan]), np.array([[1.0]]), 1.0)


@pytest.mark.parametrize("seed", range(8))
def test_linear_minimax_against_every_corner_with_its_proof(seed):
    generator = np.random.default_rng(seed)
    slopes = generator.integers(-2, 3, size=(6, 2)).astype(float)
    values = generator.integers(-9, 10, size=6).astype(float)
    found = least_worst(values, slopes, 1e3)
    assert np.abs(values + slopes @ found.move).max() == pytest.approx(found.worst, abs=1e-7)
    assert found.worst == pytest.approx(corners(values, slopes), abs=1e-7)
    assert found.shares @ slopes == pytest.approx(np.zeros(2), abs=1e-9)
    assert np.abs(found.shares).sum() == pytest.approx(1)
    assert found.shares @ values == pytest.approx(found.worst, abs=1e-7)


def test_strict_minimax_makes_the_next_worst_least_too():
    values, slopes = np.array([3.0, 1.0, 5.0, 2.0]), np.array([[1.0, 0], [-1, 0], [0, 1], [0, -2]])
    found = strict(values, slopes, 100.0)
    assert values + slopes @ found.move == pytest.approx([2, 2, 4, 4])
    assert found.worst == pytest.approx(4)
    assert found.shares == pytest.approx([0, 0, 2 / 3, 1 / 3])


@pytest.mark.parametrize("seed", range(4))
def test_the_quadratic_step_beats_every_step_near_it(seed):
    generator = np.random.default_rng(seed)
    values, slopes = generator.normal(size=7), generator.normal(size=(7, 3))
    curvature = np.diag([0.3, 1.0, 2.0])
    move, shares = quadratic_step(values, slopes, curvature)

    def model(moves):
        return np.abs(values + moves @ slopes.T).max(axis=-1) + 0.5 * np.einsum(
            "...i,ij,...j", moves, curvature, moves
        )

    near = move + generator.normal(size=(20_000, 3)) * np.geomspace(1e-4, 1, 20_000)[:, None]
    assert (model(near) >= model(move) - 1e-12).all()
    assert np.abs(shares).sum() == pytest.approx(1)
    assert curvature @ move == pytest.approx(-slopes.T @ shares)

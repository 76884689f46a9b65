"""Windows against brute force: positions are laid out one by one and counted.

``tests.contracts.naive`` lays the padding out as real positions; no formula of symvar is used for
an expected value.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from math import prod

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from symvar import sequential, symbols
from symvar.errors import NeedsFact, ShapeError
from symvar.geometry import Axis, Windows, lost
from symvar.layers import Conv, MaxPool
from tests.contracts import naive

EXAMPLES = settings(max_examples=500, deadline=None, derandomize=True, database=None)


def axes(most=9, kernel=5):
    """Axes whose kernel fits, padding on either side up to beyond the kernel."""
    fields = {
        "size": st.integers(1, most),
        "kernel": st.integers(1, kernel),
        "stride": st.integers(1, 4),
        "low": st.integers(0, 4),
        "high": st.integers(0, 4),
        "dilation": st.integers(1, 3),
    }
    fits = st.fixed_dictionaries(fields).filter(
        lambda f: f["size"] + f["low"] + f["high"] > f["dilation"] * (f["kernel"] - 1)
    )
    return fits.map(lambda found: Axis(**found))


def brute_pairs(over):
    return sum(tap is not None for _, taps in naive.windows(over) for tap in taps)


@EXAMPLES
@given(st.lists(axes(5, 3), min_size=1, max_size=3), st.integers(1, 3), st.integers(1, 3))
def test_conv_counts_on_random_geometries(over, groups, share):
    """e, M, M' and the fans of ``Conv.lower``, on one to three axes."""
    before = (groups * share, *(axis.size for axis in over))
    layer = Conv(
        groups * 2,
        tuple(axis.kernel for axis in over),
        tuple(axis.stride for axis in over),
        tuple((axis.low, axis.high) for axis in over),
        tuple(axis.dilation for axis in over),
        groups,
    )
    (mix,) = layer.lower(before)
    outputs = sum(1 for _ in naive.windows(over))
    assert mix.connections == share * groups * 2 * brute_pairs(over)
    assert mix.outputs == groups * 2 * outputs
    assert mix.inputs == prod(before)
    assert layer.shape(before) == (groups * 2, *naive.output_shape(over))
    assert mix.fan_in == share * prod(axis.kernel for axis in over)
    per_input = sp.Rational(prod(axis.kernel for axis in over), prod(axis.stride for axis in over))
    assert sp.sympify(mix.fan_out) == 2 * per_input
    assert mix.assumes == ()


@EXAMPLES
@given(axes())
def test_reads_and_outputs_of_one_axis(axis):
    lines = naive.line(axis)
    assert axis.outputs == len(lines)
    for output, taps in enumerate(lines):
        assert axis.reads(output) == [tap for tap in taps if tap is not None]
    assert axis.pairs == brute_pairs((axis,))


def held(over):
    """The positions each window holds, padding left out."""
    return [[tap for tap in taps if tap is not None] for _, taps in naive.windows(over)]


@EXAMPLES
@given(st.lists(axes(6, 3), min_size=1, max_size=2))
def test_tiling_and_shares(over):
    wins, windows = Windows(tuple(over)), held(over)
    readers = Counter(position for window in windows for position in window)
    disjoint = max(readers.values(), default=0) <= 1
    assert disjoint or not wins.tile  # never called tiling when two windows share an input
    if all(axis.dilation == 1 for axis in over) and all(windows):
        assert wins.tile == disjoint
    if not all(windows):
        empty = sum(not window for window in windows)
        with pytest.raises(ShapeError, match=f"have {empty} windows of padding alone"):
            wins.shares()
        return
    sizes = Counter(map(len, windows))
    expected = {size: sp.Rational(many, len(windows)) for size, many in sizes.items()}
    assert dict(wins.shares()) == expected
    assert list(wins.reads()) == [
        (place, [tap for tap in taps if tap is not None]) for place, taps in naive.windows(over)
    ]


W, K, S, P, D = symbols.w, symbols.k, symbols.s, symbols.p, symbols.d
HIGH, RATIO = symbols.padding_size("p_h"), symbols.size("m")
RANGES = {W: (1, 9), K: (1, 5), S: (1, 4), P: (0, 4), HIGH: (0, 4), D: (1, 4), RATIO: (1, 3)}
FORMS = {
    "no dilation": Axis(W, K, S, P, HIGH),
    "stride 1": Axis(W, K, 1, P, HIGH, D),
    "stride divides dilation": Axis(W, K, S, P, HIGH, RATIO * S),
    "no padding": Axis(W, K, S, 0, 0, D),
    "same padding": Axis(W, 2 * P + 1, low=P, high=P),
    "stride 2, dilation 3": Axis(W, K, 2, P, P, 3),
    "any stride, any dilation": Axis(W, K, S, P, HIGH, D),
}


def numbers(axis, point):
    fields = (axis.size, axis.kernel, axis.stride, axis.low, axis.high, axis.dilation)
    return Axis(*(int(sp.sympify(field).subs(point)) for field in fields))


def points(axis, many, satisfying):
    """Random integer points at which the kernel fits, and the facts all hold, or one does not."""
    source, found = random.Random(7), []
    while len(found) < many:
        point = {symbol: source.randint(*ends) for symbol, ends in RANGES.items()}
        try:
            numbers(axis, point)
        except ShapeError:
            continue
        if all(fact.subs(point) == sp.true for fact in axis.pairs_assume) is satisfying:
            found.append(point)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_symbolic_count_is_exact_wherever_its_assumptions_hold(form):
    axis = FORMS[form]
    pairs, outputs = sp.sympify(axis.pairs), sp.sympify(axis.outputs)
    assert pairs.free_symbols
    for point in points(axis, 30, satisfying=True):
        here = numbers(axis, point)
        assert outputs.subs(point) == len(naive.line(here)), point
        assert pairs.subs(point).doit() == brute_pairs((here,)), point


def test_the_assumptions_are_needed():
    """Where they fail the closed form does fail somewhere: they are not decoration."""
    axis = FORMS["no dilation"]
    outside = points(axis, 12, satisfying=False)
    truth = [brute_pairs((numbers(axis, point),)) for point in outside]
    found = [axis.pairs.subs(point).doit() for point in outside]
    assert truth != found


def test_a_count_opens_to_the_same_number_every_time():
    """Axis(w=8, k=3, s=3, p=(1, 4), d=4): two windows, {3, 7} and {2, 6} once the zeros are out.

    sympy 1.14 opens Sum(ceiling(1 - 4 j/3), (j, 0, 0)) to 1 or, once in seven times, to 2.
    """
    point = {W: 8, K: 3, S: 3, P: 1, HIGH: 4, D: 4}
    axis = FORMS["any stride, any dilation"]
    assert naive.line(numbers(axis, point)) == [[None, 3, 7], [2, 6, None]]
    count = axis.pairs.subs(point)
    assert {count.doit() for _ in range(100)} == {4}


@pytest.mark.parametrize("zeros", range(7))
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2, 3, 4])
def test_pairs_lost_beyond_one_end(zeros, stride, dilation):
    """A long kernel on a long input: the first windows' taps that fall left of position 0."""
    left = [
        (window, tap)
        for window in range(zeros)
        for tap in range(zeros)
        if stride * window + dilation * tap < zeros
    ]
    assert lost(zeros, stride, dilation).doit() == len(left)


def test_same_size_stride_one():
    """w k - p (p + 1) per axis, k = 2p + 1; and e is the product over axes."""
    axis = Axis(W, 2 * P + 1, low=P, high=P)
    assert axis.outputs == W
    assert sp.expand(axis.pairs - (W * (2 * P + 1) - P * (P + 1))) == 0
    (mix,) = Conv(symbols.c_out, 2 * P + 1, padding=P).lower((symbols.c_in, W, symbols.h))
    per_axis = [size * (2 * P + 1) - P * (P + 1) for size in (W, symbols.h)]
    channels = symbols.c_in * symbols.c_out
    assert sp.expand(mix.connections - channels * sp.Mul(*per_axis)) == 0
    assert set(mix.assumes) == {sp.Le(P, W), sp.Le(P, symbols.h)}


BORDERS = [
    (Axis(1, 1), 1),
    (Axis(1, 3, low=1, high=1), 1),
    (Axis(3, 3), 3),
    (Axis(1, 1, stride=4), 1),
    (Axis(2, 5, low=3, high=0), 2),
    (Axis(5, 2, stride=7), 2),
    (Axis(1, 1, low=2, high=3), 1),
    (Axis(4, 2, dilation=3), 2),
]


@pytest.mark.parametrize(("axis", "pairs"), BORDERS, ids=str)
def test_border_cases_counted_by_hand(axis, pairs):
    assert axis.pairs == pairs == brute_pairs((axis,))


def refusal(need, have, remedy):
    return re.compile(f"need {need}; have {have}; {remedy}")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Axis(3, 5, low=0, high=1),
            refusal(
                "a kernel of at most 4 \\(input 3, padding 0 and 1\\)",
                "kernel 5 with dilation 1, which spans 5",
                "use a smaller kernel",
            ),
        ),
        (lambda: Axis(4, 2, dilation=4), refusal(".*at most 4.*", ".*spans 5", "use a smaller")),
        (lambda: Axis(W, W + 1), refusal(".*at most w.*", ".*spans w \\+ 1", "use a smaller")),
        (lambda: Axis(3, 0), refusal("a positive integer.*", "0", "give a positive")),
        (lambda: Axis(3, -2), refusal("a positive integer.*", "-2", "give a positive")),
        (lambda: Axis(3, 2, stride=0), refusal("a positive integer.*", "0", "give a positive")),
        (lambda: Axis(3, 2, low=-1), refusal("a nonnegative integer.*", "-1", "give a nonneg")),
        (lambda: Axis(3, 2, dilation=0), refusal("a positive integer.*", "0", "give a positive")),
        (lambda: Axis(0, 1), refusal("a positive integer.*", "0", "give a positive")),
        (lambda: Axis(3, sp.Rational(3, 2)), refusal("a positive.*", "3/2", "give a positive")),
        (lambda: Axis(3, 1.5), refusal("a positive integer.*", "1.5", "give a positive")),
        (lambda: Axis(3, True), refusal("a positive integer.*", "True", "give a positive")),
        (lambda: Axis(3, "2"), refusal("a positive integer.*", "'2'", "give a positive")),
        (lambda: Axis(3, sp.Symbol("k")), refusal("a positive integer.*", "k", "give a positive")),
    ],
)
def test_axes_that_cannot_be(make, message):
    with pytest.raises(ShapeError) as error:
        make()
    assert message.search(str(error.value)), str(error.value)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (Conv(4, 3, groups=3), (4, 5), "divides the 4 input channels; have 3; change the channels"),
        (Conv(4, 3, groups=3), (3, 5), "divides the 4 output channels; have 3; change the"),
        (Conv(4, 3, groups=0), (4, 5), "groups: need a positive integer"),
        (Conv(4, 7), (3, 5, 5), "need a kernel of at most 5 (input 5, padding 0 and 0); have ker"),
        (Conv(4, (3, 3, 3)), (3, 5, 5), "need one number, or 2 of them (the input has 2 spatial"),
        (Conv(4, 3), (3,), "need channels and at least one spatial axis; have shape (3,); move"),
        (MaxPool(0), (3, 4), "kernel: need a positive integer"),
        (MaxPool(2, 0), (3, 4), "stride: need a positive integer"),
        (MaxPool(3, padding=-1), (3, 4), "padding: need a nonnegative integer"),
    ],
)
def test_layers_that_do_not_fit_name_their_node(layer, shape, message):
    with pytest.raises(ShapeError, match=re.escape(message)) as error:
        sequential([("bad", layer)], input=shape)
    assert str(error.value).startswith("node 'bad' (")


def test_symbolic_padded_windows_cannot_be_shared_out():
    with pytest.raises(NeedsFact, match="set the padding to 0 or give integer sizes"):
        Windows((Axis(W, K, K, P, P),)).shares()
    assert Windows((Axis(W, K, S),)).shares() == ((K, 1),)


def test_symbolic_windows_tile_where_the_stride_covers_the_kernel():
    assert Axis(W, K, K).tiles
    assert Axis(W, K, K + 1).tiles
    assert not Axis(W, K, 1).tiles
    assert not Axis(W, K, K, dilation=D).tiles

"""Deep residual chains: what a layer gets is known by hand, however deep it stands."""

from __future__ import annotations

import json

import pytest
import sympy as sp

from symvar import Builder, enclose, propagate
from symvar.integrals.known import Known
from symvar.layers import Add, Dense


def residual(blocks):
    """Dense layers of width 16, each added to what it reads."""
    build = Builder((16,))
    last = "input"
    for _ in range(blocks):
        last = build.node(Add(), build.node(Dense(16, bias=False), last), last)
    build.node(Dense(16, bias=False), last)
    return build.network()


@pytest.mark.parametrize("blocks", [5, 40])
def test_schemes_that_go_backward_need_no_forward_moments_of_long_sums(blocks):
    profile = propagate(residual(blocks), "asv-backward")
    # r is 1 behind the last layer, so r / 16 * 16 = 1 before it; each block adds its own 1
    assert [row.backward for row in reversed(profile.rows)] == [1, 1, *range(2, blocks + 1)]
    assert {row.backward_input for row in profile.rows} == {sp.Integer(1)}
    # so block k multiplies what it reads by 1 + 1/r, r = blocks - k, and its layer gives 1/r of it
    read = sp.Integer(1)
    for left, row in zip(range(blocks, 0, -1), profile.rows, strict=False):
        assert row.forward == read / left
        read += read / left
    assert profile.rows[-1].forward == read == blocks + 1


def test_moments_that_double_in_every_block_stay_numbers():
    profile = propagate(residual(3000), "xavier")
    for place in (1, 40, 2999, 3000):
        forward = profile.rows[place].forward
        assert abs(enclose(forward / sp.Integer(2) ** place, 30).mid - 1) < 1e-30
    assert json.loads(profile.to_json())["rows"][3000]["forward"]


def test_a_ball_of_any_size_can_be_written_and_read():
    for power in (5, 50_000, -50_000):
        ball = Known(sp.Integer(3) * sp.Integer(2) ** power, sp.Rational(1, 2**60), "form")
        names = {"Known": Known, **vars(sp)}
        read = eval(sp.srepr(ball), names)
        assert (read.mid, read.rad, read.tag) == (ball.mid, ball.rad, ball.tag)

"""A time limit holds against code that swallows what interrupts it."""

from __future__ import annotations

import gc
import time

import pytest
import sympy as sp

from symvar.claims import Instances, check
from symvar.claims.clock import OutOfTime, limited

LONG = 8.0


def busy(until):
    while time.monotonic() < until:
        pass


def after(first):
    """Long work after something short."""
    first()
    busy(time.monotonic() + LONG)


def swallowing(caught, times):
    """Work that catches what interrupts it, so many times."""
    until = time.monotonic() + LONG
    for _ in range(times):
        try:
            busy(until)
        except caught:
            continue
    busy(until)


@pytest.mark.parametrize(
    ("caught", "times"),
    [(Exception, 50), (BaseException, 1), (BaseException, 2)],
    ids=["every exception", "anything once", "anything twice"],
)
def test_a_library_cannot_swallow_the_limit(caught, times):
    started = time.monotonic()
    with pytest.raises(OutOfTime), limited(0.2):
        swallowing(caught, times)
    assert time.monotonic() - started < LONG / 2


def test_nothing_is_lost_in_a_callback_of_the_garbage_collector():
    """Python drops what is raised there, and says so with a warning, which is an error here."""

    def slow(phase, info):
        busy(time.monotonic() + 0.5)

    started = time.monotonic()
    gc.callbacks.append(slow)
    try:
        with pytest.raises(OutOfTime), limited(0.2):
            after(gc.collect)  # the time is over in the middle of the callback
    finally:
        gc.callbacks.remove(slow)
    assert time.monotonic() - started < LONG / 2


def test_nothing_is_lost_in_a_destructor():
    class Slow:
        def __del__(self):
            busy(time.monotonic() + 0.5)

    started = time.monotonic()
    with pytest.raises(OutOfTime), limited(0.2):
        after(Slow)
    assert time.monotonic() - started < LONG / 2


def test_nothing_comes_after_the_work_is_done():
    with limited(0.2):
        pass
    busy(time.monotonic() + 0.9)  # beyond the limit, and beyond its repetition


def test_the_checker_answers_in_time_where_a_statement_swallows():
    def stubborn(case):
        swallowing(Exception, 50)
        return sp.Eq(sp.Integer(case), case, evaluate=False)

    started = time.monotonic()
    verdict = check(Instances(stubborn, [1], "one"), seconds=0.3)
    assert verdict.status == "unknown"
    assert "0.3 s" in verdict.evidence
    assert time.monotonic() - started < LONG / 2

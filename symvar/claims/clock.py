"""A time limit for work that does not look at the clock itself."""

from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 0.5
"""Seconds until an interruption that was swallowed, in a destructor say, comes again."""

SOON = 0.005
"""Seconds an interruption waits where Python would drop it."""


class Limit:
    """One time limit in force, so that whoever set it knows its own interruption."""

    def __init__(self) -> None:
        self.open = True


class OutOfTime(BaseException):
    """The time for a piece of work is over.

    No ``Exception``: what a library does about its own errors must not swallow it.

    Args:
        limit: the limit that was reached.
        seconds: how long it was.
    """

    def __init__(self, limit: Limit, seconds: float) -> None:
        self.limit = limit
        super().__init__(f"{seconds:g} s")


@contextmanager
def limited(seconds: float | None) -> Iterator[Limit]:
    """Raise `OutOfTime` inside when the seconds are over; an outer limit stays in force.

    The limit interrupts in the main thread of a system with interval timers. Elsewhere, and with
    ``None``, the work runs to its end.

    >>> with limited(0.05):
    ...     while True:
    ...         pass
    Traceback (most recent call last):
        ...
    symvar.claims.clock.OutOfTime: 0.05 s
    """
    limit = Limit()
    main = threading.current_thread() is threading.main_thread()
    if seconds is None or not main or not hasattr(signal, "setitimer"):
        yield limit
        return
    outer, again = signal.getitimer(signal.ITIMER_REAL)
    if 0 < outer <= seconds:
        yield limit
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        if not limit.open:
            return
        if _would_be_lost(frame):
            signal.setitimer(signal.ITIMER_REAL, SOON, AGAIN)
            return
        raise OutOfTime(limit, seconds)

    before, started = signal.signal(signal.SIGALRM, interrupt), time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield limit
    finally:
        limit.open = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer > 0:
            left = max(outer - (time.monotonic() - started), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, left, again)


def _would_be_lost(frame: FrameType | None) -> bool:
    """Whether a destructor or a callback of the garbage collector runs: these drop exceptions.

    Callbacks of weak references, too, as the dictionaries of Python and torch write them.
    """
    callbacks = {getattr(each, "__code__", None) for each in gc.callbacks}
    while frame is not None:
        code = frame.f_code
        if code in callbacks or code.co_name == "__del__" or "selfref" in code.co_varnames:
            return True
        frame = frame.f_back
    return False

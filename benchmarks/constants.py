"""What a table of tau costs: symvar's shared nodes, and one mpmath.quad per window.

The slow side is extrapolated, and each row says from what: over the windows from the mean of a
few, and to 1000 digits by the cube of the digits from one window at 200, which is less than it
grows (measured from 200 to 300 digits: the sixth power). Its nodes, which mpmath keeps, are made
before the clock starts; symvar's are made anew each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
from flint import arb, ctx

from symvar.integrals import tau_doubles, tau_enclosures
from symvar.integrals.certified import bits_for
from symvar.integrals.doubles import LARGEST
from symvar.integrals.quadrature import guarded, rectified_second_moment

GOALS = {(64, 50): 300, (1024, 50): 1500, (64, 1000): 5000}
FEW = 4  # windows timed on the slow side
SHARED, SPREAD, BESIDE = 4096, 2000, 500  # windows whose doubles are measured
DIRECT = 100  # digits to which the slow side is timed as it stands


def seconds(call: Callable[[], object], repeats: int = 3) -> float:
    """The least processor time of a few runs: what else the machine does plays no part."""
    return min(_once(call) for _ in range(repeats))


def _once(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def quad(window: int, digits: int) -> mpmath.mpf:
    """What a user would write."""
    with mpmath.workdps(digits):
        return window * mpmath.quad(
            lambda s: s**2 * mpmath.npdf(s) * mpmath.ncdf(s) ** (window - 1), [0, mpmath.inf]
        )


def slow_table(largest: int, digits: int) -> tuple[float, str]:
    """Seconds for every window by mpmath.quad, and what they are extrapolated from."""
    if digits <= DIRECT:
        quad(2, digits)
        few = [round(1 + (largest - 1) * share) for share in np.linspace(0.05, 0.95, FEW)]
        mean = sum(seconds(lambda w=window: quad(w, digits), 1) for window in few) / FEW
        return mean * largest, f"T = {', '.join(map(str, few))}"
    window, base = max(2, largest // 4), min(digits, 2 * DIRECT)
    quad(2, base)
    one = seconds(lambda: quad(window, base), 1) * (digits / base) ** 3
    return one * largest, f"T = {window} at {base} digits, as the cube of the digits"


def one_window(window: int, digits: int) -> None:
    """tau of one window by flint's adaptive integral, no ball kept from before."""
    with ctx.workprec(bits_for(digits) + 32), guarded(window):
        rectified_second_moment(window, 1)


def arithmetic() -> str:
    return f"mpmath {mpmath.__version__}, arithmetic in {mpmath.libmp.BACKEND}"


def tables() -> Iterator[dict[str, Any]]:
    """Seconds for a whole table, and what a user's own loop would take."""
    for (largest, digits), goal in GOALS.items():
        fast = seconds(lambda n=largest, d=digits: tau_enclosures(n, d))
        slow, source = slow_table(largest, digits)
        yield {"windows": largest, "digits": digits, "symvar": fast, "mpmath": slow,
               "ratio": slow / fast, "goal": goal, "extrapolated from": source}  # fmt: skip


def table_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{'windows':>8} {'digits':>6} {'symvar':>9} {'mpmath.quad':>12} {'ratio':>8} {'goal':>6}"
    for row in rows:
        yield (
            f"{row['windows']:>8} {row['digits']:>6} {row['symvar']:>8.4f}s "
            f"{row['mpmath']:>11.1f}s "
            f"{row['ratio']:>8.0f} {row['goal']:>6}  mpmath extrapolated from "
            f"{row['extrapolated from']}"
        )


def singles() -> dict[str, float]:
    """Seconds for one window, small and large, and for a million doubles."""
    both = [(_once(lambda: one_window(10**6, 50)), _once(lambda: one_window(10, 50)))
            for _ in range(15)]  # fmt: skip
    large, small = map(min, zip(*both, strict=True))
    every = np.arange(1, 10**6 + 1)
    return {
        "T = 10^6": large,
        "T = 10": small,
        "a million doubles": seconds(lambda: tau_doubles(every), 1),
    }


def double_errors() -> dict[str, float]:
    """The largest relative error of the doubles against balls of 30 digits.

    At every T to `SHARED`, at `SPREAD` more in equal ratios to 10^6, and at `BESIDE` more around
    the worst of these.
    """
    shared = [each.arb for each in tau_enclosures(SHARED, 30)]
    errors = _errors(np.arange(1, SHARED + 1), shared)
    spread = np.unique(np.geomspace(SHARED + 1, LARGEST, SPREAD).astype(int))
    errors |= _errors(spread, [_ball(int(window)) for window in spread])
    worst = max(errors, key=errors.__getitem__)
    beside = np.arange(max(1, worst - BESIDE // 2), min(worst + BESIDE // 2, LARGEST))
    errors |= _errors(beside, [_ball(int(window)) for window in beside])
    worst = max(errors, key=errors.__getitem__)
    return {"windows": len(errors), "largest": errors[worst], "at T": worst}


def double_error_lines(found: Mapping[str, float]) -> Iterator[str]:
    yield (
        f"doubles against balls of 30 digits, {found['windows']} windows: relative error at most "
        f"{found['largest']:.1e}, at T = {found['at T']} (goal: at most 1e-14)"
    )


def _ball(window: int) -> arb:
    with ctx.workprec(bits_for(30) + 32), guarded(window):
        return rectified_second_moment(window, 1)


def _errors(windows: Any, balls: Sequence[arb]) -> dict[int, float]:
    """Upper bounds of the relative errors, by window."""
    pairs = zip(windows, tau_doubles(windows), balls, strict=True)
    with ctx.workprec(bits_for(30) + 32):
        return {int(T): float(abs(1 - arb(float(d)) / ball).upper()) for T, d, ball in pairs}


def single_lines(found: Mapping[str, float]) -> Iterator[str]:
    large, small = found["T = 10^6"], found["T = 10"]
    yield (
        f"one window at 50 digits: T = 10^6 {large * 1e3:.1f} ms, T = 10 {small * 1e3:.1f} ms, "
        f"ratio {large / small:.1f} (goal: at most 5)"
    )
    yield f"doubles, T = 1 to 10^6 in one call: {found['a million doubles']:.2f} s"


def cost() -> dict[str, dict[str, float]]:
    """Seconds of a table against its largest window at 50 digits, and against digits for 64."""
    return {
        "symvar by window": {
            str(n): seconds(lambda n=n: tau_enclosures(n, 50)) for n in (2**k for k in range(11))
        },
        "mpmath by window": {str(n): slow_table(n, 50)[0] for n in (1, 16, 256, 1024)},
        "symvar by digits": {
            str(d): seconds(lambda d=d: tau_enclosures(64, d)) for d in (15, 25, 50, 100, 200, 400)
        },
        "mpmath by digits": {str(d): slow_table(64, d)[0] for d in (15, 25, 50, 100)},
    }


def plot(found: Mapping[str, Mapping[str, float]]) -> bytes:
    """Cost of a table against its largest window and against its digits."""
    from matplotlib.figure import Figure

    from symvar.emit.plots import rendered

    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for panel, side in ((left, "window"), (right, "digits")):
        _line(panel, found[f"mpmath by {side}"], "s--", color="0.5", label="one mpmath.quad per T")
        _line(panel, found[f"symvar by {side}"], "o-", label="symvar, certified")
        panel.grid(color="0.9", lw=0.6)
        panel.spines[["top", "right"]].set_visible(False)
    digits = found["symvar by digits"]
    right.set_xticks([int(each) for each in digits], list(digits), minor=False)
    right.minorticks_off()
    left.set_xlabel("largest window T, at 50 digits")
    right.set_xlabel("digits, for T = 1 to 64")
    left.set_ylabel("seconds for the whole table")
    left.legend(frameon=False)
    return rendered(figure, Path("cost.png"))


def _line(panel: Any, series: Mapping[str, float], style: str, **look: Any) -> None:
    panel.loglog([int(each) for each in series], list(series.values()), style, ms=4, lw=1.2, **look)

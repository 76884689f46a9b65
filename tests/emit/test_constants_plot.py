"""The picture of the constants: what is drawn is what the constants are, and the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from symvar.integrals import gamma, tau

pytest.importorskip("matplotlib")


def test_lines_are_the_constants():
    from symvar.emit.constants_plot import against_window

    forward, backward = against_window(20).axes
    lines = {line.get_label(): line for line in forward.lines}
    drawn = dict(zip(*lines[r"max, $\rho=0$"].get_data(), strict=True))
    assert drawn[4] == float(tau(4))
    assert set(range(1, 9)) <= set(drawn)
    assert max(drawn) == 20
    half = dict(zip(*lines[r"average, $\rho=1/2$"].get_data(), strict=True))
    assert half[8] == pytest.approx(float(tau(8, "avg", 0.5)), rel=1e-15)
    assert len(forward.lines) == 9
    assert dict(zip(*backward.lines[0].get_data(), strict=True))[8] == float(gamma(8))


def test_the_same_bytes_each_time(tmp_path):
    from symvar.emit.constants_plot import against_window
    from symvar.emit.plots import rendered

    pictures = [rendered(against_window(4), Path("a.svg")) for _ in range(2)]
    assert pictures[0] == pictures[1]
    assert b"<svg" in pictures[0]

"""Measurements beside predictions: tables, frames, pictures."""

import json
import math

import numpy as np
import pytest

from symvar import propagate, sequential
from symvar.emit.measurements import Cell, latex_table, text_table
from symvar.emit.plots import NAMED, against_depth
from symvar.errors import ArgumentError
from symvar.graph.measurement import MOMENTS, Measurement, standard_errors
from symvar.layers import Dense


def network(layers=3):
    return sequential([Dense(8) for _ in range(layers)], input=(8,))


def measured(draws=4, layers=3, scale=1.0, **more):
    """The predictions themselves, times a scale, with a known spread over draws."""
    profile = propagate(network(layers), "lecun")
    spread = np.linspace(0.9, 1.1, draws)[:, None] if draws > 1 else np.ones((1, 1))
    samples = {name: scale * spread * np.array(profile.floats(name)) for name in MOMENTS}
    names = tuple(row.name for row in profile.rows)
    plain = {"scheme": "lecun", "input": "white", "seed": 0, "asked": draws, "dtype": "float32"}
    return Measurement(names, samples, (profile,), device="cpu", batch=2, **(plain | more))


def test_means_errors_and_ratios_are_those_of_the_draws():
    found = measured(scale=2.0)
    row = found["dense2"]
    assert row.forward == pytest.approx(2.0)
    assert row.forward_se == pytest.approx(2 * np.std([0.9, 29 / 30, 31 / 30, 1.1], ddof=1) / 2)
    assert found.ratio["forward"] == pytest.approx([0.5] * 3)
    assert found.errors["iid"]["backward"] == pytest.approx(math.log10(2))
    assert np.isnan(standard_errors(np.ones((1, 2)))).all()


def test_an_unknown_layer_or_column_is_told_with_the_nearest():
    with pytest.raises(ArgumentError, match="did you mean 'dense2'"):
        measured()["dens2"]
    with pytest.raises(ArgumentError, match="did you mean 'forward_se'"):
        measured().column("forward_s")


def test_json_is_plain_and_strict():
    data = json.loads(measured(draws=1).to_json(), parse_constant=pytest.fail)
    assert data["schema"] == "symvar/measurement/1"
    assert data["rows"][0]["forward_se"] is None
    assert data["predicted"][0]["theory"] == "iid"
    assert data["median_decades"]["iid"]["forward"] == 0


def test_a_frame_has_measured_predicted_and_ratio():
    pytest.importorskip("pandas")
    frame = measured(scale=2.0).to_frame()
    assert frame["forward_iid_ratio"].tolist() == pytest.approx([0.5] * 3)
    assert frame["forward_iid"].tolist() == [1.0] * 3


@pytest.mark.parametrize("width", [80, 120])
def test_the_text_table_fits_and_marks_what_is_far(width):
    shown = text_table(measured(scale=2.0, notes=("a remark of its own",)), width)
    assert max(map(len, shown.splitlines())) <= width
    assert shown.count("≠") == 6 + 1  # both directions of three layers, and the legend
    assert "≠" not in text_table(measured()).split("ratio: predicted")[0]
    assert "- a remark of its own" in shown
    assert "4 draws of 2 inputs" in shown
    assert "1 draw of 2 inputs" in text_table(measured(draws=1))


def test_a_cell_that_has_no_error_or_no_value_says_so():
    assert Cell(1.0, math.nan, 1.0).spread == "?"
    assert Cell(0.0, 0.0, 1.0).spread == "?"
    assert math.isnan(Cell(0.0, 0.0, 1.0).ratio)
    assert Cell(1.0, 0.004, 1.0).spread == "±0.4%"
    assert Cell(1.0, 0.25, 1.0).spread == "±25%"


def test_latex_and_html_hold_every_layer():
    found = measured()
    assert latex_table(found).count(r"\pm") == 2 * 3 + 1
    shown = found._repr_mimebundle_()
    assert shown["text/html"].count("<tr>") == 1 + 3
    assert "lecun" in shown["text/plain"]


@pytest.mark.parametrize("layers", [3, NAMED + 1])
def test_the_picture_has_lines_for_theory_and_points_for_draws(layers):
    pytest.importorskip("matplotlib")
    found = measured(layers=layers)
    figure = found.plot()
    for panel in figure.axes:
        assert panel.get_yscale() == "log"
        assert [len(line.get_xdata()) for line in panel.get_lines()][:2] == [layers] * 2
        (bars,) = panel.containers
        assert len(bars.lines[0].get_xdata()) == layers
    assert len(figure.axes[1].get_xticks()) <= NAMED


def test_schemes_and_theories_are_told_apart_without_colour():
    pytest.importorskip("matplotlib")
    profiles = [propagate(network(), scheme) for scheme in ("lecun", "xavier")]
    figure = against_depth(profiles)
    lines = [line for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 3]
    assert len({line.get_linestyle() for line in lines}) == 2
    assert len({line.get_marker() for line in lines}) == 2


def test_a_picture_of_measurements_alone():
    pytest.importorskip("matplotlib")
    assert against_depth([], [measured()]).axes[0].containers

"""Theories beside each other: curves told apart without colour, maps of variance."""

import math

import numpy as np
import pytest

from symvar import propagate, sequential, zoo
from symvar.emit.listing import Listing, show
from symvar.emit.map_plot import variance_map, variances
from symvar.emit.measurements import html_table, text_table
from symvar.emit.network_page import network_page
from symvar.emit.plots import against_depth
from symvar.errors import ArgumentError
from symvar.graph.comparison import compare
from symvar.graph.fields import neighbour_correlations
from symvar.graph.measurement import MOMENTS, Measurement
from symvar.inputs import Images
from symvar.layers import Conv, Dense, Flatten, MaxPool

pytest.importorskip("matplotlib")

THEORIES = ["iid", "exchangeable", "field"]


@pytest.fixture(scope="module")
def net():
    layers = [
        *(Conv(4, 3, padding=1), "relu", MaxPool(2)),
        *(Conv(4, 3, padding=1), "relu", Flatten(), Dense(2)),
    ]
    return sequential(layers, input=(3, 8, 8))


@pytest.fixture(scope="module")
def profiles(net):
    schemes = ("kaiming-fan-in", "asv-forward")
    return tuple(each for scheme in schemes for each in compare(net, scheme, THEORIES).profiles)


@pytest.fixture(scope="module")
def neighbours(net, profiles):
    return {each.scheme: neighbour_correlations(net, each) for each in profiles}


def measured(profiles, scheme):
    own = tuple(each for each in profiles if each.scheme == scheme)
    spread = np.linspace(0.9, 1.1, 4)[:, None]
    samples = {name: spread * np.array(own[-1].floats(name)) for name in MOMENTS}
    names = tuple(row.name for row in own[0].rows)
    return Measurement(names, samples, own, scheme, "white", 0, 4, "float32", device="cpu", batch=1)


def curves(panel):
    return [line for line in panel.get_lines() if line.get_label().startswith("theory")]


def test_each_scheme_has_its_panels_and_each_theory_its_line(profiles, neighbours):
    figure = against_depth(profiles, [measured(profiles, "kaiming-fan-in")], neighbours)
    titles = [panel.get_title(loc="left") for panel in figure.axes]
    assert [title.split(",")[0] for title in titles] == [
        *["kaiming-fan-in"] * 2, *["asv-forward"] * 2, "every scheme",
    ]  # fmt: skip
    for panel in figure.axes[:4]:
        lines = curves(panel)
        assert panel.get_yscale() == "log"
        assert [line.get_label() for line in lines] == [f"theory {each}" for each in THEORIES]
        assert len({line.get_linestyle() for line in lines}) == 3
        assert len({line.get_marker() for line in lines}) == 3
    assert [len(panel.containers) for panel in figure.axes] == [1, 1, 0, 0, 0]
    for line, profile in zip(curves(figure.axes[2]), profiles[3:], strict=True):
        assert list(line.get_ydata()) == profile.floats("forward")
    (legend,) = figure.legends
    assert all(panel.get_legend() is None for panel in figure.axes)
    words = [text.get_text() for text in legend.get_texts()]
    assert words == [*(f"theory {each}" for each in THEORIES), "measured (4 draws, ±2 se)"]


def test_correlations_are_those_of_maps(profiles, neighbours):
    panel = against_depth(profiles, (), neighbours).axes[-1]
    assert panel.get_yscale() == "linear"
    lines = {line.get_label(): list(line.get_ydata()) for line in curves(panel)}
    assert set(lines) == {"theory exchangeable", "theory field"}
    for values in lines.values():
        assert values[0] == 0
        assert values[1] > 0.5  # a pool of four shares rectified units
        assert math.isnan(values[2])


def test_without_neighbours_theory_field_has_no_correlation(profiles):
    (line,) = curves(against_depth(profiles).axes[-1])
    assert line.get_label() == "theory exchangeable"
    assert not np.isnan(line.get_ydata()).any()


@pytest.mark.parametrize("width", [80, 120, 200])
def test_three_theories_fit_the_terminal(profiles, width):
    shown = text_table(measured(profiles, "asv-forward"), width)
    table = shown.split("- theory iid")[0]
    assert max(map(len, table.splitlines()[1:])) <= width
    assert "…" not in table
    assert table.count("exchangeable") == 2
    assert table.count("conv1") == (1 if width == 200 else 2)


def test_the_listing_has_one_deviation_and_each_theory_beside(net, profiles, capsys):
    listing = Listing(net, profiles, ("weights from elsewhere",))
    assert [len(part) for part in listing.parts] == [3, 3]
    heads = [each.head for each in listing.columns]
    assert heads.count("σ") == 1
    assert [head for head in heads if head.endswith("forw.")] == [
        f"{each}\nforw." for each in THEORIES
    ]
    show(listing)
    out = capsys.readouterr().out
    assert "theories iid, exchangeable, field" in out
    assert out.count("conv2 ") == 2
    assert "weights from elsewhere" in out
    assert "-  field: many channels" in out
    assert "-  weights are independent" in out  # of all three


def test_the_page_shows_every_theory(net, profiles):
    picture = variance_map(net, profiles[:1], "conv1")
    runs = [measured(profiles, "asv-forward")]
    page = network_page("n", Listing(net, profiles, ("a < b",)), runs, maps=[picture])
    assert page.count("<svg") == 1 + 1 + 6
    assert page.count("<h3>") == 2
    assert "a &lt; b" in page
    assert "Variance by position" in page
    for theory in THEORIES:
        assert f"asv-forward, {theory}" in page
        assert html_table(runs[0]).count(f"{theory}<br>predicts") == 2
        assert f"{theory}<br>predicts" in page


def test_a_map_counts_the_inputs_of_each_unit():
    net = sequential([Conv(4, 3, padding=1)], input=(2, 4, 5))
    profile = propagate(net, "lecun")  # variance 1 of a whole window
    (found,) = variances(net, profile, "conv1")
    rows, columns = (np.array([2, *[3] * (size - 2), 2]) for size in (4, 5))
    assert found == pytest.approx(np.outer(rows, columns) / 9)
    (image,) = variance_map(net, [profile], "conv1").axes[0].images
    assert np.array(image.get_array()) == pytest.approx(found)


def test_a_map_along_one_axis_and_one_that_is_flat():
    net = sequential([Conv(4, 3, padding=1), "relu", Conv(4, 3)], input=(2, 6))
    profile = propagate(net, "lecun")
    panel = variance_map(net, [profile, profile], "relu1").axes[1]
    expected = np.array([2, 3, 3, 3, 3, 2]) / 3 / 2  # half of a Gaussian's second moment
    assert np.asarray(panel.get_lines()[0].get_ydata()) == pytest.approx(expected)
    flat = sequential([Conv(4, 3)], input=(2, 6, 6))
    title = variance_map(flat, [propagate(flat, "lecun")], "conv1").axes[0].get_title(loc="left")
    assert title == "lecun\nmean 1, the same everywhere"


def test_images_are_followed_one_by_one_and_shown_as_their_mean():
    net = sequential([Conv(4, 1)], input=(1, 2, 2))
    batch = Images([[[[1.0, 2.0], [3.0, 4.0]]], [[[3.0, 0.0], [1.0, 2.0]]]])
    profile = propagate(net, "lecun", "field", batch)
    figure = variance_map(net, [profile], "conv1", batch)
    (image,) = figure.axes[0].images
    assert np.array(image.get_array()) == pytest.approx(np.array([[5, 2], [5, 10]]))
    assert "mean over 2 inputs" in figure.get_suptitle()


@pytest.mark.parametrize(
    ("layer", "words"),
    [("dense1", "choose e.g. conv2"), ("conv3", "did you mean 'conv")],
)
def test_layers_without_a_map(net, profiles, layer, words):
    with pytest.raises(ArgumentError, match=words):
        variance_map(net, profiles, layer)


def test_a_deep_network_stays_narrow():
    net = zoo.load("plain56", (3, 8, 8))
    found = compare(net, "kaiming-fan-in", ["iid", "field"])
    figure = against_depth(found.profiles, (), {})
    assert figure.get_figwidth() <= 16
    assert len(figure.axes) == 2

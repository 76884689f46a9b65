"""The listing of a network: what each line says, and what fits a terminal."""

import io
import re

import pytest
from rich.console import Console

from symvar import propagate, sequential, zoo
from symvar.emit.listing import DIFFERS, STOP, Listing, lettered, show
from symvar.emit.network_page import network_page
from symvar.layers import Boundary, Conv, ConvTranspose, Dense, Flatten, MaxPool


def listing(net, *schemes):
    return Listing(net, tuple(propagate(net, scheme) for scheme in schemes))


def strided():
    return sequential(
        [Conv(8, 3, 2, 1, groups=2), "relu", MaxPool(2), Conv(8, 1), ConvTranspose(2, 2, 2)],
        input=(4, 8, 8),
    )


def column(shown, head):
    (found,) = (each for each in shown.columns if each.head.split("\n")[-1] == head)
    return dict(zip((node.name for node in shown.nodes), found.cells, strict=True))


def test_every_node_has_its_line():
    shown = listing(strided(), "kaiming-fan-in")
    names = ["input", "conv1", "relu1", "maxpool1", "conv2", "convtranspose1"]
    assert list(column(shown, "layer").values()) == names
    assert column(shown, "shape")["maxpool1"] == "8×2×2"
    assert column(shown, "op")["relu1"] == "relu"
    assert column(shown, "window") == dict.fromkeys(names, "") | {"conv1": "4"}


def test_fans_stand_beside_those_of_torch_where_they_differ():
    shown = listing(strided(), "kaiming-fan-in")
    assert column(shown, "fan in")["conv1"] == "18"
    assert column(shown, "fan out")["conv1"] == "9"
    differing = column(shown, f"torch's{DIFFERS}")
    assert (differing["conv1"], differing["conv2"]) == ("18/72", "")
    assert differing["convtranspose1"] == "8/32"
    assert "stride" in shown.marks[DIFFERS]
    plain = listing(sequential([Conv(8, 3)], input=(4, 8, 8)), "lecun")
    assert DIFFERS not in plain.marks
    assert all(DIFFERS not in each.head for each in plain.columns)


def test_the_border_is_the_share_of_inputs_read():
    shown = listing(sequential([Conv(1, 3, padding=1)], input=(1, 4, 4)), "lecun")
    assert column(shown, "border")["conv1"] == f"{100 / 144:.3g}"  # (3*4 - 2)^2 of (3*4)^2


def test_sigma_and_moments_are_those_of_the_profile():
    net = strided()
    shown, profile = listing(net, "lecun"), propagate(net, "lecun")
    for name in ("conv1", "conv2"):
        row = profile[name]
        assert float(column(shown, "σ")[name]) == pytest.approx(
            float(row.weight_variance) ** 0.5, rel=5e-3
        )
        assert float(column(shown, "forward")[name]) == pytest.approx(float(row.forward), rel=5e-3)
        assert float(column(shown, "backward")[name]) == pytest.approx(
            float(row.backward), rel=5e-2
        )


def test_flags_lead_to_footnotes():
    shown = listing(strided(), "lecun")
    for name, flags in column(shown, "flags").items():
        for letter in flags.split():
            assert name in shown.footnotes[letter][1]
    assert column(shown, "flags")["conv1"]
    assert [lettered(place) for place in (0, 25, 26, 51, 52)] == ["a", "z", "aa", "az", "ba"]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("schemes", [("lecun",), ("kaiming-fan-in", "asv-forward")])
def test_it_fits_the_terminal(width, schemes):
    out = io.StringIO()
    show(listing(zoo.load("alexnet"), *schemes), Console(file=out, width=width, color_system=None))
    lines = out.getvalue().splitlines()
    table = lines[
        2 : next(
            i for i, line in enumerate(lines) if line.startswith(DIFFERS) or line == "assumed:"
        )
    ]
    assert max(map(len, table)) <= width
    assert "conv1" in out.getvalue()
    assert "forw" in out.getvalue()


def test_an_operator_that_is_not_read_is_marked():
    net = sequential([Conv(2, 3), Boundary((4,), "aten.cumsum"), Dense(3)], input=(1, 5, 5))
    shown = listing(net, "lecun")
    assert column(shown, "layer")["boundary1"].endswith(STOP)
    assert column(shown, "op")["boundary1"] == "aten.cumsum"
    assert STOP in shown.marks
    assert 'class="b stop"' in network_page("cut", shown)


def test_the_page_is_one_file_with_every_layer():
    pytest.importorskip("matplotlib")
    net = sequential([("<odd>", Conv(4, 3)), "relu", Flatten(), Dense(2)], input=(3, 6, 6))
    shown = listing(net, "lecun", "asv-forward")
    page = network_page("a & b", shown)
    addresses = set(re.findall(r"https?://[^\"'<>) ]+", page))
    assert all(each.startswith("http://www.w3.org/") for each in addresses)
    assert not re.search(r"<script|<link|@import|src=|url\(http", page)
    assert "a &amp; b" in page
    assert "<odd>" not in page
    assert page.count("<svg") == 1 + 2  # the plot, and a drawing for each scheme
    assert page == network_page("a & b", shown)
    assert "exact weight variances, asv-forward" in page


def test_the_page_of_symbols_has_no_plot_and_no_colours():
    net = sequential([Dense(3), "relu", Dense(2)], input=(4,))
    page = network_page("symbols", Listing(net, (propagate(net),)))
    assert page.count("<svg") == 1
    assert "Variance against depth" not in page

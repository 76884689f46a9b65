"""Drawings of networks: every node once, every edge once, nothing on top of another."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from symvar import Builder, propagate, sequential, zoo
from symvar.emit.colours import Scale
from symvar.emit.drawing import Moments, svg
from symvar.emit.layout import layout
from symvar.emit.routes import BOX_HEIGHT, BOX_WIDTH, Routes
from symvar.errors import ArgumentError
from symvar.layers import Add, Concat, Conv, Dense, MaxPool

NAMES = ["vgg19", "resnet18", "googlenet", "densenet100", "squeezenet1.1"]
SVG = "{http://www.w3.org/2000/svg}"


def unet():
    """Shortcuts that cross one another."""
    build = Builder((3, 8, 8))
    skips, at = [], "input"
    for _ in range(3):
        skips.append(build.chain([Conv(4, 3, padding=1), "relu"], at))
        at = build.node(Conv(4, 1), skips[-1])
    for skip in reversed(skips):
        at = build.chain([Conv(4, 1)], build.node(Concat(), skip, at))
    return build.network()


def networks():
    return [*(zoo.load(name) for name in NAMES), unet()]


@pytest.mark.parametrize("net", networks(), ids=[*NAMES, "unet"])
def test_every_node_is_drawn_once_and_no_two_boxes_meet(net):
    placed = layout(net)
    drawn = [node.name for box in placed.boxes.values() for node in box.nodes]
    assert sorted(drawn) == sorted(node.name for node in net)
    routes = Routes(placed)
    corners = [routes.corner(box) for box in placed.boxes.values()]
    for (x, y), (u, v) in combinations(corners, 2):
        assert abs(x - u) >= BOX_WIDTH or abs(y - v) >= BOX_HEIGHT
    assert all(0 <= x <= routes.width - BOX_WIDTH for x, _ in corners)
    assert all(0 <= y <= routes.height - BOX_HEIGHT for _, y in corners)


@pytest.mark.parametrize("net", networks(), ids=[*NAMES, "unet"])
def test_every_edge_between_boxes_is_a_line_that_stays_inside(net):
    placed = layout(net)
    home = {node.name: name for name, box in placed.boxes.items() for node in box.nodes}
    wanted = sorted((home[a], home[b]) for a, b in net.graph.edges() if home[a] != home[b])
    assert sorted(placed.edges) == wanted
    routes = Routes(placed)
    for path in routes.paths():
        numbers = [float(each) for each in re.findall(r"-?\d+\.?\d*", path)]
        assert path.startswith("M")
        assert min(numbers) >= 0
        assert max(numbers) <= max(routes.width, routes.height)


def test_an_edge_always_leads_to_a_later_rank():
    placed = layout(zoo.load("densenet100"))
    assert all(placed.boxes[a].rank < placed.boxes[b].rank for a, b in placed.edges)


def test_branches_stand_side_by_side_and_a_shortcut_beside_its_branch():
    build = Builder((4,))
    left = build.chain([Dense(4), Dense(4)], "input")
    right = build.chain([Dense(4)], "input")
    build.node(Add(), left, right)
    lanes = {name: box.lane for name, box in layout(build.network()).boxes.items()}
    assert lanes == {"input": 0, "dense1": 0, "dense2": 0, "dense3": 1, "add1": 0}


@pytest.mark.parametrize("scheme", [None, "kaiming-fan-in"])
def test_the_picture_is_well_formed_and_from_nowhere_else(scheme):
    net = zoo.load("resnet18")
    shown = svg(net, Moments.of(propagate(net, scheme)) if scheme else None)
    root = ElementTree.fromstring(shown)
    assert len(root.findall(f".//{SVG}title")) == len(layout(net).boxes)
    assert set(re.findall(r"https?://[^\"' ]+", shown)) == {"http://www.w3.org/2000/svg"}
    assert "<script" not in shown
    chips = sum(each.get("class") == "c" for each in root.iter(f"{SVG}text"))
    assert chips == (2 * len(net.weighted) if scheme else 0)
    assert shown == svg(net, Moments.of(propagate(net, scheme)) if scheme else None)


def test_names_that_look_like_markup_are_text():
    net = sequential([('<b>&"', Dense(2))], input=(3,))
    texts = [each.text for each in ElementTree.fromstring(svg(net)).iter(f"{SVG}text")]
    assert '<b>&"' in texts


def test_symbols_cannot_be_coloured():
    net = sequential([Dense(2)], input=(3,))
    with pytest.raises(ArgumentError):
        net.draw(propagate(net))


def test_a_notebook_gets_the_picture_unless_it_is_too_large():
    shown = sequential([MaxPool(2)], input=(1, 4, 4))._repr_mimebundle_()
    assert shown["text/html"].count("<svg") == 1
    large = sequential(["relu"] * 2001, input=(3,))
    assert "text/html" not in large._repr_mimebundle_()


def test_colours_run_from_blue_through_white_to_red():
    scale = Scale(2)
    assert scale.fill(1) == "#ffffff"
    assert scale.fill(0) == scale.fill(1e-9) == "#2166ac"
    assert scale.fill(float("inf")) == scale.fill(100) == "#b2182b"
    assert Scale.over([1.0]).decades == 1
    assert Scale.over([0.0, float("inf"), 1e-30]).decades == 12
    assert (scale.ink(1), scale.ink(100)) == ("#111", "#fff")

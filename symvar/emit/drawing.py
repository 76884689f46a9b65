"""A network as a picture: boxes in layers, coloured by the moments where they are known.

Plain SVG without scripts, fonts or anything from elsewhere, so a page that holds it is one file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from symvar.emit.colours import Scale
from symvar.emit.layout import Box, layout
from symvar.emit.numbers import SHORT, compact, fitted
from symvar.emit.routes import BOX_HEIGHT, BOX_WIDTH, MARGIN, Routes
from symvar.graph.network import Network, Node
from symvar.primitives import Average, Boundary, Join, Mix, Standardise, WindowMax

if TYPE_CHECKING:
    from symvar.graph.profile import Profile

TINTS: Mapping[type, str] = {
    Boundary: "#fff0f0",
    Mix: "#e4edf7",
    WindowMax: "#fbead6",
    Average: "#fbead6",
    Standardise: "#efe6f4",
    Join: "#ededed",
}
"""The colour of a box by what its first node is; white for all else."""

CHIP = 56
"""The width of the field with the two moments."""

LETTER = 5.6
"""The width of a letter of the smaller text."""

LEGEND = 400
"""The width of the legend."""

STYLE = "".join(
    f".symvar-svg {rule}"
    for rule in (
        "text{font:10px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#222}",
        "text.n{font-weight:600;font-size:11px}",
        "text.c{text-anchor:middle;font-size:9.5px}",
        ".e{fill:none;stroke:#777;stroke-width:1.2;stroke-linejoin:round}",
        ".b{stroke:#999}",
        ".stop{stroke:#b2182b;stroke-dasharray:4 3}",
    )
)
"""Within the picture alone: a page that holds it may have pictures of its own."""

EDGE = "marker-end='url(#symvar-arrow)'"

ARROW = (
    '<defs><marker id="symvar-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
    'markerHeight="6" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="#777"/></marker>'
    "</defs>"
)


@dataclass(frozen=True)
class Moments:
    """What is written into the boxes of weighted nodes.

    Args:
        forward: q by node.
        backward: r by node.
    """

    forward: Mapping[str, float]
    backward: Mapping[str, float]

    @classmethod
    def of(cls, profile: Profile) -> Moments:
        """Those of a profile."""
        names = [row.name for row in profile.rows]
        columns = (profile.floats(column) for column in ("forward", "backward"))
        return cls(*(dict(zip(names, column, strict=True)) for column in columns))


def svg(net: Network, moments: Moments | None = None) -> str:
    """The picture.

    Args:
        net: the network.
        moments: what colours its weighted nodes.

    >>> from symvar import sequential
    >>> from symvar.layers import Dense
    >>> svg(sequential([Dense(4), "relu", Dense(2)], input=(3,))).count("<rect")
    3
    """
    placed = layout(net)
    routes = Routes(placed)
    scales = {} if moments is None else _scales(moments)
    head = 0 if moments is None else 44
    width, height = max(routes.width, LEGEND), routes.height + head
    what = f"a network of {len(net)} layers, {len(net.weighted)} of them weighted"
    lines = [
        (
            f'<svg class="symvar-svg" xmlns="http://www.w3.org/2000/svg" width="{width:g}" '
            f'height="{height:g}" viewBox="0 {-head} {width:g} {height:g}" role="img" '
            f'aria-label="{what}">'
        ),
        f"<style>{STYLE}</style>{ARROW}",
        f'<path fill="#fff" d="M0 {-head}h{width:g}v{height:g}H0z"/>',
        *(f'<path class="e" d="{path}" {EDGE}/>' for path in routes.paths()),
    ]
    for box in placed.boxes.values():
        lines += _box(box, routes, moments, scales)
    return "\n".join([*lines, *_legend(scales, head), "</svg>"]) + "\n"


def _scales(moments: Moments) -> dict[str, Scale]:
    return {
        "q": Scale.over(moments.forward.values()),
        "r": Scale.over(moments.backward.values()),
    }


def _box(
    box: Box,
    routes: Routes,
    moments: Moments | None,
    scales: Mapping[str, Scale],
) -> Iterator[str]:
    x, y = routes.corner(box)
    first, last = box.nodes[0], box.nodes[-1]
    chips = moments is not None and first.name in moments.forward
    room = int((BOX_WIDTH - 14 - CHIP * chips) / LETTER)
    stop = any(isinstance(each, Boundary) for each in first.primitives)
    yield f"<g><title>{escape(_details(box))}</title>"
    yield (
        f'<rect class="{"b stop" if stop else "b"}" x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" '
        f'height="{BOX_HEIGHT}" rx="4" fill="{_tint(first)}"/>'
    )
    name = escape(fitted(box.name, room - 2))
    yield f'<text class="n" x="{x + 7:g}" y="{y + 13:g}">{name}</text>'
    shape = "×".join(map(str, last.after))
    ops = _ops(box, room - len(shape) - 2)
    yield f'<text x="{x + 7:g}" y="{y + 27:g}">{escape(f"{ops}  {shape}")}</text>'
    if moments is not None and chips:
        values = (moments.forward[first.name], moments.backward[first.name])
        for place, (letter, value) in enumerate(zip("qr", values, strict=True)):
            yield from _chip(
                x + BOX_WIDTH - CHIP, y + place * BOX_HEIGHT / 2, letter, value, scales
            )
    yield "</g>"


def _chip(
    x: float, y: float, letter: str, value: float, scales: Mapping[str, Scale]
) -> Iterator[str]:
    scale = scales[letter]
    half = BOX_HEIGHT / 2
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{CHIP}" height="{half:g}" '
        f'fill="{scale.fill(value)}" stroke="#999" stroke-width=".5"/>'
    )
    yield (
        f'<text class="c" x="{x + CHIP / 2:g}" y="{y + half - 4.5:g}" '
        f'style="fill:{scale.ink(value)}">{letter} {compact(value)}</text>'
    )


def _tint(node: Node) -> str:
    kinds = [type(each) for each in node.primitives]
    return next(
        (tint for kind, tint in TINTS.items() for each in kinds if issubclass(each, kind)), "#fff"
    )


def _ops(box: Box, room: int) -> str:
    names = [getattr(node.layer, "function", node.layer.name) for node in box.nodes]
    whole = " · ".join(names)
    if len(whole) <= room:
        return whole
    whole = " · ".join(SHORT.get(name, name) for name in names)
    return whole if len(whole) <= room else whole[: max(1, room - 1)] + "…"


def _details(box: Box) -> str:
    """What a pointer on the box shows."""
    return "\n".join(
        f"{node.name}: {node.layer} gives {'×'.join(map(str, node.after))}" for node in box.nodes
    )


def _legend(scales: Mapping[str, Scale], head: int) -> Iterator[str]:
    words = {"q": "q: forward, second moment", "r": "r: backward, second moment of the gradient"}
    for row, (letter, scale) in enumerate(scales.items()):
        x, top = MARGIN, -head + 5.0 + 19 * row
        steps = [10 ** (scale.decades * each / 4) for each in range(-4, 5)]
        for value in steps:
            yield (
                f'<rect x="{x:g}" y="{top:g}" width="11" height="14" fill="{scale.fill(value)}" '
                'stroke="#999" stroke-width=".4"/>'
            )
            x += 11
        text = f"{compact(steps[0])} to {compact(steps[-1])}, {words[letter]}"
        yield f'<text x="{x + 5:g}" y="{top + 11:g}">{text}</text>'


@dataclass(frozen=True)
class Drawing:
    """A picture that shows itself in a notebook.

    Args:
        svg: the picture.
    """

    svg: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": "a drawing: its svg is the attribute .svg", "text/html": self.html}

    @property
    def html(self) -> str:
        """The picture in a frame that scrolls."""
        return f'<div style="overflow:auto;max-height:80vh">{self.svg}</div>'

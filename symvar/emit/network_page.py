"""A network, its moments and what was measured, as one self-contained HTML page.

Pictures are inline SVG, formulas MathML; there is no script, and nothing comes from elsewhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

import sympy as sp

from symvar.derive import all_derivations, derive
from symvar.emit.drawing import Moments, svg
from symvar.emit.listing import Column, Listing, title
from symvar.emit.mathml import formula, mathml
from symvar.emit.measurements import html_table
from symvar.errors import MissingExtra
from symvar.graph.profile import Profile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from symvar.graph.measurement import Measurement

LONGEST_FORMULA = 240
"""An exact variance with more LaTeX than this is shown by its digits alone."""

LEFT = ' class="left"'

RECURSION = (
    (
        "forward, for each weighted layer",
        r"q = \sigma_b^2 + \sigma_w^2\,\frac{e}{M_{\mathrm{out}}}\,\mathrm{E}\left[z^2\right]",
    ),
    (
        "backward, to the layer before",
        (
            r"r = \sigma_w^2\,\frac{e}{M_{\mathrm{in}}}\,r_{\mathrm{next}}\,"
            r"\mathrm{E}\left[f'(u)^2\right]"
        ),
    ),
)

LETTERS = (
    "q: second moment of the pre-activations u; r: of the gradient there, r_next in the layer "
    "behind; e: connections; M_in, M_out: input and output units; z: what arrives, f(u) behind "
    "activation and pooling"
)

OTHERS = (
    "These are the lines of theory iid, whose units are independent. Theory exchangeable carries "
    "one correlation of the units of a channel besides, theory field the covariance of every two "
    "positions."
)


def network_page(
    name: str,
    listing: Listing,
    measured: Sequence[Measurement] = (),
    ends: str = "",
    maps: Sequence[Figure] = (),
) -> str:
    """The page.

    Args:
        name: what the network is called.
        listing: the network and its profiles.
        measured: measurements of it.
        ends: the command that made it.
        maps: pictures of the second moments of layers over positions.
    """
    style = files("symvar.emit").joinpath("network_page.css").read_text(encoding="utf-8")
    parts = [
        f"<header><h1>{escape(name)}</h1><p>{escape(title(listing))}</p>{_remarks(listing)}</header>",
        *_plot(listing, measured),
        *_maps(maps),
        *_drawings(listing),
        *_table(listing),
        *(_section("Measured", _wide(html_table(each))) for each in measured),
        *_assumptions(listing),
        *_formulas(listing),
        f'<p class="quiet">made by <code>{escape(ends)}</code></p>' if ends else "",
    ]
    body = "\n".join(filter(None, parts))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>symvar: {escape(name)}</title>\n"
        f"<style>\nhtml, body {{ margin: 0; }}\n{style}</style>\n</head>\n<body>\n"
        f'<main class="symvar-net">\n{body}\n</main>\n</body>\n</html>\n'
    )


def _section(head: str, body: str) -> str:
    return f"<section><h2>{escape(head)}</h2>\n{body}</section>"


def _wide(body: str) -> str:
    return f'<div class="wide">{body}</div>'


def _plot(listing: Listing, measured: Sequence[Measurement]) -> Iterator[str]:
    if any(row.forward.free_symbols for profile in listing.profiles for row in profile.rows):
        return
    from symvar.emit.plots import against_depth

    head = "Variance against depth"
    try:
        figure = against_depth(listing.profiles, measured, listing.neighbours)
    except MissingExtra as error:
        yield _section(head, f"<p>Not drawn: {escape(str(error))}</p>")
        return
    yield _section(head, f'<div class="picture">{inline(figure)}</div>')


def _remarks(listing: Listing) -> str:
    return "".join(f"<p>{escape(each)}</p>" for each in listing.remarks)


def _maps(maps: Sequence[Figure]) -> Iterator[str]:
    if maps:
        pictures = (f'<div class="picture">{inline(each)}</div>' for each in maps)
        yield _section("Variance by position", "\n".join(pictures))


def inline(figure: object) -> str:
    """A figure as SVG to stand inside a page, the same every time."""
    import matplotlib as mpl

    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "symvar", "svg.fonttype": "none"}):
        figure.savefig(out, format="svg", metadata={"Date": None})  # type: ignore[attr-defined]
    whole = out.getvalue()
    whole = whole[whole.index("<svg") :]
    return re.sub(r"<metadata>.*?</metadata>", "", whole, flags=re.DOTALL)


def _drawings(listing: Listing) -> Iterator[str]:
    several = len(listing.profiles) > 1
    body = []
    for place, profile in enumerate(listing.profiles):
        symbols = any(row.forward.free_symbols for row in profile.rows)
        picture = _wide(svg(listing.net, None if symbols else Moments.of(profile)))
        label = f"{profile.scheme or 'symbols'}, {profile.theory}"
        opened = " open" if place == 0 else ""
        body.append(
            f"<details{opened}><summary>{escape(label)}</summary>{picture}</details>"
            if several
            else picture
        )
    yield _section("The network", "\n".join(body))


def _table(listing: Listing) -> Iterator[str]:
    marks = "".join(
        f"<dt>{escape(mark)}</dt><dd>{escape(text)}</dd>" for mark, text in listing.marks.items()
    )
    named = len(listing.parts) > 1
    tables = (
        (f"<h3>{escape(part[0].scheme or 'symbols')}</h3>" if named else "")
        + _wide(_nodes(listing, listing.columns_of(part)))
        for part in listing.parts
    )
    yield _section("Node by node", "\n".join(tables) + _list(marks))


def _nodes(listing: Listing, columns: Sequence[Column]) -> str:
    heads = "".join(f"<th{LEFT if each.left else ''}>{_lines(each.head)}</th>" for each in columns)
    lines = [f"<table><thead><tr>{heads}</tr></thead><tbody>"]
    for place, node in enumerate(listing.nodes):
        cells = "".join(
            _cell(each.cells[place], each.left, number == 0) for number, each in enumerate(columns)
        )
        kind = "" if node.mix else ' class="plain"'
        lines.append(f"<tr{kind}>{cells}</tr>")
    return "\n".join([*lines, "</tbody></table>"])


def _lines(head: str) -> str:
    return "<br>".join(map(escape, head.split("\n")))


def _cell(text: str, left: bool, first: bool) -> str:
    if first:
        return f'<th scope="row">{escape(text)}</th>'
    return f"<td{LEFT if left else ''}>{escape(text)}</td>"


def _list(entries: str) -> str:
    return f"<dl>{entries}</dl>" if entries else ""


def _assumptions(listing: Listing) -> Iterator[str]:
    everywhere = "".join(f"<li>{escape(text)}</li>" for text in listing.everywhere)
    somewhere = "".join(
        f"<dt>{letter}</dt><dd>{escape(text)} <span class='quiet'>({escape(', '.join(nodes))})"
        "</span></dd>"
        for letter, (text, nodes) in listing.footnotes.items()
    )
    yield _section("Assumed", f"<ul>{everywhere}</ul>{_list(somewhere)}")
    if listing.optima:
        yield _section("Optimum", "".join(f"<p>{escape(each)}</p>" for each in listing.optima))


def _formulas(listing: Listing) -> Iterator[str]:
    body = [f"<p>{escape(words)}</p>{formula(latex)}" for words, latex in RECURSION]
    body.append(f'<p class="quiet">{escape(LETTERS)}</p>')
    if set(listing.theories) != {"iid"}:
        body.append(f'<p class="quiet">{escape(OTHERS)}</p>')
    schemes = dict.fromkeys(profile.scheme for profile in listing.profiles)
    known = all_derivations()
    for scheme in schemes:
        if scheme in known:
            body.append(_derivation(str(scheme)))
    body += map(_variances, {each.scheme: each for each in listing.profiles}.values())
    yield _section("Formulas", "\n".join(body))


def _derivation(scheme: str) -> str:
    steps = "".join(
        f"<li>{escape(step.reason.replace('$', ''))}{formula(step.latex)}"
        f'<span class="quiet">{escape(step.verdict.status)}</span></li>'
        for step in derive(scheme).steps
    )
    return f"<details><summary>{escape(scheme)}, derived</summary><ol>{steps}</ol></details>"


def _variances(profile: Profile) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(row.name)}</th><td class="left">{_exact(row.weight_variance)}'
        "</td></tr>"
        for row in profile.rows
    )
    label = f"exact weight variances, {profile.scheme or 'symbols'}"
    return (
        f"<details><summary>{escape(label)}</summary>"
        f"{_wide(f'<table><tbody>{rows}</tbody></table>')}</details>"
    )


def _exact(value: sp.Expr) -> str:
    latex = sp.latex(value)
    if len(latex) > LONGEST_FORMULA:
        return escape(f"{float(value):.10g} (its formula is long)")
    shown = mathml(latex).replace('display="block"', 'display="inline"')
    return shown or f"<code>{escape(latex)}</code>"

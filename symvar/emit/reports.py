"""A scheme on a network as a LaTeX document: its derivation, what was assumed, and the table."""

from __future__ import annotations

from symvar.derive import derive
from symvar.emit.derivations import latex_fragment, sources
from symvar.emit.latex import document
from symvar.emit.latex import escape as tex
from symvar.emit.profiles import latex_table
from symvar.errors import ArgumentError
from symvar.graph.measurement import Measurement
from symvar.graph.profile import Profile


def latex_report(profile: Profile, network: str, measured: Measurement | None = None) -> str:
    """A document that compiles.

    Args:
        profile: the network under a scheme that has a derivation.
        network: the network's name, for the title.
        measured: what was measured under the same scheme.

    Raises:
        ArgumentError: for a profile without a scheme.
    """
    if profile.scheme is None:
        raise ArgumentError(
            "profile", need="one made with a scheme", have="none", remedy="propagate with a scheme"
        )
    derivation = derive(profile.scheme)
    parts = [
        latex_fragment(derivation),
        r"\paragraph{Assumed for this network}",
        r"\begin{itemize}",
        *(_assumption(text, nodes) for text, nodes in profile.assumptions.items()),
        r"\end{itemize}",
        latex_table(profile),
        *([] if measured is None else [measured.to_latex()]),
        sources(derivation),
    ]
    return document("\n".join(parts), title=f"{profile.scheme} on {network}")


def _assumption(text: str, nodes: tuple[str, ...]) -> str:
    where = f" ({', '.join(nodes)})" if nodes else ""
    return rf"\item {tex(text + where)}"

"""symvar derives neural-network initialisation instead of quoting it.

The folders, from the ground up; each imports only from those above it:

- ``errors``, ``symbols``, ``reference``, ``registry``: what everything uses.
- ``geometry``: windows and connection counts.
- ``integrals``: pooling constants and their enclosures.
- ``activations``, ``primitives``, ``layers``: what networks are made of; one file each.
- ``theories``: each interprets the primitives, forward and backward; one file each.
- ``graph``: the network, and the propagation of moments along it.
- ``correlations``: the correlation of two units against depth, its fixed point and rate.
- ``schemes``: each is the condition it solves; one file each.
- ``zoo``: networks of the literature; one file per family.
- ``claims``, ``derive``: checked statements and derivations; one file each.
- ``emit``, ``tables``: LaTeX, text, plots and lookup tables; ``identification``: their inverse.
- ``adapters``: torch and ONNX, the only files that know those packages.
- ``cli``: the command line, which calls one public function per command.

Importing symvar imports sympy, mpmath, python-flint, numpy and networkx, nothing heavier.
"""

from __future__ import annotations

from symvar import layers, tables, zoo
from symvar.adapters import from_onnx, from_torch, measure
from symvar.claims import check, verify
from symvar.correlations import correlation_fixed_point
from symvar.derive import derive
from symvar.errors import SymvarError
from symvar.graph.builder import Builder, sequential
from symvar.graph.network import Network
from symvar.graph.propagate import propagate
from symvar.identification import identify
from symvar.integrals import enclose, expect, gamma, tau

__version__ = "0.1.0"

__all__ = [
    "Builder",
    "Network",
    "SymvarError",
    "check",
    "correlation_fixed_point",
    "derive",
    "enclose",
    "expect",
    "from_onnx",
    "from_torch",
    "gamma",
    "identify",
    "layers",
    "measure",
    "propagate",
    "sequential",
    "tables",
    "tau",
    "verify",
    "zoo",
]

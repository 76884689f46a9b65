"""What ``symvar list`` shows: everything that was found by scanning."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from symvar.activations import all_activations
from symvar.adapters.draws import all_draws
from symvar.adapters.fits import all_fits
from symvar.claims.library import all_papers
from symvar.derive import all_chains
from symvar.layers import all_layers
from symvar.reference import cite
from symvar.schemes import all_schemes
from symvar.theories import all_theories
from symvar.zoo import Model, all_models

_NOT_READ = {"torch": "", "onnx": ""}


def catalogue() -> list[dict[str, str]]:
    """Every layer, activation, theory, scheme, model, derivation and paper, and its source."""
    kinds: dict[str, Any] = {
        "layer": all_layers(),
        "activation": all_activations(),
        "theory": all_theories(),
        "scheme": all_schemes(),
        "fitted scheme": all_fits(),
        "distribution": all_draws(),
    }
    found = [
        {
            "kind": kind,
            "name": name,
            "what": getattr(cls, "summary", "") or (cls.__doc__ or "").strip().splitlines()[0],
            "source": str(cls.reference),
            "torch": ", ".join(getattr(cls, "torch", ())),
            "onnx": ", ".join(getattr(cls, "onnx", ())),
        }
        for kind, entries in kinds.items()
        for name, cls in entries.items()
    ]
    models = map(_model, all_models().values())
    return [*found, *models, *map(_derivation, all_chains()), *map(_paper, all_papers())]


def _derivation(name: str) -> dict[str, str]:
    what, source = all_chains()[name].title, f"symvar cite {name}"
    return {"kind": "derivation", "name": name, "what": what, "source": source, **_NOT_READ}


def _model(model: Model) -> dict[str, str]:
    source = str(model.reference)
    return {
        "kind": "model",
        "name": model.name,
        "what": model.summary,
        "source": source,
    } | _NOT_READ


def _paper(key: str) -> dict[str, str]:
    authors, title = cite(key, "section").source.split(": ", 1)
    what = title.replace("{", "").replace("}", "")
    return {"kind": "paper", "name": key, "what": what, "source": _short(authors), **_NOT_READ}


def _short(authors: str) -> str:
    first, *others = (name.split()[-1] for name in authors.split(" and "))
    return f"{first} et al." if len(others) > 1 else " and ".join((first, *others))


def catalogue_table() -> Table:
    """The same as a terminal table."""
    table = Table(title="symvar knows", title_justify="left")
    for column in ("kind", "name", "what", "source"):
        table.add_column(column, overflow="fold")
    for entry in catalogue():
        table.add_row(*(entry[column] for column in ("kind", "name", "what", "source")))
    return table

"""``symvar init``: weights for a model, as a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symvar.errors import ArgumentError

if TYPE_CHECKING:
    from symvar.graph.profile import Profile

SUFFIXES = (".pt", ".pth")


def init(
    model: Annotated[
        str, typer.Argument(help="package.module:callable, a name of the zoo, or file.onnx")
    ],
    out: Annotated[Path, typer.Option(help="file for the weights: .pt or .pth")],
    scheme: Annotated[str, typer.Option(help="the scheme")] = "asv-forward",
    input: Annotated[
        str | None, typer.Option(help="input of a torch module, e.g. 3x224x224")
    ] = None,
    theory: Annotated[str, typer.Option(help="the theory")] = "iid",
    distribution: Annotated[
        str | None, typer.Option(help="the distribution; the scheme's own if left out")
    ] = None,
    seed: Annotated[int, typer.Option(help="seed of the generator")] = 0,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Draw a model's weights by a scheme and save them as a state dict.

    A torch module's file is its whole state, for ``load_state_dict``; a network's holds the weights
    and biases of its nodes. Read it with ``torch.load(file, weights_only=True)``.
    """
    from symvar.emit.files import write_all
    from symvar.emit.settings import show
    from symvar.extras import require_package

    if out.suffix not in SUFFIXES:
        raise ArgumentError(
            "--out",
            need=f"a file that ends in {' or '.join(SUFFIXES)}",
            have=str(out),
            remedy="use e.g. --out weights.pt",
        )
    torch = require_package("torch", "torch")
    options = {"scheme": scheme, "theory": theory, "distribution": distribution}
    state, profile = _drawn(torch, model, input, seed, options)
    content = io.BytesIO()
    torch.save(state, content)
    (written,) = write_all({out: content.getvalue()})
    if json:
        print(profile.to_json(), end="")
    else:
        show(profile)
        print(f"wrote {written}")


def _drawn(
    torch: Any, model: str, input: str | None, seed: int, options: dict[str, Any]
) -> tuple[dict[str, Any], Profile]:
    """The state dict and what was drawn."""
    from symvar.graph.network import Network
    from symvar.models import build, load, sizes
    from symvar.torch import init_, weights

    generator = torch.Generator().manual_seed(seed)
    made = build(model) if ":" in model and not Path(model).exists() else load(model, input)
    if isinstance(made, Network):
        return weights(made, generator=generator, **options)
    if not isinstance(made, torch.nn.Module):
        raise ArgumentError(
            "MODEL",
            need="a callable that returns a torch.nn.Module or a symvar Network",
            have=f"{model!r}, which returns {type(made).__name__}",
            remedy="name the function or class that builds the model",
        )
    if input is None:
        raise ArgumentError(
            "--input",
            need="the input size of a torch module",
            have="none",
            remedy="add e.g. --input 3x224x224",
        )
    first = next((each for each in made.parameters() if each.dtype.is_floating_point), None)
    kind = {} if first is None else {"dtype": first.dtype, "device": first.device}
    profile = init_(made, torch.zeros(1, *sizes(input), **kind), generator=generator, **options)
    return made.state_dict(), profile

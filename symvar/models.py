"""Finding a model from what a user types."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import Any

from symvar import zoo
from symvar.adapters import from_onnx, from_torch
from symvar.errors import ArgumentError, GraphError, SymvarError, nearest
from symvar.graph.network import Network
from symvar.layers.base import Shape

PICKLED = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".tar", ".joblib")
"""Files that run code of their author's when they are read."""


def load(model: str, input: str | None = None, partial: bool = False) -> Network:
    """The network of a name of the zoo, ``file.onnx`` or ``package.module:callable``.

    Args:
        model: the name, the file, or a callable that returns a Network or a torch module.
        input: channels and spatial axes, as ``3x224x224``; needed for a torch module.
        partial: whether operators that no layer reads stay in it as boundaries.

    Raises:
        ArgumentError: for a model that cannot be found or an input that cannot be read.
        GraphError: for a model without any weighted layer.
    """
    net = _found(model, input, partial)
    if not net.weighted:
        raise GraphError(
            model,
            need="at least one layer with weights, to initialise or analyse",
            have=f"{len(net)} nodes without any",
            remedy="name the whole model, not its activations or pools alone",
        )
    return net


def _found(model: str, input: str | None, partial: bool) -> Network:
    if ":" in model and not Path(model).exists():
        return _built(model, input, partial)
    if model in zoo.all_models():
        return zoo.load(model, None if input is None else sizes(input))
    if model.lower().endswith(PICKLED):
        raise ArgumentError(
            "MODEL",
            need="file.onnx, package.module:callable or a name of the zoo",
            have=f"{model!r}, which would have to be unpickled: that runs whatever its author put "
            "into it, so symvar never does",
            remedy="export the model to ONNX, or name the function that builds it: no weights are "
            "needed",
        )
    if not model.endswith(".onnx"):
        raise ArgumentError(
            "MODEL",
            need="file.onnx, package.module:callable or a name of the zoo",
            have=repr(model),
            remedy="export the model to ONNX, or name a function that builds it; "
            f"of the zoo, {nearest(model, zoo.all_models())}",
        )
    if input is not None:
        raise ArgumentError(
            "--input",
            need="nothing for an ONNX file, which states its own input",
            have=input,
            remedy="leave --input out",
        )
    return from_onnx(model, partial=partial)


def sizes(text: str) -> Shape:
    """``3x224x224`` as a shape.

    Raises:
        ArgumentError: for anything else.

    >>> sizes("3x224x224")
    (3, 224, 224)
    """
    if not re.fullmatch(r"[1-9]\d*(x[1-9]\d*)*", text):
        raise ArgumentError(
            "--input",
            need="channels and spatial sizes such as 3x224x224",
            have=repr(text),
            remedy="write positive whole numbers with x between them",
        )
    return tuple(map(int, text.split("x")))


def _built(model: str, input: str | None, partial: bool) -> Network:
    made = build(model)
    if isinstance(made, Network):
        return made
    import torch

    if not isinstance(made, torch.nn.Module):
        raise ArgumentError(
            "MODEL",
            need="a callable that returns a symvar Network or a torch.nn.Module",
            have=f"{model!r}, which returns {type(made).__name__}",
            remedy="return the model itself",
        )
    if input is None:
        raise ArgumentError(
            "--input",
            need="the input size of a torch module",
            have="none",
            remedy="add e.g. --input 3x224x224",
        )
    stored = next((each for each in made.parameters() if each.is_floating_point()), None)
    like = {} if stored is None else {"dtype": stored.dtype, "device": stored.device}
    return from_torch(made, torch.zeros(1, *sizes(input), **like), partial=partial)


def build(model: str) -> Any:
    """What ``package.module:callable`` returns: a Network or a torch module.

    Args:
        model: the name of the callable.

    Raises:
        ArgumentError: for whatever goes wrong in it, told in one line.
    """
    module, _, name = model.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = _attribute(model, importlib.import_module(module), name)
        return found if _is_model(found) else found()
    except SymvarError:
        raise
    except Exception as error:
        raise ArgumentError(
            "MODEL",
            need="package.module:callable that imports and builds a model",
            have=f"{model!r}, which raises {type(error).__name__}: {' '.join(str(error).split())}",
            remedy="run from the folder that holds the module, or install its package",
        ) from None
    finally:
        sys.path.pop(0)


def _attribute(model: str, module: Any, name: str) -> Any:
    """A name of a module, dots allowed."""
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            public = [each for each in vars(found) if not each.startswith("_")]
            raise ArgumentError(
                "MODEL",
                need="package.module:callable that imports and builds a model",
                have=f"{model!r}, but there is no {part!r} in {found.__name__!r}",
                remedy=nearest(part, public),
            )
        found = getattr(found, part)
    if not callable(found) and not isinstance(found, Network):
        raise ArgumentError(
            "MODEL",
            need="a callable that builds a model, or the model itself",
            have=f"{model!r}, which is {type(found).__name__}",
            remedy="name a function without arguments that returns the model",
        )
    return found


def _is_model(found: Any) -> bool:
    """Whether this is a model already, rather than what builds one."""
    torch = sys.modules.get("torch")
    kinds = (Network,) if torch is None else (Network, torch.nn.Module)
    return isinstance(found, kinds)

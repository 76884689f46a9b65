"""Finding a model from what a user types."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import Any

from symvar import zoo
from symvar.adapters import from_onnx, from_torch
from symvar.errors import ArgumentError, SymvarError, nearest
from symvar.graph.network import Network
from symvar.layers.base import Shape


def load(model: str, input: str | None = None) -> Network:
    """The network of a name of the zoo, ``file.onnx`` or ``package.module:callable``.

    Args:
        model: the name, the file, or a callable that returns a Network or a torch module.
        input: channels and spatial axes, as ``3x224x224``; needed for a torch module.

    Raises:
        ArgumentError: for a model that cannot be found or an input that cannot be read.
    """
    if ":" in model and not Path(model).exists():
        return _built(model, input)
    if model in zoo.all_models():
        return zoo.load(model, None if input is None else sizes(input))
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
    return from_onnx(model)


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


def _built(model: str, input: str | None) -> Network:
    made = build(model)
    if isinstance(made, Network):
        return made
    if input is None:
        raise ArgumentError(
            "--input",
            need="the input size of a torch module",
            have="none",
            remedy="add e.g. --input 3x224x224",
        )
    import torch

    return from_torch(made, torch.zeros(1, *sizes(input)))


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
        return getattr(importlib.import_module(module), name)()
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

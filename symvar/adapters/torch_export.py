"""Tracing a torch module with ``torch.export``, and errors that say what to change."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

from symvar.errors import ArgumentError, GraphError
from symvar.extras import require_package

LOUD = ("torch._subclasses.fake_tensor", "torch.fx.experimental.symbolic_shapes")


def exported(module: Any, example_inputs: tuple[Any, ...], dynamic_shapes: Any) -> tuple[Any, Any]:
    """The torch package and the exported program of a module.

    Raises:
        ArgumentError: for what is no module or no single example.
        GraphError: for a module that cannot be traced, with the likely reason.
    """
    torch = require_package("torch", "torch")
    if not isinstance(module, torch.nn.Module):
        raise ArgumentError(
            "module",
            need="a torch.nn.Module",
            have=type(module).__name__,
            remedy="pass the module itself, then its example inputs",
        )
    _check_example(torch, example_inputs)
    try:
        named = {} if dynamic_shapes is None else {"dynamic_shapes": dynamic_shapes}
        with _quiet():
            return torch, torch.export.export(module, example_inputs, **named)
    except Exception as error:
        lines = str(error).strip().splitlines()
        have = next(iter(lines), type(error).__name__)
        raise GraphError(
            type(module).__name__,
            need="a module that torch.export can trace with this input",
            have=have,
            remedy=_remedy(torch, module, example_inputs[0], error),
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep torch from logging tracebacks and printing graphs for what is told as an error here."""
    loggers = [logging.getLogger(name) for name in LOUD]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _check_example(torch: Any, example_inputs: tuple[Any, ...]) -> None:
    tensors = [each for each in example_inputs if isinstance(each, torch.Tensor)]
    if len(example_inputs) == 1 and tensors:
        return
    several = len(tensors) > 1
    raise ArgumentError(
        "example_inputs",
        need="one tensor, batch included",
        have=f"{len(tensors)} tensors"
        if several
        else f"{len(example_inputs)} arguments"
        if len(example_inputs) != 1
        else type(example_inputs[0]).__name__,
        remedy="a network of several inputs is not supported yet: wrap the module so that its "
        "forward takes one tensor and splits it"
        if several
        else "call with one example, e.g. torch.zeros(1, 3, 224, 224)",
    )


def _remedy(torch: Any, module: Any, example: Any, error: Exception) -> str:
    """The likely reason, from what module and example are."""
    stored = next((each for each in module.parameters() if each.is_floating_point()), None)
    told = f"{type(error).__name__} {error}".lower()
    mixed = example.is_floating_point() or "type" in str(error).lower()
    if stored is not None and mixed and stored.dtype != example.dtype:
        return (
            f"the parameters are {stored.dtype} and the example is {example.dtype}: pass "
            f"example.to({stored.dtype}), or module.float()"
        )
    if stored is not None and stored.device != example.device:
        return (
            f"the parameters are on {stored.device} and the example on {example.device}: move one "
            "of them"
        )
    if "constraints violated" in str(error).lower():
        return _wider(str(error))
    if any(word in told for word in ("datadependent", "data-dependent", "guard on", "unbacked")):
        return (
            "control flow depends on the data: replace the if or loop by torch.where or torch.cond,"
            " or trace the branch that is taken"
        )
    return "check the input's shape; control flow must not depend on data"


def _wider(message: str) -> str:
    """What torch suggests for a symbolic size that may not be as small as it was said to be."""
    lines = (line.strip() for line in message.partition("Suggested fixes:")[2].splitlines())
    suggested = ", ".join(line for line in lines if "Dim(" in line or "=" in line)
    least = f"torch suggests {suggested}" if suggested else "give it a larger min"
    return f"a symbolic size has values that the model cannot take: {least}"

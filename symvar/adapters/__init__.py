"""Reading other packages' models: the only files that know torch and onnx.

Either package is imported when its function is called, not before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from symvar.adapters.draws import Draw
from symvar.extras import require_package
from symvar.graph.measurement import Measurement
from symvar.graph.network import Network
from symvar.inputs import Input
from symvar.schemes import Init, Scheme
from symvar.theories import Theory

if TYPE_CHECKING:
    import torch


def from_onnx(path: str | PathLike[str], *, partial: bool = False) -> Network:
    """The network in an ONNX file; weights are not needed.

    Sizes that the file names (``dim_param``) become symbols of that name.

    Args:
        path: the file.
        partial: whether operators that no layer reads stay in the network as boundaries: behind
            one stand white units of second moment one, and what feeds it is an output.

    Raises:
        MissingExtra: without the onnx package.
        ModelFileError: for a file that is missing, cut or invalid.
        UnsupportedOperator: naming every operator no layer reads, with its nodes.
        SymvarError: for a model symvar reads but cannot place, naming the node.
    """
    from symvar.adapters.onnx_reader import read

    return read(path, partial)


def from_torch(
    module: torch.nn.Module,
    *example_inputs: Any,
    dynamic_shapes: Any = None,
    partial: bool = False,
) -> Network:
    """The network of a torch module, traced with ``torch.export``.

    Args:
        module: the module; it may live on the ``meta`` device, no weights are needed.
        example_inputs: what its ``forward`` is called with, batch included: one tensor.
        dynamic_shapes: which sizes of the input are symbols, as ``torch.export.export`` takes it:
            ``({2: torch.export.Dim("h", min=4)},)`` makes the height the
            symbol ``symvar.symbols.size("h")``.
        partial: whether operators that no layer reads stay in the network as boundaries: behind
            one stand white units of second moment one, and what feeds it is an output.

    Raises:
        MissingExtra: without torch.
        UnsupportedOperator: naming every operator no layer reads, with its nodes.
        SymvarError: for a model symvar reads but cannot place, naming the node.

    >>> import torch
    >>> net = from_torch(torch.nn.Conv2d(3, 8, 3), torch.zeros(1, 3, 9, 9),
    ...                  dynamic_shapes=({2: torch.export.Dim("h", min=4)},))
    >>> net.outputs[0].after
    (8, h - 2, 7)
    """
    from symvar.adapters.torch_reader import read

    return read(module, *example_inputs, dynamic_shapes=dynamic_shapes, partial=partial)


def measure(
    model: torch.nn.Module | Network,
    *example_inputs: Any,
    scheme: str | Scheme | Init | None = None,
    distribution: str | Draw | None = None,
    theory: str | Theory | Sequence[str | Theory] = "iid",
    draws: int = 30,
    seed: int = 0,
    input: str | Input = "white",
    dtype: str = "float32",
    progress: bool | Callable[[Iterable[int], int], Iterable[int]] | None = None,
) -> Measurement:
    r"""Run a model many times; the moments found, with errors, beside those predicted.

    Each draw has its own weights (where a scheme is given), input and cotangent: independent
    Gaussians of unit variance on every output unit, before a softmax. It depends on the seed and
    its own number alone, so fewer draws are the first of more. The model is not touched: a copy
    runs, in the mode (training or evaluation) the model is in. Moments are means over units and
    batch; their standard errors come from the spread over draws. An interruption (Ctrl-C) keeps
    the draws that are finished.

    Args:
        model: a torch module, or a network (read from ONNX, built, of the zoo), which torch runs.
        example_inputs: what its ``forward`` is called with, batch included; the batch decides how
            many inputs a draw runs on. May be left out for a network.
        scheme: draws every weight with its variance, biases zero, norms the identity; None keeps
            the model's own weights.
        distribution: what weights are drawn from; the scheme's own where None.
        theory: a theory or its name, or several; predictions of each.
        draws: how many.
        seed: what they follow from.
        input: ``"white"`` (independent standard normals), ``"constant"`` (ones), another kind by
            name, an :class:`symvar.inputs.Input`, or ``"example"`` (the tensor given, scaled to
            second moment 1).
        dtype: ``"float32"`` or ``"float64"``.
        progress: whether a progress bar is shown, by default where somebody watches; or what
            wraps the draws and their number.

    Raises:
        MissingExtra: without torch.
        ArgumentError: for a model without weights or memory, a batch of 1 with batch norm in
            training mode, or an example that cannot be run.
        GraphError: for a weight that is not used as the trace saw, or moments that overflow.
        SymvarError: for a model that cannot be read.
    """
    require_package("torch", "torch")
    from symvar.adapters.torch_measure import run

    return run(
        model, example_inputs, scheme, distribution, theory, draws, seed, input, dtype, progress
    )

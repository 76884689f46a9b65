"""Reading other packages' models: the only files that know torch and onnx.

Either package is imported when its function is called, not before.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from symvar.graph.network import Network

if TYPE_CHECKING:
    import torch


def from_onnx(path: str | PathLike[str]) -> Network:
    """The network in an ONNX file; weights are not needed.

    Args:
        path: the file.

    Raises:
        MissingExtra: without the onnx package.
        ModelFileError: for a file that is missing, cut or invalid.
        UnsupportedOperator: naming every operator no layer reads, with its nodes.
        SymvarError: for a model symvar reads but cannot place, naming the node.
    """
    from symvar.adapters.onnx_reader import read

    return read(path)


def from_torch(module: torch.nn.Module, *example_inputs: Any) -> Network:
    """The network of a torch module, traced with ``torch.export``.

    Args:
        module: the module; it may live on the ``meta`` device, no weights are needed.
        example_inputs: what its ``forward`` is called with, batch included.

    Raises:
        MissingExtra: without torch.
        UnsupportedOperator: naming every operator no layer reads, with its nodes.
        SymvarError: for a model symvar reads but cannot place, naming the node.
    """
    from symvar.adapters.torch_reader import read

    return read(module, *example_inputs)

# ruff: noqa: I001  the report follows the order of the chapter
"""Cotter, background chapter: supervised learning, neural networks, convolutional networks."""

from __future__ import annotations

from .setting import paper
from . import likelihood, descent, stochastic, momentum, neuron, losses, layers

__all__ = [
    "descent",
    "layers",
    "likelihood",
    "losses",
    "momentum",
    "neuron",
    "paper",
    "stochastic",
]

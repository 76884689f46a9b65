# ruff: noqa: I001  the report follows the order of the chapter
"""Cotter, background chapter: supervised learning, neural networks, convolutional networks."""

from __future__ import annotations

from .setting import paper
from . import likelihood, posterior, descent, stochastic, momentum, neuron, losses, layers
from . import convolution, convolution_gradients, normalisation, architectures

__all__ = [
    "architectures",
    "convolution",
    "convolution_gradients",
    "descent",
    "layers",
    "likelihood",
    "losses",
    "momentum",
    "neuron",
    "normalisation",
    "paper",
    "posterior",
    "stochastic",
]

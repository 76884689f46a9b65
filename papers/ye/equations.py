"""Ye, Geometry of Deep Learning: chapters 6 (networks, backpropagation) and 7 (convolution)."""

from __future__ import annotations

from . import neuron, optimizers, training
from .setting import paper

__all__ = ["neuron", "optimizers", "paper", "training"]

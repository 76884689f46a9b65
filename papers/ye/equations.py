"""Ye, Geometry of Deep Learning: chapters 6 (networks, backpropagation) and 7 (convolution)."""

from __future__ import annotations

from . import neuron, training  # isort: skip
from . import optimizers  # isort: skip
from . import backprop, geometry  # isort: skip
from . import variational  # isort: skip
from .setting import paper

__all__ = ["backprop", "geometry", "neuron", "optimizers", "paper", "training", "variational"]

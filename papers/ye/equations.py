"""Ye, Geometry of Deep Learning: chapters 6 (networks, backpropagation) and 7 (convolution)."""

from __future__ import annotations

# In the order of the source, which is the order of the report.
from . import neuron, training  # noqa: F401  # isort: skip
from . import optimizers  # noqa: F401  # isort: skip
from . import backprop, geometry  # noqa: F401  # isort: skip
from . import variational, descent  # noqa: F401  # isort: skip
from . import exercises, exercises_later  # noqa: F401  # isort: skip
from . import history, convolution, classifiers  # noqa: F401  # isort: skip
from .setting import paper

__all__ = ["paper"]

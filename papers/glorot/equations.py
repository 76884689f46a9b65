"""Glorot and Bengio 2010: every numbered equation, and what section 4.2 says in prose."""

from __future__ import annotations

# The order of the entries is the order of the source.
from .setting import paper  # isort: skip
from . import gradients, propagation, initialisation  # isort: skip

__all__ = ["gradients", "initialisation", "paper", "propagation"]

"""What the contract tests run over: every example of every layer."""

from __future__ import annotations

import pytest

from symvar.layers import all_layers
from symvar.layers.base import AbstractJoin


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give ``example`` every example, ``mixing`` those of weighted layers."""
    every = [
        pytest.param(each, id=f"{name}: {each.about}")
        for name, layer in all_layers().items()
        for each in layer.examples
    ]
    found = [each for each in every if not isinstance(each.values[0].layer, AbstractJoin)]
    if "joining" in metafunc.fixturenames:
        metafunc.parametrize("joining", [each for each in every if each not in found])
    if "example" in metafunc.fixturenames:
        metafunc.parametrize("example", found)
    if "mixing" in metafunc.fixturenames:
        mixing = [each for each in found if each.values[0].layer.weight_axes]
        metafunc.parametrize("mixing", mixing)

"""Running a model many times and taking the moments of every weighted layer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch

from symvar import registry
from symvar.adapters.draws import Draw
from symvar.adapters.torch_session import Session, Setup, of_module, of_network
from symvar.errors import ArgumentError, NeedsFact
from symvar.graph.measurement import MOMENTS, Measurement
from symvar.graph.network import Network
from symvar.graph.profile import Profile
from symvar.graph.propagate import propagate
from symvar.inputs import Images, Input
from symvar.inputs import find as find_input
from symvar.schemes import Init, Scheme
from symvar.theories import Theory
from symvar.theories import find as find_theory

DTYPES = {"float32": torch.float32, "float64": torch.float64}

KEPT = (
    "the model's own weights, the same in every draw; predictions take weights and biases for "
    "independent, of mean zero, with the mean square they have"
)

Progress: TypeAlias = Callable[[Iterable[int], int], Iterable[int]]


def run(
    model: torch.nn.Module | Network,
    example_inputs: Sequence[Any],
    scheme: str | Scheme | Init | None,
    distribution: str | Draw | None,
    theory: str | Theory | Sequence[str | Theory],
    draws: int,
    seed: int,
    input: str | Input,
    dtype: str,
    progress: bool | Progress | None,
) -> Measurement:
    """See ``symvar.measure``.

    >>> from symvar import measure, sequential
    >>> from symvar.layers import Dense
    >>> net = sequential([Dense(64), "relu", Dense(8)], input=(32,))
    >>> found = measure(net, scheme="kaiming-fan-in", draws=200, seed=1)
    >>> [round(row.forward, 1) for row in found.rows], found.profiles[0]["dense2"].forward
    ([2.0, 2.0], 2)
    """
    for name, value, least in (("draws", draws, 1), ("seed", seed, 0)):
        if type(value) is not int or value < least:
            raise ArgumentError(
                name,
                need=f"a whole number of at least {least}",
                have=repr(value),
                remedy=f"use e.g. {name}=30",
            )
    precision = registry.pick(DTYPES, dtype, "dtype")
    given = None if input == "example" else find_input(input)
    asked = [theory] if isinstance(theory, str | Theory) else theory
    theories = [find_theory(each) for each in asked]
    setup = Setup(scheme, distribution, theories[0], given, precision)
    make: Callable[..., Session] = of_network if isinstance(model, Network) else of_module
    session = make(model, example_inputs, setup)
    if scheme is None:
        session.notes.append(KEPT)
    kind = given or Images(session.example.double().cpu().numpy())
    profiles = _profiles(session, theories, kind)
    samples: list[list[list[float]]] = []
    try:
        for draw in _followed(range(draws), draws, progress):
            samples.append(session.draw(seed, draw))
    except KeyboardInterrupt:
        if not samples:
            raise
        session.notes.append(f"interrupted: {len(samples)} of {draws} draws were finished")
    table = np.array(samples)
    return Measurement(
        names=tuple(node.name for node in session.net.weighted),
        samples={name: table[:, place] for place, name in enumerate(MOMENTS)},
        profiles=tuple(profiles),
        scheme=None if scheme is None else session.init.scheme,
        input=str(input),
        seed=seed,
        asked=draws,
        dtype=dtype,
        device=str(session.example.device),
        batch=len(session.example),
        notes=tuple(session.notes),
    )


def _profiles(session: Session, theories: Sequence[Theory], kind: Input) -> list[Profile]:
    """What each theory predicts; one that cannot say is told in the notes."""
    found = []
    for theory in theories:
        try:
            found.append(propagate(session.net, session.init, theory, kind))
        except NeedsFact as error:
            session.notes.append(f"no prediction: {error}")
    return found


def _followed(draws: Iterable[int], total: int, progress: bool | Progress | None) -> Iterable[int]:
    if callable(progress):
        return progress(draws, total)
    if progress is None:
        progress = sys.stderr.isatty()
    if not progress:
        return draws
    from rich.console import Console
    from rich.progress import track

    return track(draws, "draws", total=total, console=Console(stderr=True), transient=True)

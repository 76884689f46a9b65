"""What running a model found: the same rows as a profile, with errors, beside predictions."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from symvar import registry
from symvar.extras import require_package
from symvar.graph.profile import Profile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOMENTS = ("forward", "backward", "backward_input")


@dataclass(frozen=True)
class Measured:
    r"""One weighted layer: means over draws, and their standard errors.

    Args:
        name: its node.
        forward: the second moment of its pre-activations.
        forward_se: its standard error; NaN from a single draw.
        backward: the second moment of the gradient there.
        backward_se: its standard error.
        backward_input: the second moment of this layer's own share of the gradient at its input.
        backward_input_se: its standard error.
    """

    name: str
    forward: float
    forward_se: float
    backward: float
    backward_se: float
    backward_input: float
    backward_input_se: float


COLUMNS = tuple(field.name for field in fields(Measured))


@dataclass(frozen=True)
class Measurement:
    """The moments of a model that was run, and what theories predict for it.

    Args:
        names: the weighted nodes, in topological order.
        samples: for each of `MOMENTS`, one row per draw and one column per node.
        profiles: the predictions beside it, one for each theory.
        scheme: the scheme the weights were drawn with; None where the model kept its own.
        input: the kind of input.
        seed: what the draws follow from.
        asked: how many draws were asked for; fewer are there after an interruption.
        dtype: the precision it ran in.
        device: where it ran.
        batch: how many inputs each draw ran on.
        notes: what a reader should know.
    """

    names: tuple[str, ...]
    samples: Mapping[str, np.ndarray]
    profiles: tuple[Profile, ...]
    scheme: str | None
    input: str
    seed: int
    asked: int
    dtype: str
    device: str
    batch: int
    notes: tuple[str, ...] = ()

    @property
    def draws(self) -> int:
        """How many draws were finished."""
        return len(self.samples["forward"])

    @cached_property
    def rows(self) -> tuple[Measured, ...]:
        """One per weighted layer."""
        columns = [
            column
            for name in MOMENTS
            for column in (self.samples[name].mean(axis=0), standard_errors(self.samples[name]))
        ]
        return tuple(
            Measured(name, *(float(each[place]) for each in columns))
            for place, name in enumerate(self.names)
        )

    def __getitem__(self, name: str) -> Measured:
        found: Measured = registry.pick({row.name: row for row in self.rows}, name, "layer")
        return found

    def column(self, name: str) -> list[float]:
        """A column of the rows."""
        return [getattr(row, registry.pick(_COLUMN, name, "column")) for row in self.rows]

    @property
    def ratio(self) -> dict[str, list[float]]:
        """Predicted over measured for each of `MOMENTS`, under the first theory."""
        return self.ratios(self.profiles[0]) if self.profiles else {}

    def ratios(self, profile: Profile) -> dict[str, list[float]]:
        """Predicted over measured for each of `MOMENTS`, under one theory."""
        predicted = self.predictions[profile.theory]
        return {
            name: [
                said / found if found else math.nan
                for said, found in zip(predicted[name], self.column(name), strict=True)
            ]
            for name in MOMENTS
        }

    @cached_property
    def predictions(self) -> dict[str, dict[str, list[float]]]:
        """The predicted moments as doubles, by theory."""
        return {
            profile.theory: {name: profile.floats(name) for name in MOMENTS}
            for profile in self.profiles
        }

    @property
    def errors(self) -> dict[str, dict[str, float]]:
        r"""The median over layers of $|\log_{10}(\text{predicted}/\text{measured})|$, by theory."""
        return {
            profile.theory: {
                name: _median_decades(ratios) for name, ratios in self.ratios(profile).items()
            }
            for profile in self.profiles
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain data; null for an error that a single draw does not give."""
        return {
            "schema": "symvar/measurement/1",
            "scheme": self.scheme,
            "input": self.input,
            "seed": self.seed,
            "draws": self.draws,
            "asked": self.asked,
            "batch": self.batch,
            "dtype": self.dtype,
            "device": self.device,
            "notes": list(self.notes),
            "median_decades": self.errors,
            "rows": [{name: _plain(getattr(row, name)) for name in COLUMNS} for row in self.rows],
            "predicted": [json.loads(profile.to_json()) for profile in self.profiles],
        }

    def to_json(self) -> str:
        """The rows, and every predicted profile with its proven digits."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False) + "\n"

    def to_frame(self) -> Any:
        """A pandas frame: measured, errors, then predicted and ratio for each theory.

        Raises:
            MissingExtra: without pandas.
        """
        pd = require_package("pandas", "frames")
        frame = pd.DataFrame([{name: getattr(row, name) for name in COLUMNS} for row in self.rows])
        for profile in self.profiles:
            ratios = self.ratios(profile)
            for name in MOMENTS:
                frame[f"{name}_{profile.theory}"] = self.predictions[profile.theory][name]
                frame[f"{name}_{profile.theory}_ratio"] = ratios[name]
        return frame

    def to_latex(self) -> str:
        """Predicted, measured and their ratio, both directions, as LaTeX (booktabs)."""
        from symvar.emit.measurements import latex_table

        return latex_table(self)

    def plot(self) -> Figure:
        """Predicted and measured moments against depth, both directions.

        Raises:
            MissingExtra: without matplotlib.
        """
        from symvar.emit.plots import against_depth

        return against_depth(self.profiles, [self])

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        from symvar.emit.measurements import html_table

        return {"text/plain": str(self), "text/html": html_table(self)}

    def __str__(self) -> str:
        from symvar.emit.measurements import text_table

        return text_table(self)


_COLUMN = {name: name for name in COLUMNS}


def standard_errors(samples: np.ndarray) -> np.ndarray:
    """The standard error of each column's mean; NaN from a single row."""
    if len(samples) < 2:
        return np.full(samples.shape[1], math.nan)
    found: np.ndarray = samples.std(axis=0, ddof=1) / math.sqrt(len(samples))
    return found


def _median_decades(ratios: Sequence[float]) -> float:
    decades = [abs(math.log10(ratio)) for ratio in ratios if ratio > 0]
    return float(np.median(decades)) if decades else math.nan


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value

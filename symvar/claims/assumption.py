"""Assumptions that are no relations: independence, a law, a mean. They are data, and have words."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Assumption(ABC):
    """Something that is given and that no sympy relation can say.

    A subclass is a frozen dataclass; the route that understands it asks for it by its class.
    """

    @property
    @abstractmethod
    def words(self) -> str:
        """The assumption as a reader would say it."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.words

"""Optional packages: imported where they are used, and asked for by name where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from symvar.errors import MissingExtra


def require_package(name: str, extra: str) -> Any:
    """The package of that name.

    Args:
        name: the package.
        extra: the extra of symvar that installs it.

    Raises:
        MissingExtra: where it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtra(
            f"package {name}",
            need=f"{name} for this call",
            have="no such package",
            remedy=f"pip install 'symvar[{extra}]'",
        ) from error

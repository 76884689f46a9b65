"""Finding what a folder defines: one file per layer, activation, scheme, derivation or theory.

Nothing is listed by hand. A folder is scanned once; a definition without a name, a reference or
examples, or with a name that is taken, is an error at that moment.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, TypeVar

from symvar.errors import ArgumentError, DefinitionError, nearest

Kind = TypeVar("Kind")


def modules(package: str) -> Iterator[ModuleType]:
    """The modules of a package in the order of their names, ``base`` left out."""
    folder = importlib.import_module(package)
    for found in sorted(pkgutil.iter_modules(folder.__path__), key=lambda module: module.name):
        if found.name != "base":
            yield importlib.import_module(f"{package}.{found.name}")


def classes(package: str, kind: type[Kind]) -> dict[str, type[Kind]]:
    """Every final subclass of ``kind`` that a module of the package defines, by its ``name``."""
    found: dict[str, type[Kind]] = {}
    for module in modules(package):
        for cls in vars(module).values():
            if _is_defined_here(cls, kind, module):
                add(found, cls, module.__name__)
    return found


def add(found: dict[str, type[Kind]], cls: type[Kind], where: str) -> None:
    """Enter one definition into a registry.

    Raises:
        DefinitionError: without a name, a reference or examples, or with a name that is taken.
    """
    for needed in ("name", *getattr(cls, "required", ())):
        if not getattr(cls, needed, None):
            raise DefinitionError(
                where,
                need=f"`{needed}` on class {cls.__name__}",
                have="none",
                remedy=f"set {cls.__name__}.{needed}",
            )
    name: str = cls.name  # type: ignore[attr-defined]
    if name in found:
        raise DefinitionError(
            where,
            need=f"a name of its own for {cls.__name__}",
            have=f"{name!r}, which {found[name].__module__} has taken",
            remedy="rename one of the two",
        )
    found[name] = cls


def pick(registry: Mapping[str, Any], name: str, what: str) -> Any:
    """The entry of that name, or an error with the nearest known name."""
    if name not in registry:
        raise ArgumentError(
            what, need=f"a known {what}", have=repr(name), remedy=nearest(name, registry)
        )
    return registry[name]


def by_class_name(registry: Mapping[str, type[Kind]], name: str, package: str) -> type[Kind]:
    """The class of that name, for a package's ``__getattr__``.

    Raises:
        AttributeError: with the nearest known name.
    """
    by_name = {cls.__name__: cls for cls in registry.values()}
    if name not in by_name:
        hint = "" if name.startswith("_") else f"; {nearest(name, by_name)}"
        raise AttributeError(f"module {package!r} has no attribute {name!r}{hint}")
    return by_name[name]


def _is_defined_here(cls: object, kind: type, module: ModuleType) -> bool:
    return (
        inspect.isclass(cls)
        and issubclass(cls, kind)
        and cls is not kind
        and cls.__module__ == module.__name__
        and not cls.__name__.startswith("Abstract")
    )

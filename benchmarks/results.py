"""Results as JSON that the site shows: what was measured, on what kind of machine, and when."""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from symvar.emit.files import write_all

PACKAGES = ("symvar", "sympy", "mpmath", "python-flint", "numpy", "torch")


def conditions() -> dict[str, Any]:
    """The day, the kind of machine, and the versions; nothing that names a machine."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, no GPU",
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in PACKAGES},
    }


def save(path: Path, results: Mapping[str, Any]) -> None:
    """Write results, whole or not at all; lists of numbers stay on one line."""
    text = json.dumps(results, indent=1)
    text = re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), text)
    write_all({path: text + "\n"})
    print(f"wrote {path}")

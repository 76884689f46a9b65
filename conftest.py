"""What pytest may collect where torch is absent, as in `make test-core`."""

import re
from importlib.util import find_spec
from pathlib import Path

IMPORTS_TORCH = re.compile(r"^(import|from) (torch|symvar\.adapters\.torch_\w+)\b", re.MULTILINE)


def _needing_torch() -> list[str]:
    files = Path(__file__).parent.joinpath("symvar").rglob("*.py")
    return [str(each) for each in files if IMPORTS_TORCH.search(each.read_text(encoding="utf-8"))]


collect_ignore = [] if find_spec("torch") else _needing_torch()

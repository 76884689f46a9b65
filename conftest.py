"""What pytest may collect where torch is absent, as in `make test-core`."""

from importlib.util import find_spec

NEED_TORCH = ["symvar/torch.py", "symvar/adapters/torch_init.py"]

collect_ignore = [] if find_spec("torch") else NEED_TORCH

"""The site is tested where what builds it is installed."""

from importlib.util import find_spec

NEEDED = ("sphinx", "myst_nb", "furo", "quickjs", "matplotlib", "torch")
collect_ignore = [] if all(map(find_spec, NEEDED)) else ["test_site.py"]

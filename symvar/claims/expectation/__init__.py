"""The expectation algebra: a normal form that proves, and finite laws that refute.

`known` reads the assumptions; `terms` opens sums of symbolic length; `kinks` writes rectifiers
with indicators; `normal` puts it together; `models` and `search` look for a counterexample. The
folder imports claims' symbols and facts, and sympy; the route in ``routes/expectation.py`` asks it.
"""

"""The second numerical route: intervals of mpmath's, no ball of flint's anywhere.

Every constant is computed from the integral that defines it, by a Gauss-Legendre rule whose nodes,
error, tail and rounding are all enclosed. What is taken on trust is mpmath's arithmetic: its sums,
products and roots are rounded outwards as it says, and its elementary functions are right to four
units of the last place.
"""

from symvar.integrals.intervals.route import Bracket, bracket

__all__ = ["Bracket", "bracket"]

"""Checked statements: a verdict is never stronger than its evidence."""

from symvar.claims.check import check
from symvar.claims.verdict import Verdict

__all__ = ["Verdict", "check"]

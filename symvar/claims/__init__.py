"""Checked statements: a verdict is never stronger than its evidence."""

from symvar.claims.check import Verdict, check

__all__ = ["Verdict", "check"]

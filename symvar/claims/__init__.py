"""Checked statements: a verdict is never stronger than its evidence."""

from symvar.claims.assumption import Assumption
from symvar.claims.calculus import gradient, jacobian, vec
from symvar.claims.check import check
from symvar.claims.instances import Instances
from symvar.claims.paper import Claim, Paper
from symvar.claims.report import Report
from symvar.claims.statement import Statement
from symvar.claims.verdict import Verdict
from symvar.claims.verify import verify

__all__ = [
    "Assumption",
    "Claim",
    "Instances",
    "Paper",
    "Report",
    "Statement",
    "Verdict",
    "check",
    "gradient",
    "jacobian",
    "vec",
    "verify",
]

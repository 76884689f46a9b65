"""Checked statements: a verdict is never stronger than its evidence."""

from symvar.claims.assumption import Assumption
from symvar.claims.calculus import gradient, jacobian, vec
from symvar.claims.check import check
from symvar.claims.converge import Converges
from symvar.claims.definite import PositiveSemidefinite
from symvar.claims.instances import Instances
from symvar.claims.laws import Bernoulli, Discrete, Gaussian, Uniform
from symvar.claims.minimise import Minimises, SameMinimisers
from symvar.claims.moments import Cov, E, Prob, Var
from symvar.claims.paper import Claim, Paper
from symvar.claims.random import Largest, random_family, random_variable
from symvar.claims.randomness import (
    Continuous,
    HasLaw,
    IdenticallyDistributed,
    Independent,
    NoAtomAtZero,
    Symmetric,
    Uncorrelated,
    ZeroMean,
)
from symvar.claims.report import Report
from symvar.claims.sampled import Sampled
from symvar.claims.sequence import Rule, SameSequence
from symvar.claims.statement import Statement
from symvar.claims.verdict import Verdict
from symvar.claims.verify import verify

__all__ = [
    "Assumption",
    "Bernoulli",
    "Claim",
    "Continuous",
    "Converges",
    "Cov",
    "Discrete",
    "E",
    "Gaussian",
    "HasLaw",
    "IdenticallyDistributed",
    "Independent",
    "Instances",
    "Largest",
    "Minimises",
    "NoAtomAtZero",
    "Paper",
    "PositiveSemidefinite",
    "Prob",
    "Report",
    "Rule",
    "SameMinimisers",
    "SameSequence",
    "Sampled",
    "Statement",
    "Symmetric",
    "Uncorrelated",
    "Uniform",
    "Var",
    "Verdict",
    "ZeroMean",
    "check",
    "gradient",
    "jacobian",
    "random_family",
    "random_variable",
    "vec",
    "verify",
]

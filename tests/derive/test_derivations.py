"""Contract over all derivations: every line checked, honest in print, and it typesets."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from fractions import Fraction

import pytest
import sympy as sp

from symvar.claims import check
from symvar.claims.mutate import mutants
from symvar.derive import all_chains, all_derivations, derive, titles
from symvar.derive.base import Derivation, Step, goes_on, same, unsupported
from symvar.derive.chains.tau_correlated import P, rho
from symvar.derive.integration import (
    ByAntiderivative,
    ByDerivative,
    BySubstitution,
    InBalls,
)
from symvar.derive.normal import Phi, phi
from symvar.derive.notation import over, s, y
from symvar.emit.derivations import FORMATS, latex_document
from symvar.errors import ArgumentError, DefinitionError
from symvar.integrals import orthants, tau
from symvar.symbols import h, w

NAMES = all_derivations()
ENCLOSED = {
    "gains": (28, 29),
    "tau": (21, 25),
}
"""The lines that are not proved, by derivation; each with its reason in the derivation."""


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_known_to_hold_and_the_weaker_ones_are_listed(name, derived):
    derivation = derived(name)
    assert derivation.title == titles()[name]
    assert all(step.verdict.status in ("proved", "enclosed", "instances", "sampled")
               for step in derivation.steps)  # fmt: skip
    weaker = [number for number, step in enumerate(derivation.steps, start=1)
              if step.verdict.status != "proved"]  # fmt: skip
    assert tuple(weaker) == ENCLOSED.get(name, ())
    for step in derivation.steps:
        assert step.reason.strip()
        if isinstance(step.formula, sp.core.relational.Relational):
            assert step.formula.lhs != step.formula.rhs, "it says nothing"
        assert not step.reason.endswith(".")
        assert step.statement not in (True, False, sp.true, sp.false), "sympy judged it first"
        assert all(each in derivation.steps for each in step.follows)
    assert derivation.references or name not in all_chains()


@pytest.mark.parametrize("name", sorted(all_chains()))
def test_a_chain_has_no_loose_line_and_ends_in_a_result(name, derived):
    steps = derived(name).steps
    assert unsupported(steps) == ()
    assert steps[-1].result
    for place, step in enumerate(steps):
        assert all(steps.index(each) < place for each in step.follows)


@pytest.mark.parametrize("notation", ["symvar", "asv"])
@pytest.mark.parametrize("name", NAMES)
def test_everything_typesets_and_says_how_it_is_known(name, notation, derived, katex):
    derivation = derived(name)
    fragment = derivation.to_latex(notation)
    shown = 0
    for block in re.findall(r"\\begin\{align\}(.*?)\\end\{align\}", fragment, re.DOTALL):
        shown += block.count(r"\label{")
        bare = re.sub(r"\\label\{.*?\}|\\nonumber", "", block)
        katex(rf"\begin{{aligned}}{bare}\end{{aligned}}")
    assert shown == len(derivation.steps)
    text = derivation.to_markdown(notation)
    blocks = re.findall(r"\$\$(.*?)\$\$", text, re.DOTALL)
    assert len(blocks) == text.count("Verdict: ") == len(derivation.steps)
    for block in blocks:
        katex(block)
    rest = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    assert rest.count("$") % 2 == 0
    for inline in (*re.findall(r"\$(.+?)\$", rest), *re.findall(r"(?<!\\)\$(.+?)\$", fragment)):
        katex(inline)
    page = derivation.to_html(notation)
    assert page.count('<li id="line-') == len(derivation.steps)
    for step in derivation.steps:
        assert f"{step.verdict.status}" in text
        if step.reference:
            assert str(step.reference) in text
    assert text == derivation.to_markdown(notation)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("name", sorted(all_chains()))
def test_the_document_compiles_and_no_line_is_too_long(name, tmp_path, derived):
    (tmp_path / "a.tex").write_text(latex_document(derived(name)), encoding="utf-8")
    command = ["pdflatex", "-draftmode", "-halt-on-error", "-interaction=batchmode", "a.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        log = (tmp_path / "a.log").read_text(errors="replace")
        assert done.returncode == 0, log[-2000:]
    assert "undefined" not in log
    wide = [float(size) for size in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]
    assert max(wide, default=0) < 2, wide


def wrong(statement):
    """A statement that is false where the given one is true."""
    turned = {sp.Gt: sp.Le, sp.Ge: sp.Lt, sp.Lt: sp.Ge, sp.Le: sp.Gt}
    if isinstance(statement, sp.Eq):
        matrix = getattr(statement.rhs, "is_Matrix", False)
        return same(statement.lhs, 2 * statement.rhs if matrix else statement.rhs + 1)
    if type(statement) in turned:
        return turned[type(statement)](*statement.args, evaluate=False)
    return next(mutant for _, mutant in mutants(statement, limit=1))


@pytest.mark.parametrize("name", sorted(all_chains()))
def test_changed_lines_are_refuted(name, derived):
    """None passes; what is left unknown is about sizes and functions that are not given."""
    found = []
    for number, step in enumerate(derived(name).steps, start=1):
        changed = Step(step.formula, step.reason, wrong(step.statement), step.given,
                       follows=step.follows, seconds=10)  # fmt: skip
        found.append((number, changed.verdict.status))
    assert {status for _, status in found} <= {"refuted", "unknown"}, found
    refuted = [number for number, status in found if status == "refuted"]
    assert len(refuted) >= len(found) / 2, found


def test_connection_counts_are_those_of_looking_at_every_pair():
    """Padding, stride and dilation: k w' less what the closed forms say is lost at both ends."""
    source = random.Random(11)
    seen = 0
    while seen < 200:
        width, k, s, p, d = (source.randint(*ends) for ends in
                             ((1, 12), (1, 5), (1, 3), (0, 3), (1, 3)))  # fmt: skip
        number = (width + 2 * p - d * (k - 1) - 1) // s + 1
        right = s * (number - 1) + d * (k - 1) + 1 - p - width
        if number < 1 or (s > 1 and d > 1) or max(p, right) > d * k:
            continue
        m = {edge: edge // (s * d) for edge in (p, right)}
        lost = {edge: (m[edge] + 1) * Fraction(2 * edge - s * d * m[edge], 2) if edge > 0 else 0
                for edge in m}  # fmt: skip
        taps = [sum(0 <= s * o - p + d * j < width for o in range(number)) for j in range(k)]
        left = [max(0, -((d * j - p) // s)) for j in range(k)]
        behind = [max(0, -((d * j - right) // s)) for j in reversed(range(k))]
        if any(a + b > number for a, b in zip(left, behind, strict=True)):
            continue
        assert sum(taps) == k * number - lost[p] - lost[right], (width, k, s, p, d)
        seen += 1


def test_tau_of_five_correlated_units_is_its_integral(derived):
    formula = derived("tau-correlated").steps[-1].formula
    assert formula.lhs.func is tau
    for value in (sp.Rational(1, 5), sp.Rational(3, 4)):
        closed = formula.rhs.replace(P, lambda n, link: orthants.few_equal(int(n), link))
        closed = closed.subs(rho, value)
        assert check(InBalls(tau(5, "max", value), closed)).status == "enclosed"


def test_sums_of_variances_are_those_of_the_matrix(derived):
    """S_1 and S_2 for kernels of 3 and 5, by powers of the matrix."""
    one, two = (derived("padding-depth").steps[k].formula.rhs for k in (0, 1))
    names = {str(name): name for name in one.free_symbols}
    for p, n in ((1, 2), (1, 7), (2, 4), (2, 9)):
        matrix = sp.Matrix(n, n, lambda i, j, p=p: 1 if abs(i - j) <= p else 0)
        ones = sp.ones(n, 1)
        for layers, formula in ((1, one), (2, two)):
            summed = sum(matrix**layers * ones)
            assert formula.subs({names["p"]: p, names["n"]: n}) == summed


@pytest.mark.parametrize(
    ("left", "right", "witness"),
    [
        (over(phi(s)), sp.Rational(1, 3), Phi(s)),
        (over(phi(s)), sp.Rational(1, 2), 2 * Phi(s)),
        (over(s * phi(s)), 2 * phi(sp.Integer(0)), -phi(s)),
        (over(phi(s) * Phi(s) ** 2), sp.Rational(1, 3), Phi(s) ** 3 / 3),
    ],
)
def test_a_wrong_integral_or_antiderivative_is_never_proved(left, right, witness):
    verdict = check(ByAntiderivative(left, right, witness))
    assert verdict.status in ("refuted", "unknown")


def test_rules_need_their_premises():
    """A witness that breaks, an integral that diverges, a substitution that turns the interval."""
    assert check(ByAntiderivative(over(1 / s**2, low=-1, high=1), -2, -1 / s)).status == "unknown"
    assert check(ByAntiderivative(over(s / s, low=0), sp.oo, s)).status == "unknown"
    turned = BySubstitution(over(phi(s)), over(phi(y), y), -y)
    assert check(turned).status == "unknown"
    moved = BySubstitution(over(phi(s)), over(phi(y + 1), y), y + 1)
    assert check(moved).status != "proved"


def test_balls_tell_what_agrees_and_what_does_not():
    third = over(phi(s) * Phi(s) ** 2, low=-sp.oo)
    assert check(InBalls(third, sp.Rational(1, 3))).status == "enclosed"
    assert check(InBalls(third, sp.Rational(1, 3) + sp.Rational(1, 10**20))).status == "refuted"
    known = ByDerivative(sp.sin(s) ** 2 + sp.cos(s) ** 2, sp.Integer(1), s, 0)
    assert check(known).status == "proved"
    assert check(ByDerivative(sp.sin(s), sp.Integer(0), s, 0)).status == "refuted"


def test_a_derivation_with_a_wrong_step_is_not_built():
    right = Step(same(w * 2, w + w), "twice a number is its sum with itself")
    false = Step(same(w + w, w**2), "so it is its square", follows=(right,))
    assert false.verdict.status == "refuted"
    with pytest.raises(DefinitionError, match="step 2: need a step that is known to hold"):
        Derivation("wrong", "wrong", (right, false))


def test_an_unknown_step_is_no_step():
    f = sp.Function("f")
    with pytest.raises(DefinitionError, match="have unknown"):
        Derivation("open", "open", (Step(same(f(w), f(h)), "who knows"),))


def test_a_step_may_use_the_lines_before_and_no_others():
    f = sp.Function("f")
    known = Step(same(sp.Integral(w, (w, 0, 1)), sp.Rational(1, 2)), "given",
                 same(sp.Rational(1, 2), sp.Rational(2, 4)))  # fmt: skip
    double = same(2 * sp.Integral(w, (w, 0, 1)), 1)
    assert Step(double, "so", follows=(known,)).verdict.status == "proved"
    assert Step(double, "so").verdict.status == "enclosed"  # by balls, which know no lines
    assert goes_on(Step(same(f(w), w), "a", same(w, w)), Step(same(w, h), "b", same(w, w)))


def test_an_unknown_name_is_told_with_the_nearest_one():
    with pytest.raises(ArgumentError, match="did you mean 'asv-forward'"):
        derive("asv-forwad")
    with pytest.raises(ArgumentError, match="need a known notation"):
        derive("lecun").to_latex("french")


def test_formats_have_a_suffix_each():
    assert {suffix for suffix, _ in FORMATS.values()} == {"tex", "md", "html"}

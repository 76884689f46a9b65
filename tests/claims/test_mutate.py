"""Changes of statements: which there are, in which order, and how a paper's fare."""

from __future__ import annotations

import itertools

import pytest
import sympy as sp

from symvar import tau
from symvar.claims import Claim, Statement, Verdict
from symvar.claims.mutate import LIMIT, mutants
from symvar.claims.mutate_papers import affirmed, mutation_report
from symvar.claims.mutate_report import Change, Mutated, MutationReport
from symvar.claims.paper import Entry
from symvar.emit.verdicts import mutation_lines
from symvar.symbols import c_in, k, size, w, x

i, j = sp.symbols("i j", integer=True)
A = sp.MatrixSymbol("A", 3, 3)
B = sp.MatrixSymbol("B", 3, 3)


def stated(lhs, rhs, relation=sp.Eq):
    return relation(lhs, rhs, evaluate=False)


def every(statement):
    return [mutant for _, mutant in mutants(statement, limit=None)]


EXPECTED = [
    ("factor", stated(w, k), stated(w, 2 * k)),
    ("factor", stated(w, k), stated(w, k / 2)),
    ("factor", stated(w, k + c_in), stated(w, 2 * k + c_in)),
    ("sign", stated(w, k + c_in), stated(w, c_in - k)),
    ("sign", stated(w, k), stated(w, -k)),
    ("exponent", stated(w, k**2), stated(w, k)),
    ("exponent", stated(w, k**2), stated(w, k**3)),
    ("exponent", stated(w, sp.sqrt(k)), stated(w, 1 / sp.sqrt(k))),
    ("exponent", stated(w, k), stated(w, k**2)),
    ("symbol", stated(w, k * w), stated(w, k**2)),
    ("integer", stated(w, 7 * k), stated(w, 6 * k)),
    ("integer", stated(w, k + 7), stated(w, k + 8)),
    ("integer", stated(w, sp.Rational(2, 7) * k), stated(w, sp.Rational(3, 7) * k)),
    ("integer", stated(w, tau(4)), stated(w, tau(5))),
    ("limit", stated(sp.Sum(i, (i, 1, w)), k), stated(sp.Sum(i, (i, 0, w)), k)),
    ("limit", stated(sp.Sum(i, (i, 1, w)), k), stated(sp.Sum(i, (i, 1, w - 1)), k)),
    ("dropped term", stated(w, k + c_in), stated(w, k)),
    ("dropped factor", stated(w, k * c_in), stated(w, c_in)),
    ("strict", stated(w, k, sp.Le), stated(w, k, sp.Lt)),
    ("strict", stated(w, k, sp.Gt), stated(w, k, sp.Ge)),
    ("direction", stated(w, k, sp.Le), stated(w, k, sp.Ge)),
    ("direction", stated(w, sp.Max(k, x)), stated(w, sp.Min(k, x))),
    ("ratio", stated(w, k / c_in), stated(w, c_in / k)),
    ("ratio", stated(w, sp.Rational(2, 7) * k), stated(w, sp.Rational(7, 2) * k)),
    ("ratio", stated(w, 1 / k + c_in), stated(w, k + c_in)),
    ("transposed", stated(A * B, B), stated(B * A, B)),
    ("transposed", stated(A.T * B, B), stated(A * B, B)),
    ("transposed", stated(A.I * B, B), stated(A * B, B)),
    (
        "symbol",  # an index that runs over the wrong set
        stated(sp.Sum(sp.IndexedBase("v")[i, j], (i, 1, w), (j, 1, w)), k),
        stated(sp.Sum(sp.IndexedBase("v")[j, j], (i, 1, w), (j, 1, w)), k),
    ),
]


@pytest.mark.parametrize(("operator", "statement", "mutant"), EXPECTED, ids=str)
def test_what_a_misprint_may_change(operator, statement, mutant):
    found = [each for name, each in mutants(statement, None) if name.split(", ")[0] == operator]
    assert mutant in found


STATEMENTS = [
    stated((w + k) ** 2, w**2 + 2 * w * k + k**2),
    stated(sp.Sum(i**2, (i, 1, w)), w * (w + 1) * (2 * w + 1) / 6),
    stated(w * k, w + k, sp.Le),
    stated(sp.ImmutableMatrix([[x, k], [0, 1]]), sp.ImmutableMatrix([[w, k], [0, 1]])),
    stated(tau(4), tau(4).doit()),
    sp.Or(stated(w, k, sp.Le), stated(x, k, sp.Gt)),
    (stated(w, k), stated(x, w**2)),
]


@pytest.mark.parametrize("statement", STATEMENTS, ids=str)
def test_no_change_comes_twice_nor_is_the_statement_itself(statement):
    found = every(statement)
    parts = statement if isinstance(statement, tuple) else (statement,)
    assert found
    assert not any(mutant in parts for mutant in found)
    assert all(one != other for one, other in itertools.combinations(found, 2))
    names = [name for name, _ in mutants(statement, None)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("statement", STATEMENTS, ids=str)
def test_the_order_is_the_same_each_time_and_a_limit_cuts_it_short(statement):
    assert every(statement) == every(statement)
    assert [each for _, each in mutants(statement, 3)] == every(statement)[:3]
    assert len(list(mutants(statement))) <= LIMIT


def test_a_few_changes_are_of_many_kinds_and_places():
    statement = stated((w + k) ** 2, w**2 + 2 * w * k + k**2)
    first = list(mutants(statement, 7))
    assert len({name.split(", ")[0] for name, _ in first}) == 7
    assert any(mutant.lhs != statement.lhs for _, mutant in first)
    assert any(mutant.rhs != statement.rhs for _, mutant in first)


def test_a_conjunction_is_changed_part_by_part():
    one, other = stated(w, 7 * k), stated(x, k, sp.Lt)
    for statement in ((one, other), sp.And(one, other), [one, (other,)]):
        assert {type(mutant) for mutant in every(statement)} >= {sp.Eq, sp.Lt, sp.Le}
        assert any(name.endswith("part 2") for name, _ in mutants(statement, 2))


def test_an_equation_with_zero_is_not_multiplied():
    """Twice nothing is nothing: such a change says the same."""
    names = [name for name, _ in mutants(stated(w - k, 0), None)]
    assert "factor, twice -k + w" not in names
    assert stated(w - k, 1) in every(stated(w - k, 0))


def test_bound_symbols_stay_inside_their_sum():
    for mutant in every(stated(sp.Sum(i * j, (i, 1, w)) + i, j * w)):
        assert mutant.free_symbols <= {i, j, w}


def test_a_change_that_cannot_be_built_is_left_out():
    """tau(0) is refused; so is a product of matrices whose shapes do not fit."""
    wide = sp.MatrixSymbol("C", 3, 5)
    for mutant in every((stated(tau(1), 0), stated(A * wide, wide))):
        assert mutant.lhs.is_number or mutant.lhs.shape


def test_a_statement_of_its_own_kind_says_its_changes_itself():
    class Mine(Statement):
        def judge(self, facts):
            return Verdict("proved", "so")

        def mutants(self):
            yield "other", stated(w, k)

        def _latex(self, printer):
            return "m"

    assert list(mutants(Mine())) == [("other", stated(w, k))]


def test_a_truth_value_has_no_changes():
    assert every(sp.true) == every(True) == []


def entry(outcome, **details):
    return Entry("1", "claim", "here", "a", outcome, make=lambda: None, **details)


def test_what_is_affirmed_is_what_is_changed():
    claim = Claim(w, given=(1,), extra=(2,), corrected=k, gap=x)
    corrected = entry("erratum", corrected_latex="b")
    assert affirmed(entry("holds"), claim) == (w, (1,))
    assert affirmed(entry("holds-under", beyond=("c",)), claim) == (w, (1, 2))
    assert affirmed(corrected, claim) == (k, (1, 2))
    assert affirmed(entry("approximation", note="d"), claim) == (x, (1, 2))


PAPER = """
import sympy as sp
from symvar.claims import Claim, Paper
paper = Paper("small", "Small")
n = size = sp.Symbol("n", integer=True, positive=True)
z = sp.Symbol("z", real=True)

@paper.equation("1", where="s", latex="a")
def one():
    return Claim(sp.Eq((n + 1)**2, n**2 + 2*n + 1, evaluate=False))

@paper.equation("2", where="s", latex="a")
def says_nothing():
    return Claim(sp.true)

@paper.equation("3", where="s", latex="a", strength="proved")
def positive():
    return Claim(sp.Ge(z**2, -1, evaluate=False))

paper.note("4", where="s", latex="a", kind="definition")
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setenv("SYMVAR_CACHE", str(tmp_path / "cache"))
    (tmp_path / "small").mkdir()

    def write():
        (tmp_path / "small" / "equations.py").write_text(PAPER)
        return tmp_path / "small"

    return write


def test_a_check_none_of_whose_changes_is_refuted_fails(small):
    report = mutation_report(small())
    assert [row.equation for row in report.rows] == ["1", "2", "3"]
    assert [row.equation for row in report.vacuous] == ["2"]
    assert not report.agrees
    fine = report.rows[0]
    assert {change.fate for change in fine.changes} == {"refuted"}
    assert all(change.latex for change in fine.changes)


def test_what_is_true_as_well_is_not_held_against_the_check(small):
    """z^2 >= -1 implies z^2 > -1 and z^2 >= -2, but not z >= -1."""
    row = mutation_report(small(), only="3").rows[0]
    fates = {change.words: change.fate for change in row.changes}
    assert fates["strict inequality"] == "equivalent"
    assert fates["twice -1"] == "equivalent"
    assert fates["exponent 1 of z"] == "refuted"
    assert not row.is_vacuous


def test_answers_are_kept_until_the_paper_changes(small, monkeypatch):
    first = mutation_report(small())
    with monkeypatch.context() as patch:
        patch.setattr("symvar.claims.mutate_papers.check", None)  # asked again, it would fail
        assert mutation_report(small()).rows == first.rows


def test_several_processes_find_the_same(small):
    folder = small()
    alone, shared = (mutation_report(folder, jobs=jobs, cache=False) for jobs in (1, 2))
    assert [row.changes for row in alone.rows] == [row.changes for row in shared.rows]


def fates(killed, equivalent, survived, reason=""):
    made = ["refuted"] * killed + ["equivalent"] * equivalent + ["survived"] * survived
    changes = tuple(Change("sign", str(at), "", fate, "") for at, fate in enumerate(made))
    return Mutated("p", "1", changes, reason)


@pytest.mark.parametrize(
    ("row", "agrees", "rate"),
    [
        (fates(19, 4, 1), True, "19/20"),
        (fates(18, 4, 1), False, "18/19"),
        (fates(18, 4, 1, "known"), False, "18/19"),
        (fates(0, 4, 0), False, "None"),
        (fates(0, 4, 0, "known"), True, "None"),
        (fates(0, 0, 0), False, "None"),
        (fates(5, 0, 0), True, "1"),
    ],
)
def test_the_rate_leaves_out_what_is_true_and_a_reason_excuses_a_vacuous_check(row, agrees, rate):
    report = MutationReport([row], ["p"])
    assert report.agrees is agrees
    assert str(report.kill_rate("p")) == rate
    assert Mutated.from_dict(row.to_dict()) == row
    assert report.to_dict()["agrees"] is agrees


def test_a_check_most_of_whose_changes_are_true_as_well_is_told_but_passes():
    weak, sound = fates(4, 5, 0), fates(5, 4, 0)
    assert (weak.is_weak, sound.is_weak) == (True, False)
    assert MutationReport([weak], ["p"]).agrees
    assert "weak p (1): 5 of 9 changes are true as well" in mutation_lines(
        MutationReport([weak, sound], ["p"])
    )


def test_a_check_that_raises_is_counted_as_not_refuted(monkeypatch):
    from symvar.claims import mutate_papers

    def broken(*_):
        raise ZeroDivisionError("here")

    monkeypatch.setattr(mutate_papers, "check", broken)
    change = mutate_papers._change("sign, of k", stated(size("q"), k), (), 1)
    assert change.fate == "survived"
    assert "ZeroDivisionError: here" in change.evidence

"""Several theories on one set of weights; a theory that cannot speak is told, others go on."""

import pytest

from symvar import propagate, sequential
from symvar.errors import ArgumentError, NeedsFact
from symvar.graph.comparison import compare
from symvar.layers import Conv, LpPool, MaxPool, PixelShuffle

THEORIES = ["iid", "exchangeable", "field"]


def plain():
    return sequential([Conv(4, 3, padding=1), "relu", MaxPool(2), Conv(4, 3)], input=(3, 8, 8))


def shuffled():
    """Theory field does not know pixel shuffles."""
    return sequential([Conv(4, 3, padding=1), PixelShuffle(2), Conv(4, 3)], input=(3, 8, 8))


def pooled_by_powers():
    """Only theory iid knows Lp pools."""
    return sequential([Conv(4, 3), LpPool(2, 2), Conv(4, 1)], input=(3, 8, 8))


def test_every_theory_gets_the_variances_of_the_first():
    found = compare(plain(), "asv-forward", THEORIES)
    assert [each.theory for each in found.profiles] == THEORIES
    assert (found.scheme, found.solved_under, found.left_out) == ("asv-forward", "iid", ())
    alone = propagate(plain(), "asv-forward", "iid").floats("weight_variance")
    assert all(each.floats("weight_variance") == alone for each in found.profiles)
    assert found.profiles[0].to_json() == propagate(plain(), "asv-forward", "iid").to_json()


def test_the_first_that_can_solves_and_the_order_stays():
    found = compare(shuffled(), "asv-forward", ["field", "exchangeable", "iid"])
    assert found.solved_under == "exchangeable"
    assert [each.theory for each in found.profiles] == ["exchangeable", "iid"]
    (gone,) = found.left_out
    assert (gone.scheme, gone.theory) == ("asv-forward", "field")
    assert "pixelshuffle1" in gone.reason


def test_where_no_theory_can_say_the_first_tells_why():
    with pytest.raises(NeedsFact, match=r"lppool1.*theory field"):
        compare(pooled_by_powers(), "lecun", ["field", "exchangeable"])


@pytest.mark.parametrize("theories", [["iid", "iid"], [], ["iid", "fields"]])
def test_bad_names_are_told_before_anything_is_solved(theories):
    with pytest.raises(ArgumentError):
        compare(plain(), "lecun", theories)

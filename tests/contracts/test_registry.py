"""What the registries refuse, and that every definition keeps their rules."""

from __future__ import annotations

import re

import pytest

from symvar import registry
from symvar.activations import all_activations
from symvar.adapters.draws import all_draws
from symvar.adapters.fits import all_fits
from symvar.errors import ArgumentError, DefinitionError
from symvar.layers import Flatten, all_layers
from symvar.reference import Reference, cite
from symvar.schemes import all_schemes
from symvar.theories import all_theories

REGISTRIES = {
    "layers": all_layers,
    "activations": all_activations,
    "schemes": all_schemes,
    "fitted schemes": all_fits,
    "distributions": all_draws,
    "theories": all_theories,
}


class Whole:
    """A definition that keeps every rule of a layer's registry."""

    required = ("reference", "examples")
    name = "whole"
    reference = cite("asv", "A.2")
    examples = Flatten.examples


def test_a_whole_definition_is_entered_under_its_name():
    found = {}
    registry.add(found, Whole, "symvar.layers.whole")
    assert found == {"whole": Whole}


@pytest.mark.parametrize("missing", ["name", "reference", "examples"])
@pytest.mark.parametrize("value", [None, (), ""])
def test_a_definition_that_lacks_something_is_refused(missing, value):
    broken = type("Broken", (Whole,), {missing: value})
    message = re.escape(f"symvar.layers.broken: need `{missing}` on class Broken; have none; set ")
    with pytest.raises(DefinitionError, match=message):
        registry.add({}, broken, "symvar.layers.broken")


def test_a_taken_name_is_refused_and_both_places_are_named():
    found = {}
    registry.add(found, Whole, "symvar.layers.whole")
    with pytest.raises(
        DefinitionError, match=r"have 'whole', which .*test_registry has taken"
    ) as e:
        registry.add(found, type("Other", (Whole,), {}), "symvar.layers.other")
    assert e.value.where == "symvar.layers.other"
    assert "Other" in e.value.need
    assert found == {"whole": Whole}


def test_a_source_without_a_folder_is_refused_with_the_nearest_key():
    with pytest.raises(DefinitionError, match="did you mean 'glorot'") as error:
        Reference("glorto", "12")
    assert error.value.where == "reference 'glorto'"


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_definition_names_its_source(kind):
    entries = REGISTRIES[kind]()
    assert entries
    for name, cls in entries.items():
        assert cls.name == name
        references = cls.reference if isinstance(cls.reference, tuple) else (cls.reference,)
        for reference in references:
            assert reference.bibtex.lstrip().startswith("@")
            assert reference.place
            assert reference.source


def test_every_layer_has_examples_that_differ():
    for name, layer in all_layers().items():
        abouts = [each.about for each in layer.examples]
        assert abouts, name
        assert len(set(abouts)) == len(abouts), name
        assert all(type(each.layer) is layer for each in layer.examples)


def test_no_framework_operator_is_read_by_two_layers():
    """A layer may be chosen by the operator alone, or one of the two would be shadowed."""
    for framework in ("torch", "onnx"):
        names = [each for layer in all_layers().values() for each in getattr(layer, framework)]
        assert len(set(names)) == len(names)


def test_an_unknown_name_is_refused_with_the_nearest_known_one():
    with pytest.raises(ArgumentError, match="did you mean 'maxpool'"):
        registry.pick(all_layers(), "maxpol", "layer")
    with pytest.raises(AttributeError, match="did you mean 'MaxPool'"):
        registry.by_class_name(all_layers(), "MaxPol", "symvar.layers")

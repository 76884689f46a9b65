"""What a result used, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from symvar import sequential
from symvar.citing import bibtex, kinds, used_by, used_on
from symvar.derive import all_derivations, derive
from symvar.emit.bibliography import citation, itself
from symvar.errors import ArgumentError
from symvar.layers import Conv, MaxPool
from symvar.reference import PAPERS, cite


def keys(text):
    """The keys of the entries, symvar's own last."""
    return re.findall(r"^@\w+\{([\w-]+),", text, re.MULTILINE)


def test_each_source_comes_once_below_the_places_that_were_used():
    text = bibtex([cite("asv", "12"), cite("he", "10"), cite("asv", "B.5"), cite("asv", "12")])
    assert keys(text) == ["asv", "he", "symvar"]
    assert "% used: asv, eq. 12; asv, eq. B.5\n@misc{asv," in text


def test_a_derivation_cites_what_its_lines_refer_to():
    used = {str(step.reference) for step in derive("kaiming").steps if step.reference}
    assert {str(each) for each in used_by("kaiming")} == used
    assert keys(bibtex(used_by("kaiming"))) == ["he", "symvar"]


def test_a_network_cites_its_layers_activations_scheme_and_theory():
    net = sequential([Conv(4, 3), "gelu", MaxPool(2)], input=(3, 12, 12))
    found = keys(bibtex(used_on(net, "asv-forward", "iid")))
    assert {"asv", "gelu", "he"} <= set(found)
    plain = sequential([Conv(4, 3), "relu"], input=(3, 12, 12))
    assert "gelu" not in keys(bibtex(used_on(plain, "asv-forward", "iid")))


def test_every_name_that_can_be_cited_leads_to_an_entry():
    for kind, entries in kinds().items():
        for name in entries:
            if kind != "derivation":
                found = keys(bibtex(used_by(f"{kind}:{name}")))
                assert len(found) == 2, (kind, name)


def test_names_that_two_kinds_share_are_told_apart():
    assert keys(bibtex(used_by("activation:gelu"))) == keys(bibtex(used_by("gelu")))
    with pytest.raises(ArgumentError, match="need a known name"):
        used_by("asv-forwad")
    with pytest.raises(ArgumentError, match="need a known kind"):
        used_by("layers:conv")


@pytest.mark.parametrize("key", sorted(p.parent.name for p in PAPERS.glob("*/paper.bib")))
def test_every_source_has_authors_a_title_and_a_year(key):
    assert re.fullmatch(r".+\. .+\. .*\d{4}\.", citation(key))


def test_symvars_own_entry_is_that_of_the_citation_file():
    root = Path(__file__).parents[2]
    said = (root / "CITATION.cff").read_text(encoding="utf-8")
    for field in ("title", "version"):
        value = re.search(rf'^{field}: "?(.*?)"?$', said, re.MULTILINE).group(1)
        assert f"{field} = {{{value}}}" in itself()
    year = re.search(r"^date-released: (\d{4})", said, re.MULTILINE).group(1)
    assert f"year = {{{year}}}" in itself()


def test_the_command_prints_it(tmp_path):
    code = "import sys; from symvar.cli import main; sys.argv[1:] = ['cite', 'xavier']; main()"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == bibtex(used_by("xavier"))


def test_the_names_are_listed():
    assert set(kinds()["derivation"]) == set(all_derivations())

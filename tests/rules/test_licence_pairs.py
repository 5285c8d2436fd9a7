"""The strictness order over all licences that the Hub knows: laws for every pair, and pairs that everybody knows."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.diff.card.licence_order import UNDETERMINED, compare_terms, is_permissive, licence_table, spelling
from hfsemver.diff.release import compare
from hfsemver.rules.catalogue import find_rule
from tests.builders import release

HUB = Path(__file__).parents[2].parent / "shared" / "data" / "hub_metadata.json"
TABLE = licence_table()
IDS = sorted(TABLE.licences)
DETERMINED = [name for name in IDS if name not in UNDETERMINED]


def fired(old: str, new: str) -> tuple[str, ...]:
    sides = [release({"README.md": f"---\nlicense: {name}\n---\n"}) for name in (old, new)]
    diff = compare(baseline=sides[0], current=sides[1])
    rules = [find_rule(name) for name in ("license-tightened", "license-loosened")]
    return tuple(finding.rule for rule in rules if rule is not None for finding in rule.run(diff))


@pytest.mark.data
@pytest.mark.skipif(not HUB.is_file(), reason="the Hub's list is not here")
def test_the_table_knows_every_licence_of_the_hub() -> None:
    """No id is missing and none is invented."""
    assert set(IDS) == set(json.loads(HUB.read_text(encoding="utf-8"))["licenses"])


def test_the_table_is_sound() -> None:
    """83 ids; every term has words and is used; every family member exists and asks for all that its family asks for."""
    used = {term for licence in TABLE.licences.values() for term in licence.reach}

    assert len(IDS) == 83
    assert used == set(TABLE.words)
    assert used > TABLE.permissive
    for licence in TABLE.licences.values():
        assert all(licence.terms <= TABLE.licences[member].reach for member in licence.family)
        assert bool(licence.line) == bool(licence.terms & {"share-files", "share-work", "share-network"})


def test_no_two_ids_have_one_spelling() -> None:
    """Normalising a name never leads to another licence."""
    assert len({spelling(name) for name in IDS}) == len(IDS)
    for name in IDS:
        assert TABLE.resolve(name.upper()) == name
        assert TABLE.resolve(name.replace("-", " ") + " License") == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Apache License, Version 2.0", "apache-2.0"), ("apache2.0", "apache-2.0"), ("Apache 2", "apache-2.0"), ("MIT License", "mit"),
        ("CC BY-NC 4.0", "cc-by-nc-4.0"), ("cc_by_sa_4.0", "cc-by-sa-4.0"), ("GPL-3.0-only", "gpl-3.0"), ("GPLv3.0", "gpl-3.0"),
        ("agpl-3.0-or-later", "agpl-3.0"), ("gpl-2.0+", "gpl-2.0"), ("llama-3.1", "llama3.1"), ("Llama 2 Community License", "llama2"),
        ("openrail++-m", "openrail++"), ("BSD 3-Clause", "bsd-3-clause"), ("GNU General Public License v3.0", "gpl-3.0"),
    ],
)  # fmt: skip
def test_other_spellings_lead_to_the_id(written: str, name: str) -> None:
    """People write names as they know them."""
    assert TABLE.resolve(written) == name


@pytest.mark.parametrize("name", ["proprietary", "acme-1.0", "apache-3.0", "cc-by-5.0", "llama", ""])
def test_an_unknown_name_is_no_licence_of_the_table(name: str) -> None:
    """Nothing is guessed."""
    assert TABLE.find(name) is None


@pytest.mark.parametrize(
    "chain",
    [
        ("cc0-1.0", "mit", "apache-2.0"),
        ("mit", "bsd-3-clause"),
        ("cc-by-4.0", "cc-by-nc-4.0", "cc-by-nc-nd-4.0"),
        ("cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0"),
        ("cc-by-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-4.0"),
        ("mit", "lgpl-3.0", "gpl-3.0", "agpl-3.0"),
        ("apache-2.0", "gpl-3.0"),
        ("apache-2.0", "openrail++", "creativeml-openrail-m", "bigscience-openrail-m"),
        ("apache-2.0", "gemma"),
        ("apache-2.0", "llama3.1", "llama3"),
        ("llama3.1", "llama3.2"),
        ("llama2", "llama3"),
        ("mit", "grok2-community"),
        ("apache-2.0", "fair-noncommercial-research-license"),
        ("odc-by", "odbl"),
        ("bsd-3-clause", "bsd-3-clause-clear"),
    ],
)
def test_known_ladders_go_up_as_tightened_and_down_as_loosened(chain: tuple[str, ...]) -> None:
    """Each step, and every jump over several, has one direction."""
    for low, high in ((chain[i], chain[j]) for i in range(len(chain)) for j in range(i + 1, len(chain))):
        assert fired(low, high) == ("license-tightened",), (low, high)
        assert fired(high, low) == ("license-loosened",), (high, low)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("gpl-3.0", "cc-by-sa-4.0"),
        ("cc-by-nc-4.0", "cc-by-sa-4.0"),
        ("llama3", "gemma"),
        ("mpl-2.0", "epl-2.0"),
        ("gemma", "gpl-3.0"),
    ],
)
def test_licences_without_a_common_order_count_as_tightened_both_ways(old: str, new: str) -> None:
    """Somebody's lawful use ends in either direction."""
    assert fired(old, new) == fired(new, old) == ("license-tightened",)


@pytest.mark.parametrize(
    ("old", "new"),
    [("mit", "isc"), ("cc-by-3.0", "cc-by-4.0"), ("bsd", "bsd-2-clause"), ("lgpl", "lgpl-3.0"), ("cc", "cc-by-nc-4.0"),
     ("openrail", "openrail++"), ("llama3.1", "llama3.3"), ("unlicense", "cc0-1.0"), ("unknown", "other")],
)  # fmt: skip
def test_equal_terms_and_families_are_silent(old: str, new: str) -> None:
    """Another name for the same terms, or a more precise one, is no change of licence."""
    assert fired(old, new) == fired(new, old) == ()


def test_every_pair_has_at_most_one_finding_and_none_against_itself() -> None:
    """All 6,889 pairs: never both, never loosened in both directions, always something when only one side has terms."""
    known = {(old, new): fired(old, new) for old, new in product(IDS, IDS)}

    assert all(len(found) <= 1 for found in known.values())
    assert not any(known[name, name] for name in IDS)
    for (old, new), found in known.items():
        assert not (found == known[new, old] == ("license-loosened",)), (old, new)
        if (old in ("unknown", "other")) != (new in ("unknown", "other")):
            assert found == (("license-loosened",) if old in ("unknown", "other") else ("license-tightened",))


@given(st.sampled_from(DETERMINED), st.sampled_from(DETERMINED), st.sampled_from(DETERMINED))
def test_stricter_than_is_transitive(low: str, middle: str, high: str) -> None:
    """What only gains terms twice has only gained terms."""

    def only_gains(old: str, new: str) -> bool:
        return not compare_terms((TABLE.licences[old],), (TABLE.licences[new],)).lost

    if only_gains(low, middle) and only_gains(middle, high):
        assert only_gains(low, high)


@given(st.sampled_from(DETERMINED))
def test_from_any_restriction_to_a_permissive_licence_is_no_tightening(name: str) -> None:
    """Nobody calls a move to Apache or MIT a tightening, when a restriction falls."""
    if not is_permissive((TABLE.licences[name],)):
        assert fired(name, "apache-2.0") == fired(name, "mit") == ("license-loosened",)

"""The strictness order over all licences that the Hub knows: laws for every pair, and pairs that everybody knows."""

from __future__ import annotations

import json
from importlib import resources
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.diff.card.licence_order import (
    UNDETERMINED,
    TermsChange,
    compare_terms,
    is_permissive,
    licence_table,
    spelling,
)
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


def is_stricter(name: str, other: str) -> bool:
    """Whether one licence holds every term of another and more, so that whoever kept to it has kept to the other."""
    one, two = TABLE.licences[name], TABLE.licences[other]
    there, back = compare_terms((two,), (one,)), compare_terms((one,), (two,))
    return bool(there.gained) and not there.lost and not back.gained


def test_stricter_than_is_a_strict_partial_order_over_all_licences() -> None:
    """No licence is stricter than itself, no two than each other, and what is stricter than the stricter is so too."""
    above = {name: {other for other in DETERMINED if is_stricter(other, name)} for name in DETERMINED}

    assert not any(name in above[name] for name in DETERMINED)
    for name, others in above.items():
        assert all(name not in above[other] and above[other] <= others for other in others), name


def test_pairs_without_an_order_count_as_tightened_unless_all_restrictions_go() -> None:
    """Of 3,160 pairs 1,145 are ordered and 55 equal; in the others each side asks for what the other does not."""
    pairs = list(combinations(DETERMINED, 2))
    apart = [pair for pair in pairs if not is_stricter(*pair) and not is_stricter(*reversed(pair)) and not equal(*pair)]

    assert (len(pairs), len(apart)) == (3160, 1960)
    for old, new in (side for pair in apart for side in (pair, pair[::-1])):
        freed = is_permissive((TABLE.licences[new],)) and not is_permissive((TABLE.licences[old],))
        assert fired(old, new) == ("license-loosened" if freed else "license-tightened",), (old, new)


def equal(name: str, other: str) -> bool:
    one, two = TABLE.licences[name], TABLE.licences[other]
    return compare_terms((one,), (two,)) == TermsChange() == compare_terms((two,), (one,))


def test_each_licence_says_what_it_is_called_and_each_inference_why() -> None:
    """The table is read by people: full names that lead back to the id, and a reason beside what a term implies."""
    implied = json.loads(resources.files("hfsemver.diff.card").joinpath("licences.json").read_text("utf-8"))["implies"]

    assert all(TABLE.resolve(licence.name) == name for name, licence in TABLE.licences.items())
    assert len({licence.name for licence in TABLE.licences.values()}) == len(IDS)
    assert all(set(entry["terms"]) <= set(TABLE.words) and " " in entry["why"] for entry in implied.values())


@given(st.sampled_from(DETERMINED))
def test_from_any_restriction_to_a_permissive_licence_is_no_tightening(name: str) -> None:
    """Nobody calls a move to Apache or MIT a tightening, when a restriction falls."""
    if not is_permissive((TABLE.licences[name],)):
        assert fired(name, "apache-2.0") == fired(name, "mit") == ("license-loosened",)

"""A tag of SPDX names the licences of its expression, and several are never taken for one."""

from __future__ import annotations

import pytest

from hfsemver.diff.card.licence_expression import expression_ids
from hfsemver.diff.card.licence_order import UNDETERMINED, licence_table
from tests.diff.card.licence_samples import TEXTS, text_of
from tests.diff.card.test_licence_notices import judged

TAG = "SPDX-License-Identifier:"
MIT, APACHE, LGPL = text_of("mit"), text_of("apache-2.0"), text_of("lgpl-3.0")


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("Apache-2.0", {"apache-2.0"}), ("mit", {"mit"}), ("GPL-3.0-or-later", {"gpl-3.0"}), ("GPL-2.0+", {"gpl-2.0"}),
        ("BSD-3-Clause-Clear", {"bsd-3-clause-clear"}), ("ODbL-1.0", {"odbl"}), ("MIT OR Apache-2.0", {"mit", "apache-2.0"}),
        ("(MIT OR Apache-2.0) AND CC-BY-NC-4.0", {"mit", "apache-2.0", "cc-by-nc-4.0"}), ("MIT AND MIT", {"mit"}),
        ("GPL-2.0-only WITH Classpath-exception-2.0", set()), ("MIT AND LicenseRef-Acme", set()), ("MIT-0", set()),
        ("LicenseRef-Acme", set()), ("NONE", set()), ("NOASSERTION", set()), ("MIT OR", set()), ("OR", set()), ("", set()),
        ("MIT for research only", set()), ("CC-BY-3.0-DE", set()),
    ],
)  # fmt: skip
def test_an_expression_is_the_ids_of_all_its_parts_or_of_none(expression: str, ids: set[str]) -> None:
    """An exception, a licence of somebody's own and a likeness leave it open."""
    assert expression_ids(expression) == ids


def test_every_known_id_is_an_expression() -> None:
    """Those that settle no terms are none."""
    for name in licence_table().licences:
        assert expression_ids(name.upper()) == ({name} - UNDETERMINED)


@pytest.mark.parametrize(("name", "index"), TEXTS)
def test_the_tag_and_the_text_of_one_licence_take_each_others_place(name: str, index: int) -> None:
    """In a comment or bare, alone or above the text."""
    text = text_of(name, index)
    for tag in (f"{TAG} {name}", f"# {TAG} {name.upper()}", f"/* {TAG} {name} */", f"<!-- {TAG} {name} -->\n\nAcme"):
        for ids in (name, None):
            assert judged(ids, text, tag) == judged(ids, tag, text) == judged(ids, text, f"{tag}\n\n{text}") == "same"
        assert judged(name, None, tag) == judged(name, tag, None) == "same"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (MIT, f"{TAG} CC-BY-NC-4.0", "tightened"),
        (f"{TAG} MIT", f"{TAG} GPL-3.0-only", "tightened"),
        (f"{TAG} CC-BY-NC-4.0", f"{TAG} MIT", "loosened"),
        (f"{TAG} MIT OR GPL-3.0-only", f"{TAG} GPL-3.0-only OR MIT", "tightened"),
        (f"{TAG} MIT OR Apache-2.0", f"{TAG} MIT AND Apache-2.0", "tightened"),
        (MIT, f"{TAG} MIT OR Apache-2.0", "tightened"),
        (MIT, f"{MIT}\n{TAG} CC-BY-NC-4.0", "tightened"),
        (MIT, f"{MIT}\n{TAG} LicenseRef-Acme", "tightened"),
        (LGPL, f"{TAG} LGPL-3.0-only AND GPL-3.0-only", "tightened"),
        (f"{TAG} MIT", f"{TAG} MIT\nNo sale.", "tightened"),
        (f"{TAG} MIT", f"{TAG} MIT, for research only", "tightened"),
        (f"{TAG} GPL-3.0", f"{TAG} GPL-3.0\nonly for Acme and its customers", "tightened"),
        (f"{TAG} MIT", f"{TAG} MIT\n{TAG} MIT\n", "same"),
        (f"{TAG} Acme-1.0", f"# {TAG}  acme-1.0", "same"),
    ],
)
def test_a_changed_tag_is_judged_like_a_changed_text(old: str, new: str, expected: str) -> None:
    """Where the card names nothing; several licences have no order."""
    assert judged(None, old, new) == expected


@pytest.mark.parametrize(
    ("ids", "tag", "expected"),
    [
        ("mit", "CC-BY-NC-4.0", "tightened"),
        ("mit", "MIT OR GPL-3.0-only", "unjudged"),
        ("gpl-3.0", "GPL-3.0-only WITH Classpath-exception-2.0", "unjudged"),
        ("mit", "LicenseRef-Acme", "unjudged"),
        ("[mit, apache-2.0]", "MIT OR Apache-2.0", "same"),
    ],
)
def test_a_tag_that_comes_beside_an_id_is_judged_like_a_text(ids: str, tag: str, expected: str) -> None:
    """What contradicts is told, what is open is a skip."""
    assert judged(ids, None, f"{TAG} {tag}") == expected

"""What a release says about its licence: by id, by name, by text, and each change once."""

from __future__ import annotations

from pathlib import Path

import pytest

from hfsemver.diff.card.licence import LicenceDiff, compare_licences, first_difference
from tests.builders import release
from tests.diff.card.licence_samples import text_of

LLAMA = Path(__file__).parents[4] / "shared" / "data" / "licences" / "llama-models"
TEXT = "You may use it.\nYou may not sell it.\n"
OTHER_TEXT = "You may use it on Sundays.\n"
MIT, APACHE = text_of("mit"), text_of("apache-2.0")


def side(front: str | None, text: str | None = None) -> dict[str, object]:
    files: dict[str, object] = {"README.md": "# Card\n" if front is None else f"---\n{front}\n---\n"}
    return files if text is None else {**files, "LICENSE": text}


def compared(old: tuple[str | None, str | None], new: tuple[str | None, str | None]) -> LicenceDiff:
    return compare_licences(release(side(*old)), release(side(*new)))


def outcome(diff: LicenceDiff) -> str:
    assert len(diff.tightened) + len(diff.loosened) + len(diff.unjudged) <= 1
    return "tightened" if diff.tightened else "loosened" if diff.loosened else "unjudged" if diff.unjudged else "same"


OWN = "license: other\nlicense_name: acme-1.0"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("license: Apache-2.0", None), ("license: [apache-2.0]", None)),
        (("license: [mit, apache-2.0]", None), ("license: [apache-2.0, mit]", None)),
        (("license: mit", None), ("license: mit", MIT)),
        (("license: mit", None), (None, MIT)),
        ((None, MIT), ("license: mit", MIT)),
        (("license: [mit, acme]", None), ("license: [mit, acme]", MIT)),
        (("license: mit", None), ("license: other\nlicense_link: LICENSE", MIT)),
        (("license: mit", None), ("license: other\nlicense_link: ./LICENSE", MIT)),
        (("license: other\nlicense_name: llama3", None), ("license: llama3", None)),
        (("license: other\nlicense_name: Gemma-Terms-of-Use", None), ("license: gemma", None)),
        ((OWN, None), ("license: other\nlicense_name: Acme 1.0 License", None)),
        ((None, TEXT), (OWN, TEXT)),
        (("license: other", TEXT), ("license: llama2", TEXT)),
        (("license: mit", TEXT), (None, TEXT)),
        ((OWN, TEXT), ("license: acme", TEXT)),
        (("license: other", None), (None, None)),
        (("license: unknown", None), ("license: none", None)),
        (
            ("license: other\nlicense_link: LICENSE", None),
            ("license: other\nlicense_link: https://huggingface.co/a/b/blob/main/LICENSE", None),
        ),
        (("license: gpl", None), ("license: gpl-3.0-or-later", None)),
        (("license: cc-by-4.0", None), ("license: cc", None)),
    ],
)
def test_the_same_terms_in_other_words_are_no_change(
    old: tuple[str | None, str | None], new: tuple[str | None, str | None]
) -> None:
    """Spelling, a name for the text that was there, the text of a name that was there, a family for its member."""
    assert outcome(compared(old, new)) == "same"
    assert outcome(compared(new, old)) == "same"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("", "tightened"),
        ("\nlicense_link: LICENSE", "tightened"),
        ("\nlicense_link: https://huggingface.co/a/b/blob/main/LICENSE", "unjudged"),
        ("\nlicense_link: https://example.com/terms", "unjudged"),
        ("\nlicense_link: README.md", "unjudged"),
    ],
)
def test_terms_that_only_their_text_gives_do_not_outlive_it(link: str, expected: str) -> None:
    """The name alone permits nothing, so other terms cannot come in by way of a release without any."""
    for front in (OWN, "license: [mit, acme]"):
        went = compared((front, TEXT), (front + link, None))
        came = compared((front + link, None), (front + link, TEXT))

        assert (outcome(went), outcome(came)) == (expected, "same")
        assert not any(change.location.file != "LICENSE" for change in went.tightened)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (("license: mit", None), (None, None)),
        ((OWN, None), ("license: other", None)),
        ((None, TEXT), ("license: unknown", None)),
        (("license: mit", None), ("license: apache-2.0", None)),
        (("license: cc-by-4.0", None), ("license: cc-by-nc-4.0", None)),
    ],
)
def test_more_permission_one_way_is_less_the_other_way(
    new: tuple[str | None, str | None], old: tuple[str | None, str | None]
) -> None:
    """No licence permits nothing, so that any is looser; fewer terms are looser."""
    assert outcome(compared(old, new)) == "loosened"
    assert outcome(compared(new, old)) == "tightened"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((OWN, TEXT), ("license: apache-2.0", None), "loosened"),
        ((OWN, TEXT), ("license: cc-by-nc-4.0", None), "tightened"),
        (("license: cc0-1.0", None), (OWN, TEXT), "tightened"),
        (("license: gemma", None), ("license: apache-2.0", None), "loosened"),
        ((OWN, TEXT), (OWN, OTHER_TEXT), "tightened"),
        ((None, TEXT), (None, OTHER_TEXT), "tightened"),
        ((None, TEXT), (OWN, OTHER_TEXT), "tightened"),
        (("license: mit", TEXT), ("license: mit", OTHER_TEXT), "tightened"),
        ((OWN, None), ("license: other\nlicense_name: acme-2.0", None), "tightened"),
        (("license: mit", None), ("license: [mit, cc-by-nc-4.0]", None), "tightened"),
        (("license: mit", TEXT), ("license: other\nlicense_name: acme", TEXT), "tightened"),
    ],
)
def test_terms_without_a_common_order_are_judged_by_what_may_be_lost(
    old: tuple[str | None, str | None], new: tuple[str | None, str | None], expected: str
) -> None:
    """Own terms give way to permissive ones as a loosening; any other change may forbid what was lawful."""
    assert outcome(compared(old, new)) == expected


def test_a_new_id_claims_the_new_text() -> None:
    """One edit of card and file is one change, and it stands in the card."""
    change = compared(("license: mit", TEXT), ("license: cc-by-nc-4.0", OTHER_TEXT)).tightened[0]

    assert str(change.location) == "README.md: license"
    assert (change.old, change.new) == ("mit", "cc-by-nc-4.0")
    assert "no commercial use" in change.terms.gained


def test_a_changed_text_stands_in_its_file_and_shows_the_words() -> None:
    """The fingerprint is that of the text, so that the next edit is another finding."""
    change = compared((OWN, TEXT), (OWN, OTHER_TEXT)).tightened[0]

    assert str(change.location) == "LICENSE"
    assert change.old.startswith("text ")
    assert change.old != change.new
    assert change.words == "- ... you may use it you may not sell it ...\n+ ... you may use it on sundays ..."


def test_a_first_release_changes_nothing() -> None:
    """Without a baseline there are no terms to differ from."""
    assert compare_licences(None, release(side("license: mit"))) == LicenceDiff()


def test_the_first_difference_is_found_at_either_end() -> None:
    """A text that only grew differs where the other one ends."""
    assert first_difference("a b", "a b c") == "- ... a b ...\n+ ... a b c ..."
    assert first_difference("x b", "y b") == "- ... x b ...\n+ ... y b ..."


@pytest.mark.data
@pytest.mark.skipif(not LLAMA.is_dir(), reason="the real licences are not here")
def test_an_edited_llama_licence_under_the_same_id_is_tighter() -> None:
    """Seven hundred million users become one hundred; the witness shows the place."""
    text = (LLAMA / "llama3_1" / "LICENSE").read_text(encoding="utf-8")
    old, new = ("license: llama3.1", text), ("license: llama3.1", text.replace("700 million", "100 million"))
    change = compared(old, new).tightened[0]

    assert "700 million monthly active users" in change.words
    assert "100 million monthly active users" in change.words
    assert outcome(compared(old, ("license: llama3.1", text.replace("\n", "\r\n").replace("  ", " ")))) == "same"


@pytest.mark.data
@pytest.mark.skipif(not LLAMA.is_dir(), reason="the real licences are not here")
def test_the_table_agrees_with_the_texts_of_the_llama_licences() -> None:
    """Terms that the table gives to a Llama licence stand in its text or policy, and those it does not give do not."""
    from hfsemver.diff.card.licence_order import licence_table

    signs = {
        "no-training-others": "improve any other large",
        "show-origin": "prominently display",
        "large-users": "700 million",
    }
    for version in ("2", "3", "3.1", "3.2", "3.3", "4"):
        text = " ".join((LLAMA / f"llama{version.replace('.', '_')}" / "LICENSE").read_text(encoding="utf-8").split())
        terms = licence_table().licences[f"llama{version}"].terms

        assert {term for term, sign in signs.items() if sign in text} == terms & set(signs)

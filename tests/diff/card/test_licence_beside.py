"""A text beside an id: right where it says the same, judged where it is another known licence, told where nobody knows."""

from __future__ import annotations

from itertools import product

import pytest

from hfsemver.diff.card.licence import CARD, LicenceDiff, compare_licences
from hfsemver.diff.card.licence_order import UNDETERMINED, compare_terms, is_permissive, is_refinement, licence_table
from hfsemver.diff.files.subjects import Subject
from hfsemver.diff.release import compare
from hfsemver.rules.unjudged import unjudged
from tests.builders import release
from tests.diff.card.licence_samples import TEXTS, text_of
from tests.diff.card.test_licence import outcome

TABLE = licence_table()
# One of those that ask for the same things.
IDS = sorted(
    {(x.reach, x.line, x.family): name for name, x in TABLE.licences.items() if name not in UNDETERMINED}.values()
)
OWN = "You may use it.\nYou may not sell it.\n"
MIT, APACHE, BY_NC, GPL = (text_of(name) for name in ("mit", "apache-2.0", "cc-by-nc-4.0", "gpl-3.0"))


def held(ids: str, **texts: str) -> dict[str, object]:
    """Write a card with these ids and files with these texts."""
    files = {name.replace("__", "-"): text.encode() for name, text in texts.items()}
    return {CARD: f"---\nlicense: {ids}\n---\n", **files}


def compared(old: dict[str, object], new: dict[str, object]) -> LicenceDiff:
    return compare_licences(release(old), release(new))


@pytest.mark.parametrize(("name", "index"), TEXTS)
def test_the_text_of_the_id_may_come_and_go(name: str, index: int) -> None:
    """It says again what the id says."""
    bare, full = held(name), held(name, LICENSE=f"Copyright (c) 2024 Acme\n\n{text_of(name, index)}")

    assert outcome(compared(bare, full)) == outcome(compared(full, bare)) == "same"


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        ("[apache-2.0, mit]", MIT),
        ("[apache-2.0, mit]", f"{MIT}\n\n{APACHE}"),
        ("gpl", GPL),
        ("bsd", text_of("bsd-3-clause")),
        ("bsd-3-clause", "BSD License"),
        ("openrail", text_of("creativeml-openrail-m")),
        ("openrail++", "CreativeML Open RAIL-M License"),
        ("lgpl-3.0", GPL),
        ("lgpl-3.0", f"{GPL}\n\n{text_of('lgpl-3.0')}"),
        ("apache-2.0", "Apache License\nVersion 2.0, January 2004\n"),
        ("cc-by-4.0", text_of("cc-by-3.0")),
        ("llama3", text_of("llama3.1")),
        ("mit", text_of("isc")),
        ("mit", text_of("cc0-1.0")),
        ("apache-2.0", MIT),
        ("cc-by-nc-4.0", MIT),
        ("gemma", APACHE),
        ("cc-by-nc-4.0", text_of("bsd-3-clause")),
    ],
)
def test_a_text_that_asks_for_nothing_more_is_silent(ids: str, text: str) -> None:
    """One of several, a member of the family, a text that belongs beside it, the notices that code asks for."""
    assert outcome(compared(held(ids), held(ids, LICENSE=text))) == "same"
    assert outcome(compared(held(ids, LICENSE=text), held(ids))) == "same"


@pytest.mark.parametrize(
    ("ids", "text"),
    [("mit", BY_NC), ("mit", GPL), ("mit", APACHE), ("apache-2.0", text_of("llama2")), ("gpl-2.0", GPL), ("cc-by-4.0", "CC BY-NC 4.0"),
     ("gpl-3.0", text_of("cc-by-sa-4.0")), ("llama3.1", text_of("llama3")), ("[mit, apache-2.0]", text_of("agpl-3.0"))],
)  # fmt: skip
def test_the_text_of_a_stricter_licence_tightens_as_it_comes_and_loosens_as_it_goes(ids: str, text: str) -> None:
    """The release says both, and whoever takes it has to keep to both."""
    assert outcome(compared(held(ids), held(ids, LICENSE=text))) == "tightened"
    assert outcome(compared(held(ids, LICENSE=text), held(ids))) == "loosened"


def test_a_contradiction_stands_in_its_file_and_names_both() -> None:
    """The reader learns what the text is and what it asks for."""
    came = compared(held("mit"), held("mit", LICENSE=BY_NC)).tightened[0]
    went = compared(held("mit", LICENSE=BY_NC), held("mit")).loosened[0]

    assert str(came.location) == str(went.location) == "LICENSE"
    assert (came.old, came.new) == (went.new, went.old) == ("mit", "mit, cc-by-nc-4.0")
    assert came.meaning == "the text beside mit is that of cc-by-nc-4.0, which asks for more"
    assert went.meaning == "the text of cc-by-nc-4.0 stands beside mit no more"
    assert "no commercial use" in came.terms.gained
    assert came.terms.gained == went.terms.lost


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (OWN, "nothing here knows its text"),
        (f"{MIT}\n\n{OWN}", "it says more than the text of mit"),
        (f"{BY_NC}\n\nThis is about the weights.", "it says more than the text of cc-by-nc-4.0"),
        (f"{MIT}\n\n{APACHE}", "it is the text of apache-2.0, mit, which may be one of several or for a part"),
    ],
)
def test_a_text_that_nobody_can_vouch_for_is_told_without_an_alarm(text: str, why: str) -> None:
    """Coming it may forbid, going it may have permitted more than the id: a skip under the rule that is about it."""
    for old, new, became in (
        (held("mit"), held("mit", LICENSE=text), "new"),
        (held("mit", LICENSE=text), held("mit"), "gone"),
    ):
        diff = compare(baseline=release(old), current=release(new))
        (skip,) = unjudged(diff)

        assert diff.unjudged[0].subject is Subject.TERMS
        assert outcome(diff.licence) == "unjudged"
        assert skip.rule == "license-tightened"
        assert skip.reason == f"LICENSE is {became} beside mit, and {why}"


@pytest.mark.parametrize(
    "texts",
    [{"LICENSE__APACHE": APACHE, "LICENSE__MIT": MIT}, {"LICENSE__CODE": GPL}, {"COPYING": GPL, "LICENSE__CODE": MIT}, {"LICENSE__DATA": BY_NC}],
)  # fmt: skip
def test_one_of_several_files_and_one_about_a_part_raise_no_alarm(texts: dict[str, str]) -> None:
    """A choice of two licences lies in two files, and what holds for the code need not hold for the weights."""
    assert outcome(compared(held("mit"), held("mit", **texts))) in ("unjudged", "same")
    assert outcome(compared(held("mit", **texts), held("mit"))) in ("unjudged", "same")


def test_a_more_exact_id_hides_no_contradiction() -> None:
    """The family gave way to its member, and a text came along."""
    assert outcome(compared(held("bsd"), held("bsd-3-clause", LICENSE=BY_NC))) == "tightened"
    assert outcome(compared(held("bsd"), held("bsd-3-clause", LICENSE=text_of("bsd-3-clause")))) == "same"
    assert outcome(compared(held("bsd"), held("bsd-3-clause", LICENSE=OWN))) == "unjudged"
    assert outcome(compared(held("gpl", LICENSE=OWN), held("gpl-3.0", LICENSE=GPL))) == "same"


def test_another_id_is_judged_with_the_text_that_comes_with_it() -> None:
    """To put mit into the card and terms without commerce into the file is no loosening."""
    assert outcome(compared(held("gemma"), held("mit", LICENSE=BY_NC))) == "tightened"
    assert outcome(compared(held("gemma"), held("mit", LICENSE=MIT))) == "loosened"
    assert outcome(compared(held("acme"), held("mit", LICENSE=BY_NC))) == "tightened"
    assert outcome(compared(held("acme"), held("mit", LICENSE=MIT))) == "loosened"
    assert outcome(compared(held("cc-by-nc-4.0"), held("mit", LICENSE=BY_NC))) == "same"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (MIT, f"MIT License\n\nAcme and friends\n\n{MIT}", "same"),
        ("MIT License", MIT, "same"),
        ("The text follows.", MIT, "same"),
        ("The text follows.", BY_NC, "tightened"),
        ("The text follows.", OWN, "tightened"),
        (OWN, MIT, "tightened"),
        (f"{MIT}\nYou may link it.", MIT, "tightened"),
        (MIT, BY_NC, "tightened"),
        (BY_NC, MIT, "loosened"),
        (MIT, OWN, "tightened"),
        (APACHE, APACHE.replace("filler", "word", 3), "tightened"),
    ],
)
def test_a_text_that_replaces_another_is_judged_where_both_are_certain(old: str, new: str, expected: str) -> None:
    """A heading or a stopgap is no change; two known licences have an order; what else changed may forbid something."""
    assert outcome(compared(held("mit", LICENSE=old), held("mit", LICENSE=new))) == expected


def test_a_text_that_stands_for_the_name_is_judged_like_the_name() -> None:
    """Where the card names nothing the text is all there is."""
    card: dict[str, object] = {CARD: "# Card\n"}
    mit, nc = {**card, "LICENSE": MIT}, {**card, "LICENSE": BY_NC}

    assert outcome(compared(mit, nc)) == "tightened"
    assert outcome(compared(nc, mit)) == "loosened"
    assert str(compared(mit, nc).tightened[0].location) == "LICENSE"
    assert (compared(mit, nc).tightened[0].old, compared(mit, nc).tightened[0].new) == ("mit", "cc-by-nc-4.0")
    assert outcome(compared(mit, held("mit"))) == outcome(compared(held("mit"), mit)) == "same"
    assert outcome(compared(mit, held("cc-by-nc-4.0"))) == "tightened"
    assert outcome(compared(mit, {**card, "LICENSE": OWN})) == "tightened"


def test_a_licence_that_cannot_be_read_is_told_by_the_rules_alone() -> None:
    """An absent file and a broken card are theirs to tell, and nobody's where the policy does not count them."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"
    broken = b"---\nlicense: [mit\n---\n"

    assert compare(baseline=release(held("mit")), current=release({**held("mit"), "LICENSE": pointer})).unjudged == ()
    assert compare(baseline=release(held("mit")), current=release({CARD: broken})).unjudged == ()


def test_every_text_beside_every_id_is_judged_by_the_order() -> None:
    """Silent both ways or tightened and loosened, and never an alarm for the id's own family."""
    for name, text in product(IDS, sorted({name for name, _ in TEXTS})):
        bare, full = held(name), held(name, LICENSE=text_of(text))
        came, went = outcome(compared(bare, full)), outcome(compared(full, bare))
        more = compare_terms((TABLE.licences[name],), (TABLE.licences[name], TABLE.licences[text])).gained
        little = is_permissive((TABLE.licences[text],)) and not is_permissive((TABLE.licences[name],))

        assert (came, went) in (("same", "same"), ("tightened", "loosened")), (name, text)
        if name == text or is_refinement(name, text) or not more or little:
            assert came == "same", (name, text)
        elif (name, text) != ("lgpl-3.0", "gpl-3.0"):
            assert came == "tightened", (name, text)

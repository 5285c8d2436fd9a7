"""A text is the licence that it says it is, whoever holds it and however it is laid out; anything else is not guessed."""

from __future__ import annotations

import json
import textwrap
from importlib.metadata import distributions
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.diff.card.licence_order import UNDETERMINED, licence_table
from hfsemver.diff.card.licence_texts import Reading, read_text, says_nothing
from hfsemver.releases.formats.licence import licence_words
from tests.diff.card.licence_samples import LICENCES, TABLE, TEXTS, text_of, written
from tests.histories import DATA

SYSTEM = Path("/usr/share/common-licenses")
NAMES = ("LICENSE", "LICENSE.txt", "LICENSE.md")
LLAMA = DATA / "licences" / "llama-models"
MIT, APACHE, GPL = text_of("mit"), text_of("apache-2.0"), text_of("gpl-3.0")


def read(text: str) -> Reading:
    return read_text(licence_words(text))


def whole(text: str) -> set[str]:
    """What the whole text is; nothing where it says anything else."""
    reading = read(text)
    return set(reading.ids) if reading.whole else set()


def test_the_table_knows_the_licences_that_models_have() -> None:
    """Those of code, of documents, of data and of models; every id is one of the Hub's and settles its terms."""
    wanted = {
        "mit", "isc", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "gpl-2.0", "gpl-3.0", "lgpl-2.1", "lgpl-3.0", "agpl-3.0",
        "mpl-2.0", "epl-2.0", "unlicense", "cc0-1.0", "artistic-2.0", "zlib", "bsl-1.0", "wtfpl", "odbl", "odc-by", "gemma",
        "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4", "openrail++", "creativeml-openrail-m",
        "bigscience-openrail-m", "bigscience-bloom-rail-1.0", "bigcode-openrail-m",
    }  # fmt: skip
    wanted |= {name for name in licence_table().licences if name.startswith("cc-by")}

    assert wanted <= {name for name, _ in TEXTS}
    assert LICENCES.keys() <= licence_table().licences.keys() - UNDETERMINED


def test_the_table_is_written_in_the_words_that_texts_are_reduced_to() -> None:
    """A capital or a comma in a phrase would make it match nothing."""
    entries = [*TABLE["harmless"], *(text for entry in LICENCES.values() for text in entry.get("texts", ()))]
    phrases = [phrase for entry in entries for phrase in entry["phrases"]]
    titles = [title for entry in LICENCES.values() for title in entry.get("titles", ())]

    assert [] == [phrase for phrase in (*phrases, *titles) if licence_words(phrase) != phrase]
    assert len(titles) == len(set(titles))
    for entry in entries:
        assert (
            "words" not in entry
            or sum(len(p.split()) for p in entry["phrases"]) <= entry["words"][0] <= entry["words"][1]
        )


@pytest.mark.parametrize(("name", "index"), TEXTS)
def test_each_text_is_the_licence_that_it_stands_for(name: str, index: int) -> None:
    """And no other one, although licences of one family share most of their words."""
    assert {name} == whole(text_of(name, index))


@pytest.mark.parametrize("name", sorted({name for name, _ in TEXTS}))
def test_each_title_alone_names_its_licence(name: str) -> None:
    """A file may hold a name and an address, and nothing else."""
    for title in LICENCES[name].get("titles", ()):
        assert {name} == whole(title)
        assert {name} == whole(f"This model is licensed under the {title}. See the LICENSE file for details.")


@pytest.mark.parametrize(
    "edit",
    [
        lambda t: f"MIT License\n\nCopyright (c) 2024 Acme and others\n\n{t}",
        lambda t: f"# The MIT License (MIT)\n\nCopyright Acme, Inc.\n\n{t}",
        lambda t: t.replace("in no event shall", "in no event shall Acme Ltd or its affiliates"),
        lambda t: t.upper().replace("\n", "\r\n\r\n"),
        lambda t: t.replace("software", "soft-\nware", 1),
        lambda t: "\n".join(f"> **{line}**" for line in textwrap.wrap(t, 40)),
        lambda t: f"{t}\n\n[Acme](https://acme.example/mit) (c) 2025 Universit\u00e9 de Paris",
        lambda t: t.replace("this permission notice", "this permission notice (including the next paragraph)"),
    ],
)  # fmt: skip
def test_holders_headings_and_layout_are_no_terms(edit: object) -> None:
    """What honest publishers put round the text of their licence leaves it what it is."""
    assert callable(edit)
    assert {"mit"} == whole(edit(MIT))


@pytest.mark.parametrize(
    "addition",
    [
        "You may not sell it.", "For research only.", "No commercial use.", "Weights: see the agreement with Acme.",
        "The weights are licensed separately.", "\u4e0d\u5f97\u7528\u4e8e\u5546\u4e1a\u7528\u9014\u3002",
        "Users must display the name of Acme.", "acme " * 50,
    ],
)  # fmt: skip
def test_a_text_with_more_to_it_is_not_the_licence_alone(addition: str) -> None:
    """A word about what may be done, in a language that nothing here reads, or simply too many words."""
    for text in (f"{MIT}\n\n{addition}", f"{addition}\n\n{MIT}", f"{APACHE}\n\n{addition}"):
        assert read(text).ids
        assert not read(text).whole


def test_a_condition_between_the_phrases_of_a_text_is_seen() -> None:
    """A text that is spelled out has room for a holder and for nothing else."""
    first, rest = MIT.split("\n", 1)

    assert {"mit"} == whole(f"{first}\nthe Acme people\n{rest}")
    assert set() == whole(f"{first}\nit shall be used for good\n{rest}")
    assert frozenset() == read(f"{first}\n{'acme ' * 40}\n{rest}").ids


def test_a_text_that_lacks_a_phrase_or_is_too_long_is_no_known_licence() -> None:
    """What was made from Apache 2.0 with other terms is not Apache 2.0."""
    phrases = APACHE.split("\n")

    assert frozenset() == read("\n".join((*phrases[:4], *phrases[5:]))).ids
    assert frozenset() == read(APACHE.replace("filler", "filler word", 200)).ids
    assert frozenset() == read("You may use it.\nYou may not sell it.").ids
    assert frozenset() == read(" ".join([MIT] * 200)).ids


def test_two_texts_in_one_file_are_both() -> None:
    """A choice between two licences, or a text for each part: which it is, nothing here can tell."""
    assert {"mit", "apache-2.0"} == whole(f"{MIT}\n\n{APACHE}")
    assert {"apache-2.0"} == whole(f"{APACHE}\n\n{APACHE}")


def test_a_title_beside_another_text_counts() -> None:
    """The text of one licence under the name of another is both of them."""
    assert {"mit", "cc-by-nc-4.0"} == set(read(f"{MIT}\nWeights: CC BY-NC 4.0").ids)
    assert {"cc-by-nc-4.0", "mit"} == whole(f"Creative Commons Attribution-NonCommercial 4.0 International\n\n{MIT}")


@pytest.mark.parametrize(
    "text", ["Adapted MIT License", "The Enhanced MIT License", "Acme License 1.0", "Apache License 3.0"]
)
def test_a_part_of_another_name_is_no_name(text: str) -> None:
    """A licence that is called after another one has terms of its own."""
    assert set() == whole(text)


def test_a_supplement_counts_with_the_text_that_it_belongs_to() -> None:
    """The LGPL 3.0 is written to stand beside the GPL 3.0, and a family is no more than its member."""
    assert {"lgpl-3.0"} == whole(f"{GPL}\n\n{text_of('lgpl-3.0')}")
    assert {"gpl-3.0"} == whole(f"GNU General Public License\n\n{GPL}")


def test_what_is_harmless_says_nothing() -> None:
    """Prefaces and notes on how to apply a licence stand round many texts, with or without a text between them."""
    for entry in TABLE["harmless"]:
        assert {"cc-by-4.0"} == whole(f"{text_of('cc-by-4.0')}\n\n{written(entry)}")
        assert set() == whole(written(entry))


def test_few_words_that_bind_nobody_say_nothing() -> None:
    """The bound keeps a text of its own from passing for an address."""
    assert says_nothing(["the", "text", "follows"])
    assert says_nothing([])
    assert not says_nothing(["acme"] * 41)
    assert not says_nothing(["commercially"])
    assert not says_nothing(["\u7528"])


def test_the_words_of_a_sampled_text_are_kept_and_those_of_its_heading_are_not() -> None:
    """An edit between two samples changes the words, a heading does not."""
    edited = GPL.replace("filler", "word", 1)

    assert read(f"GNU GPL\n\n{GPL}").terms == read(GPL).terms
    assert read(edited).ids == read(GPL).ids
    assert read(edited).terms != read(GPL).terms
    assert read(MIT).terms == ""


@given(
    st.lists(
        st.sampled_from(
            [*MIT.split("\n"), *text_of("bsd-3-clause").split("\n"), "mit license", "acme", "not", "\u7528"]
        )
    )
)
def test_a_whole_text_is_some_licence(parts: list[str]) -> None:
    """Any mixture is read without a fault, and nothing is whole that is nothing."""
    reading = read("\n".join(parts))

    assert bool(reading.ids) or not reading.whole


@pytest.mark.data
@pytest.mark.skipif(not LLAMA.is_dir(), reason="the real licences are not here")
def test_the_real_llama_texts_are_told_apart() -> None:
    """Licence and policy of each version are its own, although most of their words are the same."""
    for version in ("2", "3", "3.1", "3.2", "3.3", "4"):
        for file in ("LICENSE", "USE_POLICY.md"):
            text = (LLAMA / f"llama{version.replace('.', '_')}" / file).read_text(encoding="utf-8")

            assert {f"llama{version}"} == whole(text)
        licence = LLAMA / f"llama{version.replace('.', '_')}" / "LICENSE"

        assert not read(licence.read_text(encoding="utf-8").replace("700 million", "100 million")).whole


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "expected"),
    [("Apache-2.0", "apache-2.0"), ("GPL-2", "gpl-2.0"), ("GPL-3", "gpl-3.0"), ("LGPL-2.1", "lgpl-2.1"), ("LGPL-3", "lgpl-3.0"),
     ("MPL-2.0", "mpl-2.0"), ("CC0-1.0", "cc0-1.0"), ("BSD", "bsd-3-clause"), ("GPL-1", None), ("LGPL-2", None), ("MPL-1.1", None),
     ("GFDL-1.3", None), ("Artistic", None)],
)  # fmt: skip
def test_the_texts_of_the_system_are_known_or_left_alone(file: str, expected: str | None) -> None:
    """Debian keeps the common ones in one folder; older versions are no later ones."""
    path = SYSTEM / file
    if not path.is_file():
        pytest.skip("no such text here")

    assert ({expected} if expected else set()) == whole(path.read_text(encoding="utf-8"))


@pytest.mark.data
def test_no_installed_package_has_another_text_than_it_declares() -> None:
    """A text that is one licence as a whole is the one that the package's own metadata names, wherever it names one."""
    known, table = set(), licence_table()
    for package in distributions():
        fields = package.metadata
        found = table.find(fields["License-Expression"]) if "License-Expression" in fields else None
        for file in package.files or () if found else ():
            if file.parts[0].endswith(".dist-info") and len(file.parts) <= 3 and file.name in NAMES:
                ids = whole(Path(file.locate()).read_text(encoding="utf-8", errors="replace"))
                known |= ids
                assert found
                assert ids <= {found.id}, fields["Name"]
    if not known:
        pytest.skip("no package here declares a known licence and ships its text")


def test_the_table_is_one_row_a_phrase() -> None:
    """Whoever corrects a phrase changes one line."""
    path = Path(__file__).parents[3] / "hfsemver" / "diff" / "card" / "licence_texts.json"
    text = path.read_text(encoding="utf-8")

    assert json.loads(text) == TABLE
    assert all(
        f"\n{' ' * 10}{json.dumps(p)}" in text
        for entry in LICENCES.values()
        for t in entry.get("texts", ())
        for p in t["phrases"]
    )

"""A licence file is its words: layout, year and holder are no terms."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.releases.formats.licence import LicenceText, licence_expressions, licence_words, read_licence
from tests.histories import DATA

LLAMA = sorted((DATA / "licences").glob("llama-models/*/LICENSE"))
TERMS = """The Licence

Copyright (c) 2023 Acme and others
All rights reserved.

1. You may use the "model" - at https://example.org/terms.

2. You may not sell it to more than 700 million users; copyright
notices stay.
"""


def found(**files: bytes) -> LicenceText | None:
    held = {name.replace("__", "/").replace("_DOT_", "."): data for name, data in files.items()}
    return read_licence(lambda path, _limit: held.get(path), tuple(sorted(held)))


def chosen(*names: str) -> str | None:
    licence = read_licence(lambda _path, _limit: b"terms", names)
    return licence.file if licence else None


@pytest.mark.parametrize(
    "name",
    ["LICENSE", "LICENSE.txt", "license.md", "LICENCE", "LICENCE.rst", "COPYING", "UNLICENSE", "LICENSE-MODEL", "MODEL_LICENSE",
     "LICENSE_CODE", "LICENSE-2.0", "LICENSE.Apache-2.0", "Gemma_License.txt"],
)  # fmt: skip
def test_usual_names_of_licences_are_found(name: str) -> None:
    """Publishers spell it in many ways."""
    assert chosen(name, "README.md") == name


@pytest.mark.parametrize(
    "name",
    ["LICENSE.pdf", "license.py", "license_plates.onnx", "license-plates.safetensors", "sub/LICENSE", "README.md", "licenses",
     "LICENSES/MIT.txt", "NOTICE", "relicensed"],
)  # fmt: skip
def test_other_files_are_no_licence(name: str) -> None:
    """Neither documents that are no text, nor weights of licence plates, nor licences of parts."""
    assert chosen(name) is None


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (("LICENSE-CODE", "LICENSE-MODEL"), "LICENSE-MODEL"),
        (("COPYING", "LICENSE.txt"), "LICENSE.txt"),
        (("LICENSE-THIRD-PARTY", "LICENSE-Apache.txt"), "LICENSE-Apache.txt"),
    ],
)
def test_of_several_the_plainest_wins(names: tuple[str, ...], first: str) -> None:
    """The licence of the weights comes before that of the code."""
    assert chosen(*names) == first


def test_an_empty_file_is_no_licence() -> None:
    """Blanks, or a copyright line alone, give no terms."""
    assert found(LICENSE=b" \n") is None
    assert found(LICENSE=b"", COPYING=b"terms") == LicenceText(file="COPYING", text="terms")


@pytest.mark.parametrize(
    "edit",
    [
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("(c) 2023 Acme and others", "(c) 2023-2025 Acme Ltd"),
        lambda t: t.replace("Copyright (c) 2023 Acme and others\nAll rights reserved.\n\n", ""),
        lambda t: t.replace("https", "http").replace('"', "\u201c").replace(" - ", " \u2013 "),
        lambda t: "# " + t.replace("model", "**model**").replace("1.", "1)"),
        lambda t: t.upper(),
        lambda t: "\n\n".join(part if "(c)" in part else textwrap.fill(part, 30) for part in t.split("\n\n")),
        lambda t: "\n\n".join("    " + part.replace("\n", "\n    ") for part in t.split("\n\n")),
    ],
)  # fmt: skip
def test_layout_is_no_change_of_terms(edit: object) -> None:
    """Line ends, wrapping, indent, Markdown, quotes, case, year and holder make no difference."""
    assert callable(edit)
    assert licence_words(edit(TERMS)) == licence_words(TERMS)


@pytest.mark.parametrize(
    ("old", "new"),
    [("700", "100"), ("may not", "may"), ("sell", "give"), ("notices stay", "notices may go"), ("1.", "3.")],
)
def test_any_other_word_is_a_change(old: str, new: str) -> None:
    """The normalisation keeps every word and every number of the terms."""
    assert licence_words(TERMS.replace(old, new)) != licence_words(TERMS)


def test_a_line_that_wraps_before_the_word_copyright_is_kept() -> None:
    """Only a line that opens a paragraph can name the holder."""
    assert licence_words("Keep the\ncopyright (c) 2020 lines") == "keep the copyright c 2020 lines"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Copyright (c) 2024 Acme, Inc. All rights reserved.", ""),
        ("Copyright 2024 Acme Inc. or its affiliates. All Rights Reserved.", ""),
        ("Copyright (C) 2007 Free Software Foundation, Inc. <https://fsf.org/>", ""),
        ("Copyright (c) 2024 Association for Research in Weather", ""),
        ("SPDX-FileCopyrightText: 2024 Acme <mail@acme.example>", ""),
        ("Copyright 2024 Acme Inc. Licensed under X.", "licensed under x"),
        ("Copyright 2024 Acme. All rights reserved. No sale. Ever.", "no sale ever"),
        ("Copyright (c) 2021-2024, present Acme (for use at home)", "copyright c acme for use at home"),
        ("Copyright 2024 Acme. The weights are for research.", "the weights are for research"),
        ("Copyright 2024 Acme. https://acme.example/terms", "http acme example terms"),
        ("Copyright 2024 Acme. \u4e0d\u5f97\u7528\u4e8e\u5546\u4e1a\u7528\u9014\u3002", "\u4e0d\u5f97\u7528\u4e8e\u5546\u4e1a\u7528\u9014"),
    ],
)  # fmt: skip
def test_the_line_of_a_copyright_is_a_claim_and_what_it_says_beyond_is_kept(line: str, words: str) -> None:
    """Short notices stand in one line, and so may a restriction; a renewed year is none."""
    assert licence_words(line) == licence_words(line.replace("2024", "2025")) == words


def test_marks_of_comments_part_paragraphs() -> None:
    """A line without a word is a blank one, so that a copyright below it opens a paragraph."""
    assert licence_words("/*\n * Copyright 2024 Acme\n *\n * Terms.\n */") == "terms"
    assert licence_words("# ----\n# Copyright 2024 Acme\n#\n# Terms.") == "terms"


def test_tags_are_taken_out_of_the_text() -> None:
    """A line that holds a tag and nothing else; one in a sentence, or with a remark, stays a part of the words."""
    tagged = "# SPDX-License-Identifier:  MIT  OR Apache-2.0\n/* spdx-license-identifier: mit */\nSee SPDX-License-Identifier: X\n"

    assert licence_expressions(tagged) == ("mit", "mit or apache-2.0")
    assert licence_words(tagged) == "see spdx license identifier x"
    assert licence_expressions("SPDX-License-Identifier: MIT, at home\nSPDX-License-Identifier:\n" + "x" * 999) == ()
    assert licence_expressions(f"SPDX-License-Identifier: {'a ' * 400}") == ()


def test_a_file_with_a_tag_alone_is_a_licence() -> None:
    """And what it says in all can be shown."""
    licence = found(LICENSE=b"SPDX-License-Identifier: MIT\n")

    assert licence == LicenceText(file="LICENSE", text="", expressions=("mit",))
    assert licence.words == "spdx license identifier mit"
    assert LicenceText(file="LICENSE", text="terms", expressions=("mit",)).words == "terms spdx license identifier mit"


def test_how_to_apply_the_apache_licence_is_none_of_its_terms() -> None:
    """Many copies leave the appendix out; what stands behind it is kept."""
    appendix = "\n\nAPPENDIX: How to apply the Apache License to your work.\n\n...\n\nlimitations under the License.\n"

    assert licence_words("END OF TERMS AND CONDITIONS" + appendix) == "end of terms and conditions"
    assert licence_words("END" + appendix + "\nNo sale.") == "end  no sale"


def test_two_encodings_of_one_text_are_equal() -> None:
    """Texts from word processors are saved again as UTF-8 some day."""
    text = "the \u201cmodel\u201d \u2014 caf\u00e9"

    assert (
        found(LICENSE=text.encode("cp1252")) == found(LICENSE=text.encode()) == found(LICENSE=text.encode("utf-8-sig"))
    )


@given(st.text(max_size=200))
def test_words_of_words_are_the_same_words(text: str) -> None:
    """Normalising twice changes nothing."""
    words = licence_words(text)

    assert licence_words(words) in (words, "")


@pytest.mark.data
@pytest.mark.skipif(not LLAMA, reason="the real licences are not here")
def test_real_licences_survive_wrapping_and_differ_from_each_other() -> None:
    """Six Llama licences: equal when wrapped anew, all different among themselves."""
    texts = [path.read_text(encoding="utf-8") for path in LLAMA]
    for text in texts:
        wrapped = "\r\n\r\n".join(
            textwrap.fill(part, 60, break_long_words=False, break_on_hyphens=False) for part in text.split("\n\n")
        )

        assert licence_words(wrapped).replace(" ", "") == licence_words(text).replace(" ", "")
    assert len({licence_words(text) for text in texts}) == len(texts) == 6

"""A short notice names its licence: it is judged like the text of it, and with anything more to it like a text with more."""

from __future__ import annotations

import time
from itertools import permutations
from pathlib import Path

import pytest

from hfsemver.diff.card.licence import CARD, compare_licences
from hfsemver.diff.card.licence_texts import Reading, read_text
from hfsemver.releases.formats.licence import MAX_SIZE, licence_words
from tests.builders import release
from tests.diff.card.licence_notices import ALL, LAYOUTS, NOTICES
from tests.diff.card.licence_samples import TEXTS, text_of
from tests.diff.card.test_licence import outcome
from tests.histories import DATA
from tests.pace import pace

SYSTEM = Path("/usr/share/common-licenses")
LLAMA = DATA / "licences" / "llama-models"
NAMED = [f"{name} {index}" for name, notices in NOTICES.items() for index in range(len(notices))]
FIRST = {name: notices[0] for name, notices in NOTICES.items()}
MORE = (
    "For non-commercial use only.",
    "You may not sell it.",
    "The weights are for research.",
    "Use by companies needs our consent.",
    "\u4e0d\u5f97\u7528\u4e8e\u5546\u4e1a\u7528\u9014\u3002",
    "SPDX-License-Identifier: LicenseRef-Acme",
)


def judged(ids: str | None, old: str | None, new: str | None) -> str:
    """What is said of a file that changes, comes or goes under a card with these ids."""
    card = "# Card\n" if ids is None else f"---\nlicense: {ids}\n---\n"
    sides = [release({CARD: card, **({} if text is None else {"LICENSE": text.encode()})}) for text in (old, new)]
    return outcome(compare_licences(*sides))


def read(text: str) -> Reading:
    return read_text(licence_words(text))


@pytest.mark.parametrize(("name", "notice"), ALL, ids=NAMED)
def test_each_notice_names_its_licence_however_it_is_laid_out(name: str, notice: str) -> None:
    """And no other one, and nothing beside it."""
    assert read(notice).is_one
    assert read(f"{notice}\n\n{notice}").is_one
    for layout in LAYOUTS.values():
        assert set(read(layout(notice)).ids) == {name}
        assert read(layout(notice)).is_one, layout(notice)


@pytest.mark.parametrize(("name", "notice"), ALL, ids=NAMED)
def test_the_notice_and_the_text_of_one_licence_take_each_others_place(name: str, notice: str) -> None:
    """With and without an id in the card, and beside an id that had no file at all."""
    for text in (text_of(each, index) for each, index in TEXTS if each == name):
        for ids in (name, None):
            assert judged(ids, text, notice) == judged(ids, notice, text) == "same"
    assert judged(name, None, notice) == judged(name, notice, None) == "same"


@pytest.mark.parametrize("old", sorted(NOTICES))
def test_the_notice_of_another_licence_is_judged_like_its_text(old: str) -> None:
    """Every pair, in both directions, whatever the card says; and every notice beside every id."""
    for new, notice in FIRST.items():
        for ids in {old, new, None} if old != new else ():
            expected = judged(ids, text_of(old), text_of(new))

            assert judged(ids, text_of(old), notice) == expected, (ids, old, new)
            assert judged(ids, FIRST[old], text_of(new)) == expected, (ids, old, new)
            assert judged(ids, FIRST[old], notice) == expected, (ids, old, new)
        assert judged(old, None, notice) == judged(old, None, text_of(new)), (old, new)
        assert judged(old, notice, None) == judged(old, text_of(new), None), (old, new)


def test_a_stricter_notice_in_the_place_of_a_text_tightens() -> None:
    """Known pairs, so that the comparison with texts is one with something."""
    for old, new in (
        ("mit", "gpl-3.0"),
        ("mit", "cc-by-nc-4.0"),
        ("apache-2.0", "agpl-3.0"),
        ("cc-by-4.0", "cc-by-nc-nd-4.0"),
    ):
        assert judged(old, text_of(old), FIRST[new]) == "tightened"
        assert judged(None, FIRST[old], FIRST[new]) == "tightened"
        assert judged(None, FIRST[new], FIRST[old]) == "loosened"
        assert judged(old, None, FIRST[new]) == "tightened"


@pytest.mark.parametrize("more", MORE)
def test_a_notice_with_more_to_it_is_never_the_plain_licence(more: str) -> None:
    """Behind it, before it, in the line of the copyright, and in its own last line."""
    for name, notice in ALL:
        for text in (f"{notice}\n\n{more}", f"{more}\n\n{notice}", f"Copyright 2024 Acme. {more}\n\n{notice}",
                     f"{notice.rstrip()} {more}"):  # fmt: skip
            if text.startswith("Copyright") and not more.isascii():
                continue  # the holder may be written in any alphabet

            assert "SPDX" in more or not read(text).whole
            if notice == FIRST[name]:
                assert judged(name, text_of(name), text) == "tightened", text
                assert judged(name, None, text) == judged(name, text, None) == "unjudged", text


def test_two_notices_are_two_licences() -> None:
    """A choice or both at once: nothing here can tell, so that neither stands for the file."""
    for one, two in permutations(("apache-2.0", "gpl-3.0", "mit", "cc-by-nc-4.0"), 2):
        text = f"{FIRST[one]}\n\n{FIRST[two]}"

        assert set(read(text).ids) == {one, two}
        assert not read(text).is_one
        assert judged(one, text_of(one), text) == judged(one, FIRST[one], text) == "tightened"
        assert judged(one, None, text) in ("same", "unjudged")
    assert judged("mit", None, f"{FIRST['mit']}\n\n{FIRST['gpl-3.0']}") == "unjudged"


@pytest.mark.parametrize(
    "text",
    [
        "Licensed under the MIT-0 License.",
        "This work is licensed under a Creative Commons license.",
        "This work is licensed under a Creative Commons Attribution 3.0 Germany License.",
        "Use of this source code is governed by a BSD-style license that can be found in the LICENSE file.",
        "Licensed under the Adapted MIT License.",
        "Licensed under the Acme Edition of the Apache License, Version 2.0.",
        "https://acme.example/licenses/MIT",
        "https://creativecommons.org/licenses/",
        "https://www.apache.org/licenses/LICENSE-1.1",
        "Licensed under the MIT License or the Acme License.",
    ],
)
def test_a_notice_that_is_not_exactly_one_names_nothing_for_certain(text: str) -> None:
    """A likeness, an older version, a port to a country, a page of somebody's own."""
    assert not read(text).is_one
    assert judged("mit", text_of("mit"), text) == "tightened"


@pytest.mark.parametrize("name", ["apache-2.0", "cc-by-4.0"])
def test_a_notice_in_a_file_of_a_megabyte_vouches_for_nothing(name: str) -> None:
    """Whatever else stands there, and however often the notice does."""
    for filler in ("acme ", "\n", FIRST[name] + "\n", "a"):
        text = (FIRST[name] + filler * MAX_SIZE)[:MAX_SIZE]

        assert judged(name, text_of(name), text) == ("same" if filler == "\n" else "tightened"), filler


def test_a_repeated_notice_costs_no_more_than_its_length() -> None:
    """Places are compared with their neighbours, and not each with all others."""
    start = time.perf_counter()

    assert read("last modified " * 10_000) == Reading()
    assert time.perf_counter() - start < 3 * pace()


@pytest.mark.data
@pytest.mark.parametrize(
    ("file", "name"),
    [("Apache-2.0", "apache-2.0"), ("GPL-2", "gpl-2.0"), ("GPL-3", "gpl-3.0"), ("LGPL-2.1", "lgpl-2.1"), ("LGPL-3", "lgpl-3.0"),
     ("MPL-2.0", "mpl-2.0"), ("CC0-1.0", "cc0-1.0"), ("BSD", "bsd-3-clause")],
)  # fmt: skip
def test_the_real_text_and_its_notices_take_each_others_place(file: str, name: str) -> None:
    """As a distribution ships it, headings, instructions and all."""
    path = SYSTEM / file
    if not path.is_file():
        pytest.skip("no such text here")
    text = path.read_text(encoding="utf-8")
    for notice in NOTICES[name]:
        for ids in (name, None):
            assert judged(ids, text, notice) == judged(ids, notice, text) == "same"
    assert judged("mit", text_of("mit"), text) == judged("mit", text_of("mit"), FIRST[name])


@pytest.mark.data
@pytest.mark.skipif(not LLAMA.is_dir(), reason="the real licences are not here")
@pytest.mark.parametrize("version", ["2", "3", "3.1", "3.2", "3.3", "4"])
def test_the_real_llama_text_and_its_notice_take_each_others_place(version: str) -> None:
    """What each licence asks to be kept in a file of notices names it and no other version."""
    text = (LLAMA / f"llama{version.replace('.', '_')}" / "LICENSE").read_text(encoding="utf-8")
    brand, name = ("Meta Llama" if version == "3" else "Llama"), f"llama{version}"
    notice = (
        f"{brand} {version} is licensed under the {brand} {version} Community License, Copyright \u00a9 Meta Platforms, Inc. "
        "All Rights Reserved."
    )

    assert judged(name, text, notice) == judged(name, notice, text) == judged(name, None, notice) == "same"
    assert judged(name, text, f"{notice}\nFor research only.") == "tightened"
    assert judged("mit", text_of("mit"), notice) == judged("mit", text_of("mit"), text) == "tightened"

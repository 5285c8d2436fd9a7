"""An entry is put into changelogs that people wrote in their own way."""

from __future__ import annotations

import codecs
import re
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.core.version import Version
from hfsemver.publish.changelog import entry_of, with_entry
from hfsemver.releases.formats.changelog import entries_of

NEW, DAY, BODY = "1.2.0", "2026-01-01", "### Changed\n\n- the weights"
HEADING = f"## [{NEW}] - {DAY}"
MARK = f"<!-- hfsemver {NEW} -->"
ENTRY = f"{HEADING}\n\n{MARK}\n\n{BODY}\n"


def written(text: str, body: str = BODY, day: str = DAY) -> str:
    """Return a changelog with the entry."""
    return with_entry(text.encode(), NEW, day, body).decode()


def refusal(text: str, body: str = BODY) -> FormatError:
    """Return the error that a changelog is refused with."""
    with pytest.raises(FormatError) as caught:
        with_entry(text.encode(), NEW, DAY, body, "a/CHANGELOG.md")
    return caught.value


def said(text: str) -> list[tuple[str | None, str]]:
    """Return what each entry says, as it is written."""
    return [(entry.version, text[entry.body : entry.end].strip()) for entry in entries_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Log\n\n## [1.1.0]\n- x\n", f"# Log\n\n{ENTRY}\n## [1.1.0]\n- x\n"),
        ("# Log\nWords\n## 1.1.0\n- x", f"# Log\nWords\n\n{ENTRY}\n## 1.1.0\n- x"),
        ("## v1.1.0 (2025-01-01)\n", f"{ENTRY}\n## v1.1.0 (2025-01-01)\n"),
        ("# 1.1.0\n\n# 1.0.0\n", f"{ENTRY}\n# 1.1.0\n\n# 1.0.0\n"),
        ("1.1.0\n=====\n- x\n", f"{ENTRY}\n1.1.0\n=====\n- x\n"),
        ("# Log\n\n```\n## 1.0.0\n```\n\n## 1.1.0\n", f"# Log\n\n```\n## 1.0.0\n```\n\n{ENTRY}\n## 1.1.0\n"),
        ("# Log\n\n<!--\n## 1.0.0\n-->\n## 1.1.0\n", f"# Log\n\n<!--\n## 1.0.0\n-->\n\n{ENTRY}\n## 1.1.0\n"),
        # No entry yet.
        ("# Log\n\nWords.\n", f"# Log\n\nWords.\n\n{ENTRY}"),
        ("# Log", f"# Log\n\n{ENTRY}"),
        ("\n", f"\n{ENTRY}"),
        ("# Log\n\n## June\n- x\n", f"# Log\n\n{ENTRY}\n## June\n- x\n"),
        ("# Log\n\n[1.1.0]: x\n", f"# Log\n\n{ENTRY}\n[1.1.0]: x\n"),
        # Nothing unreleased.
        ("# Log\n\n## [Unreleased]\n\n## 1.1.0\n", f"# Log\n\n## [Unreleased]\n\n{ENTRY}\n## 1.1.0\n"),
        ("# Log\n## Unreleased\n## 1.1.0\n", f"# Log\n## Unreleased\n\n{ENTRY}\n## 1.1.0\n"),
        ("# Log\n\n## [Unreleased]", f"# Log\n\n## [Unreleased]\n\n{ENTRY}"),
        ("# Log\n\n## [Unreleased]\n\n\n", f"# Log\n\n## [Unreleased]\n\n{ENTRY}\n\n"),
        ("Unreleased\n---\n\n1.1.0\n---\n", f"Unreleased\n---\n\n{ENTRY}\n1.1.0\n---\n"),
        ("# Log\n\n## [Unreleased]\n\n[unreleased]: x\n", f"# Log\n\n## [Unreleased]\n\n{ENTRY}\n[unreleased]: x\n"),
        # What is unreleased comes along.
        (
            "# Log\n\n## [Unreleased]\n\n### Fixed\n\n- y\n\n## 1.1.0\n",
            f"# Log\n\n## [Unreleased]\n\n{HEADING}\n\n### Fixed\n\n- y\n\n{MARK}\n\n{BODY}\n\n## 1.1.0\n",
        ),
        (
            "## Unreleased\n- y  \n## 1.1.0\n",
            f"## Unreleased\n\n{HEADING}\n\n- y  \n\n{MARK}\n\n{BODY}\n\n## 1.1.0\n",
        ),
        ("## Unreleased\n- y", f"## Unreleased\n\n{HEADING}\n\n- y\n\n{MARK}\n\n{BODY}\n"),
        (
            "## Unreleased\n\n- y\n\n\n[1.1.0]: x",
            f"## Unreleased\n\n{HEADING}\n\n- y\n\n{MARK}\n\n{BODY}\n\n\n[1.1.0]: x",
        ),
    ],
)
def test_where_the_entry_goes(text: str, expected: str) -> None:
    """Above the newest one, below the introduction and an emptied "Unreleased", with blank lines around it; and once."""
    assert expected == written(text)
    assert expected == written(expected)
    for end in ("\r\n", "\r") if "\n" in text else ():
        assert expected.replace("\n", end) == written(text.replace("\n", end))


def test_no_changelog_becomes_one_with_a_title_and_a_sentence() -> None:
    """A reader knows what it is; nothing and an empty file are the same."""
    new = with_entry(None, NEW, DAY, BODY)

    assert new.decode() == f"# Changelog\n\nWhat changed in each release of this model, newest first.\n\n{ENTRY}"
    assert new == with_entry(b"", NEW, DAY, BODY)
    assert with_entry(new, "1.3.0", DAY, "- more").decode().split(MARK)[0].count("1.3.0") == 2


def test_bytes_that_are_no_utf_8_and_the_mark_in_front_stay() -> None:
    """The entry is put between them, and what cannot be shown is shown as such."""
    data = codecs.BOM_UTF8 + b"## 1.1.0\n- caf\xe9 \0\n"
    new = with_entry(data, NEW, DAY, BODY)

    assert new == codecs.BOM_UTF8 + f"{ENTRY}\n".encode() + b"## 1.1.0\n- caf\xe9 \0\n"
    assert entry_of(new, "1.1.0") == "- caf\ufffd \0"


def test_an_entry_that_says_the_same_stays_with_its_date() -> None:
    """Whoever wrote it, whatever blank lines are around it and however its lines end."""
    text = f"## [{NEW}] - 2025-12-31\r\n\r\n\r\n{BODY}\r\n\r\n## 1.1.0\r\n".replace(BODY, BODY.replace("\n", "\r\n"))

    assert text == written(text)
    assert ENTRY == written(ENTRY, day="2026-05-05")
    assert ENTRY == written(ENTRY, body=f"\r\n\n{BODY}\n\n ")


def test_what_is_behind_our_mark_is_written_anew() -> None:
    """What a person wrote in front of it stays, and so does the heading."""
    text = f"# Log\n\n## [Unreleased]\n\n- next\n\n## [{NEW}] - 2025-12-31\n\n- by hand\n\n{MARK}\n{BODY}\n\n\n## 1.1.0\n- x\n"

    assert text.replace(BODY, "- other") == written(text, "- other")
    assert text.replace(BODY, "- other").replace("\n", "\r\n") == written(text.replace("\n", "\r\n"), "- other")
    assert entry_of(written(text, "- other").encode(), NEW) == "- by hand\n\n- other"
    # Emptied and filled again, also at the end of the file.
    for each in (text, ENTRY, ENTRY.rstrip("\n")):
        assert entry_of(written(written(each, ""), "- again").encode(), NEW) == entry_of(
            written(each, "- again").encode(), NEW
        )


@pytest.mark.parametrize(
    "text",
    [
        f"# Log\n\n{HEADING}\n- by hand\n",
        f"# Log\n\n## v{NEW}\n\n## 1.1.0\n",
        f"# Log\n\n{HEADING}\n```\n{MARK}\n```\n- by hand\n",
        f"# Log\n\n{HEADING}\n<!-- hfsemver 1.1.0 -->\n- by hand\n",
        f"# Log\n\n{HEADING}\n- by hand {MARK}\n",
    ],
)
def test_an_entry_of_somebody_else_is_refused(text: str) -> None:
    """A mark of another version, in code or inside of a line is none."""
    error = refusal(text)

    assert str(error) == f"a/CHANGELOG.md: line 3: says something else of {NEW} already"
    assert MARK in error.hint
    assert written(text.replace("\n", f"\n{MARK}\n", 3)).count(BODY) == 1


@pytest.mark.parametrize(
    "text", ["# Log\n\n```\ncode\n", "# Log\n\n<!-- todo\n", "## Unreleased\n~~~\n- a\n", "a\n\n<!--\n## 1.1.0\n"]
)
def test_a_changelog_that_leaves_something_open_is_refused(text: str) -> None:
    """The entry would be code, or part of a comment."""
    error = refusal(text)

    assert f"an entry for {NEW} would become a part of something else" in str(error)
    assert "-->" in error.hint


def test_our_mark_below_what_is_unreleased_is_refused() -> None:
    """What a person wrote behind it would be lost when the entry is written anew."""
    error = refusal(f"# Log\n\n## Unreleased\n- a\n{MARK}\n- b\n")

    assert str(error) == f"a/CHANGELOG.md: line 3: has the mark of {NEW} below what is unreleased"
    assert MARK in error.hint


def test_a_changelog_in_another_encoding_is_refused() -> None:
    """An entry in UTF-8 between its bytes would be none."""
    with pytest.raises(FormatError, match="UTF-16"):
        with_entry("# Log\n".encode("utf-16"), NEW, DAY, BODY)


@pytest.mark.parametrize(
    "body",
    [
        "## Changed\n- a",
        "# 1.0.0",
        "- a\n\n## 1.1.0\n- b",
        "### 1.1.0\n- a",
        "```\na",
        "<!-- a",
        "- a\n\n[1.1.0]: x",
        MARK,
        "1.0.0\n---",
    ],
)
def test_a_body_that_would_not_stay_inside_is_no_body(body: str) -> None:
    """Headings of entries, open code and comments, the links of versions, and the mark itself."""
    with pytest.raises(ValueError, match="leaves code open"):
        with_entry(None, NEW, DAY, body)


@pytest.mark.parametrize(
    ("version", "day"),
    [("1.2", DAY), ("v1.2.0", DAY), ("1.2.0\n", DAY), (NEW, "1 May"), (NEW, ""), (NEW, "2026-02-30")],
)
def test_what_is_no_version_or_no_day_is_written_nowhere(version: str, day: str) -> None:
    """Neither can hold a line of its own."""
    with pytest.raises(ValueError, match=r"version|isoformat|day|month"):
        with_entry(None, version, day, BODY)


def test_the_text_of_an_entry_is_told_without_what_belongs_to_us() -> None:
    """Nor with blank lines around it, and nothing is told of a version that has none."""
    data = b"# Log\r\n## [1.1.0]\r\n\r\n- a\r\n\r\n- b\r\n## 1.0.0\r\n"

    assert entry_of(data, "1.1.0") == "- a\n\n- b"
    assert entry_of(data, "1.0.0") == ""
    assert entry_of(data, "0.9.0") is None
    assert entry_of(with_entry(None, NEW, DAY, BODY), NEW) == BODY


LINES = st.sampled_from([
    "", "", "- a", "  more", "text ", "### Added", "### [0.1.0]", "## [1.1.0] - 2025-05-05", "## 1.0.0", "## v0.9 (x)", "# 0.8.0",
    "## [Unreleased]", "Unreleased", "---", "===", "## About", "# Log", "```", "~~~", "```python", "<!-- a -->", "<!--", "-->",
    "[1.1.0]: https://example.org", "[a]: b", "é 🚂", MARK, HEADING, "<!-- hfsemver 1.1.0 -->", "    ## 1.0.0", "\x85\u2028\f",
])  # fmt: skip
ENDS = st.sampled_from(["\n", "\n", "\r\n", "\r"])
TEXTS = st.tuples(
    st.lists(st.tuples(LINES, ENDS).map("".join), max_size=14).map("".join),
    st.sampled_from(["", "", "- end", "## 0.7.0"]),
).map("".join)
BODIES = st.lists(
    st.sampled_from(["", "- a", "### Fixed", "```\n## 1.0.0\n```", "text  ", "<!-- b -->", "é"]), max_size=5
).map("\n".join)


@given(TEXTS.filter(bool), BODIES)
def test_all_that_was_written_stays(text: str, body: str) -> None:
    """What is added is the heading, the mark, the body and line ends; what is replaced was behind the mark."""
    try:
        new = written(text, body)
    except FormatError:
        return
    versions = [entry.version for entry in entries_of(text)]
    own = entry_of(new.encode(), NEW)

    assert own is not None
    assert own.endswith(body.strip(" \n"))
    assert written(new, body) == new
    if NEW not in versions:
        assert [version for version, _ in said(new) if version != NEW] == versions
        assert _is_inside(text, new)
        added = HEADING + MARK + body.strip(" \n")
        assert Counter(re.sub(r"[\r\n]", "", new)) == Counter(re.sub(r"[\r\n]", "", text + added))
        changed = [(before, after) for before, after in zip(said(text), _others(new), strict=True) if before != after]
        assert all(version is None and not left for (version, _), (_, left) in changed)


def _others(text: str) -> list[tuple[str | None, str]]:
    return [each for each in said(text) if each[0] != NEW]


def _is_inside(text: str, new: str) -> bool:
    """Whether all characters of a text are in another one, in order."""
    rest = iter(new)
    return all(character in rest for character in text)


@given(TEXTS, st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_releases_are_entered_one_after_the_other(text: str, steps: list[int]) -> None:
    """The newest is above the others, and each says what it said."""
    data, names = text.encode(), [f"{10 + place}.{step}.0" for place, step in enumerate(steps)]
    try:
        for name in names:
            data = with_entry(data, name, DAY, f"- of {name}")
    except FormatError:
        return
    entered = [entry.version for entry in entries_of(data.decode()) if entry.version in names]

    assert entered == sorted(names, key=Version.parse, reverse=True)
    assert all((entry_of(data, name) or "").endswith(f"- of {name}") for name in names)


@pytest.mark.parametrize(
    "text",
    [
        "## [0.1.0]\n- a\n" * 15_000,
        "\n" * (1 << 18),
        " " * (1 << 18),
        "# Log\n" + "### a\n" * 40_000,
        "## Unreleased\n" + "- a\n" * 60_000,
        "## Unreleased\n" + "\n" * (1 << 18) + "- a" + " " * (1 << 18),
        "[1.0.0]: x\n" * 25_000,
        "1.0.0\n---\n" * 25_000,
        "`" * (1 << 18),
        "# " * (1 << 18),
        "## 1.0" + ".0" * (1 << 18),
        "## " + "1" * (1 << 18),
    ],
    ids=range(12),
)
def test_large_changelogs_take_no_time(text: str) -> None:
    """Hundreds of thousands of lines, or characters of one, take time in proportion to its size."""
    started = time.process_time()

    try:
        new = with_entry(text.encode(), NEW, DAY, BODY)
    except FormatError:
        assert text.startswith("`")
    else:
        assert entry_of(new, NEW) is not None
    assert time.process_time() - started < 10

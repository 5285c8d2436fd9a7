"""The version is put into cards that people wrote in their own way."""

from __future__ import annotations

import codecs
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.core.version import Version
from hfsemver.publish.card import with_version
from hfsemver.releases.formats.card import read_body, read_card
from tests.cards import TREES, real_cards

NEW = "1.2.3"
BOM = codecs.BOM_UTF8

# What stands in front of a value, the value, and what is behind it; none of it is to change but the value.
KEYS = ("version: ", "version:   ", '"version": ', "'version' : ", "version:\n  ", "? version\n: ")
VALUES = ("1.0", "0x10", "latest", "~", "null", "v 1", "no", "2024-01-01", "1.0\n  and more")
QUOTED = (("'", "1.0", "'"), ('"', "a \\u00e9 # b", '"'), ("'", "it''s", "'"), ('"', "", '"'), ("'", "a\n  b", "'"))
BEHIND = ("", "   ", " # 2.0, and why", "  #", "\n", "\n\n# the end", "\n   ")
OTHERS = (
    "license: mit", "name:   'x' # ours", "labels: [a, version: 1]", "tags:\n- a\n-   b  # c", "widget:\n  version: 9",
    "text: |\n  version: 8\n\n  more", "folded: >-\n  version: 7\n  x", 'quoted: "version: 6"', "# version: 5", "", "   ",
    "empty:", "empty2: # none", "lines: 'a\n\n  version: 4'", "deep: {a: {version: 3}}", "é: 🚂 日本", "versions: 1", "Version: 2",
    "model-index:\n- name: x\n  version: 1\n  results:\n    - version: |+\n        a\n", "plain: a\n  version b",
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
BODIES = st.binary(max_size=20) | st.sampled_from(
    [b"# T\r\n\r\n\0\xff", b"---\nversion: 1\n---\n", b"```\nversion: 1\n"]
)


@st.composite
def cards(draw: st.DrawFn, *, middle: str) -> tuple[bytes, bytes]:
    """Return what stands in front of a piece of front matter and behind it, in random styles and line ends."""
    some = draw(st.lists(st.sampled_from(OTHERS), max_size=6, unique=True))
    at = draw(st.integers(0, len(some)))
    lines = ["---", *some[:at], middle, *some[at:], "---"]
    text = "".join(_ended(draw, line) for line in lines[:-1]) + "---" + draw(st.sampled_from(["\n", "\r\n", "  \n"]))
    before, after = text.split(middle)
    mark = draw(st.sampled_from([b"", BOM, b"\n", b" \r\n"]))
    return mark + before.encode(), after.encode() + draw(BODIES)


def _ended(draw: st.DrawFn, lines: str) -> str:
    # One line end a line, whichever it is; a CR and the LF of an empty line are one end, so that line is gone.
    return "".join(line + draw(ENDS) for line in lines.split("\n"))


def fields(data: bytes) -> dict[str, object]:
    """Return the front matter without the version."""
    card = read_card(data, "README.md")
    return {key: value for key, value in (card.fields if card else {}).items() if key != "version"}


def declared(data: bytes) -> str | None:
    """Return the version that a card declares."""
    card = read_card(data, "README.md")
    return card.text("version") if card else None


def refusal(data: bytes) -> FormatError:
    """Return the error that a card is refused with."""
    with pytest.raises(FormatError) as caught:
        with_version(data, NEW, "a/README.md")
    return caught.value


@given(
    cards(middle="\0"),
    st.sampled_from(KEYS),
    st.sampled_from([*(("", value, "") for value in VALUES), *QUOTED]),
    st.sampled_from(BEHIND),
    ENDS,
)
def test_only_the_value_changes(
    around: tuple[bytes, bytes], key: str, value: tuple[str, str, str], behind: str, end: str
) -> None:
    """Comments, quotes, order, blanks, line ends, the mark in front and the body stay, byte for byte."""
    opening, old, closing = value
    front = around[0] + (key + opening).replace("\n", end).encode()
    back = (closing + behind).replace("\n", end).encode() + around[1]
    data = front + old.replace("\n", end).encode() + back

    new = with_version(data, NEW)

    assert new == front + NEW.encode() + back
    assert with_version(new, NEW) == new


@given(cards(middle="\0"), st.sampled_from(["version:", '"version" :', "version: ", "version: # why", "version:  #"]))
def test_a_key_without_a_value_gets_one(around: tuple[bytes, bytes], line: str) -> None:
    """Behind its colon, in front of what else is there."""
    key, _, behind = line.partition(":")
    new = with_version(around[0] + line.encode() + around[1], NEW)

    assert new == around[0] + f"{key}: {NEW}{behind}".encode() + around[1]


@given(cards(middle="# here"))
def test_a_missing_key_is_added_as_one_line(around: tuple[bytes, bytes]) -> None:
    """All lines are still there, no field differs but the new one, and it is added once."""
    data = around[0] + b"# here" + around[1]
    new = with_version(data, NEW)
    line = f"version: {NEW}".encode()
    place = new.index(line)
    added = len(new) - len(data) - len(line)
    # One line with its end came in; which of the two ends was there before cannot be told.
    rests = {new[: place - added] + new[place + len(line) :], new[:place] + new[place + len(line) + added :]}

    assert added in {1, 2}
    assert data in rests
    assert (fields(new), declared(new), read_body(new)) == (fields(data), NEW, read_body(data))
    assert with_version(new, NEW) == new


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nlicense: mit\n---\n# T", "---\nlicense: mit\nversion: 1.2.3\n---\n# T"),
        ("---\r\nlicense: mit\r\n---\r\n", "---\r\nlicense: mit\r\nversion: 1.2.3\r\n---\r\n"),
        ("---\rlicense: mit\r---", "---\rlicense: mit\rversion: 1.2.3\r---"),
        ("---\na: b\r\n\n---\n", "---\na: b\r\n\nversion: 1.2.3\n---\n"),
        ("---\n  a: b\n  c: d\n---\n", "---\n  a: b\n  c: d\n  version: 1.2.3\n---\n"),
        ("---\na: b # c\n# d\n---\n", "---\na: b # c\n# d\nversion: 1.2.3\n---\n"),
        ("---\na:\n- b\n---\n", "---\na:\n- b\nversion: 1.2.3\n---\n"),
        ("---\na: |-\n  b\n---\n", "---\na: |-\n  b\nversion: 1.2.3\n---\n"),
        ("---\n\n---\n# T", "---\nversion: 1.2.3\n---\n# T"),
        ("---\n# c\n---\n", "---\n# c\nversion: 1.2.3\n---\n"),
        # A key behind it would end the block of text with a line feed, which it has not got.
        ("---\na: b\nc: |\n  d\n---\n", "---\na: b\nversion: 1.2.3\nc: |\n  d\n---\n"),
        ("---\r\nc: |\r\n  d\r\n---\r\n", "---\r\nversion: 1.2.3\r\nc: |\r\n  d\r\n---\r\n"),
        ("---\na: b\n...\n---\n", "---\nversion: 1.2.3\na: b\n...\n---\n"),
        ("---\n---\na: b\n---\n", "---\n---\na: b\nversion: 1.2.3\n---\n"),
        ("---\n{license: mit}\n---\n", "---\n{version: 1.2.3, license: mit}\n---\n"),
        ("---\n{ # c\n  a: b, }\n---\n", "---\n{ # c\n  version: 1.2.3, a: b, }\n---\n"),
        ("---\n{}\n---\n", "---\n{version: 1.2.3}\n---\n"),
        ("---\n{a: {version: 1}, version: 1.0}\n---\n", "---\n{a: {version: 1}, version: 1.2.3}\n---\n"),
        ('---\n{"version":"1.0","a":1}\n---\n', '---\n{"version":"1.2.3","a":1}\n---\n'),
        ("---\n{version: , a: b}\n---\n", "---\n{version: 1.2.3 , a: b}\n---\n"),
        # No front matter, or nothing in it.
        ("", "---\nversion: 1.2.3\n---\n"),
        ("# T\n", "---\nversion: 1.2.3\n---\n# T\n"),
        ("# T\r\ntext\n", "---\r\nversion: 1.2.3\r\n---\r\n# T\r\ntext\n"),
        ("# T\rtext\r", "---\nversion: 1.2.3\n---\n# T\rtext\r"),
        ("\n\n# T\n---\na: b\n---\n", "---\nversion: 1.2.3\n---\n\n\n# T\n---\na: b\n---\n"),
        ("----\n# T\n", "---\nversion: 1.2.3\n---\n----\n# T\n"),
        ("---\n---\n# T\n", "---\nversion: 1.2.3\n---\n# T\n"),
        ("\ufeff---\r\n---", "\ufeff---\r\nversion: 1.2.3\r\n---"),
        ("\ufeff# T", "\ufeff---\nversion: 1.2.3\n---\n# T"),
        # The same number, however it is written.
        ("---\nversion: |-\n  1.2.3\n---\n", "---\nversion: |-\n  1.2.3\n---\n"),
        ('---\nversion: "1.2\\x2e3"\n---\n', '---\nversion: "1.2\\x2e3"\n---\n'),
    ],
)  # fmt: skip
def test_where_the_version_goes(text: str, expected: str) -> None:
    """To the end of the front matter, in the line ends and the column that it has; into braces where it is in braces."""
    new = with_version(text.encode(), NEW)

    assert new == expected.encode()
    assert with_version(new, NEW) == new
    assert declared(new) == NEW


def test_no_card_becomes_one_that_says_nothing_else() -> None:
    """There is nothing that it could say for its owner."""
    assert with_version(None, NEW) == b"---\nversion: 1.2.3\n---\n"


@pytest.mark.parametrize(
    ("text", "place", "fault"),
    [
        ("a: b\nversion: [1, 0]", "line 3", "version is a list"),
        ("version:\n- 1.0", "line 2", "version is a list"),
        ("version:\n  major: 1", "line 2", "version is a mapping"),
        ("version: |\n  1.0\na: b", "line 2", "version is a block of text"),
        ("version: >-\n  1.0", "line 2", "version is a block of text"),
        ("a: &x 1.0\nversion: *x", "line 2", "anchor"),
        ("version: &x 1.0", "line 2", "anchor"),
        ("version: !!str 1.0", "line 2", "tag"),
        ("version: 1.0\na: b\nversion: 2.0", "line 4", "there twice"),
        ("version: 1.0\n'version': 2.0", "line 3", "there twice"),
        ("<<: {version: 1.0}", "line 2", "merge key"),
        ("? version\n? a", "", "without a change of something else"),
        ("{version, a: b}", "", "without a change of something else"),
        ("~", "", "without a change of something else"),
        ("- version: 1.0", "line 2", "a list"),
        ("a: b\nversion: 1.0\0", "", "not YAML"),
        ("a: b: c", "line 2", "not YAML"),
        ("{{ card }}", "line 2", "a key that is"),
        ("\n".join(" " * depth + "a:" for depth in range(40)), "", "more than 32 levels"),
        ("a: " + "[" * 100_000, "line 2", "more than 32 levels"),
    ],
)
def test_what_cannot_be_done_right_is_refused(text: str, place: str, fault: str) -> None:
    """With the place, and with what to type."""
    error = refusal(f"---\n{text}\n---\n# T\n".encode())

    assert str(error).startswith(f"a/README.md: {place}")
    assert fault in str(error)
    assert error.hint


@pytest.mark.parametrize(
    "text",
    [
        "---\na: b\n",
        "---",
        "--- \na: b\n---\n",
        "---\ra: b\r---\r# T\r",
        "\ufeff\ufeff---\na: b\n---\n",
        "\n---\n# T\n",
    ],
)
def test_dashes_that_start_no_front_matter_are_refused(text: str) -> None:
    """Somebody meant something by them: a second block above would hide what the first one says."""
    error = refusal(text.encode())

    assert "starts with three dashes" in str(error)
    assert '"---"' in error.hint


def test_a_card_in_another_encoding_is_refused() -> None:
    """The Hub would not read it either, with or without a version."""
    assert "UTF-16" in str(refusal("---\na: b\n---\n".encode("utf-16")))
    assert "UTF-8" in str(refusal(b"---\na: \xff\n---\n"))


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "", "1.0.0\nlicense: mit", "1.0.0 # x", "01.0.0"])
def test_what_is_no_version_is_written_nowhere(version: str) -> None:
    """The text of a version can end no value and open no comment."""
    with pytest.raises(ValueError, match="not a semantic version"):
        with_version(b"# T", version)


NUMBERS = st.integers(0, 99).map(str)
WORDS = st.text("0123456789eE_xab-", min_size=1, max_size=8).filter(
    lambda word: not (word.isdigit() and word[0] == "0")
)
IDS = st.lists(WORDS.filter(lambda word: "_" not in word), max_size=3).map(".".join)


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS).map(".".join), IDS, IDS)
def test_any_version_is_text_to_any_reader_of_yaml(core: str, pre: str, build: str) -> None:
    """Not a float, a date, a number in base 60 or an exponent, also to those that convert what is not quoted."""
    version = core + (f"-{pre}" if pre else "") + (f"+{build}" if build else "")
    Version.parse(version)
    new = with_version(b"---\nversion: 1.0\n---\n", version)

    assert yaml.safe_load(new.split(b"---\n")[1]) == {"version": version}


@given(
    st.text("ab:-?,[]{}#&*!|>'\"%@`~ \n\t\rversion", max_size=40).map(lambda text: f"---\n{text}\n---\n# T".encode())
)
def test_whatever_the_front_matter_is_it_is_kept_or_refused(data: bytes) -> None:
    """Nothing but a FormatError is raised, and what is returned says the same."""
    try:
        new = with_version(data, NEW)
    except FormatError:
        return
    assert (declared(new), fields(new), read_body(new)) == (NEW, fields(data), read_body(data))
    assert with_version(new, NEW) == new


@pytest.mark.data
@pytest.mark.skipif(not TREES, reason="the real cards are not here")
def test_every_real_card_gets_a_version() -> None:
    """None is refused, and nothing but one value or one line differs."""
    count = 0
    for data in real_cards():
        new = with_version(data, NEW)
        count += 1
        assert (declared(new), fields(new)) == (NEW, fields(data))
        assert new.endswith(read_body(data))
        assert with_version(new, NEW) == new
        assert with_version(new, "1.2.4-rc.1") == new.replace(b"version: 1.2.3", b"version: 1.2.4-rc.1", 1)
    assert count > 900


@pytest.mark.parametrize(
    "data",
    [
        b"---\nx:\n" + b"- name: a\n  value: 0.125\n" * 40_000 + b"---\n",
        b"---\na: b\n---\n" + b"\0" * (1 << 20),
        b"\n" * (1 << 20) + b"---",
        b" " * (1 << 20),
        b"---\n" + b"\n" * (1 << 20) + b"---\n",
        b"---\na: b\n" + b"\n--" * (1 << 18),
        b"---\nversion: " + b"1" * (1 << 20) + b"\n---\n",
        b"---\nversion: 1" + b" " * (1 << 20) + b"\n---\n",
        b"\xef\xbb\xbf" * (1 << 18),
    ],
    ids=range(9),
)
def test_large_cards_take_no_time(data: bytes) -> None:
    """A megabyte of anything is edited or refused in proportion to its size."""
    started = time.process_time()
    try:
        new = with_version(data, NEW)
    except FormatError:
        pass
    else:
        assert declared(new) == NEW
    if hasattr(yaml, "CSafeLoader"):
        assert time.process_time() - started < 5

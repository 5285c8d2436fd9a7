"""JSON: what every reader understands alike is read, everything else is refused with its place."""

from __future__ import annotations

import json
import sys
import tarfile
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats import strict_json
from tests.histories import DATA
from tests.pace import pace

SUITE = DATA / "adversarial" / "JSONTestSuite.tar.xz"

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def refusal(data: bytes) -> FormatError:
    """Return the error that a text is refused with."""
    with pytest.raises(FormatError) as caught:
        strict_json.load_value(data, "config.json")
    return caught.value


@given(VALUES)
def test_what_json_writes_is_read_back(value: strict_json.JsonValue) -> None:
    """Every value that can be written is read as it was, escaped or not, indented or not."""
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        assert strict_json.load_value(text.encode("utf-8"), "x") == value


@given(st.binary(max_size=80) | st.text('[]{}":,\\u0019dDeEnNaI- ', max_size=60).map(str.encode))
def test_whatever_is_accepted_json_accepts_too(data: bytes) -> None:
    """Nothing but a FormatError is raised, and what is accepted means what Python's reader says it means."""
    try:
        value = strict_json.load_value(data, "x")
    except FormatError:
        return
    assert json.loads(data) == value


@pytest.mark.parametrize(
    ("data", "fault", "offset"),
    [
        (b"", "not JSON: Expecting value", 0),
        (b'{"a": 1,}', "not JSON", 8),
        (b'{"a": 1} {', "not JSON: Extra data", 9),
        (b'\xef\xbb\xbf{"a": 1}', "byte order mark", 0),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8", 0),
        (b'{"a": "\xff"}', "not UTF-8", 7),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8", 7),
        (b'{"N": NaN}', "NaN is not JSON", 6),
        (b'["I \\" N", Infinity]', "Infinity is not JSON", 11),
        (b"[-Infinity]", "-Infinity is not JSON", 2),
        ('{"é": "\\ud83d"}'.encode(), "half a surrogate pair", 8),
        (b'["\\\\ud83d", "\\ude00\\ud83d"]', "half a surrogate pair", 13),
        ('{"é": [}'.encode(), "not JSON", 8),
        (b"[] " + b"[" * 100, "not JSON: Extra data", 3),
        (b"1 " + b"[" * 100, "not JSON: Extra data", 2),
        (b'[\\"" ' + b"[" * 100 + b' "]', "more than 64 levels", 68),
    ],
)
def test_a_fault_is_named_with_the_byte_it_is_at(data: bytes, fault: str, offset: int) -> None:
    """Offsets count bytes, not characters, so that they lead to the place in any editor."""
    error = refusal(data)
    assert fault in error.fault
    assert error.offset == offset
    assert str(error).startswith("config.json: ")


@pytest.mark.parametrize("data", [b'{"a": 1, "b": {}, "a": 1}', b'[{"x": {"\\u0061": 1, "a": 2}}]'])
def test_a_key_that_is_there_twice_is_named(data: bytes) -> None:
    """Readers disagree on which of two equal keys counts, also when one of them is spelled with an escape."""
    assert refusal(data).fault == 'the key "a" is there twice'


def test_a_key_that_is_there_twice_is_shown_short_and_without_escapes() -> None:
    """An attacker's key neither floods nor steers the terminal."""
    key = "\x1b[2J" + "k" * 10_000
    text = str(refusal(json.dumps({"k": 0})[:-1].encode() + f", {json.dumps(key)}: 1, {json.dumps(key)}: 2}}".encode()))
    assert "\x1b" not in text
    assert len(text) < 300


def test_pairs_of_surrogates_are_one_character() -> None:
    """What ``json.dumps`` writes for characters beyond the first plane is read as that character."""
    assert strict_json.load_value(rb'["\ud83d\ude00", "\\ud83d", "\u00e9"]', "x") == ["\U0001f600", "\\ud83d", "é"]


def test_integers_of_real_releases_are_read_exactly() -> None:
    """``int(1e30)`` of tokenizer configs and the 72 digits of bloom's first index files are values, not attacks."""
    limit = 1000000000000000019884624838656
    total = 256701667093757598507563477393900852847546398236101558255428058075828224
    assert strict_json.load_value(f"[{limit}, {total}, -7]".encode(), "x") == [limit, total, -7]


def test_an_integer_without_end_is_refused() -> None:
    """Reading digits takes time that grows with their square."""
    assert strict_json.load_value(b"9" * 1000, "x") == int("9" * 1000)
    for digits in (b"9" * 1001, b"-" + b"9" * 1000):
        assert "an integer of 1001 characters" in refusal(b"[" + digits + b"]").fault


def test_minus_zero_is_the_float() -> None:
    """The integer has no such value; other readers of JSON make it a float as well."""
    value = strict_json.load_value(b"-0", "x")
    assert isinstance(value, float)
    assert str(value) == "-0.0"


@pytest.mark.parametrize("number", ["1e999", "-1e999", "0.4e006699999999999999999"])
def test_a_number_that_would_become_infinite_is_refused(number: str) -> None:
    """Infinity cannot be written back as JSON."""
    assert "too large" in refusal(f'{{"a": {number}}}'.encode()).fault


def test_sixty_four_levels_are_read_and_one_more_is_not() -> None:
    """The limit counts arrays and objects, wherever they stand, and not the brackets inside strings."""
    deep = '{"a": [' * 31 + '[["[[[["], "}}"]' + "]}" * 31
    assert strict_json.load_value(deep.encode(), "x")
    error = refusal(b'["[", ' + b"[" * 64 + b"]" * 65)
    assert error.fault == "more than 64 levels"
    assert error.offset == 6 + 63


NESTED = st.recursive(
    st.sampled_from(["[", "}", '"', "\\", '\\"', "]]", "[{"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(['"', "\\", "["]), inner, max_size=2),
    max_leaves=12,
)


def levels(value: object) -> int:
    """Count the levels of a value as anybody would."""
    if not isinstance(value, list | dict):
        return 0
    return 1 + max((levels(each) for each in (value.values() if isinstance(value, dict) else value)), default=0)


@given(NESTED, st.integers(0, 5))
def test_levels_are_told_without_looking_at_each(value: object, most: int) -> None:
    """Whatever strings hold: brackets, quotes, and backslashes in front of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_json, "MAX_DEPTH", most)
        assert strict_json._is_shallow(json.dumps(value).encode()) == (levels(value) <= most)


@given(st.text('[]{}":,\\1 ', max_size=60))
def test_no_parser_goes_deeper_into_garbage_than_was_told(text: str) -> None:
    """What comes behind its first fault makes no text look shallow."""
    depth = most = 0
    for token in strict_json._brackets(text[: fault_of(text)]):
        depth += 1 if token[0] in "[{" else -1
        most = max(most, depth)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strict_json, "MAX_DEPTH", most - 1)
        assert most == 0 or not strict_json._is_shallow(text.encode())


def fault_of(text: str) -> int:
    """Return the place of the first fault; the end where there is none."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos
    return len(text)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1_000_000,
        b"[" * 1_000_000 + b"]" * 1_000_000,
        b'{"a":' * 500_000,
        b'"' + rb"\"" * 2_000_000,
        b'["' + rb"\"" * 2_000_000,
        b"[[]," * 400_000,
        b"[" + b"9" * 4_000_000 + b"]",
        b'["\\ud800' + b"\\ud83d\\ude00" * 400_000 + b'"]',
        b"]" * 2_000_000,
        b'"",' * 1_000_000,
    ],
    ids=["open", "nested", "objects", "string", "in array", "wide", "digits", "escapes", "close", "strings"],
)
def test_hostile_texts_are_refused_in_time_that_grows_with_their_length(data: bytes) -> None:
    """Depth is found out before the parser recurses, whatever the recursion limit of the process is."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000_000)
    started = time.process_time()
    try:
        refusal(data)
    finally:
        sys.setrecursionlimit(limit)
    assert time.process_time() - started < 2 * pace()


def test_more_brackets_than_memory_should_hold_are_refused_before_an_array_is_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every array takes far more memory than its two bytes; 32 MiB of them took 1.6 GiB and seven seconds."""
    data = b"[" + b"[[[]]]," * 1_000_000 + b"0]"
    tracemalloc.start()
    try:
        assert "3000001 opening brackets, more than the 2000000" in refusal(data).fault
        assert tracemalloc.get_traced_memory()[1] < 2 * len(data)
    finally:
        tracemalloc.stop()
    monkeypatch.setattr(strict_json, "MAX_BRACKETS", 3)
    assert strict_json.load_value(b'[{"a": []}]', "x") == [{"a": []}]
    assert "4 opening brackets, more than the 3" in refusal(b'[{"a": [{}]}]').fault


@pytest.mark.parametrize(
    "data",
    [b'"' + rb"\"" * 1_000_000 + b'"', b"[" + rb'"\\",' * 400_000 + b"0]", b'"]' * 1_000_000, b"]" * 2_000_000],
    ids=["escaped quotes", "strings of a backslash", "strings", "closing"],
)
def test_telling_levels_takes_no_more_memory_than_the_text_a_few_times(data: bytes) -> None:
    """An array of its parts would take forty times as much."""
    tracemalloc.start()
    try:
        strict_json._is_shallow(data)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(data)
    finally:
        tracemalloc.stop()


def test_a_file_above_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is on bytes."""
    monkeypatch.setattr(strict_json, "MAX_SIZE", 4)
    assert strict_json.load_value(b"1234", "x") == 1234
    assert "5 bytes, more than the 4" in refusal(b"12345").fault


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"null", "null"),
        (b"true", "a boolean"),
        (b"1", "a number"),
        (b"1.5", "a number"),
        (b'""', "a string"),
        (b"[]", "an array"),
    ],
)
def test_a_top_level_that_is_no_object_is_refused_where_one_is_asked(data: bytes, kind: str) -> None:
    """The message says what is there in its place."""
    with pytest.raises(FormatError, match=f"the top level is {kind}, not an object"):
        strict_json.load_object(data, "config.json")
    assert strict_json.load_object(b' {"a": null} ', "x") == {"a": None}


@pytest.mark.data
@pytest.mark.skipif(not SUITE.exists(), reason="the JSON parsing test suite is not here")
def test_the_json_parsing_test_suite_is_read_as_it_says() -> None:
    """All that must parse does, but for its two files with a key that is there twice; all that must fail does."""
    twice = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
    wrong = []
    with tarfile.open(SUITE) as archive:
        members = [member for member in archive if member.isfile()]
        for member in members:
            name = Path(member.name).name
            content = archive.extractfile(member)
            assert content is not None
            try:
                strict_json.load_value(content.read(), name)
                accepted = True
            except FormatError:
                accepted = False
            if (name[0] == "y" and accepted == (name in twice)) or (name[0] == "n" and accepted):
                wrong.append(name)
    assert len(members) > 300
    assert not wrong


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "configs").exists(), reason="the real configs are not here")
def test_every_real_json_file_is_read() -> None:
    """Nothing that a real release holds is refused, and it is read as Python reads it."""
    files = sorted(DATA.rglob("*.json"))
    assert len(files) > 50
    for file in files:
        data = file.read_bytes()
        assert strict_json.load_value(data, file.name) == json.loads(data)


def test_infinity_is_read_where_it_is_allowed_as_newer_libraries_spell_it() -> None:
    """Mamba 2 has no upper limit of its time step, and its published configs say so with the bare word."""
    data = b'{"time_step_limit": [0.0, Infinity], "name": "-Infinity"}'
    spelled = b'{"time_step_limit": [0.0, {"__float__": "Infinity"}], "name": "-Infinity"}'
    assert strict_json.load_settings_object(data, "x") == strict_json.load_object(spelled, "x")


@pytest.mark.parametrize(("data", "offset"), [(b"[Infinity, NaN]", 11), (b"[Infinity, -Infinity]", 12)])
def test_beside_infinity_no_other_constant_is_read(data: bytes, offset: int) -> None:
    """The fault is where the refused word stands, not the one that is allowed."""
    with pytest.raises(FormatError) as caught:
        strict_json.load_settings(data, "x")
    assert caught.value.offset == offset

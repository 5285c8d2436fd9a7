"""Members that two files have in common: what they mean does not depend on whether one of them was read before."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats import strict_json
from hfsemver.releases.formats.json_members import Members
from tests.releases.formats.test_strict_json import VALUES

OBJECTS = st.dictionaries(st.sampled_from(["model", "a", 'quoted "model": [', "é"]), VALUES, max_size=4)
WRITTEN = OBJECTS.flatmap(
    lambda value: st.sampled_from([
        json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1), f" {json.dumps(value)}\n", json.dumps(value) + "x",
    ])
)  # fmt: skip
VOCABULARY = json.dumps({str(number): number for number in range(9_000)})


def read(text: str, members: Members | None) -> object:
    """Return what a text means, or the fault and its place."""
    try:
        return strict_json.load_settings(text.encode("utf-8", "surrogatepass"), "x", members)
    except FormatError as error:
        return (error.fault, error.offset)


@given(st.lists(WRITTEN, min_size=2, max_size=4), st.data())
def test_what_was_read_before_changes_nothing(texts: list[str], data: st.DataObject) -> None:
    """Files with members of others, whole or cut off somewhere, mean what they mean to who knows nothing, and in its order."""
    members = Members(large=1)
    for text in [*texts, *texts]:
        shown = text[: data.draw(st.integers(len(text) // 2, len(text)))]
        for each in (shown, text):
            own, known = read(each, None), read(each, members)
            assert json.dumps(own) == json.dumps(known)


@given(st.text('[]{}":,\\1 am', max_size=80), st.sampled_from(['{"a": {}}', '{"m": [1, 1]}', '{"a":[{}],"m":{}}']))
def test_garbage_means_the_same_beside_a_file_without_fault(garbage: str, sound: str) -> None:
    """Wherever the text of a known member stands in it."""
    members = Members(large=1)
    assert read(sound, members) == json.loads(sound)
    for text in (garbage, f'{{"a": {{}}, {garbage}}}', f'{{"x": "{garbage}", "m": [1, 1]}}', garbage + sound):
        assert read(text, None) == read(text, members)


def test_a_vocabulary_that_two_files_have_is_one_value() -> None:
    """That is what it is for: neither its time nor its memory is spent twice, whatever else they have in common."""
    members = Members()
    one, other = (
        read(f'{{"a": {VOCABULARY}, "v": {mark}, "model": {{"vocab": {VOCABULARY}}}}}', members) for mark in (1, 2)
    )
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    assert one["model"] is other["model"]
    assert one["a"] is other["a"]
    assert (one["v"], other["v"], list(other)) == (1, 2, ["a", "v", "model"])


@pytest.mark.parametrize(
    "text",
    [
        f'{{"model": 1, "model": {VOCABULARY}}}',
        f'{{"inner": {{"model": {VOCABULARY}}}}}',
        f'{{"model": "this stands for what was read before 0", "a": {{"model": {VOCABULARY}}}}}',
        f'{{"m\\u006fdel": {VOCABULARY}}}',
        f'[{{"model": {VOCABULARY}}}]',
        f'{{"model": {VOCABULARY}, "n": NaN}}',
        f'{{"model": {VOCABULARY}, "n": -0}}',
        f'{{"model": {VOCABULARY}, "s": "\\ud800"}}',
        f'{{"model": {VOCABULARY}, "deep": {"[" * 64}{"]" * 64}}}',
        f'{{"model": {VOCABULARY}, "long": {"9" * 1001}}}',
        f'{{"model": {VOCABULARY}}}}}',
        f'{{"model": {VOCABULARY} 1}}',
    ],
    ids=range(12),
)
def test_a_known_member_hides_nothing_of_the_file_around_it(text: str) -> None:
    """Keys that are there twice, other levels, faults before and behind: all as if nothing had been known."""
    members = Members()
    read(f'{{"model": {VOCABULARY}}}', members)
    assert repr(read(text, members)) == repr(read(text, None))


def test_nothing_in_a_file_stands_for_a_member_that_is_elsewhere_in_it() -> None:
    """Whoever knew what a cut leaves in its place could spell it with an escape, and have another value read there."""
    members = Members()
    sound = f'{{"model": {VOCABULARY}}}'
    read(sound, members)
    cut = members.cut(sound)
    assert cut is not None
    (mark,) = cut.members
    text = f'{{"x": {sound}, "model": "\\u{ord(mark[0]):04x}{mark[1:]}"}}'
    assert repr(read(text, members)) == repr(read(text, None))


def test_an_object_of_many_members_is_not_read_one_by_one() -> None:
    """A vocabulary in a file of its own is such an object."""
    members = Members(large=1)
    few, many = (json.dumps({str(number): [number] for number in range(count)}) for count in (60, 70))
    assert members.read(few, json.JSONDecoder()) is not None
    assert members.read(many, json.JSONDecoder()) is None
    assert read(many, members) == json.loads(many)


def test_a_member_of_a_file_with_a_fault_is_not_remembered() -> None:
    """A fault that only shows once a file was read whole may lie in that member."""
    members = Members()
    faulty = json.dumps({"model": ["x" * 70_000, "\ud800"]})
    for _ in range(2):
        with pytest.raises(FormatError, match="half a surrogate pair"):
            strict_json.load_settings(faulty.encode(), "x", members)


def test_no_more_than_eight_are_kept() -> None:
    """However many large members a file has."""
    members = Members(large=1)
    for number in range(20):
        with suppress(FormatError):
            strict_json.load_settings(json.dumps({str(number): [number]}).encode(), "x", members)
    assert members.cut('{"3": [3]}') is not None
    assert members.cut('{"9": [9]}') is None

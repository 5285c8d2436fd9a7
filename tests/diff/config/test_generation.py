"""Stop tokens and sampling defaults as engines work them out, from both files that may hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.diff.config.generation import GenerationDiff, stop_set
from tests.builders import release
from tests.diff.config.config_sides import compare_generation, everything

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.release import Release

LLAMA = {"model_type": "llama", "bos_token_id": 1, "eos_token_id": 2}


def side(generation: Mapping[str, object] | None = None, config: Mapping[str, object] | None = None) -> Release:
    """Build a release of the two files."""
    files: dict[str, object] = {"config.json": LLAMA if config is None else config}
    if generation is not None:
        files["generation_config.json"] = generation
    return release(files)


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        (side({"eos_token_id": [1, 106]}), side({"eos_token_id": 1}), (1, 106), (1,)),
        (side({"eos_token_id": [106, 1]}), side({"eos_token_id": [1, 106]}), (1, 106), (1, 106)),
        (side({"eos_token_id": [2, 7]}), side(), (2, 7), (2,)),
        (side(), side({"eos_token_id": 7}), (2,), (7,)),
        (side(), side({"temperature": 0.5}), (2,), (2,)),
        (side({}), side({}, {"model_type": "llama", "eos_token_id": [5, 2]}), (2,), (2, 5)),
        (side(None, {"model_type": "llama"}), side(None, LLAMA), (2,), (2,)),
        (side(None, {"model_type": "own"}), side(None, {"model_type": "own", "eos_token_id": 3}), (), (3,)),
        (side({"stop_strings": "User:"}), side({"stop_strings": ["User:"]}), (2, "User:"), (2, "User:")),
        (
            side(None, {"model_type": "qwen3_vl", "text_config": {"eos_token_id": 9}}),
            side(None, {"model_type": "qwen3_vl", "eos_token_id": 9, "text_config": {}}),
            (9,),
            (9,),
        ),
    ],
)
def test_the_stop_set_is_the_one_that_counts(
    old: Release, new: Release, before: tuple[int | str, ...], after: tuple[int | str, ...]
) -> None:
    """``generation_config.json`` comes first, then ``config.json`` and its text part, then the class; order is nothing."""
    found = compare_generation(old, new)

    assert (before, after) == (found.stops_before, found.stops_after)
    assert set(found.stops_removed) == set(before) - set(after)
    assert set(found.stops_added) == set(after) - set(before)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(side(), side({"eos_token_id": 2, "bos_token_id": 1, "transformers_version": "4"}), id="file-came"),
        pytest.param(side({"_from_model_config": True}), side({}), id="who-wrote-it"),
        pytest.param(side({}), side({"temperature": 1.0, "top_p": 1, "top_k": 50, "do_sample": False}), id="defaults"),
        pytest.param(side({"max_length": 20}), side({"max_length": None}), id="null"),
        pytest.param(side(None, {**LLAMA, "max_length": 99}), side({"max_length": 99}), id="moved"),
        pytest.param(
            side(None, {**LLAMA, "num_beams": 4}), side({"num_beams": 4}, {**LLAMA, "num_beams": 4}), id="copied"
        ),
        pytest.param(
            side(None, {**LLAMA, "use_cache": False}),
            side({"use_cache": False}, {**LLAMA, "use_cache": False}),
            id="cache-copied",
        ),
    ],
)
def test_the_same_behaviour_from_other_files_is_no_change(old: Release, new: Release) -> None:
    """Defaults spelled out, copied or moved between the files change nothing, in either direction."""
    assert {} == everything(old, new)
    assert {} == everything(new, old)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param(side({}), side({"temperature": 0.6}), {"defaults": ["temperature"]}, id="set"),
        pytest.param(side({"do_sample": True}), side(), {"defaults": ["do_sample"]}, id="file-gone"),
        pytest.param(
            side({"pad_token_id": 32000}), side({"pad_token_id": 0}), {"defaults": ["pad_token_id"]}, id="pad"
        ),
        pytest.param(side({}), side({"chat_format": "x"}), {"defaults": ["chat_format"]}, id="unknown-key"),
        pytest.param(side({}), side({}, {**LLAMA, "max_length": 99}), {"defaults": ["max_length"]}, id="old-place"),
        pytest.param(
            side({"pad_token_id": 0}, {**LLAMA, "pad_token_id": 0}),
            side({"pad_token_id": 5}, {**LLAMA, "pad_token_id": 5}),
            {"other": ["pad_token_id"]},
            id="one-edit-of-both-files",
        ),
        pytest.param(
            side({"max_length": 7}, {**LLAMA, "max_length": 8}),
            side({"max_length": 7}, {**LLAMA, "max_length": 9}),
            {"other": ["max_length"]},
            id="hidden-by-the-other-file",
        ),
        pytest.param(
            side({"eos_token_id": 2}),
            side({"eos_token_id": 2}, {**LLAMA, "eos_token_id": 7}),
            {"other": ["eos_token_id"]},
            id="hidden-stop",
        ),
        pytest.param(
            side({"eos_token_id": 2}),
            side({"eos_token_id": 7}, {**LLAMA, "eos_token_id": 7}),
            {"stops": ["2", "7"]},
            id="stop-in-both-files",
        ),
    ],
)
def test_an_edit_is_told_once_whichever_files_it_touches(
    old: Release, new: Release, found: Mapping[str, list[str]]
) -> None:
    """What takes effect is told by generation, what another file hides stays a plain value, nothing is told twice."""
    assert found == everything(old, new)


def test_a_side_without_any_description_differs_from_nothing() -> None:
    """The first upload of the files is no change, and a removed ``config.json`` is told as that alone."""
    nothing = release({"README.md": "x"})
    lone = release({"generation_config.json": {"eos_token_id": 1}})

    assert GenerationDiff() == compare_generation(None, side())
    assert GenerationDiff() == compare_generation(nothing, side({"temperature": 0.1}))
    assert GenerationDiff() == compare_generation(side({"temperature": 0.1}), nothing)
    assert (1,) == compare_generation(lone, side({"eos_token_id": [1, 2]})).stops_before


STOPS = st.none() | st.integers(0, 4) | st.lists(st.integers(0, 4), max_size=3)


@given(one=STOPS, two=STOPS, three=STOPS, four=STOPS)
def test_the_way_back_swaps_what_came_and_what_went(one: object, two: object, three: object, four: object) -> None:
    """Comparing the other way round exchanges added and removed stops."""
    old = side({"eos_token_id": one}, {"model_type": "own", "eos_token_id": two})
    new = side({"eos_token_id": three}, {"model_type": "own", "eos_token_id": four})
    there, back = compare_generation(old, new), compare_generation(new, old)

    assert there.stops_removed == back.stops_added
    assert there.stops_added == back.stops_removed
    assert (there.stops_before == there.stops_after) == (not there.stops_removed and not there.stops_added)


def test_a_stop_set_reads_as_a_set() -> None:
    """Ids and strings are shown as JSON, control characters escaped."""
    assert '{1, 106, "User:"}' == stop_set((1, 106, "User:"))
    assert "\x1b" not in stop_set(("\x1b[2J",))


def test_tokens_that_the_text_part_names_need_no_file_of_their_own() -> None:
    """A model of text and images keeps them under ``text_config``, from where the library fills them in."""
    config = {"model_type": "llava", "text_config": {"model_type": "llama", **LLAMA, "pad_token_id": 0}}
    written = {"bos_token_id": 1, "pad_token_id": 0, "eos_token_id": 2}

    assert () == compare_generation(side(written, config), side(None, config)).defaults
    assert () == compare_generation(side(None, config), side(written, config)).defaults
    changed = compare_generation(side(written, config), side({**written, "pad_token_id": 5}, config)).defaults
    assert ["pad_token_id"] == [change.key for change in changed]

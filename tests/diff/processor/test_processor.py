"""Settings of processors: what an honest version of the library writes is silent, what changes the input is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hfsemver.diff.processor.reading import plain, possible
from hfsemver.diff.release import compare
from tests.builders import release

OLD, NEW, VIDEO = "preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json"
CLIP: dict[str, Any] = {
    "image_processor_type": "CLIPImageProcessor", "crop_size": 224, "do_center_crop": True, "do_normalize": True,
    "do_resize": True, "feature_extractor_type": "CLIPFeatureExtractor", "resample": 3, "size": 224,
    "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
}  # fmt: skip
CLIP_OF_5 = {
    "crop_size": {"height": 224, "width": 224}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True,
    "do_rescale": True, "do_resize": True, "image_mean": [0.48145466, 0.4578275, 0.40821073], "resample": 3,
    "image_processor_type": "CLIPImageProcessorFast", "image_std": [0.26862954, 0.26130258, 0.27577711],
    "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 224},
}  # fmt: skip
WHISPER: dict[str, Any] = {
    "feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 80, "hop_length": 160, "n_fft": 400,
    "chunk_length": 30, "sampling_rate": 16000, "nb_max_frames": 3000, "n_samples": 480000,
}  # fmt: skip


def told(old: dict[str, Any], new: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the keys that changed by group, and what could not be judged."""
    diff = compare(release(old), release(new)).processors
    groups = {"geometry": diff.geometry, "values": diff.values, "other": diff.other}
    found = {name: [change.key for change in changes] for name, changes in groups.items() if changes}
    lists: dict[str, list[Any]] = {
        "folded": list(diff.folded),
        "bounded": list(diff.bounded),
        "unjudged": list(diff.unjudged),
    }
    return {**found, **{name: listed for name, listed in lists.items() if listed}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({OLD: CLIP}, {OLD: CLIP_OF_5}),
        ({OLD: WHISPER}, {OLD: {**WHISPER, "dither": 0.0, "return_attention_mask": False, "padding_value": 0.0}}),
        ({OLD: {**CLIP, "resample": "bicubic"}}, {OLD: CLIP}),
        ({OLD: {**CLIP, "rescale_factor": 0.00392156862745098}}, {OLD: {**CLIP, "rescale_factor": 1 / 255}}),
        ({OLD: {"image_mean": 0.5}}, {OLD: {"image_mean": [0.5, 0.5, 0.5]}}),
        ({OLD: {**CLIP, "processor_class": "CLIPProcessor", "use_fast": True}}, {OLD: CLIP}),
        ({}, {OLD: CLIP}),
        ({OLD: {"do_new_thing": False}}, {OLD: {}}),
    ],
)
def test_what_a_library_writes_by_itself_is_silent(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Both ways: a file that was saved again, and one that somebody cut down to what matters."""
    assert told(old, new) == {}
    assert not old or told(new, old) == {}


PIXELS = {"image_processor_type": "Qwen2VLImageProcessor"}
OF_446 = {**PIXELS, "min_pixels": 64, "max_pixels": 4096, "size": {"min_pixels": 64, "max_pixels": 4096}}
OF_457 = {**PIXELS, "min_pixels": 64, "max_pixels": 4096, "size": {"shortest_edge": 64, "longest_edge": 4096}}
OF_5 = {**PIXELS, "size": {"shortest_edge": 64, "longest_edge": 4096}}
BARE = {**PIXELS, "min_pixels": 64, "max_pixels": 4096}


@pytest.mark.parametrize("new", [OF_446, OF_457, OF_5, BARE])
@pytest.mark.parametrize("old", [OF_446, OF_457, OF_5, BARE])
def test_bounds_of_pixels_are_the_same_in_each_of_their_spellings(old: dict[str, Any], new: dict[str, Any]) -> None:
    """As the classes of transformers 4.46, 4.57 and 5 write them, and as somebody does by hand."""
    assert told({OLD: old}, {OLD: new}) == ({"bounded": [(OLD, "size")]} if new is OF_5 is not old else {})


def test_other_bounds_of_pixels_are_told_in_every_spelling() -> None:
    """Where both sides spell them apart each setting is named, else the size; other classes have edges in their sizes."""
    wider = {"shortest_edge": 64, "longest_edge": 8192}

    assert told({OLD: BARE}, {OLD: {**BARE, "max_pixels": 8192}}) == {"geometry": ["max_pixels"]}
    assert told({OLD: OF_446}, {OLD: {**OF_5, "size": wider}}) == {"geometry": ["size"]}
    assert told({OLD: {**PIXELS, "max_pixels": 4096}}, {OLD: OF_5}) == {"geometry": ["size"]}
    other = {"image_processor_type": "DetrImageProcessor"}
    assert told({OLD: BARE | other}, {OLD: OF_5 | other})["geometry"] == ["size"]


@pytest.mark.parametrize(
    ("changed", "group"),
    [
        ({"size": 336}, "geometry"),
        ({"crop_size": {"height": 224, "width": 448}}, "geometry"),
        ({"do_resize": False}, "values"),
        ({"do_normalize": False}, "values"),
        ({"image_mean": [0.5, 0.5, 0.5]}, "values"),
        ({"resample": 2}, "values"),
        ({"rescale_factor": 1.0}, "values"),
        ({"image_processor_type": "SiglipImageProcessor"}, "other"),
    ],
)
def test_each_setting_has_its_group(changed: dict[str, Any], group: str) -> None:
    """One key, one group."""
    assert [group] == [*told({OLD: CLIP}, {OLD: {**CLIP, **changed}})]


def test_a_setting_of_an_unknown_class_that_comes_is_left_open() -> None:
    """Whoever wrote the class knows what it did before."""
    said = told(
        {OLD: {"image_processor_type": "OwnImageProcessor"}},
        {OLD: {"image_processor_type": "OwnImageProcessor", "resample": 2}},
    )

    assert said == {"unjudged": [f"{OLD}: resample came, and what its class does without it is not known"]}


def test_settings_that_moved_into_one_file_are_compared_there() -> None:
    """Transformers 5 nests each processor, and older programs find no file."""
    nested = {"image_processor": CLIP_OF_5, "processor_class": "CLIPProcessor"}

    assert told({OLD: CLIP}, {NEW: nested}) == {"folded": [OLD]}
    assert told({OLD: CLIP}, {NEW: nested, OLD: CLIP}) == {}
    wider = {**nested, "image_processor": {**CLIP_OF_5, "size": {"shortest_edge": 336}}}
    assert told({OLD: CLIP}, {NEW: wider}) == {"geometry": ["image_processor.size"], "folded": [OLD]}


def test_a_lost_file_and_every_folder_are_seen() -> None:
    """A pipeline keeps its own in a folder; without it nothing prepares a picture."""
    folder = f"feature_extractor/{OLD}"

    assert told({folder: CLIP, VIDEO: {"fps": 2}}, {VIDEO: {"fps": 4}}) == {"geometry": ["fps", ""]} or told(
        {folder: CLIP, VIDEO: {"fps": 2}}, {VIDEO: {"fps": 4}}
    ) == {"geometry": ["", "fps"]}


def test_the_table_of_defaults_is_that_of_the_library() -> None:
    """Spot checks against what the classes are known to do."""
    assert possible("ViT", "size") == [224]
    assert possible("Whisper", "sampling_rate") == [16000]
    assert possible("NoSuchClass", "size") is None
    assert plain("size", {"shortest_edge": 5, "longest_edge": None}) == 5
    assert json.dumps(plain("size", {"longest_edge": 2048})) == '{"longest_edge": 2048}'

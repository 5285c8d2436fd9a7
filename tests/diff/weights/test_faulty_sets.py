"""Weight sets of which something is missing: told as what it is, and never taken for unchanged."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hfsemver.core.claim import Claim
from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.diff.release import compare
from hfsemver.diff.weights.depth import Depth
from hfsemver.diff.weights.index_faults import index_faults
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from tests import builders

FIRST, SECOND, INDEX = (
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "model.safetensors.index.json",
)
SOUND: dict[str, object] = {
    FIRST: {"a": "F32[2]"},
    SECOND: {"b": "F32[2]"},
    INDEX: {"metadata": {}, "weight_map": {"a": FIRST, "b": SECOND}},
}


def mapped(**weight_map: str) -> dict[str, object]:
    """Return the sound set under another index."""
    return {**SOUND, INDEX: {"metadata": {}, "weight_map": weight_map}}


def faults(side: dict[str, object]) -> set[tuple[str, str]]:
    """Return each contradiction of the one set that a release holds."""
    release = builders.release(side)
    (weight_set,) = release.weights.sets.values()
    return set(index_faults(release, weight_set))


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        (SOUND, set()),
        (mapped(a=FIRST, b=FIRST), {("b", f"is said to lie in {FIRST} and lies in {SECOND}")}),
        (mapped(a=FIRST), {("b", f"lies in {SECOND} and is not in the index")}),
        (mapped(a=FIRST, b=SECOND, c=SECOND), {("c", f"is said to lie in {SECOND}, which does not hold it")}),
        (
            {path: content for path, content in SOUND.items() if path != SECOND},
            {("weight_map", f"1 tensors are said to lie in {SECOND}, which does not exist")},
        ),
    ],
)
def test_every_contradiction_of_an_index_is_told(side: dict[str, object], expected: set[tuple[str, str]]) -> None:
    """A loader that follows the index finds another tensor, no tensor, or no file."""
    assert expected == faults(side)


@pytest.mark.parametrize(
    ("side", "problem"),
    [
        (mapped(a=FIRST, b=SECOND, c=SECOND), "does not hold it"),
        ({path: content for path, content in SOUND.items() if path != SECOND}, "does not exist"),
    ],
)
def test_a_baseline_whose_index_lies_is_no_baseline(side: dict[str, object], problem: str) -> None:
    """What such a release held cannot be told, so that nothing can be measured against it."""
    with pytest.raises(FormatError, match=problem) as caught:
        _ = compare(builders.release(side), builders.release(SOUND)).tensors

    assert "--baseline" in caught.value.hint


@dataclass(frozen=True)
class Losing(MemorySource):
    """A source whose weights are gone behind their headers, as in a clone that was interrupted."""

    def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
        """Give headers and every other file."""
        if path.endswith(".safetensors") and start >= 8 + int.from_bytes(self.content[path][:8], "little"):
            raise EvidenceMissing(path, "its bytes are not here")
        return super().read(path, start, stop)


def test_a_tensor_that_cannot_be_read_takes_nothing_from_the_others() -> None:
    """One shard is lost: the tensors of the other one are measured, and the lost one is told by name."""
    old = {**SOUND, FIRST: {"a": "F32[2] seed=7"}}
    whole = builders.files(SOUND)

    @dataclass(frozen=True)
    class Half(Losing):
        def read(self, path: str, start: int = 0, stop: int | None = None) -> bytes:
            return super().read(path, start, stop) if path == SECOND else MemorySource.read(self, path, start, stop)

    diff = compare(builders.release({**old, SECOND: {"b": "F32[2] seed=8"}}), Release(Half(whole)))

    assert ["a"] == [seen.pair.name for seen in diff.values.tensors]
    assert [SECOND] == [unread.file for unread in diff.values.unread]
    with pytest.raises(EvidenceMissing):
        diff.values.require_complete()


@pytest.mark.parametrize(
    ("old", "new", "depth", "words"),
    [
        ({"model.onnx": b"1"}, {"model.onnx": b"2"}, Depth.FULL, "its bytes changed"),
        ({"model.onnx": b"1"}, {"model.onnx": b"2"}, Depth.HEADER, "were not compared"),
        ({"model.onnx": b"1"}, {"model.onnx": b"1", "model.onnx_data": b"3"}, Depth.FULL, "was split into other files"),
    ],
)
def test_another_format_that_may_have_changed_is_told(
    old: dict[str, object], new: dict[str, object], depth: Depth, words: str
) -> None:
    """Nothing here reads the values of such a file, and another file is no news only where it is the same one."""
    (unread,) = compare(builders.release(old), builders.release(new), depth).values.unread

    assert words in unread.reason


@pytest.mark.parametrize(("declared", "rules"), [("1.1.0", ["version-bump-too-small"]), ("x", [])])
def test_a_baseline_without_a_semantic_version_leaves_the_step_open(declared: str, rules: list[str]) -> None:
    """What a version declares is counted from the one before it; a version that is none is told by its own rule."""
    diff = compare(builders.release({"a": "F32[8]"}), builders.release({"a": "F32[8]", "b": "F32[8]"}))
    _, skips = builders.judged(diff, Claim(declared=declared, baseline="final"))

    assert rules == [skip.rule for skip in skips]

"""Weight sets by name: what comes, what goes, what takes another name, and what is no weights at all."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.diff.files.formats import FormatsDiff, compare_formats
from hfsemver.releases.weight_formats import find_formats
from tests.builders import release


def compared(old: tuple[str, ...], new: tuple[str, ...]) -> FormatsDiff:
    return compare_formats(release(dict.fromkeys(old, b"x")), release(dict.fromkeys(new, b"y")))


def pointers(**files: str) -> dict[str, object]:
    """Files by name whose content is known by its digest alone."""
    head = "version https://git-lfs.github.com/spec/v1"
    return {
        path.replace("__", "/"): f"{head}\noid sha256:{hashlib.sha256(c.encode()).hexdigest()}\nsize 9\n".encode()
        for path, c in files.items()
    }


def test_resharding_keeps_the_set() -> None:
    """Two shards, three shards or one file are the same set."""
    two = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json")
    diff = compared(two, ("model.safetensors",))

    assert (diff.removed, diff.added, diff.renamed) == ((), (), ())
    assert [(old.files, new.files) for old, new in diff.kept] == [(two[:2], ("model.safetensors",))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("gptq_model-4bit-128g.safetensors", "model.safetensors"),
        ("model.onnx", "onnx/model.onnx"),
        ("acme-v1.Q4_K_M.gguf", "acme-v2-q4_k_m.gguf"),
        ("a.pt", "b.pth"),
    ],
)
def test_one_set_in_the_place_of_another_is_a_renaming(old: str, new: str) -> None:
    """Same format, and same folder, file name or quantisation."""
    diff = compared((old, "x.gguf"), (new, "x.gguf"))

    assert [(a.name, b.name) for a, b in diff.renamed] == [(old, new)]
    assert (diff.removed, diff.added) == ((), ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("pytorch_model.bin",), ("model.safetensors",)),
        (("x-Q4_K_M.gguf",), ("x-Q5_K_M.gguf",)),
        (("a/one.onnx",), ("b/two.onnx",)),
        (("a.onnx", "b.onnx"), ("c.onnx",)),
    ],
)
def test_other_pairs_are_no_renaming(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Another format, another quantisation, another place and name, or more than one candidate."""
    diff = compared(old, new)

    assert diff.renamed == ()
    assert tuple(item.name for item in diff.removed) == old
    assert tuple(item.name for item in diff.added) == new


def test_digests_tell_who_became_whom() -> None:
    """Many renamed at once are paired by their content."""
    old = pointers(**{"a.onnx": "one", "b.onnx": "two"})
    new = pointers(**{"x.onnx": "two", "y.onnx": "one"})
    diff = compare_formats(release(old), release(new))

    assert [(a.name, b.name) for a, b in diff.renamed] == [("a.onnx", "y.onnx"), ("b.onnx", "x.onnx")]


def test_a_first_release_adds_nothing() -> None:
    """Without a baseline nothing changed."""
    assert compare_formats(None, release({"model.onnx": b"x"})) == FormatsDiff()


NAMES = st.sampled_from(
    ["model.safetensors", "model-00001-of-00002.safetensors", "a.onnx", "b/a.onnx", "x-Q4_0.gguf", "y-Q4_0.gguf", "c.pt", "d.pt",
     "optimizer.pt", "config.json", "pytorch_model.bin"]
)  # fmt: skip


@given(st.sets(NAMES), st.sets(NAMES))
def test_each_set_is_in_exactly_one_group(old: set[str], new: set[str]) -> None:
    """Law 5: one edit is in one place, and comparing with itself moves nothing."""
    diff = compared(tuple(old), tuple(new))
    before = [*diff.removed, *(pair[0] for pair in diff.renamed), *(pair[0] for pair in diff.kept)]
    after = [*diff.added, *(pair[1] for pair in diff.renamed), *(pair[1] for pair in diff.kept)]

    assert sorted(item.name for item in before) == list(find_formats(old))
    assert sorted(item.name for item in after) == list(find_formats(new))
    assert compared(tuple(old), tuple(old)).kept == tuple((x, x) for x in find_formats(old).values())

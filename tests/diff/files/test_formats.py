"""Weight sets by name: what comes, what goes, what takes another name, and what is no weights at all."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.diff.files.format_names import find_formats
from hfsemver.diff.files.formats import FormatsDiff, compare_formats
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


@pytest.mark.parametrize(
    ("paths", "name", "kind"),
    [
        (("model.safetensors",), "model.safetensors", "safetensors"),
        (("model.fp16.safetensors",), "model.fp16.safetensors", "safetensors"),
        (
            ("unet/a-00001-of-00002.safetensors", "unet/a-00002-of-00002.safetensors"),
            "unet/a.safetensors",
            "safetensors",
        ),
        (("model-00001-of-000163.safetensors",), "model.safetensors", "safetensors"),
        (("pytorch_model-00001-of-00003.bin", "pytorch_model-00003-of-00003.bin"), "pytorch_model.bin", "pytorch"),
        (("pytorch_model_00001-of-00072.bin", "pytorch_model_00002-of-00072.bin"), "pytorch_model.bin", "pytorch"),
        (("adapter_model.bin",), "adapter_model.bin", "pytorch"),
        (("consolidated.00.pth", "consolidated.01.pth"), "consolidated.pth", "pytorch"),
        (("voices/af.pt",), "voices/af.pt", "pytorch"),
        (("v1-5-pruned.ckpt",), "v1-5-pruned.ckpt", "pytorch"),
        (("model.ckpt.data-00000-of-00001", "model.ckpt.index", "model.ckpt.meta"), "model.ckpt", "tensorflow"),
        (("x.Q4_K_M.gguf",), "x.Q4_K_M.gguf", "gguf"),
        (("x-Q8_0-00001-of-00003.gguf", "x-Q8_0-00002-of-00003.gguf"), "x-Q8_0.gguf", "gguf"),
        (("onnx/model.onnx", "onnx/model.onnx_data", "onnx/model.onnx_data_1"), "onnx/model.onnx", "onnx"),
        (("openvino_model.bin", "openvino_model.xml"), "openvino_model.xml", "openvino"),
        (("ggml-model-q4_0.bin",), "ggml-model-q4_0.bin", "ggml"),
        (("model.bin",), "model.bin", "binary"),
        (("tf_model.h5",), "tf_model.h5", "tensorflow"),
        (("saved_model.pb", "variables/variables.index"), "saved_model.pb", "tensorflow"),
        (("flax_model.msgpack",), "flax_model.msgpack", "flax"),
        (("rust_model.ot",), "rust_model.ot", "rust"),
        (("m.mlpackage/Data/weight.bin", "m.mlpackage/Manifest.json"), "m.mlpackage", "coreml"),
        (("weights.00.npz",), "weights.00.npz", "mlx"),
        (("sklearn_model.joblib",), "sklearn_model.joblib", "pickle"),
    ],
)
def test_the_files_of_a_set_go_under_one_name(paths: tuple[str, ...], name: str, kind: str) -> None:
    """A consumer asks for the name; how many files there are is a matter of layout."""
    found = find_formats((*paths, "config.json"))

    assert {item.name: (item.kind, item.files) for item in found.values()} == {name: (kind, tuple(sorted(paths)))}


@pytest.mark.parametrize(
    "path",
    ["config.json", "README.md", "model.safetensors.index.json", "checkpoint-500/pytorch_model.bin", "optimizer.pt", "scheduler.pt",
     "rng_state_0.pth", "training_args.bin", "global_step100/mp_rank_00_model_states.pt", "runs/events.out.bin", "spm.bin",
     "tokenizer.bin", "labels.pkl", "data.npz", ".gitattributes", "page.xml", "modeling_x.py"],
)  # fmt: skip
def test_other_files_are_no_weights(path: str) -> None:
    """Training state, checkpoints of a run, indexes and vocabularies are nothing that is asked for by format."""
    assert not find_formats((path,))


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

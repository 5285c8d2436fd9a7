"""Which files are weights, in which format, and under which name a consumer asks for them."""

from __future__ import annotations

import pytest

from hfsemver.releases.weight_formats import find_formats


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

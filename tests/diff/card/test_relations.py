"""Declared relations against the files: what cannot be, and what may be although it looks odd."""

from __future__ import annotations

import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.relations import contradicted_relation
from tests.builders import release

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n".encode()
CONFIG = {"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 4}
LAYERS = {f"model.layers.{n}.mlp.up_proj.weight": "F32[4,4]" for n in range(4)}
HALF = dict.fromkeys(LAYERS, "BF16[4,4]")
ADAPTER = {"base_model_name_or_path": "acme/one"}
LORA = {"base_model.model.q_proj.lora_A.weight": "F32[2,4]"}


def shown(relation: str, files: dict[str, object], bases: str = "acme/one") -> str:
    card = f"---\nbase_model: {bases}\nbase_model_relation: {relation}\n---\n"
    found = contradicted_relation(release({"README.md": card, **files}))
    return found.shown if found else ""


@pytest.mark.parametrize(
    ("relation", "files", "expected"),
    [
        ("adapter", {"config.json": CONFIG, **LAYERS}, "model.safetensors holds a whole LlamaForCausalLM"),
        ("LoRA", {"config.json": CONFIG, **LAYERS}, "model.safetensors holds a whole LlamaForCausalLM"),
        (
            "finetune",
            {"adapter_config.json": ADAPTER, "adapter_model.safetensors": LORA},
            "adapter_model.safetensors is all",
        ),
        (
            "merge",
            {"adapter_config.json": ADAPTER, "adapter_model.safetensors": LORA},
            "adapter_model.safetensors is all",
        ),
        ("quantized", {"config.json": CONFIG, **LAYERS}, "model.safetensors holds weights in F32 alone"),
        ("quantized", {**LAYERS, "ids": "I64[4]"}, "model.safetensors holds weights in F32 alone"),
    ],
)
def test_a_relation_that_cannot_be_is_found(relation: str, files: dict[str, object], expected: str) -> None:
    """By files and headers alone."""
    assert shown(relation, files).startswith(expected)


@pytest.mark.parametrize(
    ("relation", "files", "bases"),
    [
        ("", {"config.json": CONFIG, **LAYERS}, "acme/one"),
        ("finetune", {"config.json": CONFIG, **LAYERS}, "acme/one"),
        ("odd", {"config.json": CONFIG, **LAYERS}, "acme/one"),
        # Drafts, projectors, control networks, a part of a model, an adapter beside the model, and LoRA in a file of its own.
        ("adapter", {"config.json": {**CONFIG, "num_hidden_layers": 1}, **LAYERS}, "acme/one"),
        ("adapter", {"config.json": {**CONFIG, "architectures": ["LlamaEagle3"]}, **LAYERS}, "acme/one"),
        ("adapter", {"config.json": {"_class_name": "ControlNetModel"}, "diffusion_pytorch_model.safetensors": LAYERS}, "acme/one"),
        ("adapter", {"config.json": {**CONFIG, "num_hidden_layers": 32}, **LAYERS}, "acme/one"),
        ("adapter", {"config.json": CONFIG, **LAYERS, "adapter_config.json": ADAPTER}, "acme/one"),
        ("adapter", {"config.json": CONFIG, **LAYERS, "my-lora.safetensors": LORA}, "acme/one"),
        ("adapter", {"config.json": CONFIG, **LAYERS, "model.layers.0.lora_A.weight": "F32[2,4]"}, "acme/one"),
        # A fine-tuned adapter of another adapter, and a merge of two.
        ("finetune", {"adapter_config.json": ADAPTER, "adapter_model.safetensors": LORA}, "acme/lora"),
        ("merge", {"adapter_config.json": ADAPTER, "adapter_model.safetensors": LORA}, "[acme/lora, acme/lora2]"),
        ("finetune", {"adapter_config.json": ADAPTER, "adapter_model.safetensors": LORA, **LAYERS}, "acme/one"),
        ("finetune", {"adapter_config.json": ADAPTER}, "acme/one"),
        # A cast to 16 bits, packed integers, a config, a name, another format, and no weights at all.
        ("quantized", {"config.json": CONFIG, **HALF}, "acme/one"),
        ("quantized", {**LAYERS, "q": "I8[4,4]"}, "acme/one"),
        ("quantized", {"config.json": {**CONFIG, "quantization_config": {"bits": 4}}, **LAYERS}, "acme/one"),
        ("quantized", {"model-qat.safetensors": LAYERS}, "acme/one"),
        ("quantized", {**LAYERS, "x.Q4_0.gguf": b"GGUF"}, "acme/one"),
        ("quantized", {}, "acme/one"),
    ],
)  # fmt: skip
def test_a_relation_that_may_be_is_silent(relation: str, files: dict[str, object], bases: str) -> None:
    """What the weights of the base alone could settle is not settled here."""
    assert shown(relation, files, bases) == ""


def test_weights_that_are_not_here_leave_it_open() -> None:
    """A pointer says nothing of tensors, unless the files settle it."""
    with pytest.raises(EvidenceMissing, match=r"model\.safetensors"):
        shown("quantized", {"config.json": CONFIG, "model.safetensors": POINTER})
    assert shown("finetune", {"adapter_config.json": ADAPTER, "adapter_model.safetensors": POINTER})
    assert not shown("finetune", {"config.json": CONFIG, "model.safetensors": POINTER})

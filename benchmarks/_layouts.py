"""Releases with the layout of very large models: true headers, index and configuration over files that are nearly all hole."""

from __future__ import annotations

import json
import struct
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Tensors = dict[str, tuple[str, tuple[int, ...]]]

WIDTH = {"BF16": 2, "F32": 4, "F8_E4M3": 1}

# https://huggingface.co/meta-llama/Llama-3.1-405B/blob/main/config.json
LLAMA_405B = {
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 16384,
    "intermediate_size": 53248,
    "max_position_embeddings": 131072,
    "model_type": "llama",
    "num_attention_heads": 128,
    "num_hidden_layers": 126,
    "num_key_value_heads": 8,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "vocab_size": 128256,
}


def llama(*, layers: int, hidden: int, inner: int, kv: int, vocabulary: int) -> Tensors:
    """Return nine tensors in each layer, embeddings, final norm and head, in bfloat16."""
    tensors: Tensors = {"model.embed_tokens.weight": ("BF16", (vocabulary, hidden))}
    for layer in range(layers):
        prefix = f"model.layers.{layer}"
        tensors |= {
            f"{prefix}.input_layernorm.weight": ("BF16", (hidden,)),
            f"{prefix}.mlp.down_proj.weight": ("BF16", (hidden, inner)),
            f"{prefix}.mlp.gate_proj.weight": ("BF16", (inner, hidden)),
            f"{prefix}.mlp.up_proj.weight": ("BF16", (inner, hidden)),
            f"{prefix}.post_attention_layernorm.weight": ("BF16", (hidden,)),
            f"{prefix}.self_attn.k_proj.weight": ("BF16", (kv, hidden)),
            f"{prefix}.self_attn.o_proj.weight": ("BF16", (hidden, hidden)),
            f"{prefix}.self_attn.q_proj.weight": ("BF16", (hidden, hidden)),
            f"{prefix}.self_attn.v_proj.weight": ("BF16", (kv, hidden)),
        }
    return tensors | {"model.norm.weight": ("BF16", (hidden,)), "lm_head.weight": ("BF16", (vocabulary, hidden))}


def llama_405b() -> Tensors:
    """Return 126 layers, and the one buffer that old exports keep: 1,138 tensors."""
    tensors = llama(layers=126, hidden=16384, inner=53248, kv=8 * 128, vocabulary=128256)
    head = {"lm_head.weight": tensors.pop("lm_head.weight")}
    return tensors | {"model.rotary_emb.inv_freq": ("F32", (64,))} | head


def experts_90k() -> Tensors:
    """Return a mixture of 500 experts in 60 layers, three float8 matrices each: 90,000 tensors."""
    matrices = {"down_proj": (7168, 2048), "gate_proj": (2048, 7168), "up_proj": (2048, 7168)}
    return {
        f"model.layers.{layer}.mlp.experts.{expert}.{matrix}.weight": ("F8_E4M3", shape)
        for layer, expert, (matrix, shape) in product(range(60), range(500), matrices.items())
    }


def _size(dtype: str, shape: tuple[int, ...]) -> int:
    size = WIDTH[dtype]
    for length in shape:
        size *= length
    return size


def _shards(tensors: Tensors, count: int) -> Iterator[list[str]]:
    """Cut the tensors, in their order, into ``count`` runs of about equal bytes."""
    total = sum(_size(*spec) for spec in tensors.values())
    shard: list[str] = []
    done = number = 0
    for name, spec in tensors.items():
        if shard and done >= total * (number + 1) / count:
            yield shard
            shard, number = [], number + 1
        shard.append(name)
        done += _size(*spec)
    yield shard


def write_release(folder: Path, tensors: Tensors, shards: int, config: dict[str, object], version: str) -> None:
    """Write shards as sparse files, the index, ``config.json`` and a card that declares ``version``."""
    folder.mkdir(parents=True)
    weight_map = {}
    groups = list(_shards(tensors, shards))
    for number, group in enumerate(groups, 1):
        file = f"model-{number:05}-of-{len(groups):05}.safetensors"
        header, end = {}, 0
        for name in group:
            dtype, shape = tensors[name]
            start, end = end, end + _size(dtype, shape)
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}
            weight_map[name] = file
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with (folder / file).open("wb") as stream:
            stream.write(struct.pack("<Q", len(text)) + text)
            stream.truncate(8 + len(text) + end)
    total = sum(_size(*spec) for spec in tensors.values())
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "README.md").write_text(f"---\nlicense: llama3.1\nversion: {version}\n---\n\n# A large model\n")


PEER = """
import sys
from pathlib import Path
from safetensors import safe_open
for folder in sys.argv[1:]:
    tensors = {}
    for path in sorted(Path(folder).glob("*.safetensors")):
        with safe_open(path, "np") as file:
            for name in file.keys():
                part = file.get_slice(name)
                tensors[name] = part.get_dtype(), part.get_shape()
"""
"""What the safetensors library needs to list name, dtype and shape of every tensor of the folders given."""

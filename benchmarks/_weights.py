"""Releases whose values are compared: headers of tensors of one shape, and ordinary numbers for them."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import IO

COLUMNS = 8192
TENSOR = 64 << 20
"""Bytes of one tensor."""


def header(sizes: Sequence[int], first: int = 0) -> bytes:
    """Return the head of a safetensors file of bfloat16 matrices of so many bytes; ``first`` is the number of their first."""
    entries, end = {}, 0
    for number, size in enumerate(sizes, first):
        start, end = end, end + size
        shape = [size // 2 // COLUMNS, COLUMNS]
        entries[name(number)] = {"dtype": "BF16", "shape": shape, "data_offsets": [start, end]}
    text = json.dumps(entries).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def name(number: int) -> str:
    """Return the name of a tensor."""
    return f"model.layers.{number}.mlp.up_proj.weight"


def write_settings(folder: Path, version: str) -> None:
    """Write what is no weight: a configuration, and a card that declares ``version``."""
    (folder / "config.json").write_text('{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}')
    (folder / "README.md").write_text(f"---\nlicense: mit\nversion: {version}\n---\n")


def values(size: int, moved: float) -> memoryview:
    """Return normal numbers as bfloat16, ``size`` bytes of them, moved by ``moved``."""
    import numpy as np

    found = np.random.default_rng(0).standard_normal(size // 2, dtype=np.float32) * np.float32(0.02)
    if moved:
        found += np.random.default_rng(1).standard_normal(size // 2, dtype=np.float32) * np.float32(moved)
    return (found.view(np.uint32) >> 16).astype(np.uint16).data.cast("B")


def write_rotated(stream: IO[bytes], numbers: memoryview, place: int) -> None:
    """Write numbers from another place on for each tensor, so that no two are equal."""
    cut = 2 * COLUMNS * (place + 1) % len(numbers)
    stream.write(numbers[cut:])
    stream.write(numbers[:cut])


def write_release(folder: Path, version: str, count: int, moved: float) -> None:
    """Write one file of ``count`` tensors."""
    folder.mkdir(parents=True)
    numbers = values(TENSOR, moved)
    with (folder / "model.safetensors").open("wb") as stream:
        stream.write(header([TENSOR] * count))
        for place in range(count):
            write_rotated(stream, numbers, place)
    write_settings(folder, version)

"""How fast a check reads and compares every value of two bfloat16 releases of 512 MiB, beside one bare pass over both files.

The bare pass reads the same bytes and takes a maximum: what any program has to pay that looks at each of them once.
Files are in the page cache: the figure is about arithmetic, not about the disk.
"""

from __future__ import annotations

import json
import struct
import tempfile
from pathlib import Path

import _timing as timing
import numpy as np

TENSORS, SHAPE = 8, (4096, 8192)
GIB = 2 * TENSORS * SHAPE[0] * SHAPE[1] * 2 / 2**30
BARE = """
import sys
import numpy as np
for path in sys.argv[1:]:
    window = bytearray(1 << 24)
    view = np.frombuffer(window, np.uint16)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(window):
            view.max()
"""


def write_release(folder: Path, version: str, scale: float) -> None:
    """Write normal values, moved by ``scale``, as bfloat16."""
    folder.mkdir()
    size = 2 * SHAPE[0] * SHAPE[1]
    header = {
        f"model.layers.{n}.mlp.up_proj.weight": {
            "dtype": "BF16",
            "shape": SHAPE,
            "data_offsets": [n * size, (n + 1) * size],
        }
        for n in range(TENSORS)
    }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with (folder / "model.safetensors").open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        for number in range(TENSORS):
            values = np.random.default_rng(number).standard_normal(SHAPE, dtype=np.float32) * np.float32(0.02)
            values += np.random.default_rng(100 + number).standard_normal(SHAPE, dtype=np.float32) * np.float32(scale)
            stream.write((values.view(np.uint32) >> 16).astype(np.uint16).tobytes())
    (folder / "config.json").write_text('{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}')
    (folder / "README.md").write_text(f"---\nlicense: mit\nversion: {version}\n---\n")


def main() -> None:
    """Build both releases and time the two passes."""
    with tempfile.TemporaryDirectory() as folder:
        baseline, current = Path(folder, "a"), Path(folder, "b")
        timing.apart(write_release, baseline, "1.0.0", 0.0)
        timing.apart(write_release, current, "1.1.0", 1e-4)
        flags = ("--weights", "full", "--declared", "1.1.0", "--format", "json")
        check = timing.hfsemver("check", str(current), "--baseline", str(baseline), *flags)
        sides = {
            "check": timing.Side(command=check, codes=(0, 1)),
            "bare pass": timing.Side(command=timing.python(BARE, *Path(folder).glob("*/model.safetensors"))),
        }
        medians = timing.interleaved(sides, rounds=5)
        speed = {name: round(GIB / of["wall_s"], 2) for name, of in medians.items()}
        timing.report(
            "values_numpy", {}, gib_read=GIB, gib_per_s=speed, medians=medians, ratios=timing.ratios(medians, "check")
        )


if __name__ == "__main__":
    main()

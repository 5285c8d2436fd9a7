"""A weight format, a variant or a quantisation can no longer be had under its name.

Why: callers ask for files by name; their download fails, whatever other formats stay.
Fix: publish the file again under its old name, or release a new major version.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.rules.gguf_example import gguf
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.files.formats import WeightFormat
    from hfsemver.diff.release import ReleaseDiff

_TENSORS = {"q": "F32[4,4]"}

DROPPED = Example(
    baseline={"model.safetensors": _TENSORS, "pytorch_model.bin": b"\x80\x02}q\x00."},
    current={"model.safetensors": _TENSORS},
    findings=1,
    baseline_version="1.2.0",
)
QUANTISATIONS = Example(
    baseline={
        "x-Q4_K_M.gguf": gguf({"general.file_type": 15}),
        "x-Q8_0.gguf": gguf({"general.file_type": 7}),
        "onnx/model.onnx": b"o",
        "onnx/model.onnx_data": b"d",
    },
    current={"x-Q8_0.gguf": gguf({"general.file_type": 7})},
    findings=2,
)
RENAMED = Example(
    baseline={"gptq_model-4bit-128g.safetensors": _TENSORS}, current={"model.safetensors": _TENSORS}, findings=1
)
RESHARDED = Example(
    baseline={"model-00001-of-00001.safetensors": _TENSORS},
    current={"model.safetensors": _TENSORS},
    also=("shard-layout-changed",),
)
CHECKPOINT_CLEARED = Example(
    baseline={
        "model.safetensors": _TENSORS,
        "checkpoint-500/pytorch_model.bin": b"\x80\x02}.",
        "optimizer.pt": b"\x80\x02}.",
    },
    current={"model.safetensors": _TENSORS},
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(DROPPED, QUANTISATIONS, RENAMED, RESHARDED, CHECKPOINT_CLEARED),
    mirror="format-added",
)
def format_removed(diff: ReleaseDiff) -> Notes:
    for old in diff.formats.removed:
        yield _note(old, f"{old.name} ({old.kind}) was removed", "-")
    for old, new in diff.formats.renamed:
        yield _note(old, f"{old.name} ({old.kind}) is now called {new.name}", new.name)


def _note(old: WeightFormat, message: str, current: str) -> Note:
    return Note(
        location=Location(file=old.name),
        message=message,
        baseline=old.kind,
        current=current,
        witness=f"hf_hub_download(repo_id, {json.dumps(old.files[0])})  # worked before, 404 now",
    )

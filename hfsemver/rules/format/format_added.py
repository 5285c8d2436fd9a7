"""A weight format, a variant or a quantisation was added.

Why: nobody breaks; those who wait for it need a version to ask for.
Fix: release a new minor version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.gguf_example import gguf
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule
from hfsemver.rules.sound import SOUND

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

_TENSORS = {"q": "F32[4,4]"}
PARTS = {"x-Q4_K_M-00001-of-00002.gguf": gguf({}), "x-Q4_K_M-00002-of-00002.gguf": b"2"}

QUANTISATION = Example(
    baseline={"model.safetensors": _TENSORS},
    current={"model.safetensors": _TENSORS, **PARTS},
    findings=1,
)
ONNX = Example(
    baseline={"model.safetensors": _TENSORS},
    current={"model.safetensors": _TENSORS, "onnx/model.onnx": b"o", "onnx/model_int8.onnx": b"o"},
    findings=2,
)
MOVED = Example(
    baseline={"model.onnx": b"o"},
    current={"onnx/model.onnx": b"o"},
    also=("format-removed",),
)
TRAINING_STATE = Example(
    baseline={"model.safetensors": _TENSORS},
    current={"model.safetensors": _TENSORS, "trainer_state.json": {}, "checkpoint-10/model.safetensors": _TENSORS},
)
FIRST = Example(baseline=None, current={**SOUND, "model.safetensors": _TENSORS, "x.gguf": gguf({})})


@rule(
    bump=Bump.MINOR,
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(QUANTISATION, ONNX, MOVED, TRAINING_STATE, FIRST),
    mirror="format-removed",
)
def format_added(diff: ReleaseDiff) -> Notes:
    for new in diff.formats.added:
        yield Note(
            location=Location(file=new.name),
            message=f"{new.name} ({new.kind}) was added",
            baseline="-",
            current=new.kind,
        )

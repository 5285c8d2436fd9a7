"""A file that runs code when it is loaded came in, or lost the safetensors file that made it needless.

Why: whoever loads it runs what is written in it; scanners and company mirrors block it.
Fix: publish the weights as safetensors, and leave pickles and training state out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.location import Location
from hfsemver.rules.rule import POLICY, Cost, Example, Note, Notes, rule
from hfsemver.rules.sound import SOUND

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

_TENSORS = {"q": "F32[4,4]"}
_PICKLE = b"\x80\x02}q\x00."
_SHOWN = 3

ADDED = Example(
    baseline={"model.safetensors": _TENSORS},
    current={"model.safetensors": _TENSORS, "pytorch_model.bin": _PICKLE},
    findings=1,
    also=("format-added",),
)
TWIN_LOST = Example(
    baseline={"model.safetensors": _TENSORS, "pytorch_model.bin": _PICKLE},
    current={"pytorch_model.bin": _PICKLE},
    findings=1,
    also=("format-removed",),
)
LEFT_OVER = Example(
    baseline={"model.safetensors": _TENSORS},
    current={"model.safetensors": _TENSORS, "optimizer.pt": _PICKLE, "training_args.bin": _PICKLE},
    findings=1,
)
FIRST = Example(baseline=None, current={**SOUND, "pytorch_model.bin": _PICKLE, "labels.pkl": _PICKLE}, findings=2)
ALWAYS_THERE = Example(
    baseline={"README.md": "# Card\n", "pytorch_model.bin": _PICKLE, "training_args.bin": _PICKLE},
    current={"README.md": "# The card\n", "pytorch_model.bin": _PICKLE, "training_args.bin": _PICKLE},
)
NO_PICKLES = Example(
    baseline={"config.json": {}},
    current={"config.json": {}, "assets/a.dat": b"\x80\x02\xff\x00", "spm.bin": b"GGUF"},
)
FIRST_WITH_TWIN = Example(baseline=None, current={**SOUND, "model.safetensors": _TENSORS, "pytorch_model.bin": _PICKLE})


@rule(
    bump=POLICY,
    cost=Cost.HEADER,
    promise="load",
    since="0.1.0",
    examples=(ADDED, TWIN_LOST, LEFT_OVER, FIRST, ALWAYS_THERE, NO_PICKLES, FIRST_WITH_TWIN),
    mirror="none: to give up a pickle is right at any time, and its name is missed by format-removed",
)
def pickle_introduced(diff: ReleaseDiff) -> Notes:
    for group in diff.pickles.introduced:
        shown = ", ".join(group.files[:_SHOWN])
        more = f" and {len(group.files) - _SHOWN} more" if len(group.files) > _SHOWN else ""
        yield Note(
            location=Location(file=group.files[0] if len(group.files) == 1 else group.name or group.files[0]),
            message=f"{shown}{more}: a pickle that {group.reason}",
            current=f"{group.reason}, {sum(diff.current.files[file].size for file in group.files)} bytes",
        )
    diff.pickles.require_complete()

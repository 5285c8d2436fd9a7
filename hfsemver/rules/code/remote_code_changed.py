"""Code that loaders run says something else than before.

Why: whoever loads the main branch runs the new code at the next start, with all rights of that process.
Fix: release a new minor version and say in its notes what the code does now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

MAPPED = {"config.json": {"model_type": "own", "auto_map": {"AutoModel": "modeling.Net"}}}
NET = "class Net:\n    def forward(self, x):\n        return x\n"
OTHER = Example(
    baseline={**MAPPED, "modeling.py": NET},
    current={**MAPPED, "modeling.py": NET.replace("return x", "return -x")},
    findings=1,
)
BESIDE = "from .layers import Layer\n\n\n" + NET
IMPORTED = Example(
    baseline={**MAPPED, "modeling.py": BESIDE, "layers.py": "class Layer:\n    size = 1\n"},
    current={**MAPPED, "modeling.py": BESIDE, "layers.py": "class Layer:\n    size = 2\n"},
    findings=1,
)
WORDS = Example(
    baseline={**MAPPED, "modeling.py": NET},
    current={**MAPPED, "modeling.py": '"""A network."""\n\n' + NET.replace("return x", "return x  # as it is")},
)
SCRIPT = Example(baseline={"train.py": "steps = 1\n"}, current={"train.py": "steps = 2\n"})


@rule(
    bump=Bump.MINOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.2.0",
    examples=(OTHER, IMPORTED, WORDS, SCRIPT),
    mirror="none: the way back is changed code too",
)
def remote_code_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each module; comments, layout and texts for readers are no change."""
    for path, digest in diff.code.changed:
        yield Note(
            location=Location(file=path),
            message=f"{path} says something else, and loaders run it",
            current=f"code {digest}",
            witness=f'get_class_from_dynamic_module("{path}") runs the new code',
        )
    diff.code.require_parsed()

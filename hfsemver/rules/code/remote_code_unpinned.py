"""The release loads code of another repository at whatever revision that is at, or names code that it does not hold.

Why: whoever loads it runs what the main branch of that repository holds on that day, whatever revision of this one is pinned.
Fix: copy the code into this repository and name it without the other one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.code.maps import READS
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState


def _config(reference: str, **more: object) -> dict[str, object]:
    return {"config.json": {"model_type": "own", "auto_map": {"AutoModel": reference}, **more}}


CODE = {"modeling.py": "class Net:\n    pass\n"}
OWN = {**_config("modeling.Net"), **CODE}
ELSEWHERE = Example(
    baseline=OWN, current={**_config("org/name--modeling.Net"), **CODE}, findings=1, also=("config-value-changed",)
)
MISSING = Example(baseline=OWN, current=_config("modeling.Net"), findings=1)
PINNED = Example(
    baseline=OWN,
    current={**_config("org/name--modeling.Net", code_revision="0123abcd"), **CODE},
    also=("config-value-changed",),
)
KNOWN = Example(baseline=_config("org/name--modeling.Net"), current=_config("org/name--modeling.Net"))


@state_rule(
    cost=Cost.HEADER,
    promise="load",
    since="0.2.0",
    reads=READS,
    examples=(ELSEWHERE, MISSING, PINNED, KNOWN),
)
def remote_code_unpinned(state: ReleaseState) -> Notes:
    """Yield one note for each reference."""
    for one in state.code.unpinned:
        place = clipped(f"{one.repository}--{one.module}.{one.name}", 120)
        yield Note(
            location=Location(file=one.file, pointer=one.pointer),
            message=f"{one.loader} runs {place} at whatever its main branch holds",
            current=place,
            witness=f"{one.loader}.from_pretrained(repo, trust_remote_code=True) downloads {clipped(one.repository, 80)}@main",
        )
    for one in state.code.missing:
        yield Note(
            location=Location(file=one.file, pointer=one.pointer),
            message=f"{one.loader} wants {clipped(one.path, 120)}, which is not in the release",
            current=f"{clipped(one.path, 120)} is missing",
            witness=f'hf_hub_download(repo, "{clipped(one.path, 120)}") -> 404',
        )

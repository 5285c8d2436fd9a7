"""The adapter is loaded onto whatever the main branch of its base holds.

Why: when the base is updated, the same adapter answers otherwise, or does not load any more, without a new version of it.
Fix: write the commit or the tag of the base under revision in adapter_config.json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.diff.card.ancestry import ORIGIN_FILES
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

_CARD = {"README.md": "---\nlicense: mit\nbase_model: acme/one\n---\n"}
_NOTED = {"README.md": "---\nlicense: mit\nbase_model: acme/one\nbase_model_revision: 0123abc\n---\n"}


def _adapter(revision: str | None, base: str = "acme/one") -> dict[str, object]:
    return {**_CARD, "adapter_config.json": {"base_model_name_or_path": base, "revision": revision}}


LOST = Example(baseline=_adapter("0123abc"), current=_adapter(None), findings=1)
BRANCH = Example(baseline=_adapter("v1.0"), current=_adapter("main"), findings=1)
PINNED = Example(baseline=_adapter(None), current=_adapter("0123abc"))
IN_THE_CARD = Example(baseline=_adapter("0123abc"), current={**_adapter(None), **_NOTED})
FOLDER = Example(baseline=_adapter("0123abc", "./one"), current=_adapter(None, "./one"))
NO_ADAPTER = Example(baseline={**_CARD, "w": "F32[4,4]"}, current={**_CARD, "w": "F32[4,4]", "notes.md": "# Notes\n"})


@state_rule(
    cost=Cost.HEADER,
    level=Level.WARN,
    promise="provenance",
    since="0.2.0",
    reads=ORIGIN_FILES,
    examples=(LOST, BRANCH, PINNED, IN_THE_CARD, FOLDER, NO_ADAPTER),
)
def base_revision_unpinned(state: ReleaseState) -> Notes:
    base = state.unpinned_base
    if base is not None:
        yield Note(
            location=Location(file="adapter_config.json", pointer="revision"),
            message=f"no commit or tag of {clipped(base, 80)} is named, so that loading follows its main branch",
            current="unpinned",
            witness=f'AutoPeftModel.from_pretrained(repo) loads "{clipped(base, 80)}" at revision None',
        )

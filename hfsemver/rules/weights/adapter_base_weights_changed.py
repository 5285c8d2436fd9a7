"""Values of weights that adapters were fitted to changed by more than saving does.

Told where the policy says adapter_base: true, or where a Hub is asked and has adapters of the model; of an embedding model it is
embedding-space-changed that speaks.

Why: adapters, delta weights and control vectors were fitted to the old values, and PEFT loads the newest ones unless told not to.
Fix: release a new major version, and name the version that each adapter was fitted to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.rule_id import RuleId
from hfsemver.rules.hub_example import ExampleHub
from hfsemver.rules.rule import Cost, Example, Notes, rule
from hfsemver.rules.updates import update_notes

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

_OLD, _NEW = ({"body": f"F32[64,64]{more}", "norm": "F32[64]"} for more in ("", " seed=1 scale=1e-3"))

TUNED = Example(baseline=_OLD, current=_NEW, adapter_base=True, findings=1)
NOISE = Example(
    baseline=_OLD,
    current={**_OLD, "body": "F32[64,64] as=BF16"},
    adapter_base=True,
    also=("weights-roundtrip-noise",),
)
UNCHANGED = Example(baseline=_OLD, current={**_OLD, "notes.md": "# Notes\n"}, adapter_base=True)
SEEN = Example(
    baseline=_OLD,
    current=_NEW,
    hub=ExampleHub(adapted=frozenset({"acme/model"})),
    findings=1,
)
NONE_SEEN = Example(baseline=_OLD, current=_NEW, hub=ExampleHub(), also=("weights-updated",))
NO_BASE = Example(baseline=_OLD, current=_NEW, also=("weights-updated",))


@rule(
    bump=Bump.MAJOR,
    cost=Cost.VALUES,
    promise="derived",
    since="0.2.0",
    examples=(TUNED, NOISE, UNCHANGED, SEEN, NONE_SEEN, NO_BASE),
    mirror="none: the way back is an update too",
)
def adapter_base_weights_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for all tensors."""
    if diff.update_rule is RuleId.ADAPTER_BASE_WEIGHTS_CHANGED:
        yield from update_notes(diff)
    diff.require_adapters_known()

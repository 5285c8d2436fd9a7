"""The release says that it was made from another base model.

Why: adapters, merges, deltas and the terms of the licence hang on the base.
Fix: name the base that the weights were made from, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

OTHER_BASE = Example(
    baseline={"README.md": "---\nbase_model: acme/one-7b\n---\n"},
    current={"README.md": "---\nbase_model: acme/two-7b\n---\n"},
    findings=1,
)
ADAPTER_MOVED = Example(
    baseline={
        "README.md": "---\nbase_model: acme/one-7b\n---\n",
        "adapter_config.json": {"base_model_name_or_path": "acme/one-7b"},
    },
    current={
        "README.md": "---\nbase_model: acme/two-7b\n---\n",
        "adapter_config.json": {"base_model_name_or_path": "acme/two-7b"},
    },
    findings=1,
)
OTHER_RELATION = Example(
    baseline={"README.md": "---\nbase_model: acme/one-7b\nbase_model_relation: finetune\n---\n"},
    current={"README.md": "---\nbase_model: acme/one-7b\nbase_model_relation: merge\n---\n"},
    findings=1,
    also=("derivation-recipe-missing",),
)
SAME_BASES = Example(
    baseline={"README.md": "---\nbase_model:\n- acme/one\n- acme/two\n---\n"},
    current={"README.md": "---\nbase_model: [Acme/Two, https://huggingface.co/acme/one]\n---\n"},
)
FIRST_DECLARED = Example(
    baseline={"README.md": "# Card\n", "adapter_config.json": {"base_model_name_or_path": "./checkpoints/one"}},
    current={
        "README.md": "---\nbase_model: acme/one\n---\n",
        "adapter_config.json": {"base_model_name_or_path": "acme/one", "revision": "0123abc"},
    },
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="provenance",
    since="0.1.0",
    examples=(OTHER_BASE, ADAPTER_MOVED, OTHER_RELATION, SAME_BASES, FIRST_DECLARED),
    mirror="none: a change back is a change",
)
def base_model_changed(diff: ReleaseDiff) -> Notes:
    for change in diff.card.bases:
        yield Note(
            location=change.location,
            message=f"{change.location.pointer} was {change.old}, is {change.new}",
            baseline=change.old,
            current=change.new,
        )

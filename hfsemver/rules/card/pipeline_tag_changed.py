"""The card names another task or another library.

Why: hosted inference, endpoints and clients choose by it how to call the model.
Fix: restore the field, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.card.card import FieldChange
    from hfsemver.diff.release import ReleaseDiff

TASK = Example(
    baseline={"README.md": "---\npipeline_tag: text-generation\n---\n"},
    current={"README.md": "---\npipeline_tag: text-classification\n---\n"},
    findings=1,
)
LIBRARY = Example(
    baseline={"README.md": "---\nlibrary_name: transformers\n---\n"},
    current={"README.md": "---\nlibrary_name: gguf\n---\n"},
    findings=1,
)
GONE = Example(
    baseline={"README.md": "---\npipeline_tag: visual-question-answering\n---\n"},
    current={"README.md": "# Card\n"},
    findings=1,
)
INFERRED = Example(
    baseline={
        "README.md": "---\npipeline_tag: text-generation\nlibrary_name: transformers\n---\n",
        "config.json": {"architectures": ["LlamaForCausalLM"]},
    },
    current={"README.md": "---\nlanguage: en\n---\n", "config.json": {"architectures": ["LlamaForCausalLM"]}},
)
FIRST_NAMED = Example(
    baseline={"README.md": "---\nlanguage: en\n---\n"},
    current={"README.md": "---\nlanguage: [en]\npipeline_tag: fill-mask\nlibrary_name: transformers\n---\n"},
)
SPELLED_OTHERWISE = Example(
    baseline={"README.md": "---\npipeline_tag: conversational\n---\n"},
    current={"README.md": '---\npipeline_tag: "text-generation"\n---\n'},
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.1.0",
    examples=(TASK, LIBRARY, GONE, INFERRED, FIRST_NAMED, SPELLED_OTHERWISE),
    mirror="none: a change back is a change",
)
def pipeline_tag_changed(diff: ReleaseDiff) -> Notes:
    for change in diff.card.dispatch:
        yield Note(
            location=change.location,
            message=f"{change.key} was {_shown(change, 'old')}, is {_shown(change, 'new')}",
            baseline=_shown(change, "old"),
            current=_shown(change, "new"),
        )


def _shown(change: FieldChange, side: str) -> str:
    value = change.old if side == "old" else change.new
    return value if isinstance(value, str) and value else "-"

"""The words that the model puts before a query or a document are other ones.

Why: an index was built with the old words before every text, and queries come with the new ones.
Fix: restore the prompt, or release a new major version and say that all texts have to be embedded again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import shown
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

FILE = "config_sentence_transformers.json"


def _pair(old: dict[str, object], new: dict[str, object], findings: int = 0) -> Example:
    return Example(baseline={FILE: old}, current={FILE: new}, findings=findings)


QUERY = _pair({"prompts": {"query": "query: "}}, {"prompts": {"query": "search: "}}, 1)
LOST = _pair({"prompts": {"sts": "compare: "}}, {}, 1)
FIRST = _pair({"prompts": {"query": ""}}, {"prompts": {"query": "query: "}}, 1)
BOTH = {"a": "a: ", "b": "b: "}
DEFAULT = _pair({"prompts": BOTH, "default_prompt_name": "a"}, {"prompts": BOTH, "default_prompt_name": "b"}, 1)
EMPTY = _pair({}, {"prompts": {"query": "", "document": ""}, "default_prompt_name": None})
ANOTHER = _pair({"prompts": {"query": "q: "}}, {"prompts": {"query": "q: ", "code": "code: "}})


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="derived",
    since="0.2.0",
    examples=(QUERY, LOST, FIRST, DEFAULT, EMPTY, ANOTHER),
    mirror="none: the way back is another prompt too",
)
def embedding_prompt_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each prompt."""
    for change in diff.embedding.prompts:
        yield Note(
            location=Location(file=change.file, pointer=change.key),
            message=str(change),
            baseline=shown(change.old),
            current=shown(change.new),
            witness=f"model.prompts: {change.key} {shown(change.old)} -> {shown(change.new)}",
        )

"""A file of the tokenizer that programs open by its name is gone.

What transformers 5 leaves out when it saves a tokenizer again is no such loss: all of it is in tokenizer.json.

Why: slow tokenizers, converters to GGUF and programs that are not written in Python need that very file.
Fix: publish the file again beside the others, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

WHOLE = {"tokenizer.json": {"added_tokens": [], "model": {"type": "WordPiece", "vocab": {"a": 0, "b": 1}}}}
TEXT = {"vocab.txt": "a\nb\n"}
ALL = Example(baseline=TEXT, current={"README.md": "# no tokenizer\n"}, findings=1)
SLOW = Example(baseline={**WHOLE, **TEXT}, current=WHOLE, findings=1)
FAST = Example(baseline={**WHOLE, **TEXT}, current=TEXT, findings=1)
PAIRS = {"vocab.json": {"a": 0, "b": 1, "ab": 2}, "merges.txt": "#version: 0.2\na b\n"}
MERGES = Example(baseline=PAIRS, current={"vocab.json": PAIRS["vocab.json"]}, findings=1)
FIVE = {"tokenizer_config.json": {"backend": "tokenizers", "tokenizer_class": "BertTokenizer"}}
SAVED_BY_5 = Example(
    baseline={
        **WHOLE,
        **TEXT,
        "special_tokens_map.json": {},
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizer"},
    },
    current={**WHOLE, **FIVE},
)
MAP_DROPPED = Example(baseline={**TEXT, "special_tokens_map.json": {}, "added_tokens.json": {}}, current=TEXT)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="interface",
    since="0.2.0",
    examples=(ALL, SLOW, FAST, MERGES, SAVED_BY_5, MAP_DROPPED),
    mirror="none: a file that comes takes nothing away",
)
def tokenizer_file_removed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each tokenizer."""
    for lost in diff.tokenizer.tokenization.gone:
        yield Note(
            location=Location(file=lost[0]),
            message=f"{', '.join(lost)} {'is' if len(lost) == 1 else 'are'} gone",
            baseline=", ".join(lost),
            witness=f'hf_hub_download(repo, "{lost[0]}") -> 404',
        )

"""The files of a tokenizer disagree about an id, or an id lies beyond the embeddings of the network.

Why: an id without a row crashes or reads memory of something else, and programs that open different files see different tokens.
Fix: save tokenizer and network again together, with the embeddings resized to the vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.tokenizer.contradictions import READS
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

CONFIG = {"config.json": {"model_type": "llama", "vocab_size": 3}}
PAD = {"added_tokens.json": {"<pad>": 3}}
VOCAB = {"vocab.json": {"a": 0, "b": 1, "c": 2}}
BEYOND = Example(baseline={**CONFIG, **VOCAB}, current={**CONFIG, **VOCAB, **PAD}, findings=1, also=("token-added",))
ADDED = {"tokenizer_config.json": {"added_tokens_decoder": {"1": {"content": "c", "special": True}}}}
OTHER = Example(baseline={**CONFIG, **VOCAB}, current={**CONFIG, **VOCAB, **ADDED}, findings=1)
PADDED = Example(
    baseline=VOCAB,
    current={**VOCAB, **PAD, "config.json": {"model_type": "llama", "vocab_size": 64}},
    also=("token-added",),
)
AGREEING = Example(
    baseline=VOCAB,
    current={**VOCAB, "tokenizer_config.json": {"added_tokens_decoder": {"2": {"content": "c", "special": False}}}},
)
KNOWN = Example(baseline={**CONFIG, **VOCAB, **PAD}, current={**CONFIG, **VOCAB, **PAD})


@state_rule(
    cost=Cost.HEADER,
    promise="load",
    since="0.2.0",
    reads=READS,
    examples=(BEYOND, OTHER, PADDED, AGREEING, KNOWN),
)
def tokenizer_model_mismatch(state: ReleaseState) -> Notes:
    """Yield one note for each pair of files, and one for all ids beyond the embeddings."""
    found = state.tokenizer
    for one in found.other_ids:
        token = f'"{clipped(one.token, 40)}"'
        yield Note(
            location=Location(file=one.other),
            message=f"{one.count} tokens have another id than in {one.file}: {token} {one.elsewhere}, there {one.number}",
            current=f"{token} {one.elsewhere}, {one.number} in {one.file}",
        )
    for each in found.beyond:
        token = f'"{clipped(each.token, 40)}" {each.number}'
        yield Note(
            location=Location(file=each.file),
            message=f"{each.count} tokens lie beyond the {each.rows} rows of the embeddings ({each.rows_file}): {token}",
            current=f"{token} of {each.rows} rows",
            witness=f"model.get_input_embeddings()(torch.tensor([{each.number}]))  # IndexError",
        )
    if found.missing is not None:
        raise found.missing

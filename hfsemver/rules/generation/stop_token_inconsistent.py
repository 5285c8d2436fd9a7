"""A token that ends a turn by one file of the release does not end generation by another.

Tokenizer, config.json, generation_config.json and the end of an answer in the chat template are compared with what
generate() stops at.

Why: engines read different files, so some of them stop and others run on into the next turn.
Fix: list every token that ends a turn under eos_token_id in generation_config.json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.config.generation import stop_set
from hfsemver.diff.config.stops import READS
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

CONFIG = {"config.json": {"model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"], "eos_token_id": 1}}
TOKENS = {
    "vocab.json": {"a": 0, "<eos>": 1, "<end>": 2},
    "tokenizer_config.json": {
        "eos_token": "<eos>",
        "added_tokens_decoder": {n: {"content": t, "special": True} for n, t in (("1", "<eos>"), ("2", "<end>"))},
    },
}
TALK = {"chat_template.jinja": "{% for m in messages %}{{ m.content }}<end>{% endfor %}"}
BOTH, FIRST = {"generation_config.json": {"eos_token_id": [1, 2]}}, {"generation_config.json": {"eos_token_id": 1}}
TEMPLATE = Example(baseline={**CONFIG, **TOKENS, **FIRST}, current={**CONFIG, **TOKENS, **FIRST, **TALK}, findings=1,
                   also=("chat-template-capability-added",))  # fmt: skip
TOKENIZER = Example(
    baseline={**CONFIG, **TOKENS},
    current={**CONFIG, **TOKENS, "config.json": {**CONFIG["config.json"], "eos_token_id": 2}},
    findings=1,
    also=("stop-token-removed",),
)
CONFIGS = Example(
    baseline={**CONFIG, **FIRST},
    current={**FIRST, "config.json": {**CONFIG["config.json"], "eos_token_id": [1, 2]}},
    findings=1,
    also=("config-value-changed",),
)
TOLD_ALL = Example(
    baseline={**CONFIG, **TOKENS, **BOTH},
    current={**CONFIG, **TOKENS, **BOTH, **TALK},
    also=("chat-template-capability-added",),
)
KNOWN = Example(baseline={**CONFIG, **TOKENS, **TALK}, current={**CONFIG, **TOKENS, **TALK})


@state_rule(
    cost=Cost.PROBE,
    promise="interface",
    since="0.2.0",
    reads=READS,
    examples=(TEMPLATE, TOKENIZER, CONFIGS, TOLD_ALL, KNOWN),
)
def stop_token_inconsistent(state: ReleaseState) -> Notes:
    """Yield one note for each token."""
    found = state.stops
    for stop in found.unheard:
        named = f'{stop.number} ("{clipped(stop.token, 40)}")' if stop.token else str(stop.number)
        yield Note(
            location=Location(file=found.file, pointer="eos_token_id"),
            message=f"{', '.join(stop.said_by)}: {named} ends a turn, and generate() stops at {stop_set(found.effective)}",
            current=f"{named} is not in {stop_set(found.effective)}",
            witness=f"generate() stop set {stop_set(found.effective)} while {stop.said_by[0]} ends a turn with {named}",
        )
    if found.missing is not None:
        raise found.missing

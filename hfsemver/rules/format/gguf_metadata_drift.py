"""The header of a GGUF file says something else than the files beside it.

Compared are the chat template by its renders, the tokens that begin and end a text, the number of tokens, the context, licence,
base and version of the card, each as far as the converter of llama.cpp copies it and nothing else could explain the difference.

Why: llama.cpp, Ollama and LM Studio read the header alone, so their users have another model than those of transformers.
Fix: convert the model again from the files of this release, or set the key with gguf_new_metadata.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.gguf.drift import READS
from hfsemver.rules.gguf_example import Metadata, gguf
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule
from hfsemver.rules.sound import CARD

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

FILE = "gguf/x-F16.gguf"
KEYS: Metadata = {"general.architecture": "llama", "llama.block_count": 2, "llama.embedding_length": 8}
CONFIG = {
    "model_type": "llama", "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 2, "hidden_size": 8,
    "bos_token_id": 1, "eos_token_id": 2, "max_position_embeddings": 4096,
}  # fmt: skip
TALK = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
README = CARD.replace("license: mit", "license: mit\nbase_model: acme/one\nversion: 1.1")
REPO = {"chat_template.jinja": TALK, "README.md": README, "model.safetensors": {"q": "F32[4,4]"}}
TOLD: Metadata = {
    "general.license": "mit", "general.base_model.0.repo_url": "https://huggingface.co/acme/one", "general.version": "v1.1",
    "llama.context_length": 4096, "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2,
    "tokenizer.chat_template": TALK + "\n",
}  # fmt: skip
OTHER: Metadata = {
    "general.license": "apache-2.0", "general.base_model.0.repo_url": "https://huggingface.co/acme/two", "general.version": "1",
    "llama.context_length": 2048, "tokenizer.ggml.bos_token_id": 3, "tokenizer.ggml.eos_token_id": 3,
    "tokenizer.chat_template": TALK.replace("<", "["),
}  # fmt: skip


def _came(keys: Metadata, findings: int = 0, **config: object) -> Example:
    """A GGUF file comes with these keys in its header."""
    files = {**REPO, "config.json": {**CONFIG, **config}}
    header = gguf({**KEYS, **keys})
    return Example(baseline=files, current={**files, FILE: header}, findings=findings, also=("format-added",))


EACH = tuple(_came({**TOLD, key: value}, 1) for key, value in OTHER.items())
AS_TOLD, NOTHING, OTHER_NETWORK = _came(TOLD), _came({}), _came({**TOLD, "general.type": "mmproj", **OTHER})
SCALED = _came({**TOLD, "llama.context_length": 8192}, rope_scaling={"rope_type": "linear", "factor": 2.0})
EXAMPLES = (*EACH, AS_TOLD, NOTHING, OTHER_NETWORK, SCALED)


@state_rule(cost=Cost.PROBE, promise="interface", since="0.2.0", reads=READS, examples=EXAMPLES)
def gguf_metadata_drift(state: ReleaseState) -> Notes:
    """Yield one note for each key, whatever the number of quantisations that share it."""
    found = state.gguf_drifts
    for drift in found.found:
        own, other = clipped(drift.own, 80), clipped(drift.other, 80)
        more = f" (and {len(drift.files) - 1} more)" if len(drift.files) > 1 else ""
        yield Note(
            location=Location(file=drift.files[0], pointer=drift.key),
            message=f"{drift.key} is {own}{more}, and {drift.place} {other}",
            current=f"{own} against {other}",
            witness=drift.witness or f"gguf-dump --no-tensors {drift.files[0]} shows {own} under {drift.key}",
        )
    if found.missing is not None:
        raise found.missing

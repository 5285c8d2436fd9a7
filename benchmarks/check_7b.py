"""How long a whole check takes on two releases with the layout of a model of 7 billion parameters that chats.

Weights by their headers; both tokenizers, of 128,000 tokens, changed in their pipeline, so that they are opened and tried; chat
templates of both that differ, so that every conversation is rendered twice; every rule about one release runs. Bar: two
seconds for the whole process. The peer opens the same two tokenizers with their library and does nothing with them.
"""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import _layouts as layouts
import _timing as timing

CONFIG: dict[str, object] = {
    "architectures": ["LlamaForCausalLM"], "hidden_size": 4096, "intermediate_size": 14336, "max_position_embeddings": 8192,
    "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "eos_token_id": 128001,
    "tie_word_embeddings": False, "torch_dtype": "bfloat16", "vocab_size": 128256,
}  # fmt: skip
TEMPLATE = (
    "{% for m in messages %}{{ '<|start|>' + m['role'] + '\\n' + m['content'] | trim + '<|end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}"
)
TOKENS = 128_000


def tokenizer(**more: object) -> str:
    """Return a byte-level BPE tokenizer of 128,000 tokens, as large as those of real models, and three added tokens."""
    import tokenizers

    chance = random.Random(7)  # noqa: S311 -- seeded, not secret
    pieces = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    merges: list[list[str]] = []
    while len(vocabulary) < TOKENS:
        one, other = chance.choice(pieces), chance.choice(pieces)
        if len(one + other) < 12 and one + other not in vocabulary:
            vocabulary[one + other] = len(vocabulary)
            merges.append([one, other])
            pieces.append(one + other)
    added: list[dict[str, Any]] = [
        {"id": TOKENS + n, "content": text, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        for n, text in enumerate(("<|begin|>", "<|end|>", "<|start|>"))
    ]  # fmt: skip
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    model = {"type": "BPE", "vocab": vocabulary, "merges": merges}
    return json.dumps({"added_tokens": added, "pre_tokenizer": level, "decoder": level, "model": model, **more})


def write(folder: Path, version: str, template: str, tokens: str) -> None:
    """Write one of the releases."""
    tensors = layouts.llama(layers=32, hidden=4096, inner=14336, kv=1024, vocabulary=128256)
    layouts.write_release(folder, tensors, 4, CONFIG, version)
    (folder / "tokenizer.json").write_text(tokens)
    (folder / "chat_template.jinja").write_text(template)
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|end|>", "bos_token": "<|begin|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [128001]}))


def main() -> None:
    """Build both releases and time the checks."""
    with tempfile.TemporaryDirectory() as folder:
        baseline, current = (Path(folder, name) for name in ("a", "b"))
        timing.apart(write, baseline, "1.0.0", TEMPLATE, tokenizer())
        timing.apart(write, current, "2.0.0", TEMPLATE.replace("\\n", "\\n\\n"), tokenizer(normalizer={"type": "NFC"}))
        flags = ("--weights", "header", "--declared", "2.0.0", "--format", "json")
        peer = "import sys, tokenizers\nfor path in sys.argv[1:]: tokenizers.Tokenizer.from_file(path)"
        sides = {
            "check": timing.Side(
                command=timing.hfsemver("check", str(current), "--baseline", str(baseline), *flags), codes=(0, 1)
            ),
            "tokenizers": timing.Side(
                command=timing.python(peer, baseline / "tokenizer.json", current / "tokenizer.json")
            ),
        }
        medians = timing.interleaved(sides)
        timing.report(
            "check_7b",
            {"check": (medians["check"]["wall_s"], 2.0)},
            tensors=291,
            medians=medians,
            ratios=timing.ratios(medians, "check"),
        )


if __name__ == "__main__":
    main()

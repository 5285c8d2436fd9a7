"""Encode texts with the tokenizer of somebody else, in a process of its own, with hard limits.

Run as a script, never imported by the package: ``python -I encode_child.py``. Standard input is one JSON array, the library that
opens the tokenizer, the descriptor of a file that holds it or ``null``, its size in bytes and changes to it, then the tokenizer
itself where there is no such file, then one JSON array of texts a line; standard output is one JSON array a text. A panic of the library ends the process, and the parent sees which text it was at.
https://huggingface.co/docs/tokenizers/api/tokenizer and https://github.com/google/sentencepiece/tree/master/python
"""

from __future__ import annotations

import json
import resource
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Encode = Callable[[str], list[object]]

CPU_SECONDS = 20
MEMORY = 4 << 30
PAIRED = "and then?"


def main() -> None:
    """Load the tokenizer, say that it is loaded, and answer for each text in turn."""
    library, file, size, patch = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(size) if file is None else _from(file)
    # Before files are given up.
    module = import_module(library)
    confine()
    encode = whole(module, data, patch) if library == "tokenizers" else pieces(module, data)
    _say("ready")
    for line in sys.stdin.buffer:
        for text in json.loads(line):
            try:
                _say(*encode(text))
            except Exception as error:  # noqa: BLE001 -- whatever the library raises, its consumer would meet it as well
                _say("error", f"{type(error).__name__}: {error}"[:300])


def _from(file: int) -> bytes:
    with open(file, "rb") as kept:
        return kept.read()


def whole(tokenizers: Any, data: bytes, patch: dict[str, dict[str, Any]]) -> Encode:
    """Open a ``tokenizer.json``, with what its loader changes in it."""
    if patch:
        document = json.loads(data)
        for part, keys in patch.items():
            document[part].update(keys)
        data = json.dumps(document).encode()
    tokenizer = tokenizers.Tokenizer.from_str(data.decode())
    # transformers sets both anew for every call.
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def encode(text: str) -> list[object]:
        bare = tokenizer.encode(text, add_special_tokens=False)
        framed = tokenizer.encode(text)
        pair = tokenizer.encode(text, PAIRED)
        decoded = tokenizer.decode(bare.ids, skip_special_tokens=False)
        return ["text", bare.ids, bare.tokens, framed.ids, framed.tokens, pair.ids, pair.tokens, pair.type_ids, decoded]

    return encode


def pieces(sentencepiece: Any, data: bytes) -> Encode:
    """Open a SentencePiece model."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=data)

    def encode(text: str) -> list[object]:
        ids = processor.EncodeAsIds(text)
        tokens = [processor.IdToPiece(number) for number in ids]
        return ["text", ids, tokens, ids, tokens, [], [], [], processor.DecodeIds(ids)]

    return encode


def confine() -> None:
    """Give up what encoding does not need. Limits hold where the system has them."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        hard = resource.getrlimit(kind)[1]
        wanted = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(kind, (wanted, wanted))
        except (ValueError, OSError):
            continue


def _say(*what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

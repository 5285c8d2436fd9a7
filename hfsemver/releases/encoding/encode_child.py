"""Encode texts with the tokenizer of somebody else, in a process of its own, with hard limits.

Run as a script, never imported by the package: ``python -I encode_child.py``. Standard input is one JSON array, the library that
opens the tokenizer, the descriptor of a file that holds it or ``null``, its size in bytes and changes to it, then the tokenizer
itself where there is no such file. Then a line is a JSON array of a side and texts, answered by one JSON array a text, or of ``null``
and the steps of another side, answered by one of ``opened`` or ``error``. A panic of the library ends the process, and the parent sees which text it was at.
https://huggingface.co/docs/tokenizers/api/tokenizer and https://github.com/google/sentencepiece/tree/master/python
"""

from __future__ import annotations

import json
import resource
import sys
from importlib import import_module
from typing import Any

CPU_SECONDS = 20
MEMORY = 4 << 30
PAIRED = "and then?"
STEPS = ("normalizer", "pre_tokenizer", "post_processor", "decoder")


def main() -> None:
    """Load the tokenizer, say that it is loaded, and answer for each text in turn."""
    library, file, size, patch = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(size) if file is None else _from(file)
    # Before files are given up.
    module = import_module(library)
    confine()
    tokenizer = Whole(module, data, patch) if library == "tokenizers" else Pieces(module, data)
    _say("ready")
    for line in sys.stdin.buffer:
        side, what = json.loads(line)
        if side is None:
            _say("opened" if tokenizer.add(what) else "error")
            continue
        for text in what:
            try:
                _say(*tokenizer.encode(text, side))
            except Exception as error:  # noqa: BLE001 -- whatever the library raises, its consumer would meet it as well
                _say("error", f"{type(error).__name__}: {error}"[:300])


def _from(file: int) -> bytes:
    with open(file, "rb") as kept:
        return kept.read()


class Whole:
    """A ``tokenizer.json``, and others that differ from it in the steps before and behind the vocabulary alone."""

    def __init__(self, tokenizers: Any, data: bytes, patch: dict[str, dict[str, Any]]) -> None:
        """Open it, with what its loader changes in it."""
        if patch:
            document = json.loads(data)
            for part, keys in patch.items():
                document[part].update(keys)
            data = json.dumps(document).encode()
        self._open = tokenizers.Tokenizer.from_str
        self._tokenizer = self._open(data.decode())
        # transformers sets both anew for every call.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._sides: list[dict[str, Any]] = []
        self._side = 0

    def add(self, document: str) -> bool:
        """Take the steps of another one; false where the library cannot exchange them."""
        try:
            other = self._open(document)
            for each in (other,) if self._sides else (self._tokenizer, other):
                self._sides.append({step: getattr(each, step) for step in STEPS})
            self._turn(len(self._sides) - 1)
        except Exception:  # noqa: BLE001 -- whatever it raises, the other one has to be opened by itself
            return False
        return True

    def _turn(self, side: int) -> None:
        if side != self._side:
            for step, value in self._sides[side].items():
                setattr(self._tokenizer, step, value)
            self._side = side

    def encode(self, text: str, side: int) -> list[object]:
        """Encode one text by one of them."""
        self._turn(side)
        bare = self._tokenizer.encode(text, add_special_tokens=False)
        framed = self._tokenizer.encode(text)
        pair = self._tokenizer.encode(text, PAIRED)
        decoded = self._tokenizer.decode(bare.ids, skip_special_tokens=False)
        return ["text", bare.ids, bare.tokens, framed.ids, framed.tokens, pair.ids, pair.tokens, pair.type_ids, decoded]


class Pieces:
    """A SentencePiece model."""

    def __init__(self, sentencepiece: Any, data: bytes) -> None:
        """Open it."""
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=data)

    def add(self, _document: str) -> bool:
        """Take nothing: it has no steps."""
        return False

    def encode(self, text: str, _side: int) -> list[object]:
        """Encode one text."""
        ids = self._processor.EncodeAsIds(text)
        tokens = [self._processor.IdToPiece(number) for number in ids]
        return ["text", ids, tokens, ids, tokens, [], [], [], self._processor.DecodeIds(ids)]


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

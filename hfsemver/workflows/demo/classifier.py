"""A small real text classifier: it is trained when the demo runs, by naive Bayes over a few issue titles.

Nothing is random and all arithmetic is Python's own, so that every machine trains the same weights.
"""

from __future__ import annotations

import json
import math
import struct
from collections import Counter
from dataclasses import dataclass

TITLES = (
    ("bug", "loading the model crashes with a size mismatch"),
    ("bug", "generation never stops after the update"),
    ("bug", "wrong labels after loading the new checkpoint"),
    ("bug", "the tokenizer crashes on an empty text"),
    ("question", "how do i load the model on a cpu"),
    ("question", "which license has the new checkpoint"),
    ("question", "how large is the model in memory"),
    ("question", "is there a way to load the tokenizer alone"),
    ("wish", "please add a smaller model"),
    ("wish", "please add a license to the card"),
    ("wish", "add a way to stop generation on a word"),
    ("wish", "please publish the tokenizer alone"),
)
MORE_TITLES = (
    ("bug", "the model crashes on a large text"),
    ("question", "how do i stop generation on a word"),
    ("wish", "please add the new labels to the card"),
)

CARD = """\
---
license: apache-2.0
pipeline_tag: text-classification
library_name: hfsemver-demo
version: {version}
---
# Issue triage

Tells bugs, questions and wishes apart by the title of an issue.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """Log-probabilities of each word under each label, and of the labels; ``labels`` gives the order of the rows."""

    labels: tuple[str, ...]
    words: tuple[str, ...]
    weight: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]


def train(titles: tuple[tuple[str, str], ...], labels: tuple[str, ...]) -> Classifier:
    """Fit multinomial naive Bayes with add-one smoothing; ``titles`` are pairs of label and text."""
    words = tuple(sorted({word for _, title in TITLES for word in title.split()}))
    counts = {
        label: Counter(word for given, title in titles if given == label for word in title.split()) for label in labels
    }
    weight = []
    for label in labels:
        total = counts[label].total() + len(words)
        weight.append(tuple(math.log((counts[label][word] + 1) / total) for word in words))
    shares = Counter(label for label, _ in titles)
    bias = tuple(math.log(shares[label] / len(titles)) for label in labels)
    return Classifier(labels=labels, words=words, weight=tuple(weight), bias=bias)


def as_files(classifier: Classifier, version: str) -> dict[str, bytes]:
    """Write the classifier the way models are published: card, config, tokenizer and safetensors."""
    config = {
        "architectures": ["NaiveBayesForSequenceClassification"],
        "model_type": "naive-bayes",
        "id2label": {str(i): label for i, label in enumerate(classifier.labels)},
        "label2id": {label: i for i, label in enumerate(classifier.labels)},
        "vocab_size": len(classifier.words) + 1,
    }
    vocabulary = {"[UNK]": 0, **{word: i + 1 for i, word in enumerate(classifier.words)}}
    tokenizer = {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    return {
        "README.md": CARD.format(version=version).encode(),
        "config.json": (json.dumps(config, indent=2) + "\n").encode(),
        "model.safetensors": _safetensors(classifier),
        "tokenizer.json": (json.dumps(tokenizer, indent=1) + "\n").encode(),
    }


def _safetensors(classifier: Classifier) -> bytes:
    rows, columns = len(classifier.labels), len(classifier.words) + 1
    # An unknown word says the same about every label, so its column is zero.
    weight = [value for row in classifier.weight for value in (0.0, *row)]
    body = struct.pack(f"<{len(weight)}f", *weight) + struct.pack(f"<{rows}f", *classifier.bias)
    split = 4 * len(weight)
    header = json.dumps(
        {
            "classifier.weight": {"dtype": "F32", "shape": [rows, columns], "data_offsets": [0, split]},
            "classifier.bias": {"dtype": "F32", "shape": [rows], "data_offsets": [split, len(body)]},
        }
    ).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + body

"""Texts of known licences, written from the table: its phrases, with filler where a text is only sampled."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

TABLE: dict[str, Any] = json.loads(
    resources.files("hfsemver.diff.card").joinpath("licence_texts.json").read_text("utf-8")
)
LICENCES: dict[str, Any] = TABLE["licences"]
TEXTS = [(name, index) for name, entry in LICENCES.items() for index in range(len(entry.get("texts", ())))]


def text_of(name: str, index: int = 0) -> str:
    """Write one text of a licence as long as it has to be, one phrase a line."""
    return written(LICENCES[name]["texts"][index])


def written(entry: dict[str, Any]) -> str:
    """Write one entry of the table."""
    phrases: list[str] = entry["phrases"]
    if "words" not in entry:
        return "\n".join(phrases)
    missing = entry["words"][0] - sum(len(phrase.split()) for phrase in phrases)
    return "\n".join((phrases[0], "filler " * missing, *phrases[1:]))

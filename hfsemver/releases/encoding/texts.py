"""Texts that every tokenizer is tried with: scripts of the world, code, digits, blanks, signs, special tokens."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def texts() -> tuple[str, ...]:
    """Return all texts of ``texts.json``, in its order."""
    groups: dict[str, list[str]] = json.loads((files("hfsemver.releases.encoding") / "texts.json").read_text("utf-8"))
    return tuple(text for group in groups.values() for text in group)

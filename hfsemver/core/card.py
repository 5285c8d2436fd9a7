"""The front matter of a model card, as text: nothing in it is converted.

Keys: https://github.com/huggingface/hub-docs/blob/main/modelcard.md. YAML 1.1 would turn ``license: no`` into false and
``version: 1.10`` into 1.1, so every scalar stays the string that was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

YamlValue = str | tuple["YamlValue", ...] | Mapping[str, "YamlValue"]


def texts_of(value: YamlValue | None) -> tuple[str, ...]:
    """Return the texts that a value holds, itself or as a list; nothing for ``None`` and for a mapping."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(item for item in values if isinstance(item, str) and item)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardData:
    """Front matter by key; sequences are tuples, ``null`` is the empty string."""

    fields: Mapping[str, YamlValue]

    def text(self, key: str) -> str | None:
        """Return a scalar, ``None`` when the key is absent, empty or no scalar."""
        value = self.fields.get(key)
        return value if isinstance(value, str) and value else None

    def is_no_text(self, key: str) -> bool:
        """Whether the key is there with a list or a mapping where ``text`` wants a scalar."""
        return not isinstance(self.fields.get(key, ""), str)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a scalar or a list of scalars as a tuple: one element and a list of one element mean the same."""
        return texts_of(self.fields.get(key))

"""Front matter that the Hub refuses with the commit, or that its own client cannot read.

The fields: https://github.com/huggingface/hub-docs/blob/main/modelcard.md. What raises in the client:
https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/repocard_data.py. Values out of lists that grow from
month to month, such as tasks and libraries, are never held against a card, and what other rules judge (licence, base) is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.card import CardData, YamlValue

_TEXTS: Final = ("library_name", "license_link", "license_name", "new_version", "pipeline_tag", "thumbnail")
_LISTS: Final = ("base_model", "datasets", "language", "license", "metrics", "tags")
# ISO 639-1, 639-2 and 639-3, and the two words that the Hub takes beside them.
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}|code|multilingual")
# What the Hub's own message asks of the identifier of a data set.
_DATASET: Final = re.compile(r"(?:[\w-]+/)?[\w.-]+", re.ASCII)
_INDEX: Final = "model-index"
_CLIENT: Final = "ModelCard.load(repo) raises ValueError"
_HUB: Final = "create_commit raises: Invalid metadata in README.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataFault:
    """A place in the front matter, what is wrong there, what it takes, and what a consumer or a publisher meets."""

    pointer: str
    problem: str
    wanted: str
    witness: str


def metadata_faults(card: CardData | None) -> tuple[MetadataFault, ...]:
    """Return every fault, in the order of the fields that the Hub names."""
    return () if card is None else (*_shapes(card), *_languages(card), *_results(card))


def _shapes(card: CardData) -> Iterator[MetadataFault]:
    for key in _TEXTS:
        value = card.fields.get(key, "")
        if not isinstance(value, str):
            yield MetadataFault(pointer=key, problem=f"is {_kind(value)}", wanted="one line of text", witness=_HUB)
    for key in _LISTS:
        value = card.fields.get(key, "")
        items = value if isinstance(value, tuple) else (value,)
        for number, item in enumerate(items):
            if not isinstance(item, str):
                place = f"{key}[{number}]" if isinstance(value, tuple) else key
                yield MetadataFault(pointer=place, problem=f"is {_kind(item)}", wanted="text", witness=_HUB)
    if card.fields.get("eval_results"):
        # The client takes the field for a list of its own objects, whatever is in it.
        yield MetadataFault(
            pointer="eval_results",
            problem="is a field of the client itself",
            wanted="nothing: scores belong under model-index",
            witness=_CLIENT,
        )


def _languages(card: CardData) -> Iterator[MetadataFault]:
    wrong = [name for name in card.texts("language") if not _LANGUAGE.fullmatch(name.strip())]
    if wrong:
        yield MetadataFault(
            pointer="language",
            problem=f"names {clipped(', '.join(wrong), 120)}",
            wanted='codes of ISO 639 such as en or deu, "code" and "multilingual"',
            witness=_HUB,
        )


def _results(card: CardData) -> Iterator[MetadataFault]:
    """Yield what the client misses in scores; entries without any score are normal, trainers write them."""
    index = card.fields.get(_INDEX, "")
    for entry, at in _mappings(index, _INDEX):
        yield from _lacking(entry, ("name", "results"), at)
        for result, place in _mappings(entry.get("results", ""), f"{at}.results"):
            yield from _lacking(result, ("task", "dataset", "metrics"), place)
            yield from _part(result, "task", ("type",), place)
            yield from _part(result, "dataset", ("type", "name"), place)
            dataset = result.get("dataset")
            name = dataset.get("type") if isinstance(dataset, Mapping) else None
            if isinstance(name, str) and not _DATASET.fullmatch(name):
                yield MetadataFault(
                    pointer=f"{place}.dataset.type",
                    problem=f'"{clipped(name, 60)}" is no identifier of a data set',
                    wanted="letters, digits, dashes, dots and one slash",
                    witness=_HUB,
                )
            for metric, spot in _mappings(result.get("metrics", ""), f"{place}.metrics"):
                yield from _lacking(metric, ("type", "value"), spot)


def _part(result: Mapping[str, YamlValue], key: str, needed: tuple[str, ...], at: str) -> Iterator[MetadataFault]:
    part = result.get(key)
    if isinstance(part, Mapping):
        yield from _lacking(part, needed, f"{at}.{key}")
    elif part is not None:
        kind = f'"{clipped(part, 40)}"' if isinstance(part, str) and part else _kind(part)
        yield MetadataFault(pointer=f"{at}.{key}", problem=f"is {kind}", wanted="a mapping", witness=_CLIENT)


def _lacking(part: Mapping[str, YamlValue], needed: tuple[str, ...], at: str) -> Iterator[MetadataFault]:
    missing = [key for key in needed if key not in part]
    if missing:
        yield MetadataFault(pointer=at, problem=f"has no {' and '.join(missing)}", wanted="", witness=_CLIENT)


def _mappings(value: YamlValue, at: str) -> Iterator[tuple[Mapping[str, YamlValue], str]]:
    """Yield the mappings of a list; what else stands there is a malformed file, which whoever reads scores says."""
    for number, item in enumerate(value if isinstance(value, tuple) else ()):
        if isinstance(item, Mapping):
            yield item, f"{at}[{number}]"


def _kind(value: YamlValue) -> str:
    return "a mapping" if isinstance(value, Mapping) else "a list" if isinstance(value, tuple) else "empty"

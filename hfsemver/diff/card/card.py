"""What changed in the front matter of the card: every field, the task and library that clients choose by, the bases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.core.card import texts_of
from hfsemver.core.location import Location
from hfsemver.diff.card.bases import BaseChange, compare_bases

if TYPE_CHECKING:
    from hfsemver.core.card import YamlValue
    from hfsemver.releases.release import Release

CARD = "README.md"

# Lists that the Hub reads as sets; the order of others (widgets, results) may matter.
_SETS = frozenset({"arxiv", "base_model", "buckets", "datasets", "language", "license", "metrics", "tags"})

_TASK_NAMES = MappingProxyType({"conversational": "text-generation"})
# How the Hub finds the task where the card gives none, as far as the class of the network settles it.
_TASK_OF_CLASS = MappingProxyType(
    {
        "ForCausalLM": "text-generation",
        "LMHeadModel": "text-generation",
        "ForMaskedLM": "fill-mask",
        "ForSequenceClassification": "text-classification",
        "ForTokenClassification": "token-classification",
        "ForQuestionAnswering": "question-answering",
        "ForImageClassification": "image-classification",
        "ForObjectDetection": "object-detection",
        "ForAudioClassification": "audio-classification",
        "ForCTC": "automatic-speech-recognition",
    }
)
_LIBRARY_OF_FILE = MappingProxyType(
    {
        "adapter_config.json": "peft",
        "model_index.json": "diffusers",
        "modules.json": "sentence-transformers",
        "config_sentence_transformers.json": "sentence-transformers",
        "config.json": "transformers",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of the front matter, both sides as they were written; ``None`` where there is none."""

    key: str
    old: YamlValue | None
    new: YamlValue | None

    @property
    def location(self) -> Location:
        """The place in the card."""
        return Location(file=CARD, pointer=self.key)

    @property
    def old_texts(self) -> tuple[str, ...]:
        """The scalar, or the scalars of the list, that stood there before."""
        return texts_of(self.old)

    @property
    def new_texts(self) -> tuple[str, ...]:
        """The scalar, or the scalars of the list, that stands there now."""
        return texts_of(self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetChange:
    """The data sets of both sides, sorted."""

    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def removed(self) -> tuple[str, ...]:
        """Those that are named no more, whatever their case."""
        known = {name.casefold() for name in self.new}
        return tuple(name for name in self.old if name.casefold() not in known)

    @property
    def added(self) -> tuple[str, ...]:
        """Those that were not named before."""
        known = {name.casefold() for name in self.old}
        return tuple(name for name in self.new if name.casefold() not in known)


@dataclass(frozen=True, kw_only=True, eq=False)
class CardDiff:
    """Front matter against front matter.

    Equal are: one value and a list of it, lists in another order, quotes, an empty value and none.
    """

    baseline: Release | None
    current: Release

    @cached_property
    def fields(self) -> tuple[FieldChange, ...]:
        """Every field that was added, removed or changed, sorted by key."""
        old, new = _fields(self.baseline), _fields(self.current)
        if self.baseline is None:
            return ()
        return tuple(
            FieldChange(key=key, old=old.get(key), new=new.get(key))
            for key in sorted({*old, *new})
            if _normal(key, old.get(key, "")) != _normal(key, new.get(key, ""))
        )

    @cached_property
    def dispatch(self) -> tuple[FieldChange, ...]:
        """Changes of the task and of the library that clients and hosts choose by.

        To name one for the first time is no change: the Hub and its clients have inferred one all along, mostly this
        one. To stop naming it is one, unless the files say the same.
        """
        return tuple(change for change in self.fields if change.key in _INFERRED and _is_another(change, self.current))

    @cached_property
    def datasets(self) -> DatasetChange | None:
        """A change of the data sets that the card says the model was trained on; ``None`` where a side names none.

        To name them for the first time, or no more, says nothing of what they are.
        """
        old, new = (_fields(side).get("datasets") for side in (self.baseline, self.current))
        before, after = (tuple(sorted({text.strip() for text in texts_of(value)})) for value in (old, new))
        folded = [{name.casefold() for name in side} for side in (before, after)]
        return None if not (before and after) or folded[0] == folded[1] else DatasetChange(old=before, new=after)

    @cached_property
    def bases(self) -> tuple[BaseChange, ...]:
        """Changes of what the release says it was made from."""
        return compare_bases(self.baseline, self.current)


def compare_cards(baseline: Release | None, current: Release) -> CardDiff:
    """Compare two cards; nothing is read before it is asked for."""
    return CardDiff(baseline=baseline, current=current)


def _fields(release: Release | None) -> Mapping[str, YamlValue]:
    card = release.card if release else None
    return card.fields if card else {}


def _normal(key: str, value: YamlValue) -> object:
    """Return a value that is equal for all spellings of the same thing."""
    if isinstance(value, Mapping):
        return tuple(sorted((name, _normal(name, item)) for name, item in value.items() if item != ""))
    if isinstance(value, str):
        return value.strip()
    items = [_normal(key, item) for item in value if item != ""]
    if key in _SETS:
        items.sort(key=repr)
    # One value and a list of it; no value and an empty list.
    return items[0] if len(items) == 1 else tuple(items) or ""


def _is_another(change: FieldChange, current: Release) -> bool:
    old, new = _name(change.old), _name(change.new)
    if new or not old:
        return bool(old) and old != new
    return old not in _INFERRED[change.key](current)


def _name(value: YamlValue | None) -> str:
    text = next(iter(texts_of(value)), "")
    folded = text.strip().casefold().replace("_", "-")
    return _TASK_NAMES.get(folded, folded)


def _tasks_of(release: Release) -> frozenset[str]:
    """The tasks that tags, files and classes stand for where the card names none.

    Raises ``EvidenceMissing`` without the bytes of the config.
    """
    tags = release.card.texts("tags") if release.card else ()
    classes = (release.config or {}).get("architectures")
    named = [name for name in classes if isinstance(name, str)] if isinstance(classes, list) else []
    found = {task for name in named for ending, task in _TASK_OF_CLASS.items() if name.endswith(ending)}
    if "modules.json" in release.files:
        found.add("sentence-similarity")
    return frozenset(found.union(map(_name, tags)))


def _libraries_of(release: Release) -> frozenset[str]:
    """The libraries that tags and files stand for where the card names none."""
    tags = release.card.texts("tags") if release.card else ()
    first = next((library for file, library in _LIBRARY_OF_FILE.items() if file in release.files), "")
    return frozenset({first}.union(map(_name, tags)))


_INFERRED = MappingProxyType({"pipeline_tag": _tasks_of, "library_name": _libraries_of})

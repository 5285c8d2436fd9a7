"""Where generation stops and how it samples when a caller asks for nothing, as engines work it out.

``generation_config.json`` comes first, then the keys that older releases keep in ``config.json``, then the defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.escape import clipped
from hfsemver.diff.config.change import ABSENT, KeyChange, same, shown
from hfsemver.diff.config.compare import normal_pair
from hfsemver.diff.config.generation_defaults import DEFAULTS, EOS, LEGACY, MIRRORED
from hfsemver.diff.config.quantization import with_files
from hfsemver.diff.config.text import TEXT_PARTS, text_key, text_values
from hfsemver.releases.formats.strict_json import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.config.change import Absent
    from hfsemver.diff.config.normal import NormalConfig
    from hfsemver.diff.config.sides import ConfigSides
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

_NESTED: Final = frozenset({EOS, "bos_token_id", "pad_token_id"})
"""Keys that a model of several parts keeps with the text, where ``generate()`` finds them too."""

FILE: Final = "generation_config.json"
CONFIG: Final = "config.json"
_STRINGS: Final = "stop_strings"
_IGNORED: Final = frozenset({
    "transformers_version", "_from_model_config", "_commit_hash", "_name_or_path", "_original_object_hash", EOS, _STRINGS,
})  # fmt: skip

Stop = int | str
"""A token id, or a string that ends generation wherever it appears."""


@dataclass(frozen=True, kw_only=True)
class GenerationDiff:
    """The effective stop sets and every other default that changed.

    ``stops_before`` and ``stops_after`` are sorted, ids before strings, and empty where neither file changed;
    ``stop_file`` is where the difference was made.
    """

    stops_before: tuple[Stop, ...] = ()
    stops_after: tuple[Stop, ...] = ()
    stop_file: str = FILE
    defaults: tuple[KeyChange, ...] = ()

    @property
    def stops_removed(self) -> tuple[Stop, ...]:
        """What ended generation and does so no longer."""
        return tuple(stop for stop in self.stops_before if stop not in self.stops_after)

    @property
    def stops_added(self) -> tuple[Stop, ...]:
        """What ends generation now and did not."""
        return tuple(stop for stop in self.stops_after if stop not in self.stops_before)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """``generation_config.json``, empty where there is none, and ``config.json`` behind it."""

    own: JsonObject
    config: NormalConfig

    def behind(self, key: str) -> JsonValue | Absent:
        """Return what ``config.json`` holds or its class fills in, ``ABSENT`` for neither."""
        for part in TEXT_PARTS if key in _NESTED else ("",):
            value = self.config.effective(text_key(part, key))
            if value is not ABSENT and value is not None:
                return value
        return ABSENT

    def value(self, key: str) -> JsonValue | Absent:
        """Return what counts, ``ABSENT`` for a key without a default that nobody sets."""
        written = self.own.get(key)
        if written is not None:
            return written
        behind = self.behind(key) if key in LEGACY or key in MIRRORED else ABSENT
        return DEFAULTS.get(key, ABSENT) if behind is ABSENT else behind

    def stops(self) -> tuple[Stop, ...]:
        """Return the stop set."""
        written = self.own.get(EOS)
        ids = _listed(self.behind(EOS) if written is None else written)
        found = {value for value in ids if isinstance(value, int) and not isinstance(value, bool)}
        strings = {value for value in _listed(self.value(_STRINGS)) if isinstance(value, str)}
        return (*sorted(found), *sorted(strings))

    @property
    def stop_file(self) -> str:
        return CONFIG if self.own.get(EOS) is None and self.own.get(_STRINGS) is None else FILE


def _listed(value: JsonValue | Absent) -> list[JsonValue]:
    if value is ABSENT or value is None:
        return []
    return value if isinstance(value, list) else [value]


def compare_generation(sides: ConfigSides | None) -> GenerationDiff:
    """Compare what both sides do by default; a side that describes no generation at all differs from nothing."""
    if sides is None:
        return GenerationDiff()
    baseline, current = sides.baseline, sides.current
    if (baseline.config is None and baseline.generation_config is None) or (
        current.config is None and (baseline.config is not None or current.generation_config is None)
    ):
        return GenerationDiff()
    if sides.files.untouched((CONFIG, FILE), MAX_SIZE):
        return GenerationDiff()
    before, after = sides.normal
    old = _Side(own=baseline.generation_config or {}, config=before)
    new = _Side(own=current.generation_config or {}, config=after)
    return GenerationDiff(
        stops_before=old.stops(),
        stops_after=new.stops(),
        stop_file=FILE if FILE in (old.stop_file, new.stop_file) else CONFIG,
        defaults=tuple(_changes(old, new)),
    )


def _changes(old: _Side, new: _Side) -> Iterator[KeyChange]:
    legacy = {key for side in (old, new) for key in side.config.leaves if key in LEGACY}
    for key in sorted({*old.own, *new.own, *legacy} - _IGNORED):
        if key in MIRRORED and (old.own.get(key) is None and new.own.get(key) is None):
            continue
        one, other = old.value(key), new.value(key)
        if same(one, other):
            continue
        if key in MIRRORED and same(one, old.behind(key)) and same(other, new.behind(key)):
            continue  # the same edit of config.json, repeated here
        file = FILE if key in old.own or key in new.own else CONFIG
        yield KeyChange(file=file, key=key, old=_written(old, key), new=_written(new, key))


def _written(side: _Side, key: str) -> JsonValue | Absent:
    """Return what a side spells out, in either file, to be shown."""
    value = side.own.get(key, ABSENT)
    return side.config.leaves.get(key, ABSENT) if value is ABSENT else value


def effective_stops(release: Release) -> tuple[Stop, ...]:
    """Return what ends generation by default in one release, ids before strings, each sorted."""
    written = with_files(release, release.config or {})
    return _Side(own=release.generation_config or {}, config=normal_pair(written, written)[0]).stops()


def written_stops(config: JsonObject) -> tuple[int, ...]:
    """Return the token ids that a file itself names as ends, at the top or in the part for text."""
    ids = next((_listed(value) for value in text_values(config, EOS)), [])
    return tuple(sorted({value for value in ids if isinstance(value, int) and not isinstance(value, bool)}))


def stop_set(stops: tuple[Stop, ...]) -> str:
    """Return stops as a set in one line: ``{1, 106, "User:"}``."""
    return clipped("{" + ", ".join(shown(stop) for stop in stops) + "}", 200)

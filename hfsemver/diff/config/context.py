"""The longest input that a release promises to take, in tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import ABSENT, KeyChange, same
from hfsemver.diff.config.text import TEXT_PARTS, text_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.config.change import Absent
    from hfsemver.diff.config.normal import NormalConfig
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

_POSITIONS: Final = (
    "max_position_embeddings", "n_positions", "max_sequence_length", "max_seq_len", "seq_length", "max_target_positions",
    "model_max_length",
)  # fmt: skip
_WINDOW: Final = "sliding_window"
KEYS: Final = frozenset({*_POSITIONS, _WINDOW})

NO_LIMIT: Final = 1_000_000_000
"""From here on ``model_max_length`` means that nobody set one; transformers writes int(1e30)."""

SENTENCE_FILE: Final = "sentence_bert_config.json"
_FILES: Final = (("tokenizer_config.json", "model_max_length"), (SENTENCE_FILE, "max_seq_length"))
_MIXED: Final = (
    "layer_types",
    "sliding_window_pattern",
    "attn_layer_indices",
    "global_attn_every_n_layers",
    "layer_group_size",
)


def is_context_key(path: str) -> bool:
    """Whether a key of ``config.json`` can bound the input."""
    prefix, _, name = path.rpartition(".")
    return name in KEYS and prefix in TEXT_PARTS


def _limit(value: JsonValue | Absent) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < NO_LIMIT:
        return None
    return int(value)


def positions(config: NormalConfig) -> int | None:
    """Return the bound that ``config.json`` sets, with the defaults of its class; ``None`` where it sets none."""
    limits: list[int] = []
    # What is written comes before what a class fills in, wherever either side keeps its text.
    written = [part for part in TEXT_PARTS if any(text_key(part, name) in config.leaves for name in _POSITIONS)]
    for part in dict.fromkeys((*written, *TEXT_PARTS)):
        found = [_limit(config.effective(text_key(part, name))) for name in _POSITIONS]
        limits = [limit for limit in found if limit is not None]
        window = _window(config, part)
        if limits:
            return min([*limits, window] if window else limits)
    return None


def _window(config: NormalConfig, part: str) -> int | None:
    """Return the attention window if all layers share it: then nothing before it is ever seen."""
    window = _limit(config.effective(text_key(part, _WINDOW)))
    if window is None or config.effective(text_key(part, "use_sliding_window")) is False:
        return None
    for name in _MIXED:
        value = config.effective(text_key(part, name))
        if isinstance(value, list) and set(map(str, value)) == {"sliding_attention"}:
            continue
        # A class that works it out by itself, in a way that is not known here, may mix as well.
        if (value is not ABSENT and value is not None) or config.is_computed(text_key(part, name)):
            return None
    return window


def context(release: Release, config: NormalConfig) -> int | None:
    """Return the longest input in tokens, ``None`` where nothing bounds it."""
    limits = [positions(config), *(_limit(_value(release, file, key)) for file, key in _FILES)]
    return min((limit for limit in limits if limit is not None), default=None)


def file_changes(old: Release, new: Release, before: NormalConfig, after: NormalConfig) -> Iterator[KeyChange]:
    """Yield what bounds the input outside ``config.json``.

    A bound that ``config.json`` sets anyway is none, and one that moves from one of these files to another stays.
    """
    if _binding(old, positions(before)) == _binding(new, positions(after)):
        return
    for file, key in _FILES:
        one, other = _value(old, file, key), _value(new, file, key)
        # Its reader takes another bound where the file is missing, and is the one that loads both sides.
        of_one_reader = file == SENTENCE_FILE and all("modules.json" in side.files for side in (old, new))
        if not same(one, other) and (of_one_reader or (file in old.files and file in new.files)):
            yield KeyChange(file=file, key=key, old=one, new=other)


def _binding(release: Release, bound: int | None) -> int | None:
    limits = (_limit(_value(release, file, key)) for file, key in _FILES)
    limit = min((limit for limit in limits if limit is not None), default=None)
    return None if limit is None or (bound is not None and limit >= bound) else limit


def _value(release: Release, file: str, key: str) -> JsonValue | Absent:
    content: JsonObject | None = release.tokenizer_config if file == "tokenizer_config.json" else release.json(file)
    return ABSENT if content is None else content.get(key, ABSENT)

"""The version of a library without which a release is not read as it is meant.

Who wrote a file says nothing of who can read it: only what an older version refuses or passes over counts. Each fact was tried
with transformers 4.57.3 and 5.24, the folded files with each release from 4.51 to 4.57. A model type that only a newer version
knows is no fact here: a change to it is one of architecture, and told so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.compare import normal_pair
from hfsemver.diff.config.normal import class_rope
from hfsemver.diff.config.text import TEXT
from hfsemver.releases.formats.tokenizer_files import CONFIG as TOKENIZER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.strict_json import JsonObject
    from hfsemver.releases.release import Release

CONFIG: Final = "config.json"
Version = tuple[int, int]

_FIVE: Final = (5, 0)
# https://github.com/huggingface/transformers/blob/v4.56.0/src/transformers/image_processing_base.py (get_image_processor_dict)
_NESTED: Final = (4, 56)
# https://github.com/huggingface/transformers/blob/v5.0.0/src/transformers/tokenization_utils_tokenizers.py
_BACKENDS: Final = frozenset({"TokenizersBackend", "PythonBackend"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A key that transformers reads from ``version`` on, and what an older one does instead."""

    file: str
    key: str
    version: Version
    instead: str

    @property
    def library(self) -> str:
        """The library with the version, as people write it."""
        major, minor = self.version
        return f"transformers {major}.{minor}" if minor else f"transformers {major}"


def raised(
    baseline: Release | None, current: Release, folded: tuple[str, ...], bounded: tuple[tuple[str, str], ...] = ()
) -> tuple[Need, ...]:
    """Return what the current release needs and the baseline did not.

    ``folded`` are files of processors that are one now, ``bounded`` sizes that alone bound the pixels of a picture.
    A baseline that transformers 5 wrote may have needed it for reasons that nobody can see here.
    """
    if baseline is None or _writer(baseline) >= _FIVE:
        return ()
    known = max((need.version for need in _needs(baseline)), default=(0, 0))
    found = [*_needs(current)]
    found += [
        Need(file=file, key="", version=_NESTED, instead="finds no such file, and looks in no other one")
        for file in folded
    ]
    found += [
        Need(file=file, key=key, version=_FIVE, instead="passes over it and takes the bounds of its class")
        for file, key in bounded
    ]
    return tuple(need for need in found if need.version > known)


def _writer(release: Release) -> Version:
    text = (release.config or {}).get("transformers_version")
    major, _, rest = text.partition(".") if isinstance(text, str) else ("", "", "")
    minor = rest.partition(".")[0]
    return (int(major) if _is_number(major) else 0, int(minor) if _is_number(minor) else 0)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 4  # noqa: PLR2004 -- digits of a version


def _needs(release: Release) -> Iterator[Need]:
    config = release.config or {}
    if not _maps(config, "AutoConfig"):
        yield from _rope_needs(config)
    tokenizer = release.tokenizer_config or {}
    if _maps(tokenizer, "AutoTokenizer"):
        return
    name = tokenizer.get("tokenizer_class")
    if isinstance(name, str) and name in _BACKENDS:
        yield Need(file=TOKENIZER, key="tokenizer_class", version=_FIVE, instead=f"raises: it has no class {name}")
    if isinstance(tokenizer.get("extra_special_tokens"), list):
        yield Need(file=TOKENIZER, key="extra_special_tokens", version=_FIVE, instead="raises: a list has no keys")


def _maps(config: JsonObject, role: str) -> bool:
    """Whether a class of the repository reads the file, which may do so in its own way."""
    names = config.get("auto_map")
    return isinstance(names, list) or (isinstance(names, dict) and role in names)


def _rope_needs(config: JsonObject) -> Iterator[Need]:
    """Yield the sections that only transformers 5 reads and that say something else than the class would fill in."""
    normal, older = normal_pair(config, config)[0], normal_pair(*[_without_parameters(config)] * 2)[0]
    for prefix in ("", TEXT):
        part = config.get(prefix) if prefix else config
        if not isinstance(part, dict) or not isinstance(part.get("rope_parameters"), dict):
            continue
        node, as_four = normal.nodes.get(prefix), older.nodes.get(prefix)
        if node is None or as_four is None or not class_rope(node.defaults):
            continue
        if node.rope != as_four.rope:
            key = f"{prefix}.rope_parameters" if prefix else "rope_parameters"
            yield Need(file=CONFIG, key=key, version=_FIVE, instead="passes over it and takes another rope")


def _without_parameters(config: JsonObject) -> JsonObject:
    """Return what an older version reads of a config."""
    part = config.get(TEXT)
    inner = (
        {TEXT: {key: value for key, value in part.items() if key != "rope_parameters"}}
        if isinstance(part, dict)
        else {}
    )
    return {key: value for key, value in config.items() if key != "rope_parameters"} | inner

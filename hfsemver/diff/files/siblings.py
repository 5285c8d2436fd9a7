"""Formats of one model that stayed as they were while another format of it got other values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.promise import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.diff.files.formats import FormatsDiff
    from hfsemver.releases.weight_formats import WeightFormat

# What exporters call the folder of a format; a set in another folder may be another model.
_FOLDERS: Final = frozenset({"", "onnx", "openvino", "gguf", "coreml", "tflite", "tf", "flax", "mlx", "exported"})
_MODEL: Final = re.compile(r"(?:model|pytorch_model)(?:\.fp16|\.bf16)?\.(?:safetensors|bin)")


def stale_siblings(
    files: FilesDiff, formats: FormatsDiff, moved: AbstractSet[str], kind: Kind
) -> Iterator[tuple[WeightFormat, str]]:
    """Yield each format whose files are all known to be the old ones, after the set at the root that has other values.

    ``moved`` are the files with other values. Parts of a pipeline and adapters are models of their own.
    """
    if kind in (Kind.PIPELINE, Kind.ADAPTER):
        return
    changed = next(
        (new.name for _, new in formats.kept if _MODEL.fullmatch(new.name) and not moved.isdisjoint(new.files)), None
    )
    if changed is None:
        return
    for old, new in formats.kept:
        if new.name == changed or new.folder not in _FOLDERS or old.files != new.files:
            continue
        if all(files.hashed(path, path) is True for path in new.files):
            yield new, changed

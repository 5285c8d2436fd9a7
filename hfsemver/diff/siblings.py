"""Formats of one model that stayed as they were while another format of it got other values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.promise import Kind
from hfsemver.tensors import Band

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from hfsemver.diff.files.formats import FormatsDiff
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.releases.weight_formats import WeightFormat

# What exporters call the folder of a format; a set in another folder may be another model.
_FOLDERS: Final = frozenset({"", "onnx", "openvino", "gguf", "coreml", "tflite", "tf", "flax", "mlx", "exported"})
_MODEL: Final = re.compile(r"(?:model|pytorch_model)(?:\.fp16|\.bf16)?\.(?:safetensors|bin)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """Formats of one model: ``behind`` are known to be the old files, of ``unsure`` ones that is not known.

    ``ahead`` are those that are not behind and are looked at as weights.
    """

    behind: tuple[WeightFormat, ...] = ()
    unsure: tuple[WeightFormat, ...] = ()
    ahead: tuple[WeightFormat, ...] = ()

    def stale(self, moved: AbstractSet[str]) -> tuple[tuple[WeightFormat, str], ...]:
        """Return each format that stayed behind, with the first set in which one of the ``moved`` files lies."""
        changed = next((one.name for one in self.ahead if not moved.isdisjoint(one.files)), None)
        return () if changed is None else tuple((one, changed) for one in self.behind)


def find_siblings(formats: FormatsDiff, kind: Kind, same: Callable[[str, str], bool | None]) -> Siblings:
    """Sort the formats that both releases have. Parts of a pipeline and adapters are models of their own."""
    if kind in (Kind.PIPELINE, Kind.ADAPTER):
        return Siblings()
    behind: list[WeightFormat] = []
    unsure: list[WeightFormat] = []
    ahead: list[WeightFormat] = []
    for old, new in formats.kept:
        answers = [same(path, path) for path in new.files] if old.files == new.files else [False]
        if new.folder in _FOLDERS and all(answers):
            behind.append(new)
            continue
        if new.folder in _FOLDERS and False not in answers:
            unsure.append(new)
        if _MODEL.fullmatch(new.name):
            ahead.append(new)
    others = behind or len(ahead) > 1 or any(one not in ahead for one in unsure)
    return Siblings(behind=tuple(behind), unsure=tuple(unsure), ahead=tuple(ahead)) if ahead and others else Siblings()


def stale_formats(diff: ReleaseDiff) -> Iterator[tuple[WeightFormat, str]]:
    """Yield each format that stayed as it was, with the set whose values are other ones now.

    Raises ``EvidenceMissing`` after them where another one may have stayed behind.
    """
    reading = diff.evidence.reading
    found = Siblings() if reading is None else find_siblings(diff.formats, diff.kind, reading.same_whole)
    if not found.ahead:
        return
    if diff.values_moved:
        yield from found.stale({seen.pair.new.file for seen in diff.values.of(Band.UPDATED)})
    diff.require_moved()
    if found.unsure and diff.values_moved:
        raise EvidenceMissing(found.unsure[0].name, "whether it is the file of the baseline was not read")

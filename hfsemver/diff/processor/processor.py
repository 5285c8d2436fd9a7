"""What changed on the way from a picture or a sound to the network: its geometry, its values, and everything else."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config.change import ABSENT, KeyChange, same
from hfsemver.diff.processor.pixels import lost_spelling, same_spelling
from hfsemver.diff.processor.reading import NAMES, WHOLE, possible, processor_folders, read_processors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hfsemver.diff.config.change import Absent
    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.diff.processor.reading import Processor
    from hfsemver.releases.formats.strict_json import JsonValue
    from hfsemver.releases.release import Release

_GEOMETRY: Final = re.compile(
    r"(?:crop_|pad_|max_image_|image_)?size|(?:temporal_)?patch_size|merge_size|size_divisor|(?:min|max)_pixels|crop_pct"
    r"|do_image_splitting|default_to_square|max_slice_nums|scale_resolution|image_feature_size|image_seq_len(?:gth)?"
    r"|(?:num|min|max)_(?:frames|patches|tiles|image_tiles|soft_tokens)|fps|(?:min_)?patch.*|input_data_format|data_format"
    r"|sampling_rate|feature_size|num_mel_bins|n_mels|hop_length|n_fft|win_length|frame_length|fft_length|stride"
    r"|chunk_length|n_samples|nb_max_(?:frames|samples)|max_length|max_source_positions|padding_side|do_flip_channel_order"
)
_VALUES: Final = re.compile(
    r"do_.*|(?:image_|norm_)?(?:mean|std)|rescale_factor|offset|resample|padding_value|preemphasis|dither|mel_.*|f_?min|f_?max"
    r"|frequency_m(?:in|ax)|m(?:in|ax)_frequency|return_attention_mask|top_db|truncation|padding|win_function|mask_threshold"
)
# Who wrote the file, what runs it, and names that other rules read.
_IGNORED: Final = re.compile(
    r"_.*|(?:image_processor|feature_extractor|video_processor|processor)_(?:type|class)|auto_map|transformers_version|name_or_path"
    r"|device|return_tensors|use_fast|disable_grouping|tokenizer(?:_class)?|is_local|local_files_only|backend|return_metadata"
)


@dataclass(frozen=True, kw_only=True)
class ProcessorDiff:
    """Changed settings by what they do; ``unjudged`` are sentences about what may or may not have changed.

    ``folded`` names the files that are gone because their settings stand in ``processor_config.json`` now, ``bounded`` the
    sizes, each as file and key, which alone say how many pixels a picture may have.
    """

    geometry: tuple[KeyChange, ...] = ()
    values: tuple[KeyChange, ...] = ()
    other: tuple[KeyChange, ...] = ()
    folded: tuple[str, ...] = ()
    bounded: tuple[tuple[str, str], ...] = ()
    unjudged: tuple[str, ...] = ()


def compare_processors(files: FilesDiff) -> ProcessorDiff:
    """Compare the processors in every folder. Raises ``FormatError`` and ``EvidenceMissing`` for their files."""
    if files.baseline is None or files.current is None:
        return ProcessorDiff()
    found: list[tuple[str, KeyChange]] = []
    unjudged: list[str] = []
    folded: dict[str, None] = {}
    bounded: list[tuple[str, str]] = []
    for kind, old, new in _pairs(files, files.baseline, files.current):
        if new is None:
            if kind != WHOLE:
                gone = KeyChange(file=old.file, key=old.parent, old=old.family or kind, new=ABSENT)
                found.append(("geometry", gone))
            continue
        if old.file != new.file and new.parent and old.file not in files.current.files:
            folded[old.file] = None
        if lost_spelling(old, new):
            bounded.append((new.file, new.path("size")))
        for change in _changes(*same_spelling(old, new)):
            if isinstance(change, str):
                unjudged.append(change)
            else:
                found.append((_group(change.key.rpartition(".")[2]), change))
    groups = {
        name: tuple(change for group, change in found if group == name) for name in ("geometry", "values", "other")
    }
    return ProcessorDiff(**groups, folded=tuple(folded), bounded=tuple(bounded), unjudged=tuple(unjudged))


def _pairs(files: FilesDiff, before: Release, after: Release) -> Iterator[tuple[str, Processor, Processor | None]]:
    """Yield each processor of the baseline with its kind and the one that stands for it now."""
    for folder in processor_folders(before):
        if not files.untouched(folder + name for name in NAMES):
            now = read_processors(after, folder)
            for kind, old in read_processors(before, folder).items():
                yield kind, old, now.get(kind)


def _group(key: str) -> str:
    return "geometry" if _GEOMETRY.fullmatch(key) else "values" if _VALUES.fullmatch(key) else "other"


def _changes(old: Processor, new: Processor) -> Iterator[KeyChange | str]:
    """Yield changed settings, and a sentence for each of which one side says nothing and nobody knows what that means."""
    if old.family and new.family and old.family != new.family:
        yield KeyChange(file=new.file, key=new.path("class"), old=old.family, new=new.family)
    for key in sorted({*old.settings, *new.settings}):
        if _IGNORED.fullmatch(key):
            continue
        one, other = old.settings.get(key, ABSENT), new.settings.get(key, ABSENT)
        if _alike(one, other):
            continue
        if ABSENT in (one, other):
            silent, said = (old, other) if one is ABSENT else (new, one)
            implied = possible(silent.family, key)
            if said is None or _is_implied(said, implied):
                continue
            if implied is None or None in implied:
                word = "came" if one is ABSENT else "went"
                yield f"{new.file}: {new.path(key)} {word}, and what its class does without it is not known"
                continue
        yield KeyChange(file=new.file, key=new.path(key), old=one, new=other)


def _is_implied(said: JsonValue | Absent, implied: Sequence[JsonValue] | None) -> bool:
    """Whether a setting says what its class does anyway; what is off and unknown to the class is off."""
    if implied is None:
        return said is False
    return any(_alike(said, value) for value in implied)


def _alike(one: JsonValue | Absent, other: JsonValue | Absent) -> bool:
    """Whether two values mean the same; a size that one side gives as one number leaves open which edge it is."""
    if same(one, other):
        return True
    if isinstance(one, float) and isinstance(other, int | float) and not isinstance(other, bool):
        return math.isclose(one, other, rel_tol=1e-6)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return all(_alike(a, b) for a, b in zip(one, other, strict=True))
    return False

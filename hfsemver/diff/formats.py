"""Placeholder until the formats diff lands."""
from __future__ import annotations
from dataclasses import dataclass
from hfsemver.releases.release import Release

@dataclass(frozen=True, kw_only=True)
class WeightFormat:
    """A weight set that a consumer can ask for by name.

    ``name`` is the path without the shard number (``model.safetensors``, ``onnx/model.onnx``, ``x.Q4_K_M.gguf``), ``kind``
    the format (``safetensors``, ``pytorch``, ``gguf``, ``onnx``, ...), ``files`` all its files, sorted.
    """
    name: str
    kind: str
    files: tuple[str, ...]

@dataclass(frozen=True, kw_only=True)
class FormatsDiff:
    """``renamed`` pairs a set that vanished with the one set of its folder and kind that came."""
    removed: tuple[WeightFormat, ...] = ()
    added: tuple[WeightFormat, ...] = ()
    renamed: tuple[tuple[WeightFormat, WeightFormat], ...] = ()
    kept: tuple[tuple[WeightFormat, WeightFormat], ...] = ()

def compare_formats(baseline: Release | None, current: Release) -> FormatsDiff:
    return FormatsDiff()

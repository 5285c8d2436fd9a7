"""``config.json`` of both releases, each read once and brought to one layout and one spelling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hfsemver.diff.config import quantization as config_quantization
from hfsemver.diff.config.compare import normal_pair, plainly_equal

if TYPE_CHECKING:
    from hfsemver.diff.config.normal import NormalConfig
    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.formats.strict_json import JsonObject
    from hfsemver.releases.release import Release


@dataclass(frozen=True, eq=False, kw_only=True)
class ConfigSides:
    """What everything that compares configurations starts from; nothing is read before it is asked for.

    A release without a ``config.json`` has an empty one here.
    """

    baseline: Release
    current: Release
    files: FilesDiff

    @cached_property
    def written(self) -> tuple[JsonObject, JsonObject]:
        """Both files as they are written, with the packing of weights that older releases keep beside them."""
        return (
            config_quantization.with_files(self.baseline, self.baseline.config or {}),
            config_quantization.with_files(self.current, self.current.config or {}),
        )

    @cached_property
    def normal(self) -> tuple[NormalConfig, NormalConfig]:
        """Both files in one layout, with the defaults of their classes."""
        return normal_pair(*self.written)

    @cached_property
    def are_plainly_equal(self) -> bool:
        """Whether both files spell out the same, so that no default matters."""
        return plainly_equal(*self.written)

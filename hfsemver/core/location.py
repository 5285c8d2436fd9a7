"""Where in a release something is."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHARD = re.compile(r"[-_]\d{5,}-of-\d{5,}(?=\.[^/]+$)")


def unsharded(path: str) -> str:
    """Return the path of a file without the number of its shard.

    >>> unsharded("unet/model-00001-of-00002.safetensors")
    'unet/model.safetensors'
    """
    return _SHARD.sub("", path)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Location:
    """A file of the release and, inside it, a tensor name, a key path or nothing.

    ``Location(file="config.json", pointer="rope_parameters.rope_theta")``
    """

    file: str
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.pointer}" if self.pointer else self.file

    @property
    def stable(self) -> str:
        """The location as it survives another sharding."""
        return f"{unsharded(self.file)}: {self.pointer}"

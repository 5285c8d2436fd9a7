"""The adapters of a release by folder: what configures each, and the tensors that it holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.releases.release import Release

CONFIG: Final = "adapter_config.json"
READS: Final = re.compile(r"(?:.*/)?(?:adapter_config\.json|adapter_model[^/]*)")
"""The files of adapters, wherever they lie."""
_WEIGHTS: Final = "adapter_model"


def adapter_folders(release: Release) -> tuple[str, ...]:
    """Return the folders that hold an adapter, each empty or ending in a slash, sorted."""
    found = {path.removesuffix(CONFIG) for path in release.files if path == CONFIG or path.endswith(f"/{CONFIG}")}
    return tuple(sorted(found))


def adapter_tensors(release: Release, folder: str) -> Mapping[str, TensorInfo] | None:
    """Return the tensors of an adapter by name, ``None`` where its weights are not here or in no file that is read."""
    sets = [
        weight_set
        for weight_set in release.weights.sets.values()
        if any(is_of_adapter(tensor.file, folder) for tensor in weight_set.tensors.values())
    ]
    tensors = {tensor.name: tensor for weight_set in sets for tensor in weight_set.tensors.values()}
    return tensors if tensors and not any(weight_set.missing for weight_set in sets) else None


def is_of_adapter(file: str, folder: str) -> bool:
    """Whether a file holds weights of the adapter in a folder."""
    return file.startswith(folder + _WEIGHTS) and "/" not in file.removeprefix(folder)

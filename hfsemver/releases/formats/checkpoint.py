"""The tensors of a file that ``torch.save`` wrote, by the names under which loaders know them.

A file is read in full or not at all: one tensor that cannot be told leaves open what its bytes mean to the others.

Most files are a dict of tensors. In a training checkpoint that dict lies under ``state_dict`` or another of ``_WEIGHTS``,
and the state of the optimizer beside it; loaders take the one and drop the other, and so does this reader. Any other
nesting is part of the names: ``{"encoder": {"w": ...}}`` holds ``encoder.w``. Values that are no tensors have no name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.core.tensor import TensorInfo
from hfsemver.releases.formats.pickle_machine import PickleMachine
from hfsemver.releases.formats.torch_objects import Storage, StoredTensor
from hfsemver.releases.formats.torch_zip import read_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.safetensors import ReadRange
    from hfsemver.releases.formats.torch_zip import TorchArchive

    Way = tuple[str, ...]

MAX_VALUES: Final = 300_000
MAX_NAME: Final = 2_000
MAX_NAMES: Final = 16 << 20
"""Characters in all names: one dict may stand in a file under many names."""
MAX_DEPTH: Final = 32

ALONE: Final = "tensor"
"""The name of a tensor that is a file's only value, and has no name in it."""
_WEIGHTS: Final = frozenset({"state_dict", "model_state_dict", "model", "module"})
_TRAINING: Final = re.compile(
    r"(?:optim(?:izers?)?|(?:lr_?)?schedulers?|(?:grad_)?scaler|amp|rng|callbacks|loops)(?:_.*)?", re.IGNORECASE
)
"""What only a training run takes up again."""

_PICKLE: Final = "data.pkl"


def read_checkpoint(read: ReadRange, path: str, size: int) -> tuple[TensorInfo, ...]:
    """Return the tensors in the order of their names; two may lie at the same bytes, as tied ones do.

    Reads no tensor. Raises ``FormatError`` for a file that is not of the zip format of ``torch.save``, and for one with
    anything in it that is not a tensor whose elements lie one behind the other or a plain value.
    """
    archive = read_archive(read, path, size)
    root = PickleMachine(archive.pickle, (path, _PICKLE)).run()
    found: dict[str, TensorInfo] = {}
    for name, tensor in _named(tuple(_walk(root, path)), path):
        if name in found:
            raise FormatError(f'two tensors are called "{clipped(name)}"', path, _PICKLE)
        found[name] = _placed(name, tensor, archive, path)
    if not found:
        raise FormatError("holds no tensor", path, _PICKLE)
    return tuple(found[name] for name in sorted(found))


def _named(found: tuple[tuple[Way, StoredTensor], ...], path: str) -> Iterator[tuple[str, StoredTensor]]:
    """Yield each tensor with its name; a dict of weights that all of them lie in is no part of it."""
    wrapped = {way[0] if len(way) > 1 else "" for way, _ in found}
    outer = 1 if len(wrapped) == 1 and wrapped <= _WEIGHTS else 0
    characters = 0
    for way, tensor in found:
        name = ".".join(way[outer:]) or ALONE
        characters += len(name)
        if len(name) > MAX_NAME or characters > MAX_NAMES:
            raise FormatError(f"more than {MAX_NAME} characters in one name or {MAX_NAMES} in all", path, _PICKLE)
        yield name, tensor


def _is_training(way: Way, value: object) -> bool:
    # A module may be called `scheduler.bias`; the state of a scheduler is a container of its own.
    return len(way) == 1 and isinstance(value, dict | list) and _TRAINING.fullmatch(way[0]) is not None


def _walk(root: object, path: str) -> Iterator[tuple[Way, StoredTensor]]:
    """Yield each tensor with the keys that lead to it."""
    pending: list[tuple[Way, object]] = [((), root)]
    values = 0
    while pending:
        way, value = pending.pop()
        values += 1
        if isinstance(value, Storage):
            raise FormatError("a storage outside of a tensor", path, _PICKLE)
        if isinstance(value, StoredTensor):
            yield way, value
            continue
        if not isinstance(value, dict | list | tuple) or not value or _is_training(way, value):
            continue
        if values + len(pending) + len(value) > MAX_VALUES or len(way) >= MAX_DEPTH:
            raise FormatError(f"more than {MAX_VALUES} values, or {MAX_DEPTH} inside of each other", path, _PICKLE)
        items = value.items() if isinstance(value, dict) else enumerate(value)
        pending.extend(((*way, str(key)), inner) for key, inner in items)


def _placed(name: str, tensor: StoredTensor, archive: TorchArchive, path: str) -> TensorInfo:
    entry = archive.storages.get(tensor.storage.key)
    if entry is None or entry.size != tensor.storage.size:
        held = "is not in the archive" if entry is None else f"has {entry.size} bytes"
        problem = f'the storage of "{clipped(name)}", of {tensor.storage.size} bytes, {held}'
        raise FormatError(problem, path, _PICKLE)
    place = (entry.begin + tensor.begin, entry.begin + tensor.end)
    return TensorInfo(name=name, dtype=tensor.dtype, shape=tensor.shape, file=path, data_offsets=place)

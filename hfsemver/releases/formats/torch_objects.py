"""What the names in a pickle of ``torch.save`` stand for: descriptions of storages and tensors, never the things themselves.

https://github.com/pytorch/pytorch/blob/main/torch/_utils.py (``_rebuild_tensor_v2`` and its kin) and
https://github.com/pytorch/pytorch/blob/main/torch/serialization.py (``persistent_id``).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Final, TypeGuard

from hfsemver.core.tensor import DTYPE_BITS
from hfsemver.releases.formats.safetensors import MAX_DIMENSIONS

_STORAGES: Final = {
    "DoubleStorage": "F64", "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16",
    "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8",
    "BoolStorage": "BOOL", "ComplexFloatStorage": "C64",
}  # fmt: skip
_DTYPES: Final = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
    "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL", "complex64": "C64",
    "uint16": "U16", "uint32": "U32", "uint64": "U64", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
    "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e8m0fnu": "F8_E8M0",
}  # fmt: skip
_UNTYPED: Final = "UntypedStorage"
_FUNCTIONS: Final = frozenset({
    ("collections", "OrderedDict"), ("torch", "Size"), ("torch", "device"), ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_tensor_v3"), ("torch._utils", "_rebuild_parameter"),
    ("torch._utils", "_rebuild_parameter_with_state"), ("torch.storage", _UNTYPED),
})  # fmt: skip
_MAX_ELEMENTS: Final = 1 << 48
_PERSISTENT: Final = 5
_REBUILT: Final = {"_rebuild_tensor_v2": 6, "_rebuild_tensor_v3": 7}
"""How many arguments each takes; one more may say that the values are to be negated or conjugated."""
_PARAMETER: Final = {"_rebuild_parameter": 3, "_rebuild_parameter_with_state": 4}


class Unlisted(Exception):
    """A call or a storage that is not of the kind that is read."""


@dataclass(frozen=True, slots=True)
class Global:
    """The name of a callable or a dtype that is on the list."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes that lie in the archive under ``key``; without a ``dtype`` they are bytes and nothing else."""

    dtype: str
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor whose elements lie one behind the other in a storage, from byte ``begin`` to ``end``."""

    dtype: str
    shape: tuple[int, ...]
    storage: Storage
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value of no interest here: a device."""


def known_global(module: object, name: object) -> Global | None:
    """Return the mark of a name, ``None`` for one that is not on the list. Both parts have to be the exact texts."""
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    listed = (module, name) in _FUNCTIONS or (module == "torch" and (name in _STORAGES or name in _DTYPES))
    return Global(module, name) if listed else None


def storage(described: object) -> Storage:
    """Return the storage that a persistent id describes. Raises ``Unlisted``."""
    if not isinstance(described, tuple) or len(described) != _PERSISTENT or described[0] != "storage":
        raise Unlisted("a persistent id that describes no storage")
    _, kind, key, _, count = described
    if not isinstance(key, str) or not (key.isascii() and key.isdigit()) or not _is_size(count):
        raise Unlisted("a storage without a plain key and a size")
    if not isinstance(kind, Global):
        raise Unlisted("a storage without a type")
    if (kind.module, kind.name) == ("torch.storage", _UNTYPED):
        return Storage(dtype="", key=key, size=count)
    if kind.name not in _STORAGES:
        raise Unlisted(f"torch.{kind.name} is no type of storage that is read")
    dtype = _STORAGES[kind.name]
    return Storage(dtype=dtype, key=key, size=count * DTYPE_BITS[dtype] // 8)


def rebuilt(function: object, arguments: object) -> object:
    """Return what a call of a listed name stands for. Raises ``Unlisted`` for any other call."""
    if not isinstance(function, Global) or not isinstance(arguments, tuple):
        raise Unlisted("calls what is no name, or without arguments")
    name = function.name
    if name in _REBUILT:
        return _tensor(arguments, _REBUILT[name])
    if name in _PARAMETER and len(arguments) == _PARAMETER[name] and isinstance(arguments[0], StoredTensor):
        return arguments[0]
    if name == "OrderedDict" and not arguments:
        return {}
    if name == "Size" and len(arguments) == 1 and isinstance(arguments[0], tuple):
        return arguments[0]
    if name == "device" and arguments:
        return Opaque()
    raise Unlisted(f"calls {function.module}.{name} as torch.save does not")


def _tensor(arguments: tuple[object, ...], count: int) -> StoredTensor:
    if len(arguments) not in (count, count + 1):
        raise Unlisted("a tensor with more or fewer parts than it has")
    stored, offset, shape, strides, _, hooks = arguments[:6]
    marks = arguments[count] if len(arguments) > count else None
    if not isinstance(stored, Storage):
        raise Unlisted("a tensor without a storage of its own")
    if hooks or marks:
        raise Unlisted("a tensor that is changed when it is loaded")
    dtype = stored.dtype or "U8"
    if count == _REBUILT["_rebuild_tensor_v3"]:
        named = arguments[6]
        dtype = _DTYPES.get(named.name, "") if isinstance(named, Global) and named.module == "torch" else ""
        if not dtype or (stored.dtype and stored.dtype != dtype):
            raise Unlisted("a tensor without a dtype that is read")
    sizes, steps = _sizes(shape), _sizes(strides)
    if not _is_size(offset) or len(sizes) != len(steps):
        raise Unlisted("a tensor without a place in its storage")
    elements = prod(sizes)
    if elements >= _MAX_ELEMENTS:
        raise Unlisted("a tensor of more elements than any storage holds")
    if elements and not _is_contiguous(sizes, steps):
        raise Unlisted("a tensor whose elements do not lie one behind the other: save its .contiguous() form")
    width = DTYPE_BITS[dtype] // 8
    begin, end = offset * width, (offset + elements) * width
    if end > stored.size:
        raise Unlisted(f"a tensor that ends at byte {end} of a storage of {stored.size}")
    return StoredTensor(dtype=dtype, shape=sizes, storage=stored, begin=begin, end=end)


def _sizes(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple) or len(value) > MAX_DIMENSIONS or not all(map(_is_size, value)):
        raise Unlisted(f"a shape that is not a row of at most {MAX_DIMENSIONS} sizes")
    return value


def _is_size(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < _MAX_ELEMENTS


def _is_contiguous(sizes: tuple[int, ...], steps: tuple[int, ...]) -> bool:
    """Whether the last index moves by one element, and every other by as many as lie behind it."""
    expected = 1
    for size, step in zip(reversed(sizes), reversed(steps), strict=True):
        if size > 1 and step != expected:
            return False
        expected *= size
    return True

"""The zip archive that ``torch.save`` writes: a directory of stored entries, of which one is a pickle.

Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, and what PyTorch makes of it:
https://github.com/pytorch/pytorch/blob/main/caffe2/serialize/inline_container.cc. Readers of zip files differ wherever
an archive says one thing in two places, so both places are compared here and nothing is taken that is said twice.

Only the directory, the head of each entry and two small entries are read, never the bytes of a tensor.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.releases.formats.pickle_machine import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.formats.safetensors import ReadRange

MAX_ENTRIES: Final = 30_000
_MAX_DIRECTORY: Final = 16 << 20

_END = struct.Struct("<4s4H2IH")
_LOCATOR = struct.Struct("<4sIQI")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_ZIP64: Final = 1
_UTF8, _SIZES_BEHIND = 0x800, 0x8
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_LEGACY: Final = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46"
"""The start of the number that opened a file of ``torch.save`` before version 1.6."""

_LITTLE: Final = b"little"
_CONVERT: Final = "save it as safetensors, by safetensors.torch.save_file(torch.load(file, weights_only=True), ...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file inside, from byte ``begin`` to ``end`` of the archive."""

    name: str
    begin: int
    end: int
    crc: int

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchArchive:
    """The pickle, and where each storage lies by its key."""

    pickle: bytes
    storages: Mapping[str, Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """An entry as the directory lists it."""

    raw: bytes
    flags: int
    crc: int
    size: int
    head: int

    @property
    def shown(self) -> str:
        return _shown(self.raw)


def _shown(raw: bytes) -> str:
    return f'"{clipped(raw.decode("utf-8", "backslashreplace"))}"'


def read_archive(read: ReadRange, path: str, size: int) -> TorchArchive:
    """Read what ``read(path, start, stop)`` gives of the file of ``size`` bytes. Raises ``FormatError``."""
    head = read(path, 0, min(size, len(_LEGACY)))
    if head == _LEGACY:
        raise FormatError(f"written by torch.save before version 1.6, and not read: {_CONVERT}", path)
    if head[:4] != b"PK\x03\x04":
        raise FormatError("no zip archive, as torch.save writes it", path)
    start, stop, count = _directory(read, path, size)
    listed = list(_listed(read(path, start, stop), path, start, count))
    if len({entry.raw.lower() for entry in listed}) != count:
        raise FormatError("two entries have one name", path, "directory")
    listed.sort(key=lambda entry: entry.head)
    if listed[0].head:
        raise FormatError("nothing in the directory lies at the start of the file", path, "directory")
    entries = [_entry(read, path, entry, start) for entry in listed]
    for (before, entry), after in pairwise(zip(entries, listed, strict=True)):
        if after[1].head < before.end:
            raise FormatError(f"begins inside of {entry.shown}", path, after[1].shown, offset=after[1].head)
    return _archive(read, path, {entry.name: entry for entry in entries})


def _archive(read: ReadRange, path: str, entries: Mapping[str, Entry]) -> TorchArchive:
    root, slash, _ = next(iter(entries)).partition("/")
    if not slash or any(not name.startswith(f"{root}/") for name in entries):
        raise FormatError("its entries do not lie in one folder", path, "directory")
    inside = {name.removeprefix(f"{root}/"): entry for name, entry in entries.items()}
    found = inside.get("data.pkl")
    if found is None:
        raise FormatError("holds no data.pkl", path, "directory")
    if "constants.pkl" in inside:
        raise FormatError("a TorchScript program, not a dict of tensors", path)
    order = inside.get("byteorder")
    if order is not None and (order.size != len(_LITTLE) or read(path, order.begin, order.end) != _LITTLE):
        raise FormatError("is not that of little-endian numbers", path, "byteorder")
    if found.size > MAX_SIZE:
        raise FormatError(f"{found.size} bytes, more than the {MAX_SIZE} that are read", path, "data.pkl")
    data = read(path, found.begin, found.end)
    if zlib.crc32(data) != found.crc:
        raise FormatError("its bytes are not those of its checksum", path, "data.pkl")
    storages = {name.removeprefix("data/"): entry for name, entry in inside.items() if name.startswith("data/")}
    return TorchArchive(pickle=data, storages=storages)


def _directory(read: ReadRange, path: str, size: int) -> tuple[int, int, int]:
    """Return where the directory begins and ends, and how many entries it has."""
    begin = max(0, size - _END.size - _LOCATOR.size - _END_64.size)
    tail = read(path, begin, size)
    if len(tail) < _END.size:
        raise FormatError("cut off", path, offset=size)
    mark, disk, first_disk, here, count, length, start, comment = _END.unpack(tail[-_END.size :])
    if mark != b"PK\x05\x06" or comment:
        raise FormatError("does not end with the directory of a zip archive", path, offset=size - _END.size)
    stop = size - _END.size
    said: tuple[int, ...] = (disk, first_disk, here, count, length, start)
    locator = tail[: -_END.size][-_LOCATOR.size :]
    if locator[:4] == b"PK\x06\x07" and len(tail) == _END.size + _LOCATOR.size + _END_64.size:
        stop = begin
        wide = _wide_directory(tail, locator, path, stop)
        limits = (_FULL_16,) * 4 + (_FULL_32,) * 2
        if any(short not in (full, long) for short, long, full in zip(said, wide, limits, strict=True)):
            raise FormatError("its two ends contradict each other", path, "directory", offset=stop)
        said = wide
    disk, first_disk, here, count, length, start = said
    if disk or first_disk or here != count or start + length != stop:
        raise FormatError("does not lie where it is said to lie", path, "directory", offset=stop)
    if not 0 < count <= MAX_ENTRIES or length > _MAX_DIRECTORY:
        raise FormatError(f"{count} entries, not the 1 to {MAX_ENTRIES} that are read", path, "directory")
    return start, stop, count


def _wide_directory(tail: bytes, locator: bytes, path: str, place: int) -> tuple[int, ...]:
    _, disk, offset, disks = _LOCATOR.unpack(locator)
    mark, length, _, _, own_disk, first_disk, here, count, size, start = _END_64.unpack(tail[: _END_64.size])
    if (mark, length, disk, disks, offset) != (b"PK\x06\x06", _END_64.size - 12, 0, 1, place):
        raise FormatError("its end for large archives is not where it is said to be", path, "directory", offset=place)
    return own_disk, first_disk, here, count, size, start


def _listed(data: bytes, path: str, start: int, count: int) -> Iterator[_Listed]:
    place = 0
    for _ in range(count):
        if place + _CENTRAL.size > len(data):
            raise FormatError("cut off", path, "directory", offset=start + place)
        fields = _CENTRAL.unpack_from(data, place)
        mark, _, _, flags, method, _, _, crc, packed, size, names, extras, comment, disk, _, _, head = fields
        begin = place + _CENTRAL.size
        place = begin + names + extras
        if mark != b"PK\x01\x02" or comment or place > len(data):
            raise FormatError("is no list of entries", path, "directory", offset=start + begin - _CENTRAL.size)
        raw = data[begin : begin + names]
        wide = _wide(data[begin + names : place], (size, packed, head, disk))
        if wide is None:
            raise FormatError("its extra fields do not add up", path, _shown(raw))
        size, packed, head, disk = wide
        if method or size != packed or flags & ~(_UTF8 | _SIZES_BEHIND) or disk:
            raise FormatError("is compressed, encrypted or split, and not simply stored", path, _shown(raw))
        yield _Listed(raw=raw, flags=flags, crc=crc, size=size, head=head)
    if place != len(data):
        raise FormatError("holds more entries than it counts", path, "directory", offset=start + place)


def _wide(extra: bytes, short: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """Return sizes, place and disk; those that did not fit stand in an extra field. ``None`` where it is malformed."""
    values = list(short)
    full = [value == (_FULL_16 if index == 3 else _FULL_32) for index, value in enumerate(short)]  # noqa: PLR2004 -- the disk
    fields = []
    while extra:
        kind, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        field, rest = extra[4 : 4 + length], extra[4 + length :]
        if len(extra) < 4 or len(field) != length:  # noqa: PLR2004 -- kind and length
            return None
        if kind == _ZIP64:
            fields.append(field)
        extra = rest
    if len(fields) > 1 or (any(full) and not fields):
        return None
    field = fields[0] if fields else b""
    for index in (index for index in range(4) if full[index]):
        width = 4 if index == 3 else 8  # noqa: PLR2004 -- the disk
        if len(field) < width:
            return None
        values[index], field = int.from_bytes(field[:width], "little"), field[width:]
    return (values[0], values[1], values[2], values[3])


def _entry(read: ReadRange, path: str, listed: _Listed, limit: int) -> Entry:
    """Read the head that stands before the bytes of an entry, and compare it with the directory."""
    stop = listed.head + _LOCAL.size + len(listed.raw)
    if stop > limit:
        raise FormatError("lies outside of the file", path, listed.shown)
    data = read(path, listed.head, stop)
    mark, _, flags, method, _, _, _, packed, size, names, extras = _LOCAL.unpack_from(data)
    if mark != b"PK\x03\x04" or names != len(listed.raw) or data[_LOCAL.size :] != listed.raw:
        raise FormatError("has another name where its bytes begin", path, listed.shown, offset=listed.head)
    allowed = {listed.size, _FULL_32} | ({0} if flags & _SIZES_BEHIND else set())
    if flags != listed.flags or method or not {packed, size} <= allowed:
        raise FormatError("has other properties where its bytes begin", path, listed.shown, offset=listed.head)
    begin = stop + extras
    if begin + listed.size > limit:
        raise FormatError("ends outside of the file", path, listed.shown, offset=begin)
    try:
        name = listed.raw.decode("utf-8")
    except UnicodeDecodeError:
        raise FormatError("has a name that is not UTF-8", path, listed.shown, offset=listed.head) from None
    return Entry(name=name, begin=begin, end=begin + listed.size, crc=listed.crc)

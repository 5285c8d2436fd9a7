"""``hfsemver surface``: describe a release, so that what comes after it can be judged without its weights."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError, RefError, SourceError, UsageError
from hfsemver.core.escape import printable
from hfsemver.core.surface import PATH, DescribedFile, DescribedTensor, Description, Surface, is_own
from hfsemver.diff.template.template import rendered
from hfsemver.diff.weights.reading import WeightSide
from hfsemver.publish.files import write_inside
from hfsemver.releases.described import known_sha256, stale_files
from hfsemver.releases.formats.surface import MAX_SIZE, write_surface
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import LocalRef, SurfaceRef, parse_ref
from hfsemver.releases.source import FileKind
from hfsemver.releases.surface import SurfaceSource
from hfsemver.tensors import folded, seed_of, sketch_all
from hfsemver.workflows.access import record_access

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.core.tensor import TensorInfo
    from hfsemver.releases.release import Release
    from hfsemver.tensors import Sketch

ROOM: Final = 1 << 20
"""Bytes that all sketches of a surface may take, as they are written."""

_MOST_SUMS, _FEWEST_SUMS = 1024, 16
_WRITTEN: Final = 16 / 3
"""Bytes that one sum takes in base64."""
TEXT: Final = 32 << 10
TEXTS: Final = 128 << 10
"""Bytes of the largest file that is kept itself, and of all of them as they are written."""
_SHOWN: Final = 3
_LEAST: Final = 2.0**-960
"""Smaller sums of squares have lost what they are made of."""


def describe(release: Release, seed: int | None = None) -> Surface:
    """Read a whole release and describe it, with sketches under a seed of 64 bits: by default the one of its files.

    Raises ``EvidenceMissing`` when the bytes of some weights are not here: nothing is described by hearsay.
    """
    files = {
        path: DescribedFile(size=info.size, sha256=release.source.sha256(path))
        for path, info in release.files.items()
        if not is_own(path) and info.kind in (FileKind.FILE, FileKind.POINTER)
    }
    for weight_set in release.weights.sets.values():
        for file in weight_set.pointers:
            raise EvidenceMissing(file, "its bytes are not here", hint="fetch them first: git lfs pull")
    seed = _seed_of(files) if seed is None else seed
    return Surface(
        seed=seed,
        files=MappingProxyType(files),
        tensors=_tensors(release, seed),
        config=_digest(release.config),
        tokenizer=_digest(release.json("tokenizer.json")),
        templates=MappingProxyType(
            {name: _digest([[one.kind, one.text] for one in outcomes]) for name, outcomes in rendered(release).items()}
        ),
        texts=MappingProxyType(dict(_texts(release, files))),
    )


def _texts(release: Release, files: Mapping[str, DescribedFile]) -> Iterator[tuple[str, str]]:
    """Yield small files that hold text, as many as there is room for: those at the root first, where the card and config lie."""
    room = TEXTS
    for path in sorted(files, key=lambda path: (path.count("/"), files[path].size, path)):
        if files[path].size > TEXT or release.files[path].kind is not FileKind.FILE:
            continue
        try:
            text = release.source.read(path).decode("utf-8")
        except UnicodeDecodeError:
            continue
        room -= len(json.dumps(text))
        if room < 0:
            return
        yield path, text


def _seed_of(files: Mapping[str, DescribedFile]) -> int:
    digests = "".join(f"{path}\0{one.sha256}\n" for path, one in sorted(files.items()))
    return int.from_bytes(hashlib.sha256(digests.encode("utf-8", "surrogatepass")).digest()[:8], "little")


def sums_for(tensors: int) -> int:
    """Return how many sums stand for each of so many tensors, so that all of them fit into ``ROOM``."""
    sums = _MOST_SUMS
    while sums > _FEWEST_SUMS and tensors * sums * _WRITTEN > ROOM:
        sums //= 2
    return sums


def _tensors(release: Release, seed: int) -> Mapping[str, Mapping[str, DescribedTensor]]:
    side = WeightSide(release)
    infos = [info for one in release.weights.sets.values() for info in one.tensors.values()]
    for info in infos:
        if side.described(info) is not None:
            raise EvidenceMissing(info.file, "its bytes are not here", hint="fetch them first: git lfs pull")
    sums = sums_for(len(infos))
    found: dict[str, dict[str, DescribedTensor]] = {}
    sketches = sketch_all((side.stored(info), seed_of(info.name, seed)) for info in infos)
    for info, sketch in zip(infos, sketches, strict=True):
        if isinstance(sketch, EvidenceMissing):
            raise sketch
        found.setdefault(info.file, {})[info.name] = _described(info, sketch, sums)
    return MappingProxyType({file: MappingProxyType(tensors) for file, tensors in found.items()})


def _described(info: TensorInfo, sketch: Sketch, most: int) -> DescribedTensor:
    # Fewer sums than elements: as many would say what the tensor holds, and not what is like it.
    sums = max(_FEWEST_SUMS, min(most, 1 << max(info.count // 2, 1).bit_length() - 1))
    squares = sketch.health.squares if _LEAST <= sketch.health.squares < math.inf or sketch.health.is_zero else None
    return DescribedTensor(
        info=info,
        fingerprint=sketch.fingerprint,
        squares=squares,
        nan=sketch.health.nan,
        infinite=sketch.health.infinite,
        constant=sketch.health.constant,
        sums=() if squares is None else folded(sketch.sums, sums),
    )


def _digest(value: object) -> str:
    """Return a digest of what a document means, whatever its spacing and the order of its keys; empty for nothing."""
    if value is None:
        return ""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def write_into(folder: str) -> Description:
    """Write the surface of a folder into it, whole or not at all; before it who may load the model, so that it describes that."""
    ref = parse_ref(folder)
    if not isinstance(ref, LocalRef):
        raise RefError(
            f"{folder} is no folder", hint="name the working tree of the release, by default the one we stand in"
        )
    told = record_access(Path(ref.path)) if Path(ref.path).is_dir() else ""
    release = open_release(ref)
    surface = describe(release)
    data = write_surface(surface)
    path = Path(ref.path, PATH)
    if len(data) > MAX_SIZE:
        raise SourceError(
            f"{path}: {len(data)} bytes for {len(surface.tensors)} weight files, more than the {MAX_SIZE} that are read",
            hint="compare with the old weights themselves, or put the tensors of all layers into fewer ones",
        )
    try:
        write_inside(Path(ref.path), PATH, data)
    except OSError as error:
        hint = "make room, make the folder writable, and remove what stands there instead of a folder or a file"
        raise SourceError(f"{path}: cannot be written: {error.strerror}", hint=hint) from error
    return Description(ref=str(path), size=len(data), surface=surface, access=told)


def look_at(name: str, *, verify: bool) -> Description:
    """Read the surface that a release carries, or one by its own path, and say where it does not hold.

    What is known without reading weights is always looked at; with ``verify`` everything is read and described again.
    """
    ref = parse_ref(name)
    if isinstance(ref, SurfaceRef) and f"/{ref.path}".endswith(f"/{PATH}") and Path(ref.path).is_file():
        ref = LocalRef(str(Path(ref.path).parent.parent))
    release = open_release(ref)
    surface = release.surface
    if surface is None:
        folder = name if isinstance(ref, LocalRef) else "DIR"
        raise RefError(f"{name} has no {PATH}", hint=f"write one into its folder: hfsemver surface write {folder}")
    seen = Description(ref=name, size=release.files[PATH].size, surface=surface)
    if isinstance(release.source, SurfaceSource):
        if verify:
            raise UsageError(
                f"{name} lies in no release", hint="name the release that carries the surface, with --verify"
            )
        return replace(seen, here=release.source.lent)
    stale = stale_files(surface, release.files)
    if not verify or stale:
        unread = sum(not is_own(path) and known_sha256(info) is None for path, info in release.files.items())
        return replace(seen, stale=stale, unread=unread)
    true = describe(release, surface.seed)
    others = tuple(path for path, file in true.files.items() if surface.files.get(path) != file)
    return replace(seen, stale=others, forged=tuple(_differences(surface, true, frozenset(others))))


def _differences(told: Surface, true: Surface, others: frozenset[str]) -> Iterator[str]:
    """Name what a surface says and what is not so, but for files that are ``others``; sums by what survives being written."""
    for file_name, tensors in true.tensors.items():
        if file_name in others:
            continue
        other = told.tensors.get(file_name, {})
        yield from (f"{file_name}: {name}" for name in tensors.keys() ^ other.keys())
        for name, tensor in tensors.items():
            if name in other and not _agree(other[name], tensor):
                yield f"{file_name}: {name}"
    yield from (f"{file}: no weights" for file in told.tensors.keys() - true.tensors.keys() - others)
    if told.seed != _seed_of(told.files):
        yield "seed"
    for what in ("config", "tokenizer", "templates", "texts"):
        if not others and getattr(told, what) != getattr(true, what):
            yield what


def _agree(told: DescribedTensor, true: DescribedTensor) -> bool:
    if replace(told, sums=()) != replace(true, sums=()) or len(told.sums) != len(true.sums):
        return False
    # As exact as single precision keeps them, in units of the norm.
    doubt = 1e-6 * math.sqrt(true.squares or 0.0)
    return all(math.isclose(a, b, rel_tol=1e-6, abs_tol=doubt) for a, b in zip(told.sums, true.sums, strict=True))


def stale_notes(*releases: Release | None) -> tuple[str, ...]:
    """Say which of two releases carries a surface that describes other files than its own."""
    notes = []
    for release in releases:
        if release is None or PATH not in release.files:
            continue
        try:
            surface = release.surface
        except (EvidenceMissing, FormatError) as error:
            notes.append(f"the surface of {release.ref} cannot be read, so it is evidence for nothing: {error}")
            continue
        stale = stale_files(surface, release.files) if surface is not None else ()
        if stale:
            more = f" and {len(stale) - _SHOWN} more" if len(stale) > _SHOWN else ""
            files = ", ".join(map(printable, stale[:_SHOWN]))
            notes.append(f"the surface of {release.ref} is stale ({files}{more}): hfsemver surface write")
    return tuple(notes)

"""A surface is written so that it can be read, and read so that nothing strange in it is believed."""

from __future__ import annotations

import hashlib
import json
import math
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.core.surface import DescribedFile, DescribedTensor, Surface
from hfsemver.core.tensor import TensorInfo
from hfsemver.releases.formats.surface import MAX_SIZE, read_surface, write_surface
from hfsemver.workflows.surface import TEXT, TEXTS, sums_for

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
SINGLES = st.floats(width=32, allow_nan=False, allow_infinity=False)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def tensors(draw: st.DrawFn, file: str, name: str) -> DescribedTensor:
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
    begin = draw(st.integers(0, 100))
    size = 4 * int(np.prod(shape, dtype=np.int64))
    squares = draw(st.one_of(st.none(), NUMBERS.map(abs)))
    # Sums are kept in single precision, in units of the norm.
    units = draw(st.sampled_from([0, 1, 4]).flatmap(lambda n: st.lists(SINGLES, min_size=n, max_size=n)))
    return DescribedTensor(
        info=TensorInfo(name=name, dtype="F32", shape=shape, file=file, data_offsets=(begin, begin + size)),
        fingerprint=draw(st.binary(min_size=16, max_size=16)),
        squares=squares,
        nan=draw(st.integers(0, 9)),
        infinite=draw(st.integers(0, 9)),
        constant=draw(st.one_of(st.none(), NUMBERS)),
        sums=() if squares is None else tuple(unit * (math.sqrt(squares) or 1.0) for unit in units),
    )


@st.composite
def surfaces(draw: st.DrawFn) -> Surface:
    paths = draw(st.lists(NAMES, max_size=3, unique=True))
    digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
    files = {path: DescribedFile(size=10_000, sha256=draw(digests)) for path in paths}
    texts = {path: draw(NAMES) for path in draw(st.lists(NAMES, max_size=2, unique=True)) if path not in files}
    files |= {path: described(text) for path, text in texts.items()}
    weights = {
        path: {name: draw(tensors(path, name)) for name in draw(st.lists(NAMES, max_size=3, unique=True))}
        for path in paths[:2]
    }
    return Surface(
        seed=draw(st.integers(0, 2**64 - 1)),
        files=files,
        tensors=weights,
        config=draw(st.one_of(st.just(""), digests)),
        tokenizer=draw(st.one_of(st.just(""), digests)),
        templates=draw(st.dictionaries(NAMES, digests, max_size=2)),
        texts=texts,
    )


def described(text: str) -> DescribedFile:
    return DescribedFile(size=len(text.encode()), sha256=hashlib.sha256(text.encode()).hexdigest())


@given(surfaces())
@settings(deadline=None)
def test_what_is_written_is_read_again(surface: Surface) -> None:
    """Every bit of it, whatever the names; the same surface always gives the same bytes."""
    data = write_surface(surface)

    assert read_surface(data, "surface.json") == surface
    assert write_surface(read_surface(data, "surface.json")) == data


def sound() -> dict[str, Any]:
    """Return the JSON of a small surface."""
    tensor = {"dtype": "F32", "shape": [2], "offset": 8, "hash": "0" * 32, "squares": 1.0, "sketch": "AACAPw=="}
    return {
        "schema": "hfsemver/surface/1",
        "seed": 1,
        "config": "a" * 64,
        "tokenizer": "",
        "templates": {},
        "files": {
            "m.safetensors": {"size": 16, "sha256": "b" * 64},
            "config.json": {"size": 2, "sha256": hashlib.sha256(b"{}").hexdigest()},
        },
        "texts": {"config.json": "{}"},
        "weights": {"m.safetensors": {"w": tensor}},
    }


def test_the_sound_one_is_read() -> None:
    """What the faults below are made of."""
    assert read_surface(json.dumps(sound()).encode(), "s").tensors["m.safetensors"]["w"].sums == (1.0,)


FAULTS = [
    (("schema",), "hfsemver/surface/2", "schema"),
    (("seed",), -1, "seed"),
    (("seed",), True, "seed"),
    (("config",), "abc", "config"),
    (("templates",), {"a": "x"}, "templates"),
    (("files",), [], "files"),
    (("files", "m.safetensors", "size"), -1, "size"),
    (("files", "m.safetensors", "sha256"), "B" * 64, "sha256"),
    (("files", "m.safetensors", "more"), 1, "more"),
    (("texts",), [], "texts"),
    (("texts", "config.json"), "{ }", "texts"),
    (("texts", "config.json"), "[]", "texts"),
    (("texts", "config.json"), 1, "texts"),
    (("texts", "config.json"), "\ud800", "surrogate"),
    (("texts", "m.safetensors"), "b", "texts"),
    (("texts", "other"), "", "texts"),
    (("weights", "other"), {}, "other"),
    (("weights", "m.safetensors", "w", "dtype"), "F33", "dtype"),
    (("weights", "m.safetensors", "w", "shape"), [2, -1], "shape"),
    (("weights", "m.safetensors", "w", "shape"), [2**62, 2**62], "offset"),
    (("weights", "m.safetensors", "w", "shape"), [2**63] * 64, "offset"),
    (("weights", "m.safetensors", "w", "shape"), [2**63] * 300, "shape"),
    (("weights", "m.safetensors", "w", "squares"), 10**400, "squares"),
    (("weights", "m.safetensors", "w", "offset"), 9, "offset"),
    (("weights", "m.safetensors", "w", "hash"), "0" * 31, "hash"),
    (("weights", "m.safetensors", "w", "squares"), -1.0, "squares"),
    (("weights", "m.safetensors", "w", "squares"), "1", "squares"),
    (("weights", "m.safetensors", "w", "nan"), 1.5, "nan"),
    (("weights", "m.safetensors", "w", "constant"), [], "constant"),
    (("weights", "m.safetensors", "w", "sketch"), "!", "sketch"),
    (("weights", "m.safetensors", "w", "sketch"), "AACAfw==", "sketch"),
    (("weights", "m.safetensors", "w", "sketch"), "AAAAAAAAAAAAAAAA", "sketch"),
]


@pytest.mark.parametrize(("place", "value", "named"), FAULTS)
def test_a_fault_is_told_with_its_place(place: tuple[str, ...], value: object, named: str) -> None:
    """And with what to type next."""
    content = sound()
    node = content
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    with pytest.raises(FormatError, match=named) as caught:
        read_surface(json.dumps(content).encode(), "surface.json")

    assert "hfsemver surface write" in caught.value.hint


@pytest.mark.parametrize("name", sorted(sound()))
def test_a_missing_part_is_told(name: str) -> None:
    """Nothing is assumed in its place."""
    content = sound()
    del content[name]
    with pytest.raises(FormatError, match=name):
        read_surface(json.dumps(content).encode(), "surface.json")


@given(st.binary(max_size=200), st.integers(0, 500))
@settings(deadline=None)
def test_damaged_bytes_end_in_a_named_error(noise: bytes, place: int) -> None:
    """Whatever stands in the file, it is a surface or a fault of one."""
    data = json.dumps(sound()).encode()
    try:
        read_surface(data[:place] + noise + data[place + len(noise) :], "surface.json")
    except FormatError:
        return


def test_the_surface_of_a_very_large_model_is_small() -> None:
    """The layout of 405 billion parameters, 1,138 tensors with long names in 191 files: below 2 MB."""
    names = [f"model.layers.{number}.post_attention_layernorm.weight" for number in range(1_138)]
    files = {f"model-{n:05}-of-00191.safetensors": DescribedFile(size=2**40, sha256="f" * 64) for n in range(1, 192)}
    weights: dict[str, dict[str, DescribedTensor]] = {path: {} for path in files}
    random = np.random.default_rng(0)
    for name, path in zip(names, [*files] * 6, strict=False):
        info = TensorInfo(
            name=name,
            dtype="BF16",
            shape=(16384, 53248),
            file=path,
            data_offsets=(10**12 - 2 * 16384 * 53248, 10**12),
        )
        weights[path][name] = DescribedTensor(
            info=info,
            fingerprint=random.bytes(16),
            squares=float(random.standard_normal()) ** 2 * 1e5,
            sums=tuple(float(np.float32(value)) for value in random.standard_normal(sums_for(len(names)))),
        )
    texts = {f"text-{number}": "t" * (TEXT - 20) for number in range(TEXTS // TEXT)}
    surface = Surface(
        seed=2**63,
        files=files | {path: described(text) for path, text in texts.items()},
        tensors=weights,
        config="0" * 64,
        tokenizer="0" * 64,
        templates=MappingProxyType({}),
        texts=texts,
    )
    data = write_surface(surface)

    assert sums_for(len(names)) == 128
    assert len(data) < 2_000_000 < MAX_SIZE
    assert len(read_surface(data, "s").tensors) == 191

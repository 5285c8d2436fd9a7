"""Shard indexes: tensors lead to files beside the index, and nowhere else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats.index import read_weight_map
from hfsemver.releases.source import FileInfo, FileKind
from tests.hostile.near_files import read_index

SHARD = "model-00001-of-00002.safetensors"


def index(weight_map: object, **metadata: object) -> bytes:
    """Write an index."""
    return json.dumps({"metadata": metadata, "weight_map": weight_map}).encode()


def refusal(data: bytes, kind: FileKind = FileKind.FILE) -> FormatError:
    """Return the error that an index is refused with, in a release that holds one shard."""
    with pytest.raises(FormatError) as caught:
        read_weight_map(data, "unet/m.index.json", {f"unet/{SHARD}": FileInfo(path=f"unet/{SHARD}", size=1, kind=kind)})
    return caught.value


def test_shards_are_named_by_their_path_in_the_release() -> None:
    """A shard lies in the folder of its index; tensors come sorted."""
    data = index({"b": SHARD, "a": "model-00002-of-00002.safetensors"}, total_size=8)
    assert list(read_weight_map(data, "model.safetensors.index.json", {}).items()) == [
        ("a", "model-00002-of-00002.safetensors"), ("b", SHARD),
    ]  # fmt: skip
    assert read_weight_map(data, "a/b/m.index.json", {})["b"] == f"a/b/{SHARD}"


def test_the_map_is_read_only() -> None:
    """Two rules that look at it see the same."""
    weight_map = read_weight_map(index({"a": SHARD}), "m.index.json", {})
    with pytest.raises(TypeError):
        weight_map["a"] = "b"  # type: ignore[index]  # the assertion is that this fails


@pytest.mark.parametrize("kind", [FileKind.FILE, FileKind.POINTER])
def test_a_listed_shard_is_a_file_or_a_pointer(kind: FileKind) -> None:
    """Where only the pointer is here, the shard is known none the less."""
    files = {SHARD: FileInfo(path=SHARD, size=1, kind=kind)}
    assert read_weight_map(index({"a": SHARD}), "m.index.json", files) == {"a": SHARD}


@pytest.mark.parametrize("kind", [FileKind.SYMLINK, FileKind.SUBMODULE])
def test_a_shard_that_would_have_to_be_followed_is_refused(kind: FileKind) -> None:
    """A link may lead out of the release."""
    error = refusal(index({"lm_head": SHARD}), kind)
    assert error.where == ("unet/m.index.json", "weight_map", '"lm_head"')
    assert f"is a {kind}, which is never followed" in error.fault


def test_a_shard_that_is_not_listed_is_named_none_the_less() -> None:
    """That it is missing is a finding, for a rule to make."""
    assert read_weight_map(index({"a": "gone.safetensors"}), "m.index.json", {}) == {"a": "gone.safetensors"}


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../model.safetensors",
        "/etc/passwd",
        "a/b.safetensors",
        "a\\b",
        "..\\x",
        "C:\\x",
        "C:x",
        "x:stream",
        "a\0b",
        "a\nb",
        "\x7f",
        "//host/share",
        "./x",
        "sub/../x",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    """A shard is a file beside the index on every system."""
    error = refusal(index({"lm_head": name}))
    assert error.where == ("unet/m.index.json", "weight_map", '"lm_head"')
    assert "is not the name of a file beside the index" in str(error)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = (
    st.sampled_from(
        ["x", "y", "pointer", SHARD, "link", "module", "", ".", "..", "../x", "/x", "a/b", "a\\b", "C:x", "\0"]
    )
    | TEXTS
)
JUNK: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
FITTING = st.dictionaries(TEXTS, st.sampled_from(["x", "y", SHARD]), max_size=4)
MAPS = FITTING | st.dictionaries(TEXTS, NAMES | JUNK, max_size=4) | JUNK
METADATA = st.fixed_dictionaries({}, optional={"total_size": st.integers() | st.floats() | JUNK, "x": JUNK}) | JUNK
INDEXES = (
    st.fixed_dictionaries({"weight_map": FITTING | st.dictionaries(TEXTS, NAMES, max_size=2)}, optional={"x": JUNK})
    | st.fixed_dictionaries({}, optional={"weight_map": MAPS, "metadata": METADATA, "x": JUNK})
    | JUNK
)


def test_an_index_leads_to_files_beside_it_or_ends_in_a_format_error() -> None:
    """Whatever is in it; what is accepted maps each tensor as Python's own reader says, to no link and no folder."""
    accepted = set()

    @settings(max_examples=250)
    @given(INDEXES, st.none() | st.just(1), st.booleans(), st.sampled_from([b"", b"", b" \n", b"\0", b"{}"]))
    def law(value: object, indent: int | None, escaped: bool, behind: bytes) -> None:  # noqa: FBT001 -- by hypothesis
        data = json.dumps(value, indent=indent, ensure_ascii=escaped).encode() + behind
        if read_index(data):
            accepted.add(data)

    law()
    # Otherwise all of them are broken and the law says nothing.
    assert len(accepted) > 10


@given(NAMES)
def test_a_shard_never_leaves_the_folder_of_its_index(name: str) -> None:
    """Whatever name is accepted, its path has exactly one part more than the folder."""
    read_index(index({"a": name}))


@pytest.mark.parametrize(
    ("data", "where", "fault"),
    [
        (b"[]", (), "the top level is an array"),
        (b"{", (), "not JSON"),
        (b"{}", ("weight_map",), "is missing"),
        (b'{"weight_map": null}', ("weight_map",), "is null, not an object"),
        (index([SHARD]), ("weight_map",), "is an array, not an object"),
        (index({"a": 1}), ("weight_map", '"a"'), "the shard is a number, not a string"),
        (index({"a": [SHARD]}), ("weight_map", '"a"'), "the shard is an array, not a string"),
        (b'{"weight_map": {"a": "x", "a": "y"}}', (), 'the key "a" is there twice'),
        (b'{"metadata": 1, "weight_map": {}}', ("metadata",), "is a number, not an object"),
        (index({}, total_size="8"), ("metadata", "total_size"), "is a string, not a number"),
        (index({}, total_size=True), ("metadata", "total_size"), "is a boolean, not a number"),
    ],
)
def test_a_fault_is_named_with_its_path(data: bytes, where: tuple[str, ...], fault: str) -> None:
    """The message leads from the file to the key."""
    error = refusal(data)
    assert error.where == ("unet/m.index.json", *where)
    assert fault in error.fault


def test_indexes_of_every_age_are_read() -> None:
    """Sizes were once written as floats; some writers leave the metadata out."""
    for text in (
        b'{"weight_map": {}}',
        b'{"weight_map": {}, "metadata": null}',
        index({}, total_size=1.5),
        index({}, x="y"),
    ):
        assert read_weight_map(text, "m.index.json", {}) == {}

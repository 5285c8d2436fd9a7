"""References: every text means one thing, and every value can be written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import RefError
from hfsemver.releases.ref import GitRef, HubRef, LocalRef, ReleaseRef, SurfaceRef, parse_ref

# Letters of the grammar are frequent, so that every branch of it is reached by chance.
PIECES = st.sampled_from([
    "@", "@{", "}", "/", ".", "..", "./", "hf://", "org", "name", "v1.2.0", "surface.json", "HEAD~1", "main", "u",
    "-", ":", " ", "\u00e9", "\n", "~",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=7).map("".join) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("./checkpoint", LocalRef("./checkpoint")),
        ("org/name", LocalRef("org/name")),
        ("run@2/", GitRef("run", "2/")),
        ("run@2@", LocalRef("run@2")),
        ("@foo@", LocalRef("@foo")),
        ("dir/surface.json", SurfaceRef("dir/surface.json")),
        ("me@work/surface.json", SurfaceRef("me@work/surface.json")),
        ("dir/surface.json@", LocalRef("dir/surface.json")),
        ("@v1.2.0", GitRef(".", "v1.2.0")),
        (".@HEAD~1", GitRef(".", "HEAD~1")),
        ("sub/dir/@origin/main", GitRef("sub/dir/", "origin/main")),
        ("./org/name@v1", GitRef("./org/name", "v1")),
        ("@HEAD@{1}", GitRef(".", "HEAD@{1}")),
        ("dir@main@{yesterday}", GitRef("dir", "main@{yesterday}")),
        ("dir@@{upstream}", GitRef("dir", "@{upstream}")),
        ("dir@{upstream}", GitRef("dir", "@{upstream}")),
        ("@{upstream}", GitRef(".", "@{upstream}")),
        ("@pkg@1.0.0", GitRef(".", "pkg@1.0.0")),
        ("a@b/c@v1", GitRef("a@b/c", "v1")),
        ("org/name@v1.2.0", HubRef("org/name", "v1.2.0")),
        ("hf://org/name", HubRef("org/name", "main")),
        ("hf://org/name@refs/pr/1", HubRef("org/name", "refs/pr/1")),
        ("hf://org/name/sub/adapter@v1.2.0", HubRef("org/name", "v1.2.0", "sub/adapter")),
        ("hf://org/name/adapter", HubRef("org/name", "main", "adapter")),
    ],
)
def test_each_form_of_a_reference_is_read_as_documented(text: str, ref: ReleaseRef) -> None:
    """The grammar of the command line, form by form, with the @ that belongs to paths and revisions."""
    assert parse_ref(text) == ref
    assert parse_ref(str(ref)) == ref


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "a\0b",
        "hf://",
        "hf://org",
        "hf://org/name@",
        "hf://../name",
        "hf://-o/n",
        "hf://org/name/",
        "hf://org/name/../x",
        "hf://org/name//x",
        "hf://datasets/org/name",
    ],
)
def test_a_text_that_names_nothing_is_refused_with_a_hint(text: str) -> None:
    """No text is silently read as something else."""
    with pytest.raises(RefError) as caught:
        parse_ref(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (LocalRef, ("",)),
        (LocalRef, ("hf://org/name",)),
        (GitRef, ("dir", "")),
        (GitRef, ("dir", "v1@")),
        (GitRef, ("dir", "a@b")),
        (GitRef, (".", "{u}")),
        (HubRef, ("name", "main")),
        (HubRef, ("org/name", "")),
        (SurfaceRef, ("dir/surface.yaml",)),
    ],
)
def test_a_reference_that_no_text_names_cannot_be_made(kind: type[ReleaseRef], fields: tuple[str, ...]) -> None:
    """Values that would not survive being written and read again do not exist."""
    with pytest.raises(RefError):
        kind(*fields)


def test_a_folder_that_reads_like_the_hub_is_told_apart_by_a_leading_dot() -> None:
    """Code that joins a folder and a revision need not know the grammar."""
    assert str(GitRef("org/name", "v1")) == "./org/name@v1"
    assert GitRef("org/name", "v1") == parse_ref("./org/name@v1")
    assert GitRef("@dir", "v1") == parse_ref("./@dir@v1")


@given(TEXTS)
def test_what_is_parsed_is_written_in_a_way_that_is_parsed_alike(text: str) -> None:
    """Law 3: ``parse_ref(str(x)) == x`` for every reference that a text can give."""
    try:
        ref = parse_ref(text)
    except RefError:
        return
    assert parse_ref(str(ref)) == ref


@given(st.sampled_from([LocalRef, GitRef, HubRef, SurfaceRef]), TEXTS, TEXTS, TEXTS)
def test_what_can_be_made_is_written_in_a_way_that_is_parsed_alike(
    kind: type[ReleaseRef], first: str, second: str, third: str
) -> None:
    """Law 3 again, for values that code makes from parts."""
    fields = (first, second, third)[: {GitRef: 2, HubRef: 3}.get(kind, 1)]
    try:
        ref = kind(*fields)
    except RefError:
        return
    assert parse_ref(str(ref)) == ref

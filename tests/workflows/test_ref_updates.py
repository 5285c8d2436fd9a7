"""The lines that git writes to a pre-push hook."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.workflows.push.ref_updates import RefUpdate, parse_updates, updates_of_pre_commit

OIDS = st.sampled_from([40, 64]).flatmap(lambda n: st.text("0123456789abcdef", min_size=n, max_size=n))
NAMES = st.text(string.ascii_letters + "/-+@{} ü\u2028", min_size=1, max_size=20).map(str.strip).filter(bool)
REFS = st.text(string.ascii_letters + "/-+@ü\u2028\x85", min_size=1, max_size=20)
UPDATES = st.builds(
    RefUpdate, local_ref=NAMES, local=OIDS, remote_ref=REFS.map(lambda name: f"refs/{name}"), remote=OIDS
)
ZERO, OLD = "0" * 40, "1" * 40


def update(remote_ref: str, local_ref: str = "HEAD") -> RefUpdate:
    """Make an update of one ref."""
    return RefUpdate(local_ref=local_ref, local=OLD, remote_ref=remote_ref, remote=ZERO)


@given(st.lists(UPDATES, max_size=4))
def test_what_git_writes_is_read_back(updates: list[RefUpdate]) -> None:
    """Line by line and in order; blanks belong to the local side, and only a line feed ends a line."""
    text = "".join(f"{u.local_ref} {u.local} {u.remote_ref} {u.remote}\n" for u in updates)

    assert parse_updates(text.encode()) == tuple(updates)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_a_named_error(data: bytes) -> None:
    """Whatever arrives, it is understood or refused with the number of its line."""
    try:
        understood = parse_updates(data)
    except FormatError as error:
        told = str(error)
    else:
        told = "standard input: line " if len(understood) <= data.count(b"\n") + 1 else ""

    assert "standard input: line " in told


@pytest.mark.parametrize(
    ("ref", "name", "tag"),
    [
        ("refs/tags/v1.2.3", "v1.2.3", "v1.2.3"),
        ("refs/tags/1.2.3-rc.1", "1.2.3-rc.1", "1.2.3-rc.1"),
        ("refs/tags/v1.2", "v1.2", None),
        ("refs/tags/models/v1.2.3", "models/v1.2.3", None),
        ("refs/heads/v1.2.3", "v1.2.3", None),
        ("refs/pr/1", "refs/pr/1", None),
    ],
)
def test_only_tags_that_are_versions_release_one(ref: str, name: str, tag: str | None) -> None:
    """A branch of such a name releases nothing."""
    one = update(ref)

    assert (one.name, None if one.tag is None else str(one.tag)) == (name, tag)


@pytest.mark.parametrize(
    ("local", "remote", "refspec"),
    [
        ("refs/heads/main", "refs/heads/main", "main"),
        ("refs/tags/v1.0.0", "refs/tags/v1.0.0", "v1.0.0"),
        ("refs/heads/work", "refs/heads/main", "work:refs/heads/main"),
        ("HEAD", "refs/heads/main", "HEAD:refs/heads/main"),
        (OLD, "refs/heads/main", f"{OLD}:refs/heads/main"),
        ("HEAD~1", "refs/heads/main", f"{OLD}:refs/heads/main"),
    ],
)
def test_the_refspec_names_what_was_pushed(local: str, remote: str, refspec: str) -> None:
    """Typed once more it pushes the same commit, and never what happens to be checked out."""
    assert update(remote, local).refspec == refspec


def test_a_name_that_is_shown_is_harmless() -> None:
    """Git forbids control characters in refs; a remote that is no git might not."""
    assert update("refs/heads/a\x1b[2J").name == "a\\x1b[2J"


def test_without_its_variables_pre_commit_tells_nothing() -> None:
    """An empty push stays empty."""
    assert updates_of_pre_commit({}) == ()
    assert updates_of_pre_commit({"PRE_OLD_REMOTE_BRANCH": "main"}) == ()

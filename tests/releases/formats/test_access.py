"""The record of access: what is written is read, and nothing else is."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.access import NAME, Access, Gate
from hfsemver.core.errors import FormatError
from hfsemver.releases.formats.access import read_access, write_access

HUBS = st.from_regex(r"https?://[!-~]{1,200}", fullmatch=True)
REPOS = st.from_regex(NAME, fullmatch=True)
GOOD: dict[str, Any] = {
    "schema": "hfsemver/access/1",
    "hub": "https://hub.example",
    "repo": "a/b",
    "gate": "auto",
    "private": False,
}


@given(hub=HUBS, repo=REPOS, gate=st.sampled_from(Gate), private=st.booleans())
def test_what_is_written_is_read(hub: str, repo: str, gate: Gate, private: bool) -> None:  # noqa: FBT001 -- drawn
    """Every access there is, and always in the same bytes."""
    access = Access(hub=hub, repo=repo, gate=gate, private=private)
    data = write_access(access)

    assert read_access(data, "x") == access
    assert write_access(read_access(data, "x")) == data


@pytest.mark.parametrize(
    ("key", "value"),
    [("schema", "hfsemver/access/2"), ("schema", None), ("hub", ""), ("hub", 1), ("hub", "hub.example"), ("hub", "https://a b"), ("repo", "../a"), ("repo", "a/b/c"), ("repo", "a\n"), ("repo", None), ("repo", ["a/b"]),
     ("gate", "closed"), ("gate", 1), ("gate", "AUTO"), ("private", "false"), ("private", 0), ("private", None)],
)  # fmt: skip
def test_a_record_that_is_none_says_where(key: str, value: object) -> None:
    """A key that is missing, of another type, or of another value."""
    record = {**GOOD, key: value} if value is not None else {k: v for k, v in GOOD.items() if k != key}
    with pytest.raises(FormatError, match=f"x: {key}: ") as caught:
        read_access(json.dumps(record).encode(), "x")
    assert "hfsemver surface write" in caught.value.hint


@given(st.binary(max_size=200))
def test_any_bytes_are_a_record_or_a_format_error(data: bytes) -> None:
    """Nothing else comes out."""
    with suppress(FormatError):
        assert write_access(read_access(data, "x"))

"""Versions and tags: the grammar and the order of SemVer 2.0.0, and the steps between two versions."""

from __future__ import annotations

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.bump import Bump
from hfsemver.core.version import Tag, Version

NUMBERS = st.integers(min_value=0, max_value=10**9)
WORDS = st.from_regex(r"\A(0|[1-9][0-9]{0,5}|[0-9]{0,3}[a-zA-Z-][0-9a-zA-Z-]{0,5})\Z")
VERSIONS = st.builds(
    Version,
    major=NUMBERS,
    minor=NUMBERS,
    patch=NUMBERS,
    pre=st.lists(WORDS, max_size=3).map(tuple),
    build=st.lists(st.from_regex(r"\A[0-9a-zA-Z-]{1,5}\Z"), max_size=2).map(tuple),
)
STABLE = st.builds(Version, major=NUMBERS, minor=NUMBERS, patch=NUMBERS)


@given(VERSIONS)
def test_parsing_what_was_written_gives_the_version_back(version: Version) -> None:
    """Law 3 for versions."""
    assert version == Version.parse(str(version))


@given(VERSIONS, st.sampled_from(["", "v"]))
def test_parsing_a_tag_gives_the_tag_back(version: Version, prefix: str) -> None:
    """Law 3 for tags."""
    tag = Tag(version=version, prefix=prefix)

    assert tag == Tag.parse(str(tag))


@given(VERSIONS, VERSIONS)
def test_order_is_that_of_the_reference_library(left: Version, right: Version) -> None:
    """Precedence agrees with an independent implementation of clause 11."""
    expected = semver.Version.parse(str(left)).compare(str(right))

    assert expected == (left.precedence > right.precedence) - (left.precedence < right.precedence)


@given(st.text(max_size=40) | st.from_regex(r"\A[0-9.+a-z-]{1,12}\Z"))
def test_exactly_the_texts_of_the_reference_library_are_versions(text: str) -> None:
    """What one parser refuses, the other refuses too."""
    try:
        Version.parse(text)
    except ValueError:
        assert not semver.Version.is_valid(text)
    else:
        assert semver.Version.is_valid(text)


def test_an_endless_text_is_refused_at_once() -> None:
    """Length is bounded before the grammar is tried."""
    with pytest.raises(ValueError, match="not a semantic version"):
        Version.parse("1." * 100_000 + "0")


@given(STABLE, st.sampled_from(Bump))
def test_a_bumped_version_declares_at_least_that_bump(version: Version, bump: Bump) -> None:
    """What the verdict names as the next version passes the check it was named by."""
    assert version.bumped(bump).step_from(version) >= bump
    assert version.bumped(bump) >= version


@given(STABLE, STABLE, STABLE)
def test_a_larger_version_never_declares_a_smaller_step(base: Version, left: Version, right: Version) -> None:
    """Going further from the same baseline cannot make a release too small."""
    low, high = sorted((left, right))
    if low > base:
        assert high.step_from(base) >= low.step_from(base)


@pytest.mark.parametrize(
    ("baseline", "declared", "step"),
    [
        ("1.2.3", "2.0.0", Bump.MAJOR),
        ("1.2.3", "1.3.0", Bump.MINOR),
        ("1.2.3", "1.2.4", Bump.PATCH),
        ("1.2.3", "1.2.3", Bump.NONE),
        ("1.2.3", "1.2.2", Bump.NONE),
        ("0.2.3", "0.3.0", Bump.MAJOR),
        ("0.2.3", "0.2.4", Bump.MINOR),
        ("0.2.3", "1.0.0", Bump.MAJOR),
        ("1.2.3", "2.0.0-rc.1", Bump.MAJOR),
        ("1.2.3", "1.3.0-rc.1", Bump.MINOR),
        ("2.0.0-rc.1", "2.0.0", Bump.MAJOR),
        ("1.3.0-rc.1", "1.3.0", Bump.MINOR),
    ],
)
def test_steps(baseline: str, declared: str, step: Bump) -> None:
    """Minor plays major and patch plays minor below 1.0.0; a candidate declares what its release will."""
    assert step is Version.parse(declared).step_from(Version.parse(baseline))


@pytest.mark.parametrize(
    ("baseline", "bump", "following"),
    [
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("1.2.3", Bump.NONE, "1.2.3"),
        ("0.2.3", Bump.MAJOR, "0.3.0"),
        ("0.2.3", Bump.MINOR, "0.2.4"),
        ("0.2.3", Bump.PATCH, "0.2.4"),
        ("2.0.0-rc.1", Bump.MAJOR, "2.0.0"),
        ("1.3.0-rc.1", Bump.MAJOR, "2.0.0"),
    ],
)
def test_the_next_version(baseline: str, bump: Bump, following: str) -> None:
    """The smallest release that satisfies the bump."""
    assert following == str(Version.parse(baseline).bumped(bump))

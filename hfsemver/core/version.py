"""Version numbers by Semantic Versioning 2.0.0, and the git tags that carry them.

https://semver.org/spec/v2.0.0.html; numbers in brackets below are its clauses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import total_ordering

from hfsemver.core.bump import Bump

MAX_LENGTH = 256

# The grammar of the specification's own regular expression; linear in the length of the text.
_NUMBER = r"0|[1-9][0-9]*"
_PRE = rf"(?:{_NUMBER}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_SEMVER = re.compile(
    rf"(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})\.(?P<patch>{_NUMBER})"
    rf"(?:-(?P<pre>{_PRE}(?:\.{_PRE})*))?(?:\+(?P<build>[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?",
    re.ASCII,
)


@total_ordering
@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A semantic version; ``Version.parse(str(version)) == version``.

    Order is precedence [11]. Build metadata takes no part in it [10], so two versions may be equal in
    precedence and yet differ: ``==`` compares all fields, ``<`` only the precedence.
    """

    major: int
    minor: int
    patch: int
    pre: tuple[str, ...] = ()
    build: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str | None) -> Version | None:
        """Return what a text declares; ``None`` where there is none or it is no version.

        >>> str(Version.of("1.2.3")), Version.of("latest")
        ('1.2.3', None)
        """
        try:
            return None if text is None else cls.parse(text)
        except ValueError:
            return None

    @classmethod
    def parse(cls, text: str) -> Version:
        """Parse ``X.Y.Z[-pre][+build]``; ``ValueError`` says what is wrong with the text."""
        match = _SEMVER.fullmatch(text) if len(text) <= MAX_LENGTH else None
        if match is None:
            message = f"{text[:MAX_LENGTH]!r} is not a semantic version like 1.2.3 or 2.0.0-rc.1"
            raise ValueError(message)
        return cls(
            major=int(match["major"]),
            minor=int(match["minor"]),
            patch=int(match["patch"]),
            pre=tuple(match["pre"].split(".")) if match["pre"] else (),
            build=tuple(match["build"].split(".")) if match["build"] else (),
        )

    def __str__(self) -> str:
        core = f"{self.major}.{self.minor}.{self.patch}"
        pre = f"-{'.'.join(self.pre)}" if self.pre else ""
        return core + pre + (f"+{'.'.join(self.build)}" if self.build else "")

    @property
    def precedence(self) -> tuple[object, ...]:
        """The sort key of clause 11: numbers before words, a pre-release before its release."""
        words = tuple((0, int(word), "") if word.isdigit() else (1, 0, word) for word in self.pre)
        return (self.major, self.minor, self.patch, not self.pre, words)

    def __lt__(self, other: Version) -> bool:
        return self.precedence < other.precedence

    @property
    def is_stable(self) -> bool:
        """Whether this is no pre-release; 0.y.z counts as stable here, its promises are smaller."""
        return not self.pre

    @property
    def release(self) -> Version:
        """The version without pre-release and build: what a release candidate is a candidate for."""
        return replace(self, pre=(), build=())

    def bumped(self, bump: Bump) -> Version:
        """Return the smallest release that is ``bump`` above this one.

        In 0.y.z the minor number plays major and the patch number plays minor, as in Cargo.
        """
        base = self.release
        if bump is Bump.NONE or (self.pre and base.step_from_zero >= bump):
            return self if bump is Bump.NONE else base
        if bump is Bump.MAJOR and base.major:
            return Version(major=base.major + 1, minor=0, patch=0)
        if bump is Bump.MAJOR or (bump is Bump.MINOR and base.major):
            return Version(major=base.major, minor=base.minor + 1, patch=0)
        return replace(base, patch=base.patch + 1)

    @property
    def step_from_zero(self) -> Bump:
        """How large a step the shape of this number can be: X.0.0 major, X.Y.0 minor, else patch."""
        if self.patch:
            return Bump.PATCH if self.major else Bump.MINOR
        return Bump.MINOR if self.minor and self.major else Bump.MAJOR

    def step_from(self, baseline: Version) -> Bump:
        """Return the step that going from ``baseline`` to this version declares; NONE when it goes back."""
        if self.precedence <= baseline.precedence:
            return Bump.NONE
        if self.major != baseline.major:
            return Bump.MAJOR
        if self.minor != baseline.minor:
            return Bump.MINOR if self.major else Bump.MAJOR
        if self.patch != baseline.patch:
            return Bump.PATCH if self.major else Bump.MINOR
        # Only the pre-release differs: the step is the one that the candidate already stood for.
        return self.step_from_zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A git tag that names a release, ``vX.Y.Z`` or ``X.Y.Z``; ``Tag.parse(str(tag)) == tag``."""

    version: Version
    prefix: str = "v"

    @classmethod
    def parse(cls, name: str) -> Tag:
        """Parse a tag name without ``refs/tags/``; ``ValueError`` when it names no version."""
        prefix = "v" if name.startswith("v") else ""
        return cls(version=Version.parse(name.removeprefix("v")), prefix=prefix)

    def __str__(self) -> str:
        return f"{self.prefix}{self.version}"

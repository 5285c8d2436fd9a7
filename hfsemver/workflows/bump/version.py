"""Which version comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.bump import Bump
from hfsemver.core.errors import UsageError
from hfsemver.core.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST: Final = Version(major=1, minor=0, patch=0)
"""What a model is called whose card and publisher say nothing else."""


def next_version(last: Version | None, step: Bump, declared: Version | None, asked: Version | None) -> Version:
    """Return the version of the next release.

    ``asked`` is what somebody typed, and it may only be higher than ``last``. ``declared`` is what the card says, which counts
    where it is newer than the last release and large enough. Otherwise it is the smallest version that is a ``step`` above
    ``last``, and a patch for changes that require nothing. Raises ``UsageError``.
    """
    if asked is not None:
        if last is not None and asked <= last:
            fault = f"{asked} is not above {last}, which is released"
            raise UsageError(
                fault, hint=f"a version only goes up: --release-as {last.bumped(step or Bump.PATCH)} or higher"
            )
        return asked
    if last is None:
        return declared or FIRST
    smallest = last.bumped(max(step, Bump.PATCH))
    return declared if declared is not None and declared > last and declared >= smallest else smallest


def candidate(version: Version, word: str, taken: Iterable[Version]) -> Version:
    """Return the next pre-release of a version: ``1.3.0`` and ``rc`` give ``1.3.0-rc.1``, then ``1.3.0-rc.2``.

    Raises ``UsageError`` for a word that no version holds.
    """
    try:
        wanted = Version.parse(f"{version.release}-{word}.1")
    except ValueError as error:
        raise UsageError(f"--pre {word!r} cannot stand in a version", hint="write one word, as in --pre rc") from error
    numbers = [
        int(one.pre[-1])
        for one in taken
        if one.release == wanted.release and one.pre[:-1] == wanted.pre[:-1] and one.pre[-1].isdigit()
    ]
    return Version.parse(f"{version.release}-{word}.{max(numbers, default=0) + 1}")

"""The newest commits of a history with their messages, as far as they are read, and the releases that these tell of."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from hfsemver.core.version import Version
from hfsemver.publish.hub.journal import MARK
from hfsemver.releases.git_command import read_git

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from hfsemver.releases.hub.history import HubHistory
    from hfsemver.releases.repository import Repository

MOST: Final = 1000
"""Commits of a clone whose messages are read."""
_MARKED: Final = re.compile(rf"^{MARK}: v?(?P<version>\S+) \S+$", re.MULTILINE)
_TITLED: Final = re.compile(r"Release v?(?P<version>\S+)")
_FIELDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``messages`` by commit, the newest first; ``is_whole`` says that the history has no more."""

    messages: Mapping[str, str]
    is_whole: bool

    def pages(self, size: int) -> int:
        """Return in how many answers of so many commits it came."""
        return -(-len(self.messages) // size)


def line_on_hub(
    history: HubHistory, revision: str, most: int, wanted: frozenset[str] = frozenset(), known: Container[str] = ()
) -> Line:
    """Read the log of a revision on a Hub: ``most`` commits, until all ``wanted`` were seen, if any, or one of the ``known``."""
    messages: dict[str, str] = {}
    for commit, message in islice(history.log(revision), most):
        messages[commit] = message
        if commit in known or (wanted and wanted <= messages.keys()):
            return Line(messages=messages, is_whole=False)
    return Line(messages=messages, is_whole=len(messages) < most)


def line_in_clone(repository: Repository, commit: str) -> Line:
    """Read the log of a commit of a clone."""
    options = (f"--max-count={MOST}", "--encoding=UTF-8", "--format=%x00%H%x00%B%x00")
    fields = read_git(repository.root, "rev-list", *options, operands=(commit,)).text.split("\0")
    messages = dict(zip(fields[1::_FIELDS], fields[2::_FIELDS], strict=True))
    return Line(messages=messages, is_whole=len(messages) < MOST)


def marked(lines: Iterable[Line]) -> Mapping[Version, tuple[str, ...]]:
    """Return the commits whose messages carry the mark of a release: each was one, whatever its tag names now."""
    found: defaultdict[Version, list[str]] = defaultdict(list)
    for line in lines:
        for commit, message in line.messages.items():
            for match in _MARKED.finditer(message):
                version = Version.of(match["version"])
                if version is not None and commit not in found[version]:
                    found[version].append(commit)
    return {version: tuple(commits) for version, commits in found.items() if commits}


def titled(lines: Iterable[Line], but: Container[Version] = ()) -> Mapping[Version, str]:
    """Return the newest commits whose title is that of a release and nothing else, by version."""
    found: dict[Version, str] = {}
    for line in lines:
        for commit, message in line.messages.items():
            match = _TITLED.fullmatch(message.partition("\n")[0].strip())
            version = Version.of(match["version"]) if match else None
            if version is not None and version not in but:
                found.setdefault(version, commit)
    return found

"""Speak about a release where the users of a model are: a discussion on its page, opened once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import SourceError
from hfsemver.publish.changelog import entry_of
from hfsemver.publish.hub.attempts import attempt
from hfsemver.releases.hub.account import account_of
from hfsemver.releases.hub.source import HubSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.publish.hub.writer import HubWriter

_CHANGELOG: Final = "CHANGELOG.md"
_MOST: Final = 60_000
"""Characters of a comment; https://huggingface.co takes 65,536."""


def discuss(writer: HubWriter, version: str, commit: str) -> str:
    """Open a discussion with what the changelog says of a release, unless there is one; return what to say of it.

    Raises ``SourceError`` where that cannot be; the release is whole without.
    """
    title = f"Release {version}"
    source = HubSource(wire=writer.wire, repo_id=writer.repo_id, commit=commit)
    data = source.read(_CHANGELOG) if any(info.path == _CHANGELOG for info in source.files()) else b""
    told = entry_of(data, version) or f"v{version} is out."
    if len(told) > _MOST:
        told = f"{told[:_MOST]}\n\n[The rest]({writer.wire.endpoint}/{writer.repo_id}/blob/{commit}/{_CHANGELOG})"

    def opened() -> str | None:
        listed = listed_on(writer, writer.repo_id, "discussion", "all")
        return next((link_of(writer, writer.repo_id, one) for one in listed if one.title == title), None)

    def open_it() -> None:
        writer.api.create_discussion(writer.repo_id, title, description=told)

    link = opened() or attempt("the release is made; but the discussion of it", open_it, opened, writer.patience)
    return f"discussion: {link}"


def listed_on(writer: HubWriter, repo_id: str, kind: Any, status: Any) -> Iterator[Any]:
    """Yield the discussions of a model that we opened: anybody may open one under any title.

    Raises ``SourceError`` where they cannot be read.
    """
    try:
        author = account_of(writer.wire)
        for one in writer.api.get_repo_discussions(repo_id, discussion_type=kind, discussion_status=status):
            if author in {None, one.author}:
                yield one
    except Exception as error:  # whatever the client raises
        fault = f"the release is made; but the discussions of {repo_id} cannot be read: {error}"
        raise SourceError(" ".join(fault.split())[:400], hint="run the same command again") from error


def link_of(writer: HubWriter, repo_id: str, discussion: Any) -> str:
    """Return the address of a discussion."""
    return f"{writer.wire.endpoint}/{repo_id}/discussions/{discussion.num}"

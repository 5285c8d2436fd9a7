"""Speak where the users of a model are: discussions and pull requests on its page, each opened once."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import SourceError
from hfsemver.publish.changelog import entry_of
from hfsemver.publish.hub.attempts import attempt
from hfsemver.publish.hub.client import one_try
from hfsemver.releases.hub.account import account_of
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.hub.wire import MAX_PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hfsemver.publish.hub.writer import HubWriter

_CHANGELOG: Final = "CHANGELOG.md"
_MOST: Final = 60_000
"""Characters of a comment; https://huggingface.co takes 65,536."""
_BETWEEN: Final = frozenset({408, 500, 502, 504})
"""What a machine between us and a Hub says as well, while that goes on working."""


def discuss(writer: HubWriter, version: str, commit: str) -> str:
    """Open a discussion with what the changelog says of a release, unless there is one; return what to say of it.

    Raises ``SourceError`` where that cannot be; the release is whole without.
    """
    with told_that_it_is_made(writer.repo_id):
        source = HubSource(wire=writer.wire, repo_id=writer.repo_id, commit=commit)
        data = source.read(_CHANGELOG) if any(info.path == _CHANGELOG for info in source.files()) else b""
    told = entry_of(data, version) or f"v{version} is out."
    if len(told) > _MOST:
        told = f"{told[:_MOST]}\n\n[The rest]({writer.wire.endpoint}/{writer.repo_id}/blob/{commit}/{_CHANGELOG})"
    topic = Topic(writer=writer, repo_id=writer.repo_id, title=f"Release {version}", kind="discussion", status="all")
    link = topic.opened(
        "the release is made; but the discussion of it",
        "/discussions",
        lambda: writer.api.create_discussion(writer.repo_id, topic.title, description=told),
    )
    return f"discussion: {link}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A discussion or a pull request on the model ``repo_id``, told by its title among those of one kind and status."""

    writer: HubWriter
    repo_id: str
    title: str
    kind: str
    status: str
    unanswered: list[Exception] = field(default_factory=list)

    def opened(self, what: str, part: str, ask: Callable[[], object]) -> str:
        """Return where it stands, and ``ask`` for it first where it does not; ``part`` is of the address that opens it.

        Raises ``SourceError``, which begins with ``what``.
        """

        def once() -> None:
            # Once it may be under way it is only looked for: nothing keeps a second one from standing beside it.
            if self.unanswered:
                raise self.unanswered[0]
            with one_try(self.writer.patience) as watch:
                try:
                    ask()
                except Exception as error:
                    if any(part in asked for asked in watch.asked) and not _is_refusal(error):
                        self.unanswered.append(error)
                    raise

        number = self.number() or attempt(what, once, self.number, self.writer.patience)
        return f"{self.writer.wire.endpoint}/{self.repo_id}/discussions/{number}"

    def number(self) -> int | None:
        """Return its number where it is there."""
        with told_that_it_is_made(self.repo_id):
            return next((number for number, title in self._listed() if title == self.title), None)

    def _listed(self) -> Iterator[tuple[int, str]]:
        """Yield numbers and titles of those that we opened: anybody may open one under any title."""
        us, seen = account_of(self.writer.wire), 0
        for page in range(MAX_PAGES):
            asked = (("type", self.kind), ("status", self.status), ("p", str(page)))
            answer = self.writer.wire.get(f"/api/models/{self.repo_id}/discussions", asked)
            rows = answer.get("discussions") if isinstance(answer, dict) else None
            count = answer.get("count") if isinstance(answer, dict) else None
            if not isinstance(rows, list) or not all(map(_is_row, rows)) or type(count) is not int:
                fault = f"{self.writer.wire.endpoint} gives no list of its {self.kind.replace('_', ' ')}s"
                raise SourceError(fault, hint="check that HF_ENDPOINT is the address of a Hub")
            yield from ((row["num"], row["title"]) for row in rows if us in {None, _author(row)})
            seen += len(rows)
            if not rows or seen >= count:
                return


@contextmanager
def told_that_it_is_made(repo_id: str) -> Iterator[None]:
    """Say of an error in the block that the release is made all the same."""
    try:
        yield
    except SourceError as error:
        raise SourceError(
            f"the release is made; but {repo_id} cannot be read: {error.problem}",
            hint=f"{error.hint}; then run the same command again",
        ) from error


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and type(row.get("num")) is int and isinstance(row.get("title"), str)


def _author(row: dict[str, Any]) -> str | None:
    author = row.get("author")
    name = author.get("name") if isinstance(author, dict) else None
    return name if isinstance(name, str) else None


def _is_refusal(error: Exception) -> bool:
    """Whether a Hub said that it did not even begin."""
    answer: Any = getattr(error, "response", None)
    return answer is not None and answer.status_code not in _BETWEEN

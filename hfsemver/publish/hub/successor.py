"""Tell those who load an older model where it goes on: a pull request that adds ``new_version`` to its card.

The page of a model leads to the one that this names: https://huggingface.co/docs/hub/model-cards#specifying-a-new-version.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import RefError, SourceError
from hfsemver.publish.card import with_value
from hfsemver.publish.hub.attempts import attempt
from hfsemver.publish.hub.client import one_try
from hfsemver.releases.formats.card import read_card
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.hub.wire import MAX_PAGES
from hfsemver.releases.ref import HubRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.publish.hub.writer import HubWriter

KEY: Final = "new_version"
_CARD: Final = "README.md"
_BETWEEN: Final = frozenset({408, 500, 502, 504})
"""What a machine between us and a Hub says as well, while that goes on working."""


def announce(writer: HubWriter, former: str, tag: str) -> str:
    """Open a pull request on the model ``former``, unless there is one or its card says it already; return what to say of it.

    Raises ``SourceError`` where that model cannot be written to, and where its card names another successor.
    """
    with _told_that_it_is_made(former):
        model = find_model(writer.wire, HubRef(former))
        source = HubSource(wire=writer.wire, repo_id=model.id, commit=model.commit)
        old = source.read(_CARD) if any(info.path == _CARD for info in source.files()) else None
    if model.id == writer.repo_id:
        raise RefError(
            f"{former} is {writer.repo_id} itself", hint="name the model that came before: --successor-of org/name"
        )
    card = read_card(old or b"", _CARD)
    named = card.text(KEY) if card else None
    if named == writer.repo_id:
        return f"{model.id} names {writer.repo_id} as its new version already"
    if named:
        fault = f"the release is made; but the card of {model.id} says that {named} is its new version"
        raise SourceError(fault, hint=f"ask its owner, or leave it so: without --successor-of {former}")
    new = with_value(old, KEY, writer.repo_id)
    request = _Request(writer=writer, repo_id=model.id, commit=model.commit, card=new, tag=tag)
    what = f"the release is made; but the pull request to {model.id}"
    number = request.number() or attempt(what, request.open, request.number, writer.patience)
    return f"pull request: {writer.wire.endpoint}/{model.id}/discussions/{number}"


@contextmanager
def _told_that_it_is_made(former: str) -> Iterator[None]:
    try:
        yield
    except SourceError as error:
        raise SourceError(
            f"the release is made; but {former} cannot be read: {error.problem}",
            hint=f"{error.hint}; then run the same command again",
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """The pull request with another ``card`` for the model ``repo_id``, as it is at ``commit``."""

    writer: HubWriter
    repo_id: str
    commit: str
    card: bytes
    tag: str
    unanswered: list[Exception] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"The next version of this model is {self.writer.repo_id}"

    def open(self) -> None:
        """Open it; once it may be under way, that one is only looked for: nothing keeps a second one from standing beside it."""
        if self.unanswered:
            raise self.unanswered[0]
        from huggingface_hub import CommitOperationAdd

        new = self.writer.repo_id
        with one_try(self.writer.patience) as watch:
            try:
                self.writer.api.create_commit(
                    self.repo_id,
                    [CommitOperationAdd(_CARD, self.card)],
                    commit_message=self.title,
                    commit_description=f"`{KEY}: {new}` in the card leads from this page to {new}, released as {self.tag}.",
                    parent_commit=self.commit,
                    create_pr=True,
                )
            except Exception as error:
                if any("/commit/" in asked for asked in watch.asked) and not _is_refusal(error):
                    self.unanswered.append(error)
                raise

    def number(self) -> int | None:
        """Return its number where it is open."""
        with _told_that_it_is_made(self.repo_id):
            return next((number for number, title in self._open() if title == self.title), None)

    def _open(self) -> Iterator[tuple[int, str]]:
        seen = 0
        for page in range(MAX_PAGES):
            asked = (("type", "pull_request"), ("status", "open"), ("p", str(page)))
            answer = self.writer.wire.get(f"/api/models/{self.repo_id}/discussions", asked)
            rows = answer.get("discussions") if isinstance(answer, dict) else None
            count = answer.get("count") if isinstance(answer, dict) else None
            if not isinstance(rows, list) or not all(map(_is_row, rows)) or type(count) is not int:
                fault = f"{self.writer.wire.endpoint} gives no list of its pull requests"
                raise SourceError(fault, hint="check that HF_ENDPOINT is the address of a Hub")
            yield from ((row["num"], row["title"]) for row in rows)
            seen += len(rows)
            if not rows or seen >= count:
                return


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and type(row.get("num")) is int and isinstance(row.get("title"), str)


def _is_refusal(error: Exception) -> bool:
    """Whether a Hub said that it did not even begin."""
    answer: Any = getattr(error, "response", None)
    return answer is not None and answer.status_code not in _BETWEEN

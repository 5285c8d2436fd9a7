"""A Hub over HTTP: repositories and revisions by their names, and answers to what the rules would like to know."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar
from urllib.parse import quote

from hfsemver.core.errors import EvidenceMissing, RefError, SourceError
from hfsemver.core.escape import clipped, printable
from hfsemver.releases.hub.patience import ASKING
from hfsemver.releases.hub.repo import FIELDS, HubRepo, read_repo
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.hub.wire import HubRefusal, Wire
from hfsemver.releases.ref import HubRef
from hfsemver.releases.release import Release

if TYPE_CHECKING:
    from collections.abc import Callable

_EXPAND: Final = tuple(("expand", name) for name in FIELDS)
MOST_REFUSALS: Final = 100
"""So many faults of a card are told."""
_NO_REPO, _NO_REVISION = "RepoNotFound", "RevisionNotFound"
_FOLDERS: Final = frozenset({".", ".."})
_NOT_OFFERED: Final = frozenset({404, 405})
_BAD_REQUEST, _TOO_MANY, _FAILED = 400, 429, 500
_Answer = TypeVar("_Answer")


def open_on_hub(ref: HubRef) -> Release:
    """Open a release on the Hub at the commit that its revision names now. Raises ``RefError`` where there is none."""
    return _opened(Wire.from_environment(), ref)


def _opened(wire: Wire, ref: HubRef) -> Release:
    repo = find_model(wire, ref)
    source = HubSource(wire=wire, repo_id=repo.id, commit=repo.commit, folder=ref.folder)
    if ref.folder and not source.files():
        fault = f"there is no folder {printable(ref.folder)} in {repo.id}@{clipped(ref.revision, 80)}"
        raise RefError(
            fault, hint=f"see what is there: hf models ls {repo.id} --revision {shlex.quote(clipped(ref.revision, 80))}"
        )
    return Release(source, ref=str(ref), commit=repo.commit)


def find_model(wire: Wire, ref: HubRef) -> HubRepo:
    """Return what the Hub says of a model at a revision. Raises ``RefError``, whose hint says what to type instead."""
    if ref.revision in _FOLDERS:
        # In an address it would lead to the repository itself, whose answer is that of main.
        fault = f"{ref.revision} is no revision of {ref.repo_id}"
        raise RefError(fault, hint=f"see its tags: hf repos tag list {ref.repo_id}")
    path = f"/api/models/{ref.repo_id}/revision/{quote(ref.revision, safe='')}"
    try:
        answer = wire.get(path, _EXPAND)
    except HubRefusal as refusal:
        _explain(wire, ref, refusal)
    repo = read_repo(answer, wire.endpoint)
    if repo is None:
        fault = f"{wire.endpoint} does not say which commit {ref} is"
        raise SourceError(fault, hint="check that HF_ENDPOINT is the address of a Hub")
    return repo


def _explain(wire: Wire, ref: HubRef, refusal: HubRefusal) -> NoReturn:
    if refusal.code == _NO_REVISION:
        fault = f"{ref.repo_id} on {wire.endpoint} has no revision {clipped(ref.revision, 80)}"
        raise RefError(fault, hint=f"see its tags: hf repos tag list {ref.repo_id}") from refusal
    if refusal.code == _NO_REPO:
        fault = f"there is no model {ref.repo_id} on {wire.endpoint}, or it is private and hidden from us"
        raise RefError(fault, hint="check the name, or log in: hf auth login") from refusal
    raise refusal


@dataclass(frozen=True, eq=False, kw_only=True)
class RemoteHub:
    """A Hub that is asked over HTTP, each question once. One that did not answer is not asked again."""

    wire: Wire
    _known: dict[tuple[str, ...], Any] = field(default_factory=dict, init=False, repr=False)
    _silence: list[SourceError] = field(default_factory=list, init=False, repr=False)

    @classmethod
    def from_environment(cls) -> RemoteHub:
        """Return the Hub that the variables of the environment name, with little patience."""
        return cls(wire=Wire.from_environment(ASKING))

    @property
    def endpoint(self) -> str:
        """The address of this Hub."""
        return self.wire.endpoint

    def model(self, repo_id: str) -> HubRepo | None:
        """Return a model by its name, ``None`` where there is none that we may see."""
        return self._repo("models", repo_id)

    def dataset(self, repo_id: str) -> HubRepo | None:
        """Return a data set by its name, ``None`` where there is none that we may see."""
        return self._repo("datasets", repo_id)

    def _repo(self, kind: str, repo_id: str) -> HubRepo | None:
        path = f"/api/{kind}/{quote(repo_id)}"

        def asked() -> HubRepo:
            repo = read_repo(self.wire.get(path, _EXPAND), self.endpoint)
            if repo is None:
                raise self._unreadable(f"of {repo_id}")
            return repo

        return self._asked((kind, repo_id), asked)

    def has_adapters(self, repo_id: str) -> bool:
        """Whether any model on the Hub says that it is an adapter of this one."""
        # Cards that name it in another case, or by a former name, are counted under its name of today.
        model = self.model(repo_id)
        if model is not None and model.id != repo_id:
            return self.has_adapters(model.id)
        wanted = (("filter", f"base_model:adapter:{repo_id}"), ("limit", "1"))
        answer = self._asked(("adapters", repo_id), lambda: self.wire.get("/api/models", wanted))
        if not isinstance(answer, list):
            raise self._unreadable(f"of adapters of {repo_id}")
        return bool(answer)

    def refusals(self, card: str) -> tuple[str, ...]:
        """Return why the Hub would refuse the front matter of a card, one line for each fault."""
        answer = self._asked(("card", card), lambda: self._validated(card))
        errors = answer.get("errors", []) if isinstance(answer, dict) else None
        if not isinstance(errors, list):
            raise self._unreadable("of the card")
        texts = (error.get("message") if isinstance(error, dict) else error for error in errors[:MOST_REFUSALS])
        return tuple(text if isinstance(text, str) and text else "for a reason that it does not give" for text in texts)

    def _validated(self, card: str) -> Any:
        try:
            return self.wire.post("/api/validate-yaml", {"repoType": "model", "content": card})
        except HubRefusal as refusal:
            if refusal.status == _BAD_REQUEST:
                said = refusal.answer
                return said if isinstance(said, dict) and said.get("errors") else None  # refused, and not why
            if refusal.status in _NOT_OFFERED:
                return {}  # a Hub that looks at no card refuses none
            raise

    def _unreadable(self, what: str) -> EvidenceMissing:
        return EvidenceMissing(self.endpoint, f"says nothing {what} that can be read", hint="try again later")

    def release(self, repo_id: str, revision: str) -> Release | None:
        """Return a release of a model, ``None`` where there is none that we may see."""

        def opened() -> Release:
            # A name of one word, from before organisations, is no reference; the Hub leads it to one that is.
            today = self.model(repo_id) if "/" not in repo_id else None
            return _opened(self.wire, HubRef(today.id if today else repo_id, revision))

        return self._asked(("release", repo_id, revision), opened)

    def _asked(self, question: tuple[str, ...], ask: Callable[[], _Answer]) -> _Answer | None:
        """Return the answer to a question, ``None`` where it is that there is no such thing."""
        if question not in self._known:
            if self._silence:
                raise _unanswered(self._silence[0])
            try:
                self._known[question] = ask()
            except RefError:
                self._known[question] = None
            except SourceError as error:
                if not isinstance(error, HubRefusal) or error.status == _TOO_MANY or error.status >= _FAILED:
                    self._silence.append(error)
                elif error.code == _NO_REPO:
                    self._known[question] = None
                    return None
                raise _unanswered(error) from error
        known: _Answer | None = self._known[question]
        return known


def _unanswered(error: SourceError) -> EvidenceMissing:
    return EvidenceMissing("the Hub", error.problem, hint=error.hint)

"""What the rules may ask a Hub, whoever answers: one over HTTP, or one written down for an example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hfsemver.releases.hub.repo import HubRepo
    from hfsemver.releases.release import Release


class Hub(Protocol):
    """A Hub as it is now. Everything raises ``EvidenceMissing`` where it does not answer, which is never a no."""

    @property
    def endpoint(self) -> str:
        """The address of this Hub."""
        ...

    def model(self, repo_id: str) -> HubRepo | None:
        """Return a model by its name, ``None`` where there is none that we may see."""
        ...

    def dataset(self, repo_id: str) -> HubRepo | None:
        """Return a data set by its name, ``None`` where there is none that we may see."""
        ...

    def has_adapters(self, repo_id: str) -> bool:
        """Whether any model on the Hub says that it is an adapter of this one."""
        ...

    def refusals(self, card: str) -> tuple[str, ...]:
        """Return why the Hub would refuse the front matter of a card, one line for each fault."""
        ...

    def release(self, repo_id: str, revision: str) -> Release | None:
        """Return a release of a model, ``None`` where there is none that we may see."""
        ...


@dataclass(frozen=True, eq=False, kw_only=True)
class Published:
    """Where a release is published, or going to be: a Hub, and the name of the model there.

    ``former`` is the model that the baseline lies in, where that is another one on the same Hub.
    """

    hub: Hub
    repo: str
    former: str | None = None

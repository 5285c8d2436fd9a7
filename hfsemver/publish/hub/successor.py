"""Tell those who load an older model where it goes on: a pull request that adds ``new_version`` to its card.

The page of a model leads to the one that this names: https://huggingface.co/docs/hub/model-cards#specifying-a-new-version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import RefError, SourceError
from hfsemver.publish.card import with_value
from hfsemver.publish.hub.discussions import Topic, told_that_it_is_made
from hfsemver.releases.formats.card import read_card
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.source import HubSource
from hfsemver.releases.ref import HubRef

if TYPE_CHECKING:
    from hfsemver.publish.hub.writer import HubWriter

KEY: Final = "new_version"
_CARD: Final = "README.md"


def announce(writer: HubWriter, former: str, tag: str) -> str:
    """Open a pull request on the model ``former``, unless there is one or its card says it already; return what to say of it.

    Raises ``SourceError`` where that model cannot be written to, and where its card names another successor.
    """
    with told_that_it_is_made(former):
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
    title = f"The next version of this model is {writer.repo_id}"

    def propose() -> None:
        from huggingface_hub import CommitOperationAdd

        writer.api.create_commit(
            model.id,
            [CommitOperationAdd(_CARD, new)],
            commit_message=title,
            commit_description=f"`{KEY}: {writer.repo_id}` in the card leads from this page to {writer.repo_id}, released as {tag}.",
            parent_commit=model.commit,
            create_pr=True,
        )

    topic = Topic(writer=writer, repo_id=model.id, title=title, kind="pull_request", status="open")
    link = topic.opened(f"the release is made; but the pull request to {model.id}", "/commit/", propose)
    return f"pull request: {link}"

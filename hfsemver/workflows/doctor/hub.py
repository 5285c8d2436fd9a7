"""A model on a Hub: whether it answers, who we are there, and then everything about its releases. It only reads, and little."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import HfSemverError, RefError, SourceError
from hfsemver.core.escape import printable
from hfsemver.releases.hub.account import account_of
from hfsemver.releases.hub.patience import ASKING
from hfsemver.releases.hub.remote import find_model
from hfsemver.releases.hub.wire import HubRefusal
from hfsemver.workflows.doctor.diagnosis import broken, note, ok, told
from hfsemver.workflows.doctor.hub_files import access, card, objects, policy, releases, surface
from hfsemver.workflows.doctor.hub_names import OnHubNow, branches, cards, history, tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hfsemver.releases.hub.wire import Wire
    from hfsemver.releases.ref import HubRef
    from hfsemver.workflows.doctor.diagnosis import Diagnosis

    Look = Callable[[OnHubNow], Iterator[Diagnosis]]

_UNAUTHORIZED, _TOO_MANY, _FAILED = 401, 429, 500
_GATED: Final = "GatedRepo"
# First what the answers about the model tell, then what its files do, which may lie behind a gate.
_NAMES: Final[tuple[Look, ...]] = (history, tags, branches, cards)
_FILES: Final[tuple[Look, ...]] = (card, policy, releases, access, surface, objects)


def examine_model(ref: HubRef, wire: Wire) -> tuple[Diagnosis, ...]:
    """Look at everything, whatever is broken; a Hub that stops answering is asked no more."""
    return tuple(_examined(ref, wire))


def _examined(ref: HubRef, wire: Wire) -> Iterator[Diagnosis]:
    try:
        who = _who(wire)
        model = find_model(wire, ref)
    except RefError as error:
        yield ok("hub", f"{wire.endpoint} answers; {who}")
        yield broken("model", str(error), error.hint)
        return
    except SourceError as error:
        yield broken("hub", str(error), error.hint)
        return
    yield ok("hub", f"{wire.endpoint} answers; {who}")
    if model.id != ref.repo_id:
        yield note("model", f"{ref.repo_id} is named {model.id} now", f"write hf://{model.id}")
    if ref.folder:
        look = f"hfsemver check {shlex.quote(f'hf://{model.id}/{printable(ref.folder)}@{ref.revision}')}"
        text = (
            f"{printable(ref.folder)} is a folder of it, and what follows is about the whole: releases are made of that"
        )
        yield note("model", text, f"look at the folder: {look}")
    yield (ok if model.access.is_open else note)("model", f"{model.id} is {model.access.words}")
    yield from _looked_at(OnHubNow(wire=wire, ref=ref, model=model))


def _who(wire: Wire) -> str:
    """Return a clause about the token. Raises ``SourceError`` for one that the Hub does not know: it refuses everything then."""
    try:
        name = account_of(replace(wire, patience=ASKING))
    except HubRefusal as refusal:
        if refusal.status == _UNAUTHORIZED:
            raise SourceError(
                f"{wire.endpoint} does not know the token", hint="log in again: hf auth login, or correct HF_TOKEN"
            ) from refusal
        return f"whose token it is was not told ({refusal.status})"
    return "there is no token, so what is private is not shown" if name is None else f"the token belongs to {name}"


def _looked_at(now: OnHubNow) -> Iterator[Diagnosis]:
    for looks in (_NAMES, _FILES):
        for look in looks:
            try:
                yield from look(now)
            except HfSemverError as error:
                if isinstance(error, HubRefusal) and error.code == _GATED:
                    text = f"the files of {now.model.id} are behind a gate, so card, policy and changelog were not read"
                    yield note("files", text, error.hint)
                    break
                yield from told(look.__name__, error)
                if _is_silence(error):
                    yield note("hub", "the rest was not looked at", "try again later")
                    return


def _is_silence(error: HfSemverError) -> bool:
    """Whether to ask on is to wait for each answer, and for none."""
    if isinstance(error, HubRefusal):
        return error.status == _TOO_MANY or error.status >= _FAILED
    return isinstance(error, SourceError)

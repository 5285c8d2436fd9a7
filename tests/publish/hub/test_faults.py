"""Each way to fail, at each step that changes a Hub: taken once in the end, never sent again unseen, and given up in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hub.failing import LATE, LOST, PASSING, REFUSALS, SLOW, fault, insist_on_a_secret, leading_away, posts
from tests.hub.faults import ALWAYS
from tests.publish.hub.publishing import ID, PATHS, Publishing

if TYPE_CHECKING:
    from tests.hub.hub import Hub

# What a machine between us and a Hub may say while that goes on: a pull request may be on its way then.
UNKNOWN = {"408", "500", "502", "504", "long"}
LIKELY = {"commit": "412", "tag": "409", "branch": "401", "moved branch": "403", "pull request": "502"}
KINDS = (*PASSING, *SLOW, *REFUSALS)
# Each kind at one step, and each refusal where it is most likely; the rest of the pairs takes longer than it tells.
PAIRS = [
    pytest.param(
        step, kind, marks=[] if (row + column) % len(PATHS) == 0 or kind == LIKELY.get(step) else pytest.mark.slow
    )
    for row, step in enumerate(PATHS)
    for column, kind in enumerate(KINDS)
]
ASKED = [
    pytest.param(step, kind, marks=[] if row % len(LATE) == column else pytest.mark.slow)
    for row, step in enumerate(step for step in PATHS if step != "moved branch")
    for column, kind in enumerate(LATE)
]
LISTED = [
    pytest.param(kind, marks=[] if kind in {"503", "silent", "403", "long"} else pytest.mark.slow) for kind in KINDS
]


@pytest.mark.parametrize(("step", "kind"), PAIRS)
def test_a_fault_that_stays_is_given_up_and_one_that_passes_is_overcome(hub: Hub, step: str, kind: str) -> None:
    """For ever first, then once: a step ends within its deadline, and is taken once."""
    ours = Publishing.to(hub, kind)
    passes = kind in PASSING
    is_lost = passes and kind.startswith(("reset", "closed", "short"))
    met = hub.faults.add("POST", PATHS[step], fault(kind), times=ALWAYS)
    error = ours.refused(step)
    # What the Hub did, and could not say to its end, is seen to be done.
    assert (error is None) == is_lost
    tries = ours.writer.patience.tries
    asked_once = kind in REFUSALS or is_lost or (step == "pull request" and kind in UNKNOWN | set(SLOW))
    if step != "moved branch":
        assert 1 <= met.met <= (1 if asked_once else tries)
        assert error is None or "hf auth login" in error.hint or kind not in {"401", "403"}
    hub.faults.clear()
    if passes and not is_lost:
        met = hub.faults.add("POST", PATHS[step], fault(kind))
        assert (ours.refused(step) is None) == (step != "pull request" or kind not in UNKNOWN)
        assert met.met == 1
    ours.do(step)
    ours.insist_on_one(step)
    ours.insist_on_reading_back(step)
    insist_on_a_secret(hub)


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("step", PATHS)
def test_what_was_done_unheard_is_not_done_again(hub: Hub, step: str, kind: str) -> None:
    """It is seen on the Hub."""
    ours = Publishing.to(hub, kind)
    met = hub.faults.add("POST", PATHS[step], fault(kind), times=ALWAYS)
    ours.do(step)
    ours.do(step)
    # git itself sends again what a connection that was kept open did not answer; its lease holds once.
    assert met.met == len(list(posts(hub, PATHS[step]))) <= (2 if step == "moved branch" else 1)
    ours.insist_on_one(step)


@pytest.mark.parametrize(("step", "kind"), ASKED)
def test_a_hub_that_asks_for_an_hour_gets_it_from_whoever_typed_the_command(hub: Hub, step: str, kind: str) -> None:
    """It is asked once, nobody waits, and the hint says when to come again."""
    ours = Publishing.to(hub, kind)
    met = hub.faults.add("POST", PATHS[step], fault(kind), times=ALWAYS)
    error = ours.refused(step)
    assert error is not None
    assert met.met == 1
    wait = int(error.hint.split("wait ")[1].split()[0])
    assert wait == 3600 or (kind == "429 until tomorrow" and 86_000 < wait <= 86_401)
    assert "run the same command again" in error.hint
    hub.faults.clear()
    ours.do(step)
    ours.insist_on_one(step)


LED = [(step, path, path) for step, path in PATHS.items()]
# With the question that git asks there, or it would not go on to where it is led.
LED += [("moved branch", f"/{ID}/info/refs", f"/{ID}/info/refs?service=git-upload-pack")]
LED += [("moved branch", f"/{ID}/git-upload-pack", f"/{ID}/git-upload-pack")]


@pytest.mark.parametrize(("step", "path", "elsewhere"), LED)
def test_nobody_is_told_a_secret_by_being_led_away(hub: Hub, step: str, path: str, elsewhere: str) -> None:
    """By the client as little as by git, at whichever of its requests; the one who follows gets an answer there and goes on."""
    ours = Publishing.to(hub, "")
    met = hub.faults.add("*", path, leading_away(hub, elsewhere))
    ours.refused(step)
    assert met.met == 1
    insist_on_a_secret(hub)
    ours.do(step)
    ours.insist_on_one(step)


@pytest.mark.parametrize("kind", LISTED)
def test_pull_requests_that_cannot_be_listed_are_not_none(hub: Hub, kind: str) -> None:
    """A second one would stand beside the first: it is told that the release is made, and nothing is sent."""
    ours = Publishing.to(hub, kind)
    ours.do("pull request")
    met = hub.faults.add("GET", "/api/models/acme/old/discussions", fault(kind), times=ALWAYS)
    error = ours.refused("pull request")
    assert error is not None
    assert "the release is made; but " in error.problem
    assert 1 <= met.met <= ours.writer.patience.tries
    hub.faults.clear()
    if kind in PASSING:
        hub.faults.add("GET", "/api/models/acme/old/discussions", fault(kind))
    ours.do("pull request")
    assert len(list(posts(hub, PATHS["pull request"]))) == 1
    ours.insist_on_one("pull request")

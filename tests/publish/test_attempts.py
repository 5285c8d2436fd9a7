"""Calls that change a Hub, tried again."""

from __future__ import annotations

from hfsemver.publish.hub.attempts import attempt
from tests.hub.here import HASTY


def test_what_is_to_be_seen_late_is_not_asked_for_twice() -> None:
    """A listing may lag behind what the Hub said, and a commit is made once."""
    asked: list[str] = []
    looks = iter([None, "done"])
    assert attempt("the step", lambda: asked.append("once"), lambda: next(looks), HASTY) == "done"
    assert asked == ["once"]

"""What the runner says of the event, and words for it that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import HfSemverError
from hfsemver.workflows.action.event import Event, read_event
from tests.workflows.pushing import HEADLESS, files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.action.runner import Runner
    from tests.gitworld import GitWorld

SHA = "0123456789abcdef0123456789abcdef01234567"
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["number", "head", "repo", "sha", "full_name", "tag_name"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def event(tmp_path: Path, payload: object, **variables: str) -> Event:
    """Return what is read of a payload."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    names = {"GITHUB_EVENT_PATH": str(path), "GITHUB_EVENT_NAME": "pull_request", "GITHUB_REPOSITORY": "acme/model"}
    return read_event({**names, **variables})


def test_a_pull_request_of_the_repository(tmp_path: Path) -> None:
    """Number and commit, and that nobody else's repository is involved."""
    read = event(tmp_path, {"pull_request": {"number": 7, "head": {"sha": SHA, "repo": {"full_name": "acme/model"}}}})

    assert (read.number, read.head, read.is_from_fork) == (7, SHA, False)


@pytest.mark.parametrize("repo", [None, {}, {"full_name": "mallory/model"}, {"full_name": None}, "acme/model"])
def test_whatever_is_not_the_repository_is_a_fork(tmp_path: Path, repo: object) -> None:
    """A fork that was deleted has no name any more."""
    assert event(tmp_path, {"pull_request": {"number": 7, "head": {"sha": SHA, "repo": repo}}}).is_from_fork


@given(VALUES, VALUES)
def test_no_payload_is_taken_for_more_than_it_says(
    tmp_path_factory: pytest.TempPathFactory, pull: object, release: object
) -> None:
    """Anything else than a number, a commit and a name is nothing."""
    folder = tmp_path_factory.mktemp("event")
    for name in ("pull_request", "release"):
        read = event(folder, {"pull_request": pull, "release": release}, GITHUB_EVENT_NAME=name)
        assert read.number is None or (type(read.number) is int and read.number > 0)
        assert read.head is None or len(read.head) in {40, 64}
        assert read.tag is None or isinstance(read.tag, str)


@pytest.mark.parametrize(
    "variables",
    [
        {"GITHUB_REPOSITORY": "acme/model/../other"},
        {"GITHUB_REPOSITORY": "acme/model?x"},
        {"GITHUB_API_URL": "file:///etc/passwd"},
        {"GITHUB_API_URL": "https://user@evil"},
        {"GITHUB_API_URL": "https://a\nb"},
        {"GITHUB_EVENT_PATH": "/nonexistent/event.json"},
        {"GITHUB_EVENT_PATH": "/dev/zero"},
        {"GITHUB_EVENT_PATH": "/proc/self"},
    ],
    ids=lambda one: " ".join(one.values()),
)
def test_a_word_of_the_runner_that_is_none_is_refused(tmp_path: Path, variables: dict[str, str]) -> None:
    """It would end in an address that somebody else chose."""
    with pytest.raises(HfSemverError):
        event(tmp_path, {}, **variables)


@pytest.mark.parametrize("text", ["", "[]", "nothing", '{"a": 1', "[" * 100_000])
def test_an_event_that_is_no_object_is_an_error(tmp_path: Path, text: str) -> None:
    """Never an empty event, which would let a fork pass for the repository."""
    path = tmp_path / "event.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HfSemverError):
        read_event({"GITHUB_EVENT_PATH": str(path), "GITHUB_EVENT_NAME": "pull_request"})


@pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_file_of_the_runner_that_cannot_be_written_is_an_error(
    world: GitWorld, runner: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """Whoever asks for outputs must not take silence for a pass."""
    from hfsemver.workflows.action.run import run_action

    world.commit(files(HEADLESS, "1.0.1"), "two")
    monkeypatch.chdir(world.root)
    (tmp_path / "no").write_bytes(b"a file where a folder should be")
    variables = {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(runner.temp), name: str(tmp_path / "no" / "file")}
    with pytest.raises(HfSemverError) as caught:
        run_action(variables)

    assert "cannot be written" in str(caught.value)

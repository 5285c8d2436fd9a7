"""``hfsemver accept``, over real repositories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import ConfigError, RefError, SourceError, UsageError
from hfsemver.policy.policy import FILE_NAME
from hfsemver.workflows.acceptance import accept
from hfsemver.workflows.policies import policy_beside
from tests.builders import files
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path

PRINT = "0123456789abcdef"
TODAY = date(2026, 12, 1)


def cli(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "hfsemver", *words]
    return subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)


def test_an_accepted_finding_is_held_against_nobody_from_the_next_release_on(tmp_path: Path) -> None:
    """The whole way: refused, accepted, refused still, tried out, and accepted once the baseline says so."""
    world = GitWorld.create(tmp_path / "world")
    world.commit(files({"body": "F32[8,4]", "config.json": {"id2label": {"0": "A"}}}), "one")
    world.tag("v1.0.0")
    world.commit(files({"body": "F32[8,4]", "config.json": {"id2label": {"0": "B"}}}), "two")
    words = ("check", "@HEAD", "--declared", "1.0.1", "--format", "json")
    found = json.loads(cli(world.root, *words).stdout)
    (finding,) = (one for one in found["findings"] if one["rule"] == "label-contract-changed")

    done = cli(world.root, "accept", finding["fingerprint"], "--reason", "nobody reads labels")
    assert done.returncode == 0, done.stderr
    day = datetime.now(UTC).date() + timedelta(days=90)
    assert f"until {day} in {FILE_NAME}: nobody reads labels" in done.stdout + done.stderr
    assert cli(world.root, *words).returncode == 1
    tried = cli(world.root, *words, "--config", FILE_NAME)
    assert tried.returncode == 0
    assert [one["finding"]["fingerprint"] for one in json.loads(tried.stdout)["accepted"]] == [finding["fingerprint"]]


def test_the_file_is_made_and_gone_on_with(tmp_path: Path) -> None:
    """In the root of the repository, from wherever in it; a folder that is no repository has it at its top."""
    world = GitWorld.create(tmp_path / "world")
    inner = world.root / "inner"
    inner.mkdir()
    list(accept(str(inner), PRINT, "why", "2027-01-01", TODAY))
    list(accept(str(world.root), "f" * 16, "  why\n not ", None, TODAY))
    held = policy_beside(world.root)

    assert held is not None
    assert [(one.reason, one.until) for one in held.accepted] == [
        ("why", date(2027, 1, 1)),
        ("why not", TODAY + timedelta(days=90)),
    ]
    (inner / FILE_NAME).write_text("promise: load\n")
    list(accept(str(inner), PRINT, "own", None, TODAY))
    own = policy_beside(inner)
    assert own is not None
    assert [one.reason for one in own.accepted] == ["own"]
    plain = tmp_path / "plain"
    plain.mkdir()
    list(accept(str(plain), PRINT, "why", None, TODAY))
    assert (plain / FILE_NAME).is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("0123", "why", None), "no fingerprint"),
        ((PRINT.upper(), "why", None), "no fingerprint"),
        ((PRINT, " \n", None), "one line"),
        ((PRINT, "a\x1b[31m", None), "one line"),
        ((PRINT, "why", "tomorrow"), "no day such as"),
        ((PRINT, "why", "2026-11-30"), "has passed"),
    ],
)
def test_what_cannot_be_accepted_is_refused(tmp_path: Path, words: tuple[str, str, str | None], said: str) -> None:
    """And nothing is written."""
    with pytest.raises(UsageError, match=said):
        list(accept(str(tmp_path), *words, TODAY))
    assert not (tmp_path / FILE_NAME).exists()


def test_a_second_entry_for_one_finding_is_refused(tmp_path: Path) -> None:
    """Two reasons and two days for one finding would contradict each other."""
    list(accept(str(tmp_path), PRINT, "why", None, TODAY))
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(UsageError, match="already, until 2027-03-01: why"):
        list(accept(str(tmp_path), PRINT, "other", None, TODAY))
    assert (tmp_path / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize("text", [b"accept: x\n", b"promise: [", b"\xff", b"a: &b c\n", b"unknown: 1\n"])
def test_a_policy_that_is_wrong_stays_as_it_is(tmp_path: Path, text: bytes) -> None:
    """It is told what is wrong with it."""
    (tmp_path / FILE_NAME).write_bytes(text)
    with pytest.raises(ConfigError):
        list(accept(str(tmp_path), PRINT, "why", None, TODAY))
    assert (tmp_path / FILE_NAME).read_bytes() == text


@pytest.mark.parametrize("text", ["promise: load\t# a tab\n", "{accept}\n", "? accept\n"])
def test_a_sound_policy_with_no_place_for_an_entry_is_not_blamed(tmp_path: Path, text: str) -> None:
    """It stays as it is, and it is said what to do by hand."""
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(SourceError, match="no entry can be put into"):
        list(accept(str(tmp_path), PRINT, "why", None, TODAY))
    assert (tmp_path / FILE_NAME).read_text() == text


def test_no_link_is_followed(tmp_path: Path) -> None:
    """It could lead out of the repository."""
    (tmp_path / "other.yaml").write_text("promise: load\n")
    (tmp_path / FILE_NAME).symlink_to("other.yaml")
    with pytest.raises((SourceError, ConfigError)):
        list(accept(str(tmp_path), PRINT, "why", None, TODAY))
    assert (tmp_path / "other.yaml").read_text() == "promise: load\n"


def test_a_folder_that_is_none_and_one_that_cannot_be_written(tmp_path: Path) -> None:
    """Each says what to do."""
    with pytest.raises(RefError, match="no folder"):
        list(accept(str(tmp_path / "none"), PRINT, "why", None, TODAY))
    if os.geteuid():
        tmp_path.chmod(0o500)
        with pytest.raises(SourceError, match="cannot be written"):
            list(accept(str(tmp_path), PRINT, "why", None, TODAY))
        tmp_path.chmod(0o700)

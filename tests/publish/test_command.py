"""Commands in the user's place: in their folder, under the variables that are given, with all that was said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from hfsemver.publish import command
from hfsemver.publish.command import run_command

if TYPE_CHECKING:
    from pathlib import Path

SAYS = "import os, sys; print(os.getcwd(), os.environ.get('GIT_DIR'), os.environ['WHO']); print('!', file=sys.stderr)"


def test_a_command_runs_where_and_as_whom_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of a calling hook leads it into another repository."""
    monkeypatch.setenv("GIT_DIR", "/elsewhere")

    status, said = run_command(tmp_path, sys.executable, "-c", SAYS, variables={"WHO": "Ada"})

    assert (status, said) == (0, f"{tmp_path.resolve()} None Ada\n!\n")


def test_a_command_that_fails_says_so_by_its_status(tmp_path: Path) -> None:
    """Whether that was to be expected is known to whoever typed it."""
    assert run_command(tmp_path, "sh", "-c", "echo no; exit 7", variables={}) == (7, "no\n")


def test_a_command_that_does_not_exist_says_what_to_install(tmp_path: Path) -> None:
    """The first run on a bare machine ends with an instruction."""
    with pytest.raises(SourceError, match="no-such-program could not be run") as caught:
        run_command(tmp_path, "no-such-program", variables={})

    assert "install git" in caught.value.hint


def test_a_command_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever for something that waits for an answer."""
    monkeypatch.setattr(command, "_TIMEOUT", 0.2)

    with pytest.raises(SourceError, match=r"could not be run: .*timed out"):
        run_command(tmp_path, "sleep", "30", variables={})

"""Judging and publishing from Python."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hfsemver import api
from hfsemver.core.bump import Bump
from tests.workflows.pushing import HEADLESS
from tests.workflows.uploading import TARGET, Uploader, side

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.hub import Hub


@pytest.fixture
def uploader(here: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Uploader:
    """A model whose v1.0.0 is out, and a folder with other weights."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
    return Uploader.of(here, tmp_path / "model")


def test_a_folder_is_judged_and_published(uploader: Uploader) -> None:
    """A path or a text, as elsewhere in Python."""
    report = api.check(uploader.folder, baseline=f"{TARGET}@v1.0.0")
    assert (report.verdict.ok, report.verdict.required) == (False, Bump.MINOR)
    assert api.push(uploader.folder, TARGET, dry_run=True).commit is None
    assert set(uploader.names()) == {"main", "v1.0.0"}
    done = api.push(str(uploader.folder), TARGET)
    assert done.version == "1.1.0"
    uploader.insist_on_one_release()


def test_a_release_that_may_not_be_is_raised_with_its_report(uploader: Uploader) -> None:
    """A script that goes on would believe that it was published."""
    uploader.write(side(HEADLESS))
    with pytest.raises(api.ReleaseRefused) as caught:
        api.push(uploader.folder, TARGET, release_as="1.0.1")
    assert not caught.value.report.verdict.ok
    assert "version-bump-too-small" in str(caught.value)
    assert "hfsemver check" in caught.value.hint
    assert set(uploader.names()) == {"main", "v1.0.0"}


def test_one_pattern_is_one_pattern(uploader: Uploader) -> None:
    """And not as many as it has letters, of which the first takes everything away."""
    uploader.hub.commit("acme/model", {"old.bin.txt": b"old\n", "kept.md": b"kept\n"})
    api.push(uploader.folder, TARGET, delete="*.txt")
    listed = uploader.repository.tree(uploader.repository.commit_of("main"))
    assert "kept.md" in listed
    assert "old.bin.txt" not in listed


def test_what_is_wrong_is_one_kind_of_error(uploader: Uploader) -> None:
    """That a script can catch."""
    with pytest.raises(api.HfSemverError, match="is no model on a Hub"):
        api.push(uploader.folder, "acme")
    with pytest.raises(api.HfSemverError):
        api.check("nowhere")


def test_importing_the_package_loads_next_to_nothing(tmp_path: Path) -> None:
    """The version of a package is asked for by programs that want nothing else, and training needs its own library."""
    asked = "import sys, hfsemver; print(sorted(n for n in sys.modules if n.startswith(('hfsemver.', 'transformers'))))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['hfsemver.core', 'hfsemver.core.about']"

"""What was published is what the client of everybody loads, stored by git-lfs and by Xet."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.hub.hub import running
from tests.hub.interpreter import run_program
from tests.workflows.killing import pushed
from tests.workflows.uploading import ID, Uploader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.usefixtures("client_home")
@pytest.mark.parametrize("xet", [False, True], ids=["lfs", "xet"])
def test_the_release_is_loaded_by_each_of_its_names(tmp_path: Path, xet: bool) -> None:  # noqa: FBT001 -- a case
    """By a snapshot of the line, of the version and of the branch; by typing it; by the card."""
    if xet:
        pytest.importorskip("hf_xet")
    from tests.hub.client import close_session

    with running(tmp_path / "hub", xet=xet) as hub:
        uploader = Uploader.of(hub, tmp_path / "model")
        assert pushed(hub, uploader.folder) == 0
        uploader.insist_on_one_release()
        seen = run_program(hub, tmp_path / "home", "read_release.py", ID, str(tmp_path), "v1", "v1.1", "v1.1.0", "main")
        close_session()
    weights = hashlib.sha256((uploader.folder / "model.safetensors").read_bytes()).hexdigest()
    one, *others = seen["snapshots"].values()
    assert one["model.safetensors"] == weights
    assert all(other == one for other in others)
    assert seen["typed"] == one
    assert seen["version"] == "1.1.0"
    assert seen["config"] == {"model_type": "llama"}

"""Cards as huggingface_hub itself publishes them; it knows one endpoint, that of its environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import huggingface_hub
import pytest
from packaging.version import Version

from tests.hub.interpreter import run_program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.hub import Hub

ID = "acme/model"
# Before, the address of the check of a card was a constant.
pytestmark = pytest.mark.skipif(Version(huggingface_hub.__version__) < Version("2"), reason="the client knows one Hub")


def test_a_card_is_pushed_loaded_and_updated(hub: Hub, tmp_path: Path) -> None:
    """Its fields come back, and one that the Hub refuses is not pushed."""
    hub.create(ID)
    seen = run_program(hub, tmp_path, "publish_card.py", ID)

    assert seen["url"].startswith(f"{hub.url}/{ID}/commit/")
    assert seen["loaded"] == {"license": "apache-2.0", "base_model": "acme/root", "base_model_relation": "finetune"}
    assert seen["now"] == "mit"
    assert '"base_model" must be one of [string, array]' in seen["refused"]
    assert {request.status for request in hub.requests if request.path == "/api/validate-yaml"} == {200, 400}
    assert not [str(request) for request in hub.requests if request.status in {404, 500}], "a route is not known here"

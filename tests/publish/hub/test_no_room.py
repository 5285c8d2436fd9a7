"""A branch that moves needs a place for git."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import SourceError
from tests.full_disk import Disk, disk
from tests.hub.failing import posts
from tests.publish.hub.publishing import PATHS, Publishing

if TYPE_CHECKING:
    from tests.hub.hub import Hub

__all__ = ["disk"]


@pytest.mark.parametrize("pages", [0, 1, 2, 4])
def test_a_place_that_is_full_is_told_at_once(
    hub: Hub, disk: Disk, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """It is not tried again and again, nothing is sent, nothing is left there, and the next run finishes."""
    ours = Publishing.to(hub, "")
    monkeypatch.setattr(tempfile, "tempdir", str(disk.root))
    disk.fill(pages)
    with pytest.raises(SourceError, match=r"git (init|fetch): ") as caught:
        ours.do("moved branch")
    assert "make room" in caught.value.hint
    assert str(disk.root) in caught.value.hint
    assert not [*posts(hub, PATHS["moved branch"])]
    disk.insist_on_nothing_written({})
    disk.make_room()
    ours.do("moved branch")
    ours.insist_on_one("moved branch")

"""What is read of a release on a Hub is on its way before it is asked for, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save

from hfsemver.releases.hub.source import SMALL, START, HubSource
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.workflows.ahead import fetch_ahead
from tests.hub.here import wire

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID = "acme/model"
SHARD = save({"model.norm.weight": np.ones(SMALL // 4 + 64, np.float32)})
OTHER = save({"model.norm.weight": np.zeros(SMALL // 4 + 64, np.float32)})
FILES = {
    "README.md": b"---\nlicense: mit\n---\n",
    "config.json": b'{"model_type": "llama"}',
    "sub/tokenizer.json": b"{}",
    "LICENSE": b"MIT",
    "picture.png": b"x" * 100,
    ".hidden": b"x",
    "model-00001-of-00002.safetensors": SHARD,
    "model-00002-of-00002.safetensors": SHARD[:-4] + b"abcd",
}


def on_the_hub(hub: Hub, commit: str) -> Release:
    """Return a release on a Hub, listed and not read."""
    release = Release(HubSource(wire=wire(hub), repo_id=ID, commit=commit), ref=f"hf://{ID}@{commit}", commit=commit)
    assert release.files
    return release


def arrived(hub: Hub, *sides: Release) -> set[str]:
    """Wait for what is on its way, and return its paths; insist that reading it asks for nothing more."""
    found = set()
    for side in sides:
        assert isinstance(side.source, HubSource)
        coming = {*side.source._coming, *side.source._starts}
        for one in (*side.source._coming.values(), *side.source._starts.values()):
            one.result(10)
        count = len(hub.requests)
        for path in coming:
            side.source.read(path, 0, min(START, side.files[path].size))
        assert len(hub.requests) == count
        found |= coming
    return found


def test_of_a_first_release_all_texts_and_headers_come(hub: Hub) -> None:
    """Pictures and what is hidden stay where they are."""
    current = on_the_hub(hub, hub.create(ID, FILES))
    fetch_ahead(None, current, "header")
    assert arrived(hub, current) == {*FILES} - {"picture.png", ".hidden"}


def test_of_two_releases_what_differs_comes(hub: Hub) -> None:
    """From both sides; what is the same is known to be so by the listings."""
    first = hub.create(ID, FILES)
    second = hub.commit(ID, {"README.md": b"# New", "model-00001-of-00002.safetensors": OTHER, "more.txt": b"x"})
    sides = on_the_hub(hub, first), on_the_hub(hub, second)
    hub.requests.clear()
    fetch_ahead(*sides, "auto")
    assert arrived(hub, *sides) == {"README.md", "model-00001-of-00002.safetensors", "more.txt"}
    assert sum(request.sent for request in hub.requests if request.path.startswith("/cdn/")) == 2 * START


def test_of_a_release_that_is_the_same_nothing_comes(hub: Hub) -> None:
    """Nor of one that is not on a Hub."""
    first = hub.create(ID, FILES)
    sides = on_the_hub(hub, first), on_the_hub(hub, first)
    here = Release(MemorySource(FILES))
    hub.requests.clear()
    fetch_ahead(*sides, "header")
    fetch_ahead(here, here, "header")
    assert arrived(hub, *sides) == set()
    assert not hub.requests


def test_weights_that_may_be_the_same_wait_until_it_is_known(hub: Hub) -> None:
    """A folder gives no digests: texts are compared by reading, weights by hash first, but where headers alone count."""
    baseline = on_the_hub(hub, hub.create(ID, FILES))
    here = Release(MemorySource({**FILES, "README.md": b"# New"}))
    fetch_ahead(baseline, here, "auto")
    texts = {"README.md", "config.json", "sub/tokenizer.json", "LICENSE"}
    assert arrived(hub, baseline) == texts
    fetch_ahead(baseline, here, "header")
    assert arrived(hub, baseline) - texts == {path for path in FILES if path.startswith("model")}

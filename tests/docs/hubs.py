"""The Hub that a page talks about: a real one on this machine, with one model of two releases."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests import builders
from tests.docs.states import SMALL
from tests.hub.hub import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hub.hub import Hub

MODEL = "acme/small"


@contextmanager
def a_hub(home: Path) -> Iterator[Hub]:
    """Run a Hub with a model whose v1.0.0 is out, and whose main branch lost a tensor under the name of a patch."""
    with running(home / "hub") as hub:
        hub.create(MODEL, builders.files(SMALL))
        hub.tag(MODEL, "v1.0.0")
        card = builders.files(SMALL)["README.md"].replace(b"1.0.0", b"1.0.1")
        fewer = {name: spec for name, spec in SMALL.items() if name not in {"model.norm.weight", "README.md"}}
        hub.commit(MODEL, {**builders.files(fewer), "README.md": card})
        yield hub

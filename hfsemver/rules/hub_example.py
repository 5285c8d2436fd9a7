"""A Hub for examples, written down as data: what it says of repositories, in the words of its API."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.tensor import DTYPE_BITS
from hfsemver.releases.hub.repo import HubRepo, read_repo
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDPOINT: Final = "https://huggingface.co"
_COMMIT: Final = "0" * 40
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class ExampleHub:
    """What a Hub says: models and data sets by name, each with the keys that differ from those of an open one.

    ``adapted`` are models of which it has adapters, ``refused`` what it says of cards that hold a text, and ``weights`` the
    headers of models: tensors by name, each with its dtype and shape. ``repo`` is the model in question, which is there unless it
    is ``hidden``; a ``silent`` Hub answers nothing.
    """

    repo: str = "acme/model"
    models: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _NOTHING)
    datasets: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _NOTHING)
    weights: Mapping[str, Mapping[str, tuple[str, tuple[int, ...]]]] = field(default_factory=lambda: _NOTHING)
    adapted: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    hidden: bool = False
    silent: bool = False

    @property
    def endpoint(self) -> str:
        """The address of this Hub."""
        return ENDPOINT

    def model(self, repo_id: str) -> HubRepo | None:
        """Return a model by its name, ``None`` where there is none."""
        own = {} if self.hidden else {self.repo: _NOTHING}
        return self._repo({**own, **self.models}, repo_id)

    def dataset(self, repo_id: str) -> HubRepo | None:
        """Return a data set by its name, ``None`` where there is none."""
        return self._repo(self.datasets, repo_id)

    def has_adapters(self, repo_id: str) -> bool:
        """Whether any model says that it is an adapter of this one."""
        self._answer()
        return repo_id in self.adapted

    def refusals(self, card: str) -> tuple[str, ...]:
        """Return what is wrong with the front matter of a card."""
        self._answer()
        return tuple(refusal for text, refusal in self.refused.items() if text in card)

    def release(self, repo_id: str, revision: str) -> Release | None:
        """Return the weights of a model, ``None`` where there is none."""
        self._answer()
        header = self.weights.get(repo_id)
        if header is None:
            return None
        return Release(
            MemorySource({"model.safetensors": _file(header)}), ref=f"hf://{repo_id}@{revision}", commit=_COMMIT
        )

    def _repo(self, repos: Mapping[str, Mapping[str, Any]], repo_id: str) -> HubRepo | None:
        self._answer()
        told = repos.get(repo_id)
        return None if told is None else read_repo({"id": repo_id, "sha": _COMMIT, **told}, ENDPOINT)

    def _answer(self) -> None:
        if self.silent:
            raise EvidenceMissing("the Hub", f"{ENDPOINT} cannot be reached", hint="check the network")


def card_of(**fields: Any) -> Mapping[str, object]:
    """Return what a Hub says of a repository with such a front matter."""
    return {"cardData": fields}


def _file(tensors: Mapping[str, tuple[str, tuple[int, ...]]]) -> bytes:
    """Return a file of such tensors, all of them zero: nobody looks at their values."""
    header: dict[str, object] = {}
    end = 0
    for name, (dtype, shape) in tensors.items():
        begin, count = end, 1
        for length in shape:
            count *= length
        end += count * DTYPE_BITS[dtype] // 8
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(end)

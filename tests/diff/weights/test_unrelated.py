"""The bands of published releases, and of networks that are trained here: what was updated, and what is another model."""

from __future__ import annotations

import math
import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import parametrize

from hfsemver.diff.release import compare
from hfsemver.workflows.check import CheckRequest, run_check
from tests.builders import release
from tests.published import DATA
from tests.published import unpack as unpack_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

State = dict[str, torch.Tensor]

UNRELATED, UPDATED = "weights-unrelated-to-baseline", "weights-updated"
SCALED = "config-value-changed"  # another lora_alpha


def checked(baseline: Path, current: Path) -> tuple[str, list[str], dict[str, int]]:
    """Return what ``hfsemver check`` requires, the rules that say so, and how many tensors each band holds."""
    report = run_check(CheckRequest(current=str(current), baseline=str(baseline), declared="9.9.9", weights="full"))
    assert report.weights is not None
    rules = sorted({finding.rule for finding in report.findings})
    return report.verdict.required.word, rules, dict(report.weights.bands)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the way to an archive's folder, which is unpacked once."""
    root = tmp_path_factory.mktemp("published")

    @cache
    def unpack(archive: str) -> Path:
        unpack_archive(archive, root)
        return root

    return unpack


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the published weights are not here")
@pytest.mark.parametrize(
    ("archive", "before", "after", "verdict"),
    [
        # Its authors trained it again: from another seed, so that nothing of the first adapter is left in the second.
        ("distilbert-lora", "distilbert-lora-org-a/v1", "distilbert-lora-org-a/v2", ("major", [UNRELATED])),
        ("distilbert-lora", "distilbert-lora-org-a/v1", "distilbert-lora-org-b/model", ("major", [SCALED, UNRELATED])),
        ("distilbert-lora", "distilbert-lora-org-a/v2", "distilbert-lora-org-b/model", ("major", [SCALED, UNRELATED])),
        ("roberta-agnews-lora", "checkpoint-500", "checkpoint-1500", ("minor", [UPDATED])),
        ("roberta-agnews-lora", "checkpoint-500", "checkpoint-2400", ("minor", [UPDATED])),
        ("roberta-agnews-lora", "checkpoint-1500", "checkpoint-2400", ("minor", [UPDATED])),
        ("roberta-agnews-lora", "checkpoint-2400", "checkpoint-500", ("minor", [UPDATED])),
    ],
)
def test_a_published_adapter_is_an_update_only_of_its_own_run(
    unpacked: Callable[[str], Path], archive: str, before: str, after: str, verdict: tuple[str, list[str]]
) -> None:
    """A later step of a run is an update; an adapter from another seed or another author is another one."""
    root = unpacked(archive) if archive.startswith("distilbert") else unpacked(archive) / archive

    assert (*verdict, {"updated": 28}) == checked(root / before, root / after)


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the published weights are not here")
def test_a_published_copy_is_identical(unpacked: Callable[[str], Path]) -> None:
    """The last checkpoint of a run is the release, bit by bit."""
    release = unpacked("distilbert-lora") / "distilbert-lora-org-b/model"

    assert ("none", [], {"identical": 28}) == checked(release, release / "checkpoint-939")


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the published weights are not here")
@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("float32", "float16", ("minor", ["tensor-dtype-changed"], {"recast": 1})),
        ("float16", "float32", ("minor", ["tensor-dtype-changed"], {"recast": 1})),
        ("float32", "int8", ("major", ["tensor-dtype-packed"], {})),
        ("float32", "sentence-transformers", ("major", ["tensor-renamed"], {"identical": 1})),
        # Only bytes prove a renaming, and these were widened as well.
        ("float16", "sentence-transformers", ("major", ["tensor-added", "tensor-removed"], {})),
    ],
)
def test_one_published_embedding_in_four_forms(
    unpacked: Callable[[str], Path],
    tmp_path: Path,
    before: str,
    after: str,
    verdict: tuple[str, list[str], dict[str, int]],
) -> None:
    """Rounded, packed and renamed, the one matrix is never another model."""
    root = unpacked("model2vec-rs") / "model2vec-rs"
    for form in (before, after):
        (tmp_path / form).mkdir()
        shutil.copyfile(root / f"test-model-{form}/model.safetensors", tmp_path / form / "model.safetensors")

    assert verdict == checked(tmp_path / before, tmp_path / after)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks as small as these lose more by threads than they win."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Network(nn.Module):
    """A transformer of one layer that reads 64 symbols."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(64, 64)
        self.query, self.key, self.value, self.out = (nn.Linear(64, 64, bias=False) for _ in range(4))
        self.up, self.down = nn.Linear(64, 128), nn.Linear(128, 64)
        self.norm = nn.LayerNorm(64)
        self.head = nn.Linear(64, 64)

    def forward(self, text: torch.Tensor) -> torch.Tensor:
        words = self.words(text)
        scores = self.query(words) @ self.key(words).transpose(1, 2) / 8
        ahead = torch.ones(scores.shape[1:]).triu(1).bool()
        words = words + self.out(scores.masked_fill(ahead, -1e9).softmax(-1) @ self.value(words))
        result: torch.Tensor = self.head(self.norm(words + self.down(self.up(words).relu())))
        return result


class Perceptron(nn.Module):
    """Three matrices that guess a symbol from the one before it."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(64, 128)
        self.up, self.head = nn.Linear(128, 256), nn.Linear(256, 64)

    def forward(self, text: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.head(self.up(self.words(text)).relu())
        return result


class Convolutional(nn.Module):
    """Kernels that guess a symbol from the three before it."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(64, 128)
        self.first, self.second = nn.Conv1d(128, 128, 3), nn.Conv1d(128, 64, 1)

    def forward(self, text: torch.Tensor) -> torch.Tensor:
        past = nn.functional.pad(self.words(text).transpose(1, 2), (2, 0))
        result: torch.Tensor = self.second(self.first(past).relu()).transpose(1, 2)
        return result


KINDS: dict[str, Callable[[], nn.Module]] = {
    "transformer": Network,
    "perceptron": Perceptron,
    "convolutional": Convolutional,
}


def descend(network: nn.Module, parameters: Iterable[nn.Parameter], steps: int, rate: float, task: int) -> None:
    """Train on sequences in which each symbol follows from the one before it, one time in four by chance."""
    draw = torch.Generator().manual_seed(task)
    optimiser = torch.optim.AdamW(parameters, lr=rate)
    for _ in range(steps):
        text = torch.randint(64, (16, 17), generator=draw)
        for place in range(1, 17):
            follows = (text[:, place - 1] * (5 + 2 * task) + 3) % 64
            text[:, place] = torch.where(torch.rand(16, generator=draw) < 0.25, text[:, place], follows)
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(network(text[:, :-1]).flatten(0, 1), text[:, 1:].flatten())
        torch.autograd.backward(loss)
        optimiser.step()


def state_of(network: nn.Module) -> State:
    return {name: values.detach().clone() for name, values in network.state_dict().items()}


@cache
def trained(
    kind: str, seed: int, start: int | None = None, steps: int = 120, rate: float = 3e-3, task: int = 0
) -> State:
    """Train a network from a seed, or on from what the seed ``start`` became."""
    torch.manual_seed(seed)
    network = KINDS[kind]()
    if start is not None:
        network.load_state_dict(trained(kind, start))
    descend(network, network.parameters(), steps, rate, task)
    return state_of(network)


class Low(nn.Module):
    """A low-rank step beside a frozen matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Parameter(torch.empty(16, 64)), nn.Parameter(torch.zeros(64, 16))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return weight + self.b @ self.a


@cache
def adapter(seed: int, steps: int) -> State:
    """Train adapters of four matrices of one network, from a seed."""
    network = Network().requires_grad_(requires_grad=False)
    network.load_state_dict(trained("transformer", 0))
    torch.manual_seed(seed)
    lows = {name: Low() for name in ("query", "key", "value", "out")}
    for name, low in lows.items():
        parametrize.register_parametrization(network.get_submodule(name), "weight", low)
    descend(network, [part for low in lows.values() for part in low.parameters()], steps, 3e-3, 1)
    return {
        f"base_model.model.{name}.lora_{part}.weight": values.detach().clone()
        for name, low in lows.items()
        for part, values in (("A", low.a), ("B", low.b))
    }


def verdict(baseline: State, current: State, folder: Path) -> tuple[str, list[str], dict[str, int]]:
    """Save both and let them be checked."""
    for name, state in (("a", baseline), ("b", current)):
        (folder / name).mkdir()
        file = "adapter_model" if any("lora_" in key for key in state) else "model"
        save_file({key: values.contiguous() for key, values in state.items()}, folder / name / f"{file}.safetensors")
    return checked(folder / "a", folder / "b")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("rate", "task"), [(1e-5, 0), (1e-3, 1), (1e-2, 1)], ids=["gently", "on another task", "aggressively"]
)
def test_a_network_that_was_trained_on_is_an_update(kind: str, rate: float, task: int, tmp_path: Path) -> None:
    """Training moves every tensor, and the network stays itself."""
    state = trained(kind, 0)
    tuned = trained(kind, 0, start=0, steps=40, rate=rate, task=task)

    assert ("minor", [UPDATED], {"updated": len(state)}) == verdict(state, tuned, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_another_order_of_the_data_is_an_update(kind: str, tmp_path: Path) -> None:
    """Two runs from one beginning, here to two tasks, are related."""
    state = trained(kind, 0)

    assert ("minor", [UPDATED], {"updated": len(state)}) == verdict(state, trained(kind, 0, task=1), tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_is_another_model(kind: str, tmp_path: Path) -> None:
    """The same data in the same order do not make the same network."""
    state = trained(kind, 0)

    assert ("major", [UNRELATED], {"updated": len(state)}) == verdict(state, trained(kind, 1), tmp_path)


def test_the_same_values_written_otherwise(tmp_path: Path) -> None:
    """Saved again, rounded, rounded and widened, in few bits, or scaled, a network is related to itself."""
    state = trained("transformer", 0)
    count = len(state)
    forms: dict[str, tuple[State, tuple[str, list[str], dict[str, int]]]] = {
        "again": (dict(reversed(state.items())), ("none", [], {"identical": count})),
        "half": ({k: v.half() for k, v in state.items()}, ("minor", ["tensor-dtype-changed"], {"recast": count})),
        "through": (
            {k: v.bfloat16().float() for k, v in state.items()},
            ("patch", ["weights-roundtrip-noise"], {"roundtrip": count}),
        ),
        "packed": ({k: quantised(v) for k, v in state.items()}, ("minor", [UPDATED], {"updated": count})),
        "scaled": ({k: v * 0.7 for k, v in state.items()}, ("minor", [UPDATED], {"updated": count})),
        "turned": ({k: -v for k, v in state.items()}, ("minor", [UPDATED], {"updated": count})),
    }
    for name, (form, expected) in forms.items():
        (tmp_path / name).mkdir()
        assert expected == verdict(state, form, tmp_path / name), name


def quantised(values: torch.Tensor) -> torch.Tensor:
    scale = values.abs().max() / 7
    return (values / scale).round() * scale


def test_neurons_in_another_order_look_like_another_model(tmp_path: Path) -> None:
    """A known limit: the same function, with no value in its place."""
    state = trained("perceptron", 0)
    torch.manual_seed(0)
    width, inner = torch.randperm(128), torch.randperm(256)
    moved = {
        "words.weight": state["words.weight"][:, width],
        "up.weight": state["up.weight"][inner][:, width],
        "up.bias": state["up.bias"][inner],
        "head.weight": state["head.weight"][:, inner],
        "head.bias": state["head.bias"],
    }
    same, other = Perceptron(), Perceptron()
    same.load_state_dict(state)
    other.load_state_dict(moved)
    text = torch.arange(64)[None]

    assert torch.allclose(same(text), other(text), atol=1e-4)
    assert ("major", [UNRELATED], {"identical": 1, "updated": 4}) == verdict(state, moved, tmp_path)


@pytest.mark.parametrize(("before", "after"), [((5, 0), (5, 60)), ((5, 60), (5, 120)), ((5, 120), (5, 60))])
def test_an_adapter_stays_related_through_its_run(
    before: tuple[int, int], after: tuple[int, int], tmp_path: Path
) -> None:
    """One half of an adapter starts at zero, and has no direction yet."""
    assert ("minor", [UPDATED], {"updated": 8}) == verdict(adapter(*before), adapter(*after), tmp_path)


def test_an_adapter_of_another_seed_is_another_one(tmp_path: Path) -> None:
    """Trained on the same data, it holds nothing of the first."""
    assert ("major", [UNRELATED], {"updated": 8}) == verdict(adapter(5, 60), adapter(6, 60), tmp_path)


@pytest.mark.parametrize(
    ("first", "second", "size", "unrelated"),
    [
        ("lora_A", "lora_B", 8, True),
        ("lora_down", "lora_up", 8, True),
        # One row is no matrix, and what was saved beside it cannot speak for it.
        ("lora_A", "lora_B", 1, False),
    ],
)
def test_the_first_factors_speak_for_an_adapter(first: str, second: str, size: int, *, unrelated: bool) -> None:
    """Another head, and other second factors, are no other adapter; other first factors are."""
    old = {f"q.{first}.weight": f"F32[{size},512]", f"q.{second}.weight": f"F32[512,{size}]", "head": "F32[128,128]"}
    beside = {name: spec if first in name else f"{spec} seed=1" for name, spec in old.items()}
    within = {name: f"{spec} seed=1" for name, spec in old.items()}

    assert compare(baseline=release(old), current=release(beside)).updates.unrelated is None
    assert (compare(baseline=release(old), current=release(within)).updates.unrelated is not None) is unrelated

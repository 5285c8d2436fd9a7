"""Pairs of releases whose kinship is known, because they are trained here or were published with their history."""

from __future__ import annotations

import sys
import tarfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import _networks as networks
import _training as training
from _networks import CODE, PROSE, Kind, State
from _training import Course

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import torch

ADAPTER = "adapter_model.safetensors"
RELATED, UNRELATED, LIMIT = "related", "unrelated", "limit"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two releases, by their values or as folders, and what a comparison should find."""

    network: str
    change: str
    label: str
    baseline: State | Path
    current: State | Path


def scratch(kind: Kind, steps: int, seeds: str = UNRELATED) -> Iterator[Pair]:
    """Train a network of one kind from two seeds, and train it on; ``seeds`` is the label of what two seeds became."""
    first, second = training.fresh(kind, 0), training.fresh(kind, 1)
    course = Course(steps=steps)
    trained = training.train(kind, first, course)

    def pair(change: str, label: str, current: State, baseline: State = trained) -> Pair:
        return Pair(network=kind.name, change=change, label=label, baseline=baseline, current=current)

    yield pair("untrained, other seed", UNRELATED, second, first)
    yield pair("other seed", seeds, training.train(kind, second, course))
    yield pair("other seed and task", seeds, training.train(kind, second, replace(course, task=PROSE, order=1)))
    yield pair("same seed, other order", RELATED, training.train(kind, first, replace(course, order=1)))
    yield pair("same seed, other task", RELATED, training.train(kind, first, replace(course, task=PROSE, order=1)))
    yield pair("untrained to trained", RELATED, trained, first)
    longer = training.train(kind, trained, replace(course, steps=4 * steps, rate=3 * course.rate, decay=0.1, order=2))
    yield pair("trained five times as long, at three times the rate", RELATED, longer)
    yield pair("untrained to trained five times as long", RELATED, longer, first)
    for tuned in (1e-4, 1e-3, 1e-2, 3e-2):
        now = training.train(kind, trained, Course(steps=60, rate=tuned, task=PROSE, order=3))
        yield pair(f"tuned on another task, rate {tuned:g}", RELATED, now)
    if kind.lora:
        yield from adapters(kind, trained, steps=100)
    if kind is networks.DECODER:
        yield from rewritten(kind, trained)
        yield pair("neurons permuted", LIMIT, permuted(kind, trained))


def adapters(kind: Kind, start: State, steps: int) -> Iterator[Pair]:
    """Train adapters for one network."""
    course = Course(steps=steps, task=PROSE, order=4)
    elsewhere = replace(course, task=CODE, order=5)
    first = training.adapt(kind, start, course, seed=1)

    def pair(change: str, label: str, current: State, baseline: State = first.adapter) -> Pair:
        return Pair(network=f"{kind.name} adapter", change=change, label=label, baseline=baseline, current=current)

    untrained = training.adapt(kind, start, replace(course, steps=0), seed=1)
    yield pair("untrained, B zero, to trained", RELATED, first.adapter, untrained.adapter)
    later = training.adapt(kind, start, replace(course, order=6), seed=1, adapter=first.adapter)
    yield pair("later step of the run", RELATED, later.adapter)
    harder = training.adapt(kind, start, replace(elsewhere, rate=1e-2), seed=1, adapter=first.adapter)
    yield pair("trained on, other task, ten times the rate", RELATED, harder.adapter)
    yield pair("same seed, other order", RELATED, training.adapt(kind, start, replace(course, order=5), seed=1).adapter)
    yield pair("same seed, other task", RELATED, training.adapt(kind, start, elsewhere, seed=1).adapter)
    again = training.adapt(kind, start, replace(course, order=5), seed=2)
    yield pair("retrained, other seed", UNRELATED, again.adapter)
    other = training.adapt(kind, start, elsewhere, seed=3)
    yield pair("other seed and task", UNRELATED, other.adapter)
    for change, merged in (("merged in", first), ("merged in, other task", other)):
        yield Pair(network=kind.name, change=f"adapter {change}", label=RELATED, baseline=start, current=merged.merged)
    yield Pair(
        network=kind.name,
        change="adapter merged in, to one retrained with another seed",
        label=RELATED,
        baseline=first.merged,
        current=again.merged,
    )


def rewritten(kind: Kind, start: State) -> Iterator[Pair]:
    """Write the same values in another way."""
    import torch

    def pair(change: str, current: State) -> Pair:
        return Pair(network=kind.name, change=change, label=RELATED, baseline=start, current=current)

    for name, dtype in (("float16", torch.float16), ("bfloat16", torch.bfloat16)):
        yield pair(f"saved as {name}", {key: values.to(dtype) for key, values in start.items()})
        yield pair(f"through {name} and back", {key: values.to(dtype).float() for key, values in start.items()})
    for bits in (8, 4):
        yield pair(f"through {bits}-bit integers", {key: _quantised(values, bits) for key, values in start.items()})
    yield pair("halved", {key: values / 2 for key, values in start.items()})


def _quantised(values: torch.Tensor, bits: int) -> torch.Tensor:
    if values.ndim < 2:
        return values
    scale = values.abs().amax(-1, keepdim=True).clamp(min=1e-8) / (2 ** (bits - 1) - 1)
    rounded: torch.Tensor = (values / scale).round() * scale
    return rounded


def permuted(kind: Kind, start: State) -> State:
    """Number the hidden units of a Llama anew: the same function, with no value in its place."""
    import torch

    draw = torch.Generator().manual_seed(0)
    hidden = torch.randperm(128, generator=draw)
    inner = torch.randperm(256, generator=draw)
    moved = {}
    for name, values in start.items():
        outer = values
        if name.endswith(("norm.weight", "layernorm.weight", "o_proj.weight", "down_proj.weight")):
            outer = outer[hidden]
        if name.endswith(("gate_proj.weight", "up_proj.weight")):
            outer = outer[inner]
        if outer.ndim == 2 and not name.endswith("o_proj.weight"):
            outer = outer[:, inner if name.endswith("down_proj.weight") else hidden]
        moved[name] = outer.contiguous()
    losses = [training.loss_of(kind, state) for state in (start, moved)]
    if abs(losses[0] - losses[1]) > 1e-4:
        sys.exit(f"the permuted network is another function: {losses}")
    return moved


def real_network() -> Iterator[Pair]:
    """Train all-MiniLM-L6-v2 on, and networks of its sizes from scratch."""
    import torch

    if networks.MINILM is None:
        return
    kind = networks.REAL
    start = training.fresh(kind, 0)
    for rate in (2e-5, 1e-3, 1e-2):
        tuned = training.train(kind, start, Course(steps=12, rate=rate))
        change = f"tuned, rate {rate:g}"
        yield Pair(network=kind.name, change=change, label=RELATED, baseline=start, current=tuned)
    yield from rewritten(kind, start)
    yield from adapters(kind, start, steps=15)
    blanks = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        blank = training.copied(networks.minilm(blank=True))
        blanks.append(training.train(kind, blank, Course(steps=12, rate=1e-3)))
    yield Pair(network=kind.name, change="begun anew", label=UNRELATED, baseline=start, current=blanks[0])
    yield Pair(network=kind.name, change="other seed", label=UNRELATED, baseline=blanks[0], current=blanks[1])


def convex() -> Iterator[Pair]:
    """Train a single matrix from two seeds: both end at the one solution."""
    kind, course = networks.LINEAR, Course(steps=1500, rate=1e-2)
    ends = [training.train(kind, training.fresh(kind, seed), course) for seed in (0, 1)]
    yield Pair(network=kind.name, change="other seed", label=LIMIT, baseline=ends[0], current=ends[1])


PUBLISHED = (
    (
        "distilbert-lora",
        "distilbert adapter",
        "retrained by its authors, other seed",
        UNRELATED,
        "org-a/v1",
        "org-a/v2",
    ),
    ("distilbert-lora", "distilbert adapter", "adapter of somebody else", UNRELATED, "org-a/v1", "org-b/model"),
    ("distilbert-lora", "distilbert adapter", "adapter of somebody else, 2", UNRELATED, "org-a/v2", "org-b/model"),
    ("distilbert-lora", "distilbert adapter", "copy", RELATED, "org-b/model", "org-b/model/checkpoint-939"),
    ("roberta-agnews-lora", "roberta adapter", "step 500 to 1500", RELATED, "checkpoint-500", "checkpoint-1500"),
    ("roberta-agnews-lora", "roberta adapter", "step 500 to 2400", RELATED, "checkpoint-500", "checkpoint-2400"),
    ("roberta-agnews-lora", "roberta adapter", "step 1500 to 2400", RELATED, "checkpoint-1500", "checkpoint-2400"),
    ("model2vec-rs", "static embedding", "saved as float16", RELATED, "test-model-float32", "test-model-float16"),
    ("model2vec-rs", "static embedding", "saved as int8", RELATED, "test-model-float32", "test-model-int8"),
    (
        "model2vec-rs",
        "static embedding",
        "tensor renamed",
        RELATED,
        "test-model-float32",
        "test-model-sentence-transformers",
    ),
)


def published(data: Path, folder: Path) -> Iterator[Pair]:
    """Unpack what others have released."""
    for archive, network, change, label, *sides in PUBLISHED:
        packed = data / f"{archive}.tar.xz"
        if not packed.is_file():
            continue
        root = folder / archive
        if not root.exists():
            with tarfile.open(packed) as stream:
                stream.extractall(root, filter="data")
        top = "distilbert-lora-" if archive == "distilbert-lora" else f"{archive}/"
        before, after = (root / f"{top}{side}" for side in sides)
        yield Pair(network=network, change=change, label=label, baseline=before, current=after)

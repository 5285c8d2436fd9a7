"""Releases written as text: what an ``Example`` means, byte by byte."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from hfsemver.core.asked import Asked
from hfsemver.core.bump import required as required_bump
from hfsemver.core.claim import Claim, Origin, Promotion
from hfsemver.diff.release import compare
from hfsemver.releases.hub.hub import Published
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.rules.case import VersionCase
from hfsemver.rules.catalogue import evidence_rules, last_rules, version_rules
from hfsemver.rules.engine import inspect
from tests.dtypes import NUMPY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hfsemver.core.bump import Bump
    from hfsemver.core.finding import Finding, Skip
    from hfsemver.core.override import StaleOverride
    from hfsemver.core.weakening import Weakening
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.rules.rule import Example, ExampleFiles


def seeded(name: str, shape: tuple[int, ...], seed: str = "0") -> NDArray[np.float64]:
    """Standard normal values that depend on the tensor's name and the seed alone."""
    digest = hashlib.sha256(f"{name}\0{seed}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little")).standard_normal(shape)


def tensor(name: str, spec: str) -> tuple[str, tuple[int, ...], bytes]:
    """Turn ``F32[8,4] seed=1 scale=1e-4`` into dtype, shape and bytes; the grammar is that of ``ExampleFiles``."""
    head, *words = spec.split()
    dtype, _, rest = head.partition("[")
    shape = tuple(int(size) for size in rest.rstrip("]").split(",") if size)
    options = dict(word.partition("=")[::2] for word in words)
    of = options.pop("of", name)
    values = seeded(of, shape)
    if "scale" in options:
        values = values + seeded(of, shape, options.get("seed", "1")) * float(options["scale"])
    elif "seed" in options:
        values = seeded(of, shape, options["seed"])
    if "zeros" in options:
        values = np.zeros(shape)
    if "ones" in options:
        values = np.ones(shape)
    if NUMPY[dtype].kind in "iub" and "zeros" not in options:
        values = np.abs(values * 32) % 127
    if "as" in options:
        values = values.astype(NUMPY[options["as"]]).astype(np.float64)
    if "nan" in options:
        values.reshape(-1)[:1] = np.nan
    return dtype, shape, values.astype(NUMPY[dtype]).tobytes()


def safetensors(tensors: Mapping[str, str], metadata: Mapping[str, str] | None = None) -> bytes:
    """Write a safetensors file from tensor specifications."""
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    body = b""
    for name, spec in tensors.items():
        dtype, shape, data = tensor(name, spec)
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body


def is_file(key: str, value: object) -> bool:
    """Tell the name of a file from the name of a tensor; the grammar is that of ``ExampleFiles``."""
    return (
        not isinstance(value, str)
        or "/" in key
        or key.endswith((".json", ".md", ".jinja", ".yaml", ".yml", ".txt", ".py", "LICENSE"))
    )


def files(side: ExampleFiles) -> dict[str, bytes]:
    """Lay one side of an example out as files."""
    loose = {key: value for key, value in side.items() if isinstance(value, str) and not is_file(key, value)}
    out = {"model.safetensors": safetensors(loose)} if loose else {}
    for path, content in side.items():
        if path in loose:
            continue
        if isinstance(content, bytes):
            out[path] = content
        elif isinstance(content, str):
            out[path] = content.encode()
        elif path.endswith(".safetensors") and isinstance(content, Mapping):
            out[path] = safetensors(content)
        else:
            out[path] = json.dumps(content).encode()
    return out


def release(side: ExampleFiles, ref: str = "memory") -> Release:
    """Build a release in memory."""
    return Release(MemorySource(files(side)), ref=ref)


def diff(example: Example) -> ReleaseDiff:
    """Build the diff that an example describes."""
    baseline = None if example.baseline is None else release(example.baseline, "baseline")
    asked = Asked(adapter_base=example.adapter_base)
    published = None if example.hub is None else Published(hub=example.hub, repo=example.hub.repo)
    return compare(baseline, release(example.current, "current"), published=published).asking(asked)


def claim(example: Example) -> Claim:
    """Build what an example claims."""
    return Claim(
        declared=example.declared,
        origin=Origin.NOTHING if example.declared is None else Origin.TAG if example.tagged else Origin.FLAG,
        baseline=example.baseline_version,
        released=example.released,
        branch="main" if example.protected else None,
        protected=example.protected,
        promotion=None
        if example.since_candidate is None
        else Promotion(candidate=f"v{example.declared}-rc.1", changed=example.since_candidate),
        moved=example.moved,
        lost=example.lost,
        signature=example.signature,
    )


def judged(
    diff: ReleaseDiff,
    claim: Claim,
    required: Bump | None = None,
    overrides: tuple[StaleOverride, ...] = (),
    weakened: tuple[Weakening, ...] = (),
) -> tuple[tuple[Finding, ...], tuple[Skip, ...]]:
    """Run all stages, as a check does without a policy; ``required`` stands for what the evidence would require."""
    findings, skips = inspect(diff, evidence_rules())
    bump = required or required_bump(finding.bump for finding in findings if finding.bump is not None)
    case = VersionCase(diff=diff, claim=claim, required=bump, overrides=overrides, weakened=weakened)
    late, late_skips = inspect(case, version_rules())
    last, _ = inspect(case, last_rules())
    return findings + late + last, skips + late_skips

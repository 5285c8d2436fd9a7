"""Real histories: every commit that edited a configuration, and what has to be told about it."""

from __future__ import annotations

import tarfile
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from hfsemver.diff.release import compare
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.rules.catalogue import catalogue
from hfsemver.rules.engine import inspect
from tests.histories import archives

if TYPE_CHECKING:
    from pathlib import Path

# Rules about one release are judged over the whole histories (tests/golden/histories.tsv).
RULES = tuple(rule for rule in catalogue() if rule.area in ("config", "generation") and rule.faults is None)

# Repository, commit, and what its edit means: read by hand in the diff of each commit.
TOLD = {
    ("bigscience__bloom", "006"): {"stop-token-removed": 1, "config-value-changed": 3},
    ("bigscience__bloom", "011"): {"config-value-changed": 1},
    ("bigscience__bloom", "013"): {"config-value-changed": 8},
    ("bigscience__bloom", "021"): {"config-value-changed": 1},
    ("bigscience__bloom", "022"): {"config-value-changed": 1},
    ("bigscience__bloom", "024"): {"config-value-changed": 1},
    ("bigscience__bloom", "030"): {"config-value-changed": 1},
    ("bigscience__bloom", "039"): {"architecture-changed": 1},
    ("bigscience__bloom", "040"): {"architecture-changed": 1},
    ("deepseek-ai__DeepSeek-R1", "004"): {"sampling-default-changed": 1},
    ("meta-llama__Llama-2-7b-hf", "005"): {"sampling-default-changed": 1},
    ("meta-llama__Llama-2-7b-hf", "007"): {"sampling-default-changed": 1},
    ("meta-llama__Llama-2-7b-hf", "010"): {"context-length-extended": 1},
    ("meta-llama__Llama-2-7b-hf", "011"): {"sampling-default-changed": 1},
    ("meta-llama__Llama-2-7b-hf", "012"): {"sampling-default-changed": 1},
    ("meta-llama__Llama-2-7b-hf", "014"): {"config-value-changed": 1},
    ("meta-llama__Llama-2-7b-hf", "016"): {"sampling-default-changed": 1},
    ("openbmb__MiniCPM-V-2", "029"): {"context-length-extended": 1},
}


def releases(archive: Path) -> list[tuple[str, Release]]:
    """Return the snapshots of a history in order, by their number."""
    found: dict[str, dict[str, bytes]] = {}
    with tarfile.open(archive) as packed:
        for member in packed:
            parts = member.name.split("/", 2)
            content = packed.extractfile(member) if member.isfile() else None
            if content is not None and len(parts) == 3:
                found.setdefault(parts[1], {})[parts[2]] = content.read()
    return [(name.split("-")[0], Release(MemorySource(found[name]))) for name in sorted(found)]


@pytest.mark.data
@pytest.mark.skipif(not archives(), reason="the real histories are not here")
@pytest.mark.parametrize("archive", archives(), ids=lambda path: path.name.removesuffix(".tar.xz"))
def test_each_commit_of_a_real_history_tells_what_it_did(archive: Path) -> None:
    """Edits of configurations are told by the right rules; all other commits, uploads among them, tell nothing."""
    repository = archive.name.removesuffix(".tar.xz")
    snapshots = releases(archive)
    told: dict[tuple[str, str], dict[str, int]] = {}
    for (_, old), (number, new) in pairwise(snapshots):
        findings, skips = inspect(compare(baseline=old, current=new), RULES)
        assert () == skips
        for finding in findings:
            counts = told.setdefault((repository, number), {})
            counts[finding.rule] = counts.get(finding.rule, 0) + 1

    assert {key: counts for key, counts in TOLD.items() if key[0] == repository} == told

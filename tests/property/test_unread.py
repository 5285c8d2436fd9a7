"""Law 7: a failed reading is never "no change"."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hfsemver.core.claim import Claim
from hfsemver.diff.release import compare
from hfsemver.diff.weights.depth import Depth
from hfsemver.policy.judge import FailOn
from hfsemver.policy.policy import Policy
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.workflows.judgement import judge
from tests.builders import files
from tests.checkpoints import saved

if TYPE_CHECKING:
    from hfsemver.core.report import Report

SPECS = st.sampled_from(["F32[4,4]", "F32[4,4] seed=1 scale=1e-3", "F32[4,4] as=BF16", "BF16[4,4]", "F32[8,4]"])
LEGACY = {"_use_new_zipfile_serialization": False}
CHECKPOINTS = st.sampled_from([
    b"PK\x03\x04a", b"PK\x03\x04b", saved({"body": torch.ones(4, 4)}), saved({"body": torch.ones(4, 4), "head": torch.ones(2)}),
    saved({"body": torch.zeros(4, 4)}), saved({"body": torch.ones(8, 4)}), saved({"body": torch.ones(4, 4).half()}),
    saved({"body": torch.ones(4, 4)}, **LEGACY), saved({"body": torch.full((4, 4), torch.nan)}),
])  # fmt: skip
SIDES = st.fixed_dictionaries(
    {
        "body": SPECS,
        "model.fp16.safetensors": st.fixed_dictionaries({"body": SPECS}),
        "config.json": st.sampled_from([
            {"model_type": "bert"}, {"model_type": "bert", "hidden_size": 8}, {"model_type": "llama"},
        ]),
        "tokenizer.json": st.sampled_from([
            {"model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1}, "unk_token": "a"}},
            {"model": {"type": "WordLevel", "vocab": {"a": 1, "b": 0}, "unk_token": "a"}},
        ]),
        "generation_config.json": st.sampled_from([{"eos_token_id": 1}, {"eos_token_id": [1, 2]}, {"top_k": 3}]),
    },
    optional={"head": SPECS, "pytorch_model.bin": CHECKPOINTS},
)  # fmt: skip


def pointer(data: bytes) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n".encode()


def judged(old: dict[str, bytes], new: dict[str, bytes], depth: Depth) -> Report:
    diff = compare(Release(MemorySource(old)), Release(MemorySource(new)), depth)
    return judge(diff, Claim(), Policy(), FailOn.DENY, dt.date(2026, 1, 1))


@given(SIDES, SIDES, st.data(), st.sampled_from(Depth))
@settings(max_examples=300)
def test_what_would_be_found_with_every_byte_is_found_or_told_without(
    baseline: dict[str, object], current: dict[str, object], data: st.DataObject, depth: Depth
) -> None:
    """Whatever files are pointers without objects, and however shallow the look: silence means that nothing is there."""
    old, new = files(baseline), files(current)
    whole = judged(old, new, Depth.FULL)
    hidden = [(side, name) for side in (0, 1) for name in sorted((old, new)[side])]
    for side, name in data.draw(st.lists(st.sampled_from(hidden), unique=True, max_size=4)):
        content = (old, new)[side]
        content[name] = pointer(content[name])
    seen = judged(old, new, depth)

    missed = {finding.rule for finding in whole.findings} - {finding.rule for finding in seen.findings}
    assert missed <= {skip.rule for skip in seen.skips}

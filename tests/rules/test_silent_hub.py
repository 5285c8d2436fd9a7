"""A Hub that does not answer takes no finding away: what the files say is told, and what it was asked for is a skip."""

from __future__ import annotations

import pytest

from hfsemver.rules.adapter import adapter_base_mismatch
from hfsemver.rules.hub_example import ExampleHub
from hfsemver.rules.licence import license_conflicts_lineage
from hfsemver.rules.rule import Example, ExampleFiles
from tests.builders import claim, diff, judged

RANK, LLAMA = adapter_base_mismatch.RANK, license_conflicts_lineage.COMMERCIAL
FACTORS = {
    **RANK.current,
    "adapter_config.json": {
        "peft_type": "LORA",
        "r": 2,
        "target_modules": ["q_proj"],
        "base_model_name_or_path": "acme/base",
    },
}


@pytest.mark.parametrize(
    ("rule", "current", "baseline", "skipped"),
    [
        ("adapter-base-mismatch", FACTORS, RANK.baseline, True),
        ("license-conflicts-lineage", LLAMA.current, LLAMA.baseline, True),
        ("card-metadata-invalid", {"README.md": "---\ntags:\n- dataset: x\n---\n"}, {}, False),
        ("new-version-dangling", {"README.md": "---\nnew_version: ../two\n---\n"}, {}, False),
    ],
)
def test_what_the_files_say_is_told(rule: str, current: ExampleFiles, baseline: ExampleFiles, *, skipped: bool) -> None:
    """As where no Hub is asked, and beside it that there may be more."""
    asked, alone = (Example(baseline=baseline, current=current, hub=hub) for hub in (ExampleHub(silent=True), None))
    (found, skips), (expected, _) = (judged(diff(one), claim(one)) for one in (asked, alone))

    assert [one for one in found if one.rule == rule] == [one for one in expected if one.rule == rule] != []
    assert any(skip.rule == rule for skip in skips) is skipped

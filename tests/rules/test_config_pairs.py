"""What a reader of a finding about configuration gets to see: one cause, one finding, and a proof to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.finding import Level
from hfsemver.diff.release import compare
from hfsemver.rules.catalogue import evidence_rules
from hfsemver.rules.engine import inspect
from tests.builders import release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.finding import Finding

LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "eos_token_id": 2, "hidden_size": 64}


def judged(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, Finding]:
    """Run all rules; each may fire once."""
    findings, skips = inspect(compare(baseline=release(old), current=release(new)), evidence_rules())
    assert () == skips
    found = {finding.rule: finding for finding in findings}
    assert len(found) == len(findings)
    return found


def test_all_sizes_of_a_file_are_one_finding() -> None:
    """A grown network is one cause: every changed size is in the message, and nothing else fires."""
    new = {**LLAMA, "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 3}
    found = judged({"config.json": LLAMA}, {"config.json": new})

    assert ["geometry-changed"] == [*found]
    assert "hidden_size 64 -> 128" in found["geometry-changed"].message
    assert "num_hidden_layers 32 -> 3" in found["geometry-changed"].message


def test_a_renamed_label_prints_what_a_pipeline_answered() -> None:
    """The witness names the first class that changed by its number, its old name and its new one."""
    old = {"config.json": {"model_type": "bert", "id2label": {"0": "O", "1": "I-PER", "2": "I-ORG"}}}
    new = {"config.json": {"model_type": "bert", "num_labels": 3}}
    finding = judged(old, new)["label-contract-changed"]

    assert 'pipe("...")[0]["label"] for class 0 was "O", now "LABEL_0"' == finding.witness
    assert (Bump.MAJOR, Level.DENY) == (finding.bump, finding.level)


def test_a_lost_stop_prints_both_stop_sets() -> None:
    """The witness shows what ended generation before and what does now."""
    config = {"config.json": LLAMA}
    old = {**config, "generation_config.json": {"eos_token_id": [2, 32000]}}
    finding = judged(old, config)["stop-token-removed"]

    assert "generate() stop set {2, 32000} -> {2}" == finding.witness
    assert "generation_config.json" == finding.location.file


def test_a_replaced_stop_is_one_finding() -> None:
    """A stop that went while another came is a removal alone: the addition is not told a second time."""
    config = {"config.json": LLAMA}
    found = judged(
        {**config, "generation_config.json": {"eos_token_id": 2}}, {"config.json": {**LLAMA, "eos_token_id": 7}}
    )

    assert ["stop-token-removed"] == [*found]


def test_many_labels_stay_one_readable_line() -> None:
    """A thousand renamed classes are one finding that names a few and counts the others."""
    old = {"config.json": {"model_type": "vit", "id2label": {str(i): f"old {i}" for i in range(1000)}}}
    new = {"config.json": {"model_type": "vit", "id2label": {str(i): f"new {i}" for i in range(1000)}}}
    message = judged(old, new)["label-contract-changed"].message

    assert message.endswith("and 992 more")
    assert len(message) < 400


def test_what_a_configuration_says_is_shown_harmless() -> None:
    """Terminal escapes in keys and values are written out wherever a finding shows them."""
    new = {**LLAMA, "evil\x1b[2J": "\x1b]0;x\x07"}
    finding = judged({"config.json": LLAMA}, {"config.json": new})["config-value-changed"]

    assert "\x1b" not in finding.message + finding.baseline + finding.current


def test_the_finding_of_a_spelled_out_default_shows_what_it_was() -> None:
    """Where the old side left a key out, the finding shows the value that counted."""
    found = judged({"config.json": LLAMA}, {"config.json": {**LLAMA, "attention_bias": True}})

    assert "false" == found["config-value-changed"].baseline
    assert "attention_bias false -> true" == found["config-value-changed"].message

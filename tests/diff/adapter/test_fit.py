"""An adapter against the headers of its base: misfits that are certain, and silence about all else."""

from __future__ import annotations

import time
from typing import Any

import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.adapter.fit import Misfits, find_misfits
from hfsemver.rules.hub_example import ExampleHub
from tests.builders import release

CONFIG = {
    "peft_type": "LORA",
    "r": 4,
    "target_modules": "all-linear",
    "base_model_name_or_path": "acme/base",
    "revision": "v1",
}
Q, LINEAR = "model.layers.0.self_attn.q_proj", ("BF16", (64, 48))


def adapter(module: str = Q, inputs: int = 48, outputs: int = 64, **config: Any) -> dict[str, Any]:
    name = f"base_model.model.{module}"
    factors = {f"{name}.lora_A.weight": f"F32[4,{inputs}]", f"{name}.lora_B.weight": f"F32[{outputs},4]"}
    return {"adapter_config.json": {**CONFIG, **config}, "adapter_model.safetensors": factors}


def misfits(side: dict[str, Any], **weights: tuple[str, tuple[int, ...]]) -> list[tuple[int, str]]:
    hub = ExampleHub(weights={"acme/base": {f"{name}.weight": spec for name, spec in weights.items()}})
    found = find_misfits(release(side), hub)
    if found.missing:
        raise found.missing
    return [(one.count, one.problem) for one in found.found]


@pytest.mark.parametrize(
    "name", [Q, f"language_model.{Q}", Q.removeprefix("model.")], ids=["same", "more in front", "less in front"]
)
def test_a_module_is_found_with_more_or_less_in_front(name: str) -> None:
    """Classes with and without a head name the same weight differently."""
    assert misfits(adapter(), **{name: LINEAR}) == []
    assert misfits(adapter(inputs=50), **{name: LINEAR}) == [
        (1, "made for another size than the weight of acme/base@v1, which is 64 by 48")
    ]


def test_either_side_of_a_weight_may_come_first() -> None:
    """GPT-2 stores its matrices the other way round."""
    assert misfits(adapter(), **{Q: ("F32", (48, 64))}) == []


def test_both_factors_of_all_layers_are_one_finding() -> None:
    """Their number is told."""
    both = adapter(inputs=32, outputs=32)
    assert misfits(both, **{Q: LINEAR}) == [
        (2, "made for another size than the weight of acme/base@v1, which is 64 by 48")
    ]


def test_a_layer_that_the_base_lacks_is_told() -> None:
    """It has that module in other layers."""
    assert misfits(adapter(Q.replace("0", "7")), **{Q: LINEAR}) == [(2, "a module that acme/base@v1 does not have")]


@pytest.mark.parametrize("packed", [("U8", (6144, 1)), ("F8_E4M3", (64, 48))], ids=["bitsandbytes", "FP8"])
def test_a_layer_that_is_packed_is_not_lacking(packed: tuple[str, tuple[int, ...]]) -> None:
    """Quantisers leave some layers as they were."""
    two = adapter()
    two["adapter_model.safetensors"].update(adapter(Q.replace("0", "1"))["adapter_model.safetensors"])

    assert misfits(two, **{Q: LINEAR, Q.replace("0", "1"): packed}) == []


def test_a_layer_that_is_packed_under_other_names_is_not_lacking() -> None:
    """As GPTQ and AWQ have them."""
    two = adapter()
    two["adapter_model.safetensors"].update(adapter(Q.replace("0", "1"))["adapter_model.safetensors"])
    weights = {f"{Q}.weight": LINEAR, f"{Q.replace('0', '1')}.qweight": ("I32", (8, 48))}

    assert find_misfits(release(two), ExampleHub(weights={"acme/base": weights})).found == ()


def test_a_base_with_many_experts_is_read_in_one_go() -> None:
    """As many modules as the largest networks have, under names with more in front."""
    modules = [f"model.layers.{n % 60}.mlp.experts.{n}.up_proj" for n in range(10_000)]
    factors = {f"base_model.model.{name}.lora_A.weight": "F32[1,2]" for name in modules}
    side = {"adapter_config.json": CONFIG, "adapter_model.safetensors": factors}
    start = time.process_time()

    assert misfits(side, **{f"language_model.{name}": ("F32", (2, 2)) for name in modules}) == []
    assert time.process_time() - start < 20, "every name was held against every other"


@pytest.mark.parametrize("module", ["lm_head", "model.embed_tokens", "transformer.wte", "score"])
def test_a_head_may_have_been_resized(module: str) -> None:
    """Before it was trained, and again before it is loaded."""
    side = adapter(module, inputs=99, outputs=99)
    side["adapter_model.safetensors"].update(adapter()["adapter_model.safetensors"])
    assert misfits(side, **{Q: LINEAR, module: LINEAR}) == []


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {"h.0.attn.c_attn": LINEAR},
        {Q: ("U8", (6144, 1))},
        {Q: ("BF16", (64, 48, 1))},
        {f"a.{Q}": LINEAR, f"b.{Q}": LINEAR},
    ],
    ids=["nothing", "other names", "packed", "no matrix", "two of one name"],
)
def test_a_base_that_tells_nothing_is_left_open(weights: dict[str, Any]) -> None:
    """Names that a library makes on loading, and packed weights, are no misfit."""
    with pytest.raises(EvidenceMissing, match="whether it fits is not known"):
        misfits(adapter(inputs=1), **weights)


def test_a_base_that_is_not_there_is_left_open() -> None:
    """Another rule tells names that lead nowhere."""
    with pytest.raises(EvidenceMissing, match="acme/gone@v1 is not on the Hub"):
        misfits(adapter(base_model_name_or_path="acme/gone"), **{Q: LINEAR})


@pytest.mark.parametrize(
    "more", [{"peft_type": "IA3"}, {"base_model_name_or_path": "/home/me/base"}, {"base_model_name_or_path": None}]
)
def test_other_methods_and_bases_without_an_id_are_not_looked_at(more: dict[str, Any]) -> None:
    """Nobody is asked."""
    assert find_misfits(release(adapter(inputs=1, **more)), ExampleHub(silent=True)) == Misfits()


def test_one_adapter_whose_base_is_not_there_hides_no_other() -> None:
    """What does not fit is told, and that more may not."""
    gone, misfit = adapter(base_model_name_or_path="acme/gone"), adapter(inputs=32)
    side = {f"{folder}/{name}": file for folder, files in (("a", gone), ("b", misfit)) for name, file in files.items()}
    found = find_misfits(release(side), ExampleHub(weights={"acme/base": {f"{Q}.weight": LINEAR}}))

    assert [one.file for one in found.found] == ["b/adapter_model.safetensors"]
    assert "acme/gone@v1 is not on the Hub" in str(found.missing)

"""The licence drops terms of the base model, which bind whatever is made of it.

A release with several bases has to keep the terms of each. A Hub that is asked says the licences of the bases and of theirs in
turn; without one a table of well-known bases does. Data sets are dataset-license-conflict.

Why: users rely on permissions that the publisher could not give, and breach the licence of the base.
Fix: give the licence of the base under license in README.md, beside or in the place of your own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.rules.hub_example import ExampleHub, card_of
from hfsemver.rules.licence_conflicts import conflict_notes
from hfsemver.rules.rule import Cost, Example, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

_CARD = "---\nlicense: {}\nbase_model: {}\n---\n"
_LLAMA, _QWEN, _COMMAND = "meta-llama/Llama-2-7b-hf", "Qwen/Qwen2.5-3B", "CohereForAI/c4ai-command-r-v01"
_LORA = {"adapter_config.json": {"base_model_name_or_path": _COMMAND, "revision": "0123abc"}}


def _named(licence: str, base: str) -> dict[str, object]:
    return {"README.md": _CARD.format(licence, base)}


LAUNDERED = Example(
    baseline=_named("llama2", _LLAMA), current=_named("apache-2.0", _LLAMA), findings=1, also=("license-loosened",)
)
COMMERCIAL = Example(
    baseline={"README.md": "---\nlicense: mit\n---\n"}, current=_named("mit", f"[{_QWEN}, acme/one]"), findings=1
)
TWO_BASES = Example(
    baseline={"README.md": "---\nlicense: mit\n---\n"}, current=_named("mit", f"[{_QWEN}, {_LLAMA}]"), findings=2
)
KEPT = Example(baseline={"README.md": "---\nlicense: llama2\n---\n"}, current=_named("llama2", _LLAMA))
STRICTER = Example(baseline={"README.md": "---\nlicense: cc-by-nc-nd-4.0\n---\n"},
                   current=_named("cc-by-nc-nd-4.0", _COMMAND))  # fmt: skip
OWN_TERMS = Example(baseline={"README.md": "---\nlicense: other\nlicense_name: x\n---\n"},
                    current=_named("other\nlicense_name: x", _LLAMA))  # fmt: skip
ADAPTER = Example(
    baseline={"README.md": "---\nlicense: mit\n---\n", **_LORA}, current={**_named("mit", _COMMAND), **_LORA}
)
_ROOT = ExampleHub(models={"acme/one": card_of(base_model="acme/root"), "acme/root": card_of(license="cc-by-nc-4.0")})
OF_THE_HUB = Example(baseline={"README.md": "---\nlicense: mit\n---\n"}, current=_named("mit", "acme/one"), hub=_ROOT, findings=1)  # fmt: skip
UNKNOWN = Example(
    baseline=_named("apache-2.0", "acme/one"), current=_named("mit", "acme/one"), also=("license-loosened",)
)


@state_rule(
    cost=Cost.HEADER,
    promise="legal",
    since="0.2.0",
    examples=(LAUNDERED, COMMERCIAL, TWO_BASES, KEPT, STRICTER, OWN_TERMS, ADAPTER, OF_THE_HUB, UNKNOWN),
)
def license_conflicts_lineage(state: ReleaseState) -> Notes:
    return conflict_notes(state.licence_conflicts)

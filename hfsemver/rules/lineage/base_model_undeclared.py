"""The release is made from a base model, and its card names no repository as that base.

An adapter, a merge, a declared relation, or a base_model that is a folder of somebody's machine; and, where a Hub is asked, one
that it does not show: a name that is wrong, or a private model.

Why: nobody can load the base, check its licence, or learn of its flaws.
Fix: write the id of the base on the Hub under base_model in README.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.diff.card.ancestry import ORIGIN_FILES
from hfsemver.rules.hub_example import ExampleHub
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

_BARE, _NAMED = ({"README.md": f"---\nlicense: mit\n{more}---\n"} for more in ("", "base_model: acme/one\n"))
_ADAPTER = {"adapter_config.json": {"base_model_name_or_path": "acme/one", "revision": "0123abc"}}
_LOCAL = {"adapter_config.json": {"base_model_name_or_path": "/data/one"}}
_FOLDER = {"README.md": "---\nlicense: mit\nbase_model: ../out/checkpoint-500\n---\n"}

ADAPTER = Example(baseline={**_NAMED, **_ADAPTER}, current={**_BARE, **_ADAPTER}, findings=1)
LOCAL = Example(baseline={**_NAMED, **_LOCAL}, current={**_FOLDER, **_LOCAL}, findings=1, also=("base-model-changed",))
FOLDER = Example(baseline=_BARE, current=_FOLDER, findings=1)
RELATION = Example(
    baseline=_BARE, current={"README.md": "---\nlicense: mit\nbase_model_relation: finetune\n---\n"}, findings=1
)
NAMED = Example(baseline={**_NAMED, **_LOCAL}, current={**_NAMED, **_LOCAL, "notes.md": "# Notes\n"})
GONE = Example(baseline=_BARE, current=_NAMED, hub=ExampleHub(), findings=1)
THERE = Example(baseline=_BARE, current=_NAMED, hub=ExampleHub(models={"acme/one": {}}))
LOADED_LAST = Example(baseline={**_BARE, "config.json": {"_name_or_path": "acme/two"}},
                      current={**_BARE, "config.json": {"_name_or_path": "acme/one"}})  # fmt: skip


@state_rule(
    cost=Cost.HEADER,
    promise="provenance",
    since="0.2.0",
    reads=ORIGIN_FILES,
    examples=(ADAPTER, LOCAL, FOLDER, RELATION, NAMED, GONE, THERE, LOADED_LAST),
)
def base_model_undeclared(state: ReleaseState) -> Notes:
    found = state.undeclared_base
    if found is not None:
        written = f'base_model is "{clipped(found.written, 80)}", which {found.problem}' if found.written else ""
        missing = f"{found.evidence}, and README.md names no base_model" if found.evidence else ""
        yield Note(
            location=found.location,
            message=written or missing,
            current="undeclared",
            witness=f'ModelCard.load(repo).data.base_model is "{clipped(found.written, 80)}"'
            if found.written
            else "ModelCard.load(repo).data.base_model is None",
        )

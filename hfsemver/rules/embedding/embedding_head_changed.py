"""Vectors are made otherwise behind the network: other modules, another pooling, another width, another similarity.

Why: columns of vectors have one width and one metric, and vectors of another head do not compare with those that are stored.
Fix: restore the modules and their settings, or release a new major version and say that all texts have to be embedded again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.location import Location
from hfsemver.diff.config.change import shown
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff


def _modules(*kinds: str, package: str = "sentence_transformers.models") -> list[dict[str, object]]:
    return [
        {"idx": n, "name": str(n), "path": f"{n}_{kind}" if n else "", "type": f"{package}.{kind}"}
        for n, kind in enumerate(kinds)
    ]


MEAN = {
    "modules.json": _modules("Transformer", "Pooling"),
    "1_Pooling/config.json": {"word_embedding_dimension": 8, "pooling_mode_mean_tokens": True},
}
CLS = {"word_embedding_dimension": 8, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
OTHER_POOLING = Example(baseline=MEAN, current={**MEAN, "1_Pooling/config.json": CLS}, findings=1)
NORMALIZED = Example(
    baseline=MEAN, current={**MEAN, "modules.json": _modules("Transformer", "Pooling", "Normalize")}, findings=1
)
SETTINGS = "config_sentence_transformers.json"
DOT = Example(baseline=MEAN, current={**MEAN, SETTINGS: {"similarity_fn_name": "dot"}}, findings=1)
RESPELLED = Example(
    baseline=MEAN,
    current={
        "modules.json": _modules("Transformer", "Pooling", package="sentence_transformers.base.modules"),
        "1_Pooling/config.json": {"embedding_dimension": 8, "pooling_mode": "mean", "include_prompt": True},
        SETTINGS: {"__version__": {}, "similarity_fn_name": "cosine"},
    },
)
CAME = Example(
    baseline={"config.json": {"model_type": "bert"}}, current={"config.json": {"model_type": "bert"}, **MEAN}
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="derived",
    since="0.2.0",
    examples=(OTHER_POOLING, NORMALIZED, DOT, RESPELLED, CAME),
    mirror="none: the way back is another head too",
)
def embedding_head_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each setting of each module."""
    for change in diff.embedding.head:
        yield Note(
            location=Location(file=change.file, pointer=change.key),
            message=str(change) if change.key else f"modules {change.old} -> {change.new}",
            baseline=shown(change.old),
            current=shown(change.new),
            witness=f"SentenceTransformer(repo).encode(text) with {change.key or 'modules'} {shown(change.old)} -> {shown(change.new)}",
        )

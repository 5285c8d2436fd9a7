"""Reports of every shape, for laws, and a few that read like real ones, for goldens."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from hypothesis import strategies as st

from hfsemver.core.bump import Bump
from hfsemver.core.change import Change, ChangeKind
from hfsemver.core.finding import Accepted, Finding, Level, Skip
from hfsemver.core.location import Location
from hfsemver.core.report import (
    DistanceFigures,
    LayerFigures,
    ModuleFigures,
    PartFigures,
    Report,
    Side,
    TensorFigures,
    WeightFigures,
)
from hfsemver.core.verdict import Verdict

NASTY = (
    "\x1b[2J\x1b[31mred",
    "a\r\nb",
    "::error file=x::y",
    "  ::add-mask::y",
    "##[error]x",
    "##vso[task.setvariable variable=x]y",
    "\u202egnp.exe",
    "\u2066x\u2069\u200b",
    "`code`",
    "```",
    "a`` `b",
    " `",
    "<|im_end|>",
    "a\\|b",
    "|",
    "\\",
    "<script>alert(1)</script>",
    "<!-- x",
    "@everyone",
    "#12",
    "GH-12",
    "https://example.org/x",
    "[a](javascript:b)",
    "\x85\x9b31m\x7f\0",
    "\u2028\u2029",
    "x" * 10_000,
    "`" * 10_000,
    "|" * 1_000,
    "",
    " ",
    "-",
    "\udcff.bin",
    "50%0A::error::x",
    "%25%3A,title=x",
    "::stop-commands::x",
    "]]>",
    "]]><x/>&#0;&amp;",
    "'\"",
    "{0} {{x}}",
    "[a](1)",
    "a/../b c#?&=.bin",
    "//host/x",
    "\ufffe\uffff\U0001f600\U000e0041",
)

INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]")
"""What hides from a reader, or moves what stands around it; a line break is the one that a renderer may write."""

# Half a surrogate pair has no meaning in JSON that all readers share, so the law is about text without one.
TEXT = st.one_of(
    st.text(), st.sampled_from([text for text in NASTY if not any("\ud800" <= c <= "\udfff" for c in text)])
)
HOSTILE = st.one_of(
    st.sampled_from(NASTY), st.text(), st.tuples(st.sampled_from(NASTY), st.sampled_from(NASTY)).map("".join)
)
VERSIONS = st.one_of(st.none(), st.sampled_from(["1.2.0", "2.0.0", "0.3.1", "1.0.0-rc.1", "banana", ""]), TEXT)
NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False), st.just(math.inf))
INTERVALS = st.one_of(st.none(), st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)))
COUNTS = st.integers(0, 2**63)


def findings(text: st.SearchStrategy[str]) -> st.SearchStrategy[Finding]:
    """Findings whose texts come from ``text``."""
    return st.builds(
        Finding,
        rule=st.one_of(st.sampled_from(["tensor-removed", "version-bump-too-small", "pickle-introduced"]), text),
        level=st.sampled_from(Level),
        bump=st.one_of(st.none(), st.sampled_from(Bump)),
        message=text,
        location=st.builds(Location, file=text, pointer=text),
        baseline=text,
        current=text,
        witness=text,
        why=text,
        fix=text,
    )


def layers(text: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[LayerFigures, ...]]:
    """Layers whose names come from ``text``, some of them numbers one after the other."""
    distances = st.builds(
        DistanceFigures,
        changed_share=NUMBERS,
        relative_l2=NUMBERS,
        cosine=NUMBERS,
        max_abs=NUMBERS,
        relative_l2_interval=INTERVALS,
        cosine_interval=INTERVALS,
    )
    modules = st.lists(
        st.builds(
            ModuleFigures,
            module=st.one_of(st.sampled_from(["mlp.up_proj", "self_attn.q_proj"]), text),
            tensors=COUNTS,
            changed=st.one_of(st.just(0), COUNTS),
            distance=distances,
        ),
        max_size=3,
    ).map(tuple)
    parts = st.builds(
        PartFigures,
        part=st.one_of(st.sampled_from(["attention", "norm"]), text),
        tensors=COUNTS,
        changed=st.one_of(st.just(0), COUNTS),
        distance=distances,
        modules=modules,
    )
    layer = st.builds(
        LayerFigures,
        file=st.one_of(st.just("model.safetensors"), text),
        path=st.one_of(st.just("model.layers"), text),
        layer=st.one_of(st.none(), st.integers(0, 4), COUNTS),
        tensors=COUNTS,
        changed=st.one_of(st.just(0), COUNTS),
        distance=distances,
        parts=st.lists(parts, max_size=3).map(tuple),
    )
    return st.lists(layer, max_size=4).map(tuple)


def reports(text: st.SearchStrategy[str]) -> st.SearchStrategy[Report]:
    """Reports whose texts come from ``text``; every field takes every kind of value that its type allows."""
    maybe = st.one_of(st.none(), text)
    sides = st.builds(Side, ref=text, version=maybe, commit=maybe)
    verdicts = st.builds(
        Verdict,
        required=st.sampled_from(Bump),
        declared_bump=st.one_of(st.none(), st.sampled_from(Bump)),
        declared_version=st.one_of(VERSIONS, maybe),
        baseline_version=st.one_of(VERSIONS, maybe),
        next_version=st.one_of(VERSIONS, maybe),
        failing=st.one_of(
            st.just(()),
            st.just(("version-bump-too-small",)),
            st.just(("pickle-introduced", "version-invalid")),
            st.lists(text, max_size=3).map(tuple),
        ),
    )
    weights = st.builds(
        WeightFigures,
        evidence=st.one_of(st.sampled_from(["digest", "header", "full"]), text),
        tensors=st.integers(0, 2**63),
        changed=st.integers(0, 2**63),
        bytes_read=st.integers(0, 2**63),
        relative_l2=NUMBERS,
        cosine=NUMBERS,
        relative_l2_interval=INTERVALS,
        cosine_interval=INTERVALS,
        max_abs=NUMBERS,
        changed_share=NUMBERS,
        bands=st.lists(st.tuples(text, st.integers(0, 2**63)), max_size=3).map(tuple),
        layers=st.one_of(st.none(), layers(text)),
        changed_tensors=st.one_of(
            st.none(),
            st.lists(
                st.builds(
                    TensorFigures,
                    name=text,
                    file=text,
                    band=text,
                    elements=COUNTS,
                    distance=st.builds(DistanceFigures, relative_l2=NUMBERS),
                ),
                max_size=2,
            ).map(tuple),
        ),
    )
    changes = st.builds(
        Change,
        kind=st.sampled_from(ChangeKind),
        location=st.builds(Location, file=text, pointer=text),
        words=text,
        baseline=text,
        current=text,
    )
    return st.builds(
        Report,
        baseline=st.one_of(st.none(), sides),
        current=sides,
        verdict=verdicts,
        findings=st.lists(findings(text), max_size=4).map(tuple),
        skips=st.lists(st.builds(Skip, rule=text, reason=text), max_size=2).map(tuple),
        accepted=st.lists(st.builds(Accepted, finding=findings(text), reason=text, until=text), max_size=2).map(tuple),
        weights=st.one_of(st.none(), weights),
        notes=st.lists(text, max_size=2).map(tuple),
        changes=st.one_of(st.none(), st.lists(changes, max_size=3).map(tuple)),
    )


REMOVED = Finding(
    rule="tensor-removed",
    level=Level.DENY,
    bump=Bump.MAJOR,
    message="F32[32000,4096] was removed",
    location=Location(file="model-00002-of-00004.safetensors", pointer="lm_head.weight"),
    baseline="F32[32000,4096]",
    why="loaders fill a missing weight with random values and only warn",
    fix="restore the tensor, or release a new major version.",
)
RENDERED = Finding(
    rule="chat-template-render-changed",
    level=Level.DENY,
    bump=Bump.MAJOR,
    message="conversation 'system and user' renders to other text",
    location=Location(file="chat_template.jinja"),
    witness="--- baseline\n+++ current\n-<|im_start|>system\n+<|system|>\n",
    why="hosted prompts and fine-tuning data assume the old bytes",
    fix="restore the template, or release a new major version",
)
ADDED = Finding(
    rule="token-added",
    level=Level.WARN,
    bump=Bump.MINOR,
    message="2 tokens were added",
    location=Location(file="tokenizer.json", pointer="added_tokens"),
    baseline="32000",
    current="32002",
    why="new ids can appear in output",
    fix="release a new minor version",
)
PICKLE = Finding(
    rule="pickle-introduced",
    level=Level.DENY,
    bump=None,
    message="a pickle without a safetensors twin",
    location=Location(file="pytorch_model.bin"),
    why="loading it can run code",
    fix="publish safetensors",
)
TOO_SMALL = Finding(
    rule="version-bump-too-small",
    level=Level.DENY,
    bump=None,
    message="1.3.0 declares minor, the changes require major",
    location=Location(file="README.md", pointer="version"),
    baseline="1.2.0",
    current="1.3.0",
    why="whoever pinned ``1.x`` gets a break that the number denies",
    fix="declare the version that the verdict names",
)
REFUSED = Report(
    baseline=Side(ref="@v1.2.0", version="1.2.0", commit="3f2a9c1b7d0458e1aa90b6d2c7e4f1035b8d6a77"),
    current=Side(ref=".", version="1.3.0"),
    verdict=Verdict(
        required=Bump.MAJOR,
        declared_bump=Bump.MINOR,
        declared_version="1.3.0",
        baseline_version="1.2.0",
        next_version="2.0.0",
        failing=("version-bump-too-small",),
    ),
    findings=(TOO_SMALL, RENDERED, REMOVED, ADDED),
    skips=(Skip(rule="weights-updated", reason="model-00003-of-00004.safetensors: the LFS object is not here"),),
    accepted=(Accepted(finding=ADDED, reason="announced in March", until="2027-01-31"),),
    weights=WeightFigures(
        evidence="full",
        tensors=291,
        changed=12,
        bytes_read=90_868_376,
        relative_l2=0.03124,
        cosine=0.9999912,
        max_abs=0.25,
        changed_share=0.0412,
        bands=(("identical", 279), ("finetuned", 12)),
    ),
    notes=("v1.2.1-rc.1 is a pre-release and no baseline",),
)
GRANTED = replace(
    REFUSED,
    verdict=replace(REFUSED.verdict, declared_bump=Bump.MAJOR, declared_version="2.0.0", failing=()),
    current=Side(ref="@v2.0.0", version="2.0.0", commit="9b" * 20),
    findings=(RENDERED, REMOVED),
    skips=(),
    accepted=(),
    notes=(),
)
FIRST = Report(
    baseline=None,
    current=Side(ref="./checkpoint", version="1.0.0"),
    verdict=Verdict(required=Bump.NONE, declared_version="1.0.0", failing=("pickle-introduced",)),
    findings=(PICKLE,),
)
QUIET = Report(
    baseline=REFUSED.baseline,
    current=Side(ref="."),
    verdict=Verdict(required=Bump.NONE, baseline_version="1.2.0", next_version="1.2.0"),
)
COMPARED = replace(
    QUIET,
    current=Side(ref="@feature", commit="4e" * 20),
    findings=(ADDED, PICKLE),
    verdict=Verdict(required=Bump.MINOR),
    changes=(
        Change(
            kind=ChangeKind.FILE,
            location=Location(file="model.safetensors"),
            words="split otherwise",
            baseline="90.9 MB",
            current="2 files, 90.9 MB",
        ),
        Change(kind=ChangeKind.FILE, location=Location(file="modeling.py"), words="added", current="2.1 kB"),
        Change(
            kind=ChangeKind.CARD,
            location=Location(file="README.md", pointer="tags"),
            words="changed",
            baseline="chat",
            current="chat, code",
        ),
        *(
            Change(
                kind=ChangeKind.VALUES,
                location=Location(file="model.safetensors", pointer=f"h.{layer}.weight"),
                words="updated: 100 % of the values, relative L2 0.25",
            )
            for layer in range(21)
        ),
        Change(kind=ChangeKind.UNKNOWN, location=Location(file="onnx/model.onnx"), words="its bytes are not here"),
    ),
)


def _modules(part: str, **distances: float | None) -> PartFigures:
    modules = tuple(
        ModuleFigures(
            module=module.replace("__", "."),
            tensors=1,
            changed=int(distance is not None),
            distance=DistanceFigures(relative_l2=distance),
        )
        for module, distance in distances.items()
    )
    moved = [one.distance.relative_l2 or 0.0 for one in modules if one.changed]
    return PartFigures(
        part=part,
        tensors=len(modules),
        changed=len(moved),
        distance=DistanceFigures(relative_l2=max(moved, default=None)),
        modules=modules,
    )


def layer_of(
    layer: int | None, *parts: PartFigures, path: str = "model.layers", apart: float | None = None
) -> LayerFigures:
    """Return a layer of these parts; without parts, one tensor that lies ``apart``."""
    moved = [part.distance.relative_l2 or 0.0 for part in parts if part.changed]
    distance = DistanceFigures(relative_l2=max(moved, default=apart), cosine=0.9999, max_abs=0.25, changed_share=0.5)
    return LayerFigures(
        file="model.safetensors",
        path=path,
        layer=layer,
        tensors=sum(part.tensors for part in parts) or 1,
        changed=sum(part.changed for part in parts) or int(apart is not None),
        distance=distance if moved or apart is not None else DistanceFigures(),
        parts=parts,
    )


TRAINED = replace(
    COMPARED,
    changes=COMPARED.changes[3:4] if COMPARED.changes else None,
    weights=WeightFigures(
        evidence="full",
        tensors=291,
        changed=12,
        bytes_read=90_868_376,
        relative_l2=0.03124,
        cosine=0.9999912,
        max_abs=0.25,
        changed_share=0.0412,
        bands=(("identical", 279), ("updated", 12)),
        layers=(
            layer_of(None, path="model.embed_tokens"),
            *(
                layer_of(
                    layer,
                    _modules("attention", self_attn__q_proj=apart, self_attn__k_proj=None),
                    _modules("mlp", mlp__up_proj=None if apart is None else apart / 3),
                )
                for layer, apart in enumerate((None, None, 0.0123, 0.0123, 0.5, 1e-5))
            ),
            layer_of(None, path="lm_head", apart=0.031),
        ),
        changed_tensors=(
            TensorFigures(
                name="lm_head.weight",
                file="model.safetensors",
                band="updated",
                elements=131_072_000,
                distance=DistanceFigures(changed_share=1.0, relative_l2=0.031, cosine=0.9995, max_abs=0.25),
            ),
        ),
    ),
)
SAMPLES = {
    "refused": REFUSED,
    "granted": GRANTED,
    "first": FIRST,
    "nothing": QUIET,
    "compared": COMPARED,
    "trained": TRAINED,
}

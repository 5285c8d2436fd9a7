"""``diff``: every change is listed, also those that no rule is about, and the list says what it does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.change import Change, ChangeKind
from hfsemver.core.location import Location
from hfsemver.reports.answer import answer
from hfsemver.reports.json_reader import report_from_json
from hfsemver.reports.report import VERDICT_FORMATS, Format, render
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.difference import run_diff
from hfsemver.workflows.weight_changes import MEASURED
from tests.builders import files
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hfsemver.core.report import Report

MODEL = {"body": "F32[64,64]", "head": "F32[8,64]"}
TUNED = {**MODEL, "head": "F32[8,64] seed=1 scale=1e-3"}
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 5000000\n"


def lay(folder: Path, side: Mapping[str, object]) -> str:
    """Write one side of a comparison into a folder."""
    for name, data in files(side).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return str(folder)


def compared(tmp_path: Path, old: Mapping[str, object], new: Mapping[str, object], weights: str = "auto") -> Report:
    return run_diff(lay(tmp_path / "old", old), lay(tmp_path / "new", new), weights)


def told(report: Report, kind: ChangeKind) -> list[str]:
    return [f"{c.location}: {c.words}" for c in report.changes or () if c.kind is kind]


def test_what_no_rule_is_about_is_listed(tmp_path: Path) -> None:
    """Tags, a language, code and new files are changes, although no version number is about them."""
    old = {**MODEL, "README.md": "---\ntags: [chat]\nwidget: x\n---\n", "modeling_x.txt": "a"}
    new = {
        **MODEL,
        "README.md": "---\ntags: [code, chat]\nlanguage: de\n---\n",
        "modeling_x.txt": "bb",
        "notes.txt": "c",
    }
    report = compared(tmp_path, old, new)

    assert ["README.md: changed", "modeling_x.txt: changed", "notes.txt: added"] == told(report, ChangeKind.FILE)
    assert ["language: added", "tags: changed", "widget: removed"] == [
        line.removeprefix("README.md: ") for line in told(report, ChangeKind.CARD)
    ]
    assert Change(
        kind=ChangeKind.CARD,
        location=Location(file="README.md", pointer="tags"),
        words="changed",
        baseline="chat",
        current="code, chat",
    ) in (report.changes or ())
    assert "6 changes, the largest requires no release (1 rule not evaluated)" == answer(report)


def test_equal_releases_have_no_change(tmp_path: Path) -> None:
    """An empty list is an answer of its own, and no verdict about a version."""
    report = compared(tmp_path, MODEL, MODEL)

    assert () == report.changes
    assert "no change" == answer(report)


def test_the_largest_requirement_closes_the_report(tmp_path: Path) -> None:
    """Findings stay, with rule and bump, and the last line counts the changes."""
    report = compared(tmp_path, MODEL, {"body": "F32[64,64]"})
    text = render(report, Format.HUMAN)

    assert text.startswith(f"{tmp_path}/old -> {tmp_path}/new\n\ndeny[tensor-removed] requires major\n")
    assert "changed tensors:\n  model.safetensors: head: removed (F32[8,64])\n" in text
    assert text.endswith("\n2 changes, the largest requires major\n")


def test_another_split_is_one_change(tmp_path: Path) -> None:
    """The shards of a set are not told one by one."""
    index = {
        "metadata": {},
        "weight_map": {"body": "model-00001-of-00002.safetensors", "head": "model-00002-of-00002.safetensors"},
    }
    parts = {
        "model-00001-of-00002.safetensors": {"body": MODEL["body"]},
        "model-00002-of-00002.safetensors": {"head": MODEL["head"]},
        "model.safetensors.index.json": index,
    }
    report = compared(tmp_path, MODEL, parts)

    assert ["model.safetensors: split otherwise", "model.safetensors.index.json: added"] == told(
        report, ChangeKind.FILE
    )
    assert [] == told(report, ChangeKind.VALUES)


def test_the_largest_changes_of_values_have_figures_and_the_rest_is_folded(tmp_path: Path) -> None:
    """Ten tensors are told one by one, the largest change first; every changed tensor is counted once."""
    old = {f"h.{n}.weight": "F32[8,64]" for n in range(MEASURED + 4)}
    new = {name: f"F32[8,64] seed=1 scale=1e-{1 + n // 2}" for n, name in enumerate(old)}
    values = told(compared(tmp_path, old, {**new, "h.13.weight": old["h.13.weight"]}), ChangeKind.VALUES)

    assert MEASURED + 1 == len(values)
    assert {"h.0.weight", "h.1.weight"} == {line.split(": ")[1] for line in values[:2]}
    assert all(": updated: " in line and "relative L2 " in line and "cosine " in line for line in values[:MEASURED])
    assert "model.safetensors: h.*.weight: 3 tensors updated" == values[-1]


def test_tensors_that_changed_alike_are_one_entry(tmp_path: Path) -> None:
    """Added, recast and renamed tensors are folded by layer, and what a larger change explains is listed with its cause."""
    old = {**{f"h.{n}.w": "F32[8,64]" for n in range(3)}, **{f"x.{n}.w": "F32[4,64]" for n in range(2)}}
    new = {
        **{f"h.{n}.w": "BF16[8,64]" for n in range(3)},
        **{f"y.{n}.w": f"F32[4,64] of=x.{n}.w" for n in range(2)},
        **{f"z.{n}.b": "F32[5]" for n in range(2)},
    }
    tensors = told(compared(tmp_path, old, new), ChangeKind.TENSORS)

    assert [
        "model.safetensors: z.*.b: 2 tensors added",
        "model.safetensors: h.*.w: 3 tensors stored in another dtype",
        "model.safetensors: y.*.w: 2 tensors renamed",
    ] == tensors
    shapes = compared(
        tmp_path / "wider",
        {**old, "config.json": {"model_type": "bert", "hidden_size": 64}},
        {
            **{name: spec.replace("64", "96") for name, spec in old.items()},
            "config.json": {"model_type": "bert", "hidden_size": 96},
        },
    )
    assert "model.safetensors: h.*.w: 3 tensors changed, which geometry-changed explains" in told(
        shapes, ChangeKind.TENSORS
    )


def test_templates_are_told_by_what_they_render(tmp_path: Path) -> None:
    """A template that moved, one that is new and one that renders as before are changes without a rule."""
    text = "{% for m in messages %}{{ m.content }}{% endfor %}"
    old = {"tokenizer_config.json": {"chat_template": text}}
    new = {
        "tokenizer_config.json": {},
        "chat_template.jinja": text.replace("m.content", "m['content']"),
        "additional_chat_templates/rag.jinja": text,
    }
    report = compared(tmp_path, old, new)

    assert [
        "additional_chat_templates/rag.jinja: rag added",
        "chat_template.jinja: default moved",
        "chat_template.jinja: default changed, and renders as before",
    ] == told(report, ChangeKind.TEMPLATE)


def test_what_could_not_be_compared_is_no_known_change(tmp_path: Path) -> None:
    """Bytes that are not here are named, and counted apart from what is known to have changed."""
    world = GitWorld.create(tmp_path / "repo")
    world.commit({"README.md": b"a\n", "notes.bin": POINTER % (b"a" * 64)}, "one")
    local = tmp_path / "local"
    lay(local, {"README.md": "a\n"})
    (local / "notes.bin").write_bytes(b"x" * 5_000_000)
    report = run_diff(f"{world.root}@HEAD", str(local))

    known = [line for line in told(report, ChangeKind.FILE) if line.startswith("notes.bin")]
    assert ["notes.bin: changed"] == known

    header = compared(tmp_path, {"notes.txt": "x" * 3_000_000}, {"notes.txt": "y" * 3_000_000}, "header")
    assert ["notes.txt: not compared, may have changed"] == told(header, ChangeKind.UNKNOWN)
    assert answer(header).startswith("nothing known to have changed (1 not compared)")


def test_a_large_file_is_read_where_nothing_cheaper_tells(tmp_path: Path) -> None:
    """Two folders know no digests: equal and different files of some size are still told apart."""
    old = {"same.txt": "x" * 3_000_000, "other.txt": "x" * 3_000_000}

    assert ["other.txt: changed"] == told(
        compared(tmp_path, old, {**old, "other.txt": "y" * 3_000_000}), ChangeKind.FILE
    )


def test_a_check_has_no_list(tmp_path: Path) -> None:
    """Only ``diff`` writes the list: whoever checks reads findings."""
    old, new = lay(tmp_path / "old", MODEL), lay(tmp_path / "new", TUNED)
    report = run_check(CheckRequest(current=new, baseline=old))

    assert report.changes is None
    assert '"changes"' not in render(report, Format.JSON)


def test_a_difference_has_figures_of_tensors_and_a_check_has_those_of_layers(tmp_path: Path) -> None:
    """``diff`` writes every tensor and module that changed, ``check`` one row for each layer; the totals are the same."""
    names = [
        f"model.layers.{layer}.{name}.weight" for layer in range(2) for name in ("self_attn.q_proj", "mlp.up_proj")
    ]
    model = {**dict.fromkeys(names, "F32[64,64]"), "lm_head.weight": "F32[8,64]"}
    old = lay(tmp_path / "old", model)
    new = lay(tmp_path / "new", {**model, names[2]: "F32[64,64] seed=1 scale=1e-3"})
    diff, check = run_diff(old, new).weights, run_check(CheckRequest(current=new, baseline=old)).weights

    assert diff is not None
    assert check is not None
    assert diff.layers is not None
    assert check.changed_tensors is None
    assert [(one.name, one.elements) for one in diff.changed_tensors or ()] == [(names[2], 4096)]
    assert check == replace(diff, layers=tuple(replace(layer, parts=()) for layer in diff.layers), changed_tensors=None)
    assert [(one.path, one.layer, one.tensors, one.changed) for one in diff.layers] == [
        ("model.layers", 0, 2, 0),
        ("model.layers", 1, 2, 1),
        ("lm_head", None, 1, 0),
    ]
    assert diff.layers[1].distance.relative_l2 == diff.relative_l2
    assert "\n  layers.1  0.0010  0.0010\n" in render(run_diff(old, new), Format.HUMAN)


def test_without_values_there_are_no_figures_of_layers(tmp_path: Path) -> None:
    """From headers alone no layer is called unchanged."""
    report = compared(tmp_path, MODEL, TUNED, "header")

    assert report.weights is not None
    assert () == report.weights.layers
    assert () == report.weights.changed_tensors
    assert "by layer and module" not in render(report, Format.HUMAN)


def test_progress_is_told_of_every_byte_that_is_read(tmp_path: Path) -> None:
    """What is announced is what comes, renamed and new tensors included; nothing is announced from headers."""

    class Ledger:
        expected = got = 0

        def expect(self, octets: int) -> None:
            self.expected += octets

        def read(self, octets: int) -> None:
            self.got += octets

    old = lay(tmp_path / "old", {**MODEL, "gone": "F32[16,64]", "left": "F32[5]"})
    new = lay(tmp_path / "new", {**TUNED, "come": "F32[16,64] of=gone", "new": "F32[7]"})
    for depth, whole in (("full", True), ("header", False)):
        ledger = Ledger()
        report = run_diff(old, new, depth, ledger)

        assert report.weights is not None
        assert ledger.expected == ledger.got
        assert (ledger.got >= report.weights.bytes_read > 0) is whole


@pytest.mark.parametrize("form", [form for form in Format if form not in VERDICT_FORMATS])
def test_every_format_but_the_quiet_one_holds_the_list(tmp_path: Path, form: Format) -> None:
    """One list, four ways of writing it; ``quiet`` names rules as before."""
    report = compared(tmp_path, MODEL, {**TUNED, "notes.txt": "a"})
    text = render(report, form)

    assert ("notes.txt" in text) is (form is not Format.QUIET)
    if form is Format.JSON:
        assert report_from_json(text) == report

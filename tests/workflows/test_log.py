"""``log``: what every commit should have been called, and the tags that follow from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from hfsemver.core.errors import RefError, UsageError
from hfsemver.reports.history import render_history
from hfsemver.reports.history_schema import HISTORY_SCHEMA
from hfsemver.reports.report import VERDICT_FORMATS, Format
from hfsemver.workflows.log import make_tags, preview_tags, run_log
from tests.builders import files
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from pathlib import Path

BODY = {"body": "F32[64,64]", "head": "F32[8,64]"}
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 1000\n"


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """Six commits: a card alone, a model, a note, a fine-tune, a break, a broken config and its repair."""
    made = GitWorld.create(tmp_path / "repo")
    made.commit({"README.md": b"# soon\n"}, "card")
    made.commit(files({**BODY, "config.json": {"model_type": "bert"}}), "model")
    made.commit({"README.md": b"# here\n"}, "note | with `marks`\x1b[2J")
    made.commit(files({**BODY, "head": "F32[8,64] seed=1 scale=1e-3"}), "tune")
    made.commit(files({"body": "F32[64,64]"}), "behead")
    made.commit({"config.json": b'{"model_type": "bert", "model_type": "x"}'}, "break the config")
    made.commit({"config.json": b'{"model_type": "bert"}'}, "repair it")
    return made


def test_each_commit_gets_the_version_it_should_have_had(world: GitWorld) -> None:
    """From the first model on, every step is counted, and what cannot be judged is told and passed over."""
    rows = run_log(str(world.root), "HEAD").rows

    assert [None, "1.0.0", "1.0.0", "1.1.0", "2.0.0", "2.0.0", "2.0.0"] == [row.version for row in rows]
    assert [False, True, False, True, True, False, False] == [row.is_release for row in rows]
    assert (("tensor-removed", "major"),) == rows[4].changes
    assert "there twice" in rows[5].problem
    assert not rows[6].problem


def test_a_span_goes_on_from_the_release_before_it(world: GitWorld) -> None:
    """``v1.4.0..`` counts from 1.4.0."""
    world.git("tag", "v1.4.0", "HEAD~5")
    rows = run_log(str(world.root), "v1.4.0..HEAD").rows

    assert ["1.4.0", "1.5.0", "2.0.0", "2.0.0", "2.0.0"] == [row.version for row in rows]


def test_weights_that_are_not_here_count_as_an_update(tmp_path: Path) -> None:
    """A new pointer is a new model, and the row says that it is an assumption."""
    world = GitWorld.create(tmp_path / "repo")
    world.commit({"model.safetensors": POINTER.format("a" * 64).encode()}, "one")
    world.commit({"model.safetensors": POINTER.format("b" * 64).encode()}, "two")
    world.commit({"README.md": b"x"}, "three")
    rows = run_log(str(world.root), "HEAD").rows

    assert ["1.0.0", "1.1.0", "1.1.0"] == [row.version for row in rows]
    assert ["", "counted as minor", ""] == [row.assumed.rpartition(": ")[2] for row in rows]


def test_missing_tags_are_created_and_a_second_run_finds_none(world: GitWorld) -> None:
    """Annotated tags on the commits that should have been releases; running again changes nothing."""
    history = run_log(str(world.root), "HEAD")
    plan = preview_tags(str(world.root), history)
    make_tags(str(world.root), plan)

    assert ["v1.0.0", "v1.1.0", "v2.0.0"] == world.git("tag", "--list").splitlines()
    assert "tag" == world.git("cat-file", "-t", "v2.0.0")
    assert () == preview_tags(str(world.root), run_log(str(world.root), "HEAD"))


def test_an_interrupted_run_is_finished_by_the_next(world: GitWorld) -> None:
    """Half of the tags are there: the other half follows."""
    plan = preview_tags(str(world.root), run_log(str(world.root), "HEAD"))
    make_tags(str(world.root), plan[:1])
    make_tags(str(world.root), preview_tags(str(world.root), run_log(str(world.root), "HEAD")))

    assert ["v1.0.0", "v1.1.0", "v2.0.0"] == world.git("tag", "--list").splitlines()


def test_a_tag_is_never_moved(world: GitWorld) -> None:
    """A name that belongs to another commit stops the plan before anything is written."""
    world.git("tag", "v2.0.0", "HEAD~6")

    with pytest.raises(UsageError, match=r"v2\.0\.0"):
        preview_tags(str(world.root), run_log(str(world.root), "HEAD"))


def test_an_unknown_revision_is_refused(world: GitWorld) -> None:
    """A misspelt tag does not become an empty table."""
    with pytest.raises(RefError):
        run_log(str(world.root), "v9.9.9")


@pytest.mark.parametrize("form", [form for form in Format if form not in VERDICT_FORMATS])
def test_every_format_is_safe_and_holds_every_commit(world: GitWorld, form: Format) -> None:
    """Subjects of commits are untrusted text in all of them."""
    history = run_log(str(world.root), "HEAD")
    text = render_history(history, form)

    assert "\x1b" not in text
    assert all(row.commit[:8] in text for row in history.rows)
    if form is Format.JSON:
        parsed = json.loads(text)
        jsonschema.Draft202012Validator(HISTORY_SCHEMA).validate(parsed)
        assert parsed["schema"] == "hfsemver/log/1"
        assert ["none", "minor", "major"] == [commit["bump"] for commit in parsed["commits"]][2:5]
    if form is Format.MARKDOWN:
        assert {8} == {line.count(" | ") + 2 for line in text.splitlines() if "`" not in line and "---" not in line}


def test_every_step_is_judged_by_the_policy_before_it(tmp_path: Path) -> None:
    """As in a check, a policy holds from the commit after the one that brings it, and no longer than it is there."""
    world = GitWorld.create(tmp_path / "repo")
    world.commit(files(BODY), "model")
    policy = b"rules: {tensor-removed: allow, tensor-added: {bump: patch}}\n"
    world.commit({".hfsemver.yaml": policy, **files({"body": BODY["body"]})}, "remove, and allow it")
    world.commit(files(BODY), "add")
    world.commit({".hfsemver.yaml": None, **files({"body": BODY["body"]})}, "remove under the policy")
    world.commit(files(BODY), "add without")
    rows = run_log(str(world.root), "HEAD").rows

    assert ["1.0.0", "2.0.0", "2.0.1", "2.0.1", "3.0.0"] == [row.version for row in rows]


@pytest.mark.parametrize("content", [b"promis: load\n", b"a: [\n", POINTER.format("c" * 64).encode()])
def test_a_policy_that_cannot_be_read_does_not_end_the_walk(tmp_path: Path, content: bytes) -> None:
    """The last good policy counts, and the row says so and is marked as an assumption."""
    world = GitWorld.create(tmp_path / "repo")
    world.commit(
        {".hfsemver.yaml": b"rules: {tensor-added: {bump: patch}}\n", **files({"body": BODY["body"]})}, "model"
    )
    world.commit({".hfsemver.yaml": content}, "spoil the policy")
    world.commit(files(BODY), "add")
    world.commit({".hfsemver.yaml": b""}, "mend it")
    world.commit(files({**BODY, "tail": "F32[4]"}), "add more")
    history = run_log(str(world.root), "HEAD")

    assert ["1.0.0", "1.0.0", "1.0.1", "1.0.1", "2.0.0"] == [row.version for row in history.rows]
    assert [False, False, True, True, False] == [
        row.assumed.startswith("its policy cannot be read") for row in history.rows
    ]
    assert "~patch" in render_history(history, Format.HUMAN)
    assert not any(row.problem for row in history.rows)


def test_a_first_model_with_a_spoilt_policy_is_judged_by_the_default(tmp_path: Path) -> None:
    """Its row says that its policy could not be read."""
    world = GitWorld.create(tmp_path / "repo")
    world.commit({".hfsemver.yaml": b"promis: load\n", **files(BODY)}, "model")
    (row,) = run_log(str(world.root), "HEAD").rows

    assert "1.0.0" == row.version
    assert "its policy cannot be read" in render_history(run_log(str(world.root), "HEAD"), Format.HUMAN)


def test_a_file_that_nothing_reads_says_nothing_about_the_weights(tmp_path: Path) -> None:
    """Another sharding is a patch, also where a file of another runtime changed beside it."""
    made = GitWorld.create(tmp_path / "repo")
    made.commit(files({"model.safetensors": {"a": "F32[8]"}, "model.litertlm": b"one"}), "one")
    shard = "model-00001-of-00001.safetensors"
    (made.root / "model.safetensors").unlink()
    index = {"weight_map": {"a": shard}}
    made.commit(files({shard: {"a": "F32[8]"}, "model.safetensors.index.json": index, "model.litertlm": b"two"}), "two")
    last = run_log(str(made.root), "HEAD").rows[-1]

    assert ("", "1.0.1") == (last.assumed, last.version)
    assert ("format-removed",) == last.skips

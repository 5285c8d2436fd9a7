"""``check`` end to end in the library: which baseline, which version, which policy, which verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.core.bump import Bump
from hfsemver.core.errors import ConfigError, FormatError, RefError, SourceError
from hfsemver.rules.sound import SOUND
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.difference import run_diff
from tests.builders import files
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hfsemver.core.report import Report

BODY = {"body": "F32[64,64]", "head": "F32[8,64]"}
TUNED = {**BODY, "head": "F32[8,64] seed=1 scale=1e-3"}
HEADLESS = {"body": "F32[64,64]"}


def card(version: str | None) -> dict[str, str]:
    line = f"version: {version}\n" if version else ""
    return {"README.md": f"---\nlicense: mit\n{line}---\n# A model\n"}


def lay(folder: Path, side: Mapping[str, object]) -> str:
    """Write one side of an example into a folder."""
    for name, data in files(side).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return str(folder)


@pytest.fixture
def world(tmp_path: Path) -> GitWorld:
    """A repository whose first release is tagged v1.0.0."""
    made = GitWorld.create(tmp_path / "repo")
    made.commit({**files({**BODY, **card(None)})}, "first")
    made.tag("v1.0.0", "-a", "-m", "v1.0.0")
    return made


def check(world: GitWorld, current: str = "", **options: Any) -> Report:
    return run_check(CheckRequest(current=f"{world.root}{current}", **options))


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def test_two_folders_are_compared_under_the_declared_version(tmp_path: Path) -> None:
    """Nothing but two folders and a number is needed."""
    old, new = lay(tmp_path / "a", {**BODY, **card("1.0.0")}), lay(tmp_path / "b", {**HEADLESS, **card("1.0.1")})
    small = run_check(CheckRequest(current=new, baseline=old))
    large = run_check(CheckRequest(current=new, baseline=old, declared="2.0.0"))

    assert (Bump.MAJOR, Bump.PATCH, "2.0.0") == (
        small.verdict.required,
        small.verdict.declared_bump,
        small.verdict.next_version,
    )
    assert not small.verdict.ok
    assert ["version-bump-too-small", "tensor-removed"] == rules(small)
    assert large.verdict.ok


def test_the_same_version_is_too_small_for_any_change(tmp_path: Path) -> None:
    """A card that kept its number declares nothing new."""
    old, new = lay(tmp_path / "a", {**BODY, **card("1.0.0")}), lay(tmp_path / "b", {**TUNED, **card("1.0.0")})

    assert not run_check(CheckRequest(current=new, baseline=old)).verdict.ok


def test_without_any_version_the_changes_are_told_and_nothing_fails(tmp_path: Path) -> None:
    """Two folders that carry no number cannot carry too small a one."""
    old, new = lay(tmp_path / "a", BODY), lay(tmp_path / "b", HEADLESS)
    report = run_check(CheckRequest(current=new, baseline=old))

    assert report.verdict.ok
    assert Bump.MAJOR is report.verdict.required


def test_a_declared_version_over_a_baseline_without_one_is_a_visible_skip(tmp_path: Path) -> None:
    """What cannot be counted is not called enough."""
    old, new = lay(tmp_path / "a", BODY), lay(tmp_path / "b", HEADLESS)
    report = run_check(CheckRequest(current=new, baseline=old, declared="1.0.0"))

    assert ["version-bump-too-small"] == [skip.rule for skip in report.skips]


def test_the_working_tree_is_measured_against_the_newest_stable_tag(world: GitWorld) -> None:
    """No option is needed in a repository; candidates are no baseline."""
    world.commit(files(TUNED), "tune")
    world.tag("v1.1.0-rc.1")
    report = check(world)

    assert report.baseline is not None
    assert ("1.0.0", True) == (report.baseline.version, report.baseline.ref.endswith("@v1.0.0"))
    assert "weights-updated" in rules(report)


def test_a_tag_on_the_commit_is_what_it_declares(world: GitWorld) -> None:
    """``check @v1.1.0`` measures against the release before."""
    world.commit(files(TUNED), "tune")
    world.tag("v1.1.0")
    report = check(world, "@v1.1.0")

    assert ("1.1.0", "1.0.0") == (report.verdict.declared_version, report.verdict.baseline_version)
    assert report.verdict.ok


def test_a_release_line_is_measured_against_its_own_past(world: GitWorld) -> None:
    """A patch of 1.x does not look at 2.0.0, which is not in its history."""
    world.git("checkout", "--quiet", "-b", "next")
    world.commit(files(HEADLESS), "behead")
    world.tag("v2.0.0")
    world.git("checkout", "--quiet", "main")
    world.commit(files(TUNED), "tune")
    report = check(world, declared="1.1.0")

    assert report.baseline is not None
    assert report.baseline.version == "1.0.0"
    assert report.verdict.ok


def test_changed_weights_with_no_new_version_fail_on_a_protected_branch(world: GitWorld) -> None:
    """The silent change that four in ten weight changes on the Hub are."""
    world.commit(files(TUNED), "tune")
    on_main = check(world)
    world.git("checkout", "--quiet", "-b", "experiment")
    elsewhere = check(world)

    assert ("version-bump-too-small",) == on_main.verdict.failing
    assert "1.1.0" == on_main.verdict.next_version
    assert elsewhere.verdict.ok


def test_a_changed_card_needs_no_version(world: GitWorld) -> None:
    """Documentation is no release."""
    world.commit({"README.md": b"---\nlicense: mit\n---\n# A model, described better\n"}, "describe")
    report = check(world)

    assert Bump.NONE is report.verdict.required
    assert report.verdict.ok


def test_a_repository_without_a_tag_is_a_first_release(tmp_path: Path) -> None:
    """Only the state is checked, and it is said."""
    world = GitWorld.create(tmp_path / "new")
    world.commit(files({**SOUND, **BODY}), "first")
    report = check(world, "@HEAD")

    assert report.baseline is None
    assert any("first release" in note for note in report.notes)
    assert report.verdict.ok


def test_the_policy_is_that_of_the_baseline(world: GitWorld) -> None:
    """A change cannot silence itself: its own policy holds from the next release on."""
    silence = b"rules: {weights-updated: allow}\n"
    world.commit({**files(TUNED), ".hfsemver.yaml": silence}, "tune and hush")
    same_change = check(world, declared="1.0.1")
    world.tag("v1.1.0")
    world.commit(files(BODY), "tune back")
    next_change = check(world, declared="1.1.1")

    assert not same_change.verdict.ok
    assert any("holds from the next release on" in note for note in same_change.notes)
    assert next_change.verdict.ok


def test_a_named_policy_wins(world: GitWorld, tmp_path: Path) -> None:
    """``--config`` is how a policy is tried before it holds."""
    (tmp_path / "policy.yaml").write_text("rules: {weights-updated: {bump: patch}}\n", "utf-8")
    world.commit(files(TUNED), "tune")

    assert check(world, declared="1.0.1", config=str(tmp_path / "policy.yaml")).verdict.ok


def test_a_wrong_policy_is_refused_with_all_its_problems(world: GitWorld, tmp_path: Path) -> None:
    """Nothing is judged by half a policy."""
    (tmp_path / "policy.yaml").write_text("promis: load\nrules: {nope: warn}\n", "utf-8")

    with pytest.raises(ConfigError, match=r"promis.*nope"):
        check(world, config=str(tmp_path / "policy.yaml"))


def test_header_depth_reads_no_values_and_says_what_it_left_out(world: GitWorld) -> None:
    """An update that only values show is a skip, never a clean bill."""
    world.commit(files(TUNED), "tune")
    report = check(world, "@HEAD", weights="header", declared="1.0.1")

    assert "weights-updated" in [skip.rule for skip in report.skips]
    assert report.weights is not None
    assert report.weights.bytes_read == 0


def test_equal_blobs_are_settled_without_reading(world: GitWorld) -> None:
    """Two commits with the same weight file: identical by digest, no byte of a tensor read."""
    world.commit({"NOTES.md": b"x"}, "note")
    report = check(world, "@HEAD")

    assert report.weights is not None
    assert ("digest", 0) == (report.weights.evidence, report.weights.bytes_read)
    assert not report.skips


def test_pointers_without_objects_are_skips_with_their_reason(tmp_path: Path) -> None:
    """A clone that never fetched the old weights still judges what it can."""
    world = GitWorld.create(tmp_path / "repo")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 1000\n"
    world.commit(
        {"model.safetensors": pointer.format("a" * 64).encode(), "config.json": b'{"model_type": "bert"}'}, "1"
    )
    world.tag("v1.0.0")
    world.commit({"model.safetensors": pointer.format("b" * 64).encode()}, "2")
    report = check(world, "@HEAD", declared="1.1.0")

    assert {"weights-updated", "tensor-removed", "weights-corrupt"} <= {skip.rule for skip in report.skips}
    assert all("LFS pointer" in skip.reason for skip in report.skips)
    assert report.verdict.ok


def test_a_malformed_file_on_either_side_is_an_error_and_no_verdict(tmp_path: Path) -> None:
    """Could not judge is never no change."""
    good = lay(tmp_path / "a", BODY)
    bad = lay(tmp_path / "b", {**BODY, "config.json": b'{"a": 1, "a": 2}'})

    for current, baseline in ((good, bad), (bad, good)):
        with pytest.raises(FormatError, match=r"config\.json"):
            run_check(CheckRequest(current=current, baseline=baseline))


def test_diff_shows_everything_and_fails_nothing(tmp_path: Path) -> None:
    """No policy, no version, every change."""
    old, new = lay(tmp_path / "a", BODY), lay(tmp_path / "b", HEADLESS)
    report = run_diff(old, new)

    assert ["tensor-removed"] == rules(report)
    assert report.verdict.ok


@pytest.mark.parametrize("weights", ["auto", "full", "header"])
def test_a_release_against_itself_has_no_finding(world: GitWorld, weights: str) -> None:
    """Law 1 through every floor, and from two sources at once."""
    report = check(world, "@HEAD", baseline=str(world.root), weights=weights)

    assert [] == rules(report)
    assert Bump.NONE is report.verdict.required


def test_a_candidate_is_told_of_and_decides_nothing(world: GitWorld) -> None:
    """What changed since the last candidate is a note for its testers; the stable release decides."""
    world.commit(files(HEADLESS), "behead")
    world.tag("v2.0.0-rc.1")
    world.commit({"NOTES.md": b"x"}, "note")
    world.tag("v2.0.0")
    same = check(world, "@v2.0.0")
    world.commit(files({"body": "F32[64,64] seed=1 scale=1e-3"}), "tune")
    world.tag("v2.0.1-rc.1")
    world.commit(files({"body": "F32[64,64] seed=1 scale=2e-3"}), "tune again")
    other = check(world, "@HEAD")

    assert same.verdict.ok
    assert same.verdict.required is Bump.MAJOR
    assert "since the candidate v2.0.0-rc.1: none (nothing that a version promises)" in same.notes
    assert "since the candidate v2.0.1-rc.1: minor (weights-updated)" in other.notes
    assert other.baseline is not None
    assert other.baseline.version == "2.0.0"


@pytest.mark.parametrize("promise", ["load", "interface", "derived", "behaviour"])
def test_a_smaller_promise_hides_no_break_that_it_holds(tmp_path: Path, promise: str) -> None:
    """A lost tensor breaks loading, whatever else changed beside it."""
    geometry = {"model_type": "bert", "vocab_size": 8}
    old = lay(tmp_path / "a", {"emb": "F32[8,4]", "head": "F32[8,4]", "config.json": geometry, **card("1.0.0")})
    new = lay(tmp_path / "b", {"emb": "F32[9,4]", "config.json": {**geometry, "vocab_size": 9}, **card("1.0.1")})

    assert run_check(CheckRequest(current=new, baseline=old, promise=promise)).verdict.required is Bump.MAJOR


def test_allowing_a_cause_leaves_its_consequences(tmp_path: Path) -> None:
    """Whoever allows another architecture still hears of the tensors."""
    old = lay(tmp_path / "a", {**BODY, "config.json": {"model_type": "bert", "architectures": ["BertModel"]}})
    new = lay(tmp_path / "b", {**HEADLESS, "config.json": {"model_type": "bert", "architectures": ["BertForMaskedLM"]}})
    (tmp_path / "policy.yaml").write_text("rules: {architecture-changed: allow}\n", "utf-8")
    report = run_check(CheckRequest(current=new, baseline=old, config=str(tmp_path / "policy.yaml")))

    assert rules(report) == ["tensor-removed"]


def test_a_tag_that_is_not_above_the_release_before_it_is_judged_all_the_same(world: GitWorld) -> None:
    """Build metadata and lower numbers are no way around the baseline."""
    world.commit(files(HEADLESS), "behead")
    for name in ("v1.0.0+b2", "v0.9.0"):
        world.tag(name)
        report = check(world, f"@{name}")

        assert report.baseline is not None
        assert not report.verdict.ok
        world.git("tag", "-d", name)


def test_a_second_tag_on_a_commit_is_no_baseline(world: GitWorld) -> None:
    """Two names for one content do not launder what it breaks, and the tag that was asked for is the one judged."""
    world.commit(files(HEADLESS), "behead")
    world.tag("v1.0.1")
    world.tag("v1.0.2")
    report = check(world, "@v1.0.1")

    assert ("1.0.1", "1.0.0") == (report.verdict.declared_version, report.verdict.baseline_version)
    assert not report.verdict.ok


def test_a_shallow_clone_is_no_first_release(world: GitWorld, tmp_path: Path) -> None:
    """Where the history was cut off, nobody can say that there was nothing before."""
    world.commit(files(HEADLESS), "behead")
    world.git("clone", "--quiet", "--depth=1", "--no-tags", f"file://{world.root}", str(tmp_path / "shallow"))

    with pytest.raises(SourceError) as caught:
        run_check(CheckRequest(current=str(tmp_path / "shallow")))

    assert "--unshallow" in caught.value.hint


def test_a_repository_that_git_cannot_read_is_no_plain_folder(world: GitWorld) -> None:
    """A broken or foreign repository is an error, never a first release."""
    (world.root / ".git" / "HEAD").unlink()

    with pytest.raises(RefError):
        check(world)


def test_an_empty_folder_is_nothing_to_judge(tmp_path: Path) -> None:
    """No file, no verdict."""
    with pytest.raises(SourceError):
        run_check(CheckRequest(current=str(tmp_path)))


def test_other_weights_under_the_same_version_fail_even_unread(tmp_path: Path) -> None:
    """A new pointer is a new model; whatever its values, the number cannot stay."""
    world = GitWorld.create(tmp_path / "repo")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 1000\n"
    world.commit(
        {"model.safetensors": pointer.format("a" * 64).encode(), "README.md": card("1.0.0")["README.md"].encode()}, "1"
    )
    world.tag("v1.0.0")
    world.commit({"model.safetensors": pointer.format("b" * 64).encode()}, "2")
    report = check(world, "@HEAD")

    assert ("version-bump-too-small",) == report.verdict.failing
    assert "1.1.0" == report.verdict.next_version


def test_what_was_left_out_of_the_working_tree_is_said(world: GitWorld) -> None:
    """Ignored files are not judged, and not passed over in silence."""
    world.commit({".gitignore": b"*.onnx\n"}, "ignore")
    (world.root / "model.onnx").write_bytes(b"x")
    report = check(world)

    assert "left out, because git ignores it: model.onnx" in report.notes


def test_accepting_one_update_accepts_no_other(tmp_path: Path) -> None:
    """The fingerprint of an update holds what was measured."""
    old = lay(tmp_path / "a", BODY)
    reports = [
        run_check(
            CheckRequest(
                current=lay(tmp_path / name, {**BODY, "head": f"F32[8,64] seed={name} scale=1e-3"}), baseline=old
            )
        )
        for name in ("1", "2", "1")
    ]
    prints = [report.findings[0].fingerprint for report in reports]

    assert prints[0] == prints[2] != prints[1]


def test_an_update_keeps_its_fingerprint_in_other_shards(tmp_path: Path) -> None:
    """What was accepted of one file is accepted of the same weights in two, and of nothing else."""
    old = {"a": "F32[8,64]", "b": "F32[8,64]"}
    one = {"a": "F32[8,64] seed=1 scale=1e-3", "b": "F32[8,64] seed=2 scale=1e-3"}
    two: dict[str, object] = {
        "model-00001-of-00002.safetensors": {"a": one["a"]},
        "model-00002-of-00002.safetensors": {"b": one["b"]},
        "model.safetensors.index.json": {
            "metadata": {},
            "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"},
        },
    }
    baseline = lay(tmp_path / "old", old)
    prints = {
        name: [
            finding.fingerprint
            for finding in run_check(CheckRequest(current=lay(tmp_path / name, side), baseline=baseline)).findings
            if finding.rule == "weights-updated"
        ]
        for name, side in (("one", one), ("two", two))
    }

    assert prints["one"]
    assert prints["one"] == prints["two"]


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        ("image_processor_config.json", {"size": 224}, {"size": 384}, "config-value-changed"),
        ("preprocessor_config.json", {}, {"size": 384}, "input-normalization-changed"),
        ("model.litertlm", "a = 1", "a = 2", "format-removed"),
        ("tokenizer.json", {"model": {"vocab": {"a": 0}}}, {"normalizer": {"type": "NFC"}, "model": {"vocab": {"a": 0}}}, "tokenization-changed"),
    ],
)  # fmt: skip
def test_what_no_rule_reads_yet_is_a_visible_skip(
    tmp_path: Path, path: str, old: object, new: object, rule: str
) -> None:
    """Could not judge is never no change."""
    sides = [
        lay(tmp_path / name, {**BODY, path: content.encode() if isinstance(content, str) else content})
        for name, content in (("a", old), ("b", new))
    ]
    report = run_check(CheckRequest(current=sides[1], baseline=sides[0]))

    assert [rule] == [skip.rule for skip in report.skips]
    assert not run_check(CheckRequest(current=sides[1], baseline=sides[1])).skips


def test_an_acceptance_that_ended_is_told_in_the_report(world: GitWorld) -> None:
    """The finding counts again, and another one says which entry stopped to hold and when."""
    world.commit(files({**HEADLESS, **card("1.1.0")}), "behead")
    (gone,) = (finding for finding in check(world).findings if finding.rule == "tensor-removed")
    config = world.root.parent / "policy.yaml"
    entry = f"{{fingerprint: {gone.fingerprint}, reason: agreed, until: 2020-01-01}}"
    config.write_text(f"accept: [{entry}]\nignore: [{{file: 'onnx/*', reason: experiments}}]\n", encoding="utf-8")
    report = check(world, config=str(config))

    assert not report.verdict.ok
    assert [
        f"accept[0] ({gone.fingerprint}) ended on 2020-01-01, so its finding counts again",
        "ignore[0] (onnx/*) matches no file of either release: onnx/*",
    ] == [finding.message for finding in report.findings if finding.rule == "override-stale"]


@pytest.mark.parametrize("weights", ["full", "header"])
def test_what_loaders_make_by_themselves_needs_no_version(tmp_path: Path, weights: str) -> None:
    """A copy of the embeddings and a computed buffer may go without a new number; unread copies are told."""
    config = {"config.json": {"model_type": "roberta", "tie_word_embeddings": True}}
    kept = {"roberta.embeddings.word_embeddings.weight": "F32[8,4]", "lm_head.dense.weight": "F32[4,4]"}
    more = {
        "lm_head.decoder.weight": "F32[8,4] of=roberta.embeddings.word_embeddings.weight",
        "roberta.embeddings.position_ids": "I64[1,16]",
    }
    old = lay(tmp_path / "a", {**kept, **more, **config, **card("1.0.0")})
    new = lay(tmp_path / "b", {**kept, **config, **card("1.0.0")})
    report = run_check(CheckRequest(current=new, baseline=old, weights=weights))

    assert [] == rules(report)
    assert report.verdict.ok
    assert ("tensor-removed" in {skip.rule for skip in report.skips}) is (weights == "header")


def test_two_folders_need_no_repository_around_them(world: GitWorld) -> None:
    """Who names both sides asks nothing of a history, readable or not."""
    old, new = lay(world.root / "a", {**BODY, **card("1.0.0")}), lay(world.root / "b", {**HEADLESS, **card("2.0.0")})
    (world.root / ".git" / "HEAD").unlink()

    assert run_check(CheckRequest(current=new, baseline=old)).verdict.ok

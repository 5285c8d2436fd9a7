"""A release is judged against the surface of the one before it, without that one's weights."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from hfsemver.core.surface import PATH
from hfsemver.releases.formats.surface import read_surface
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.difference import run_diff
from hfsemver.workflows.surface import TEXT, TEXTS, look_at, write_into
from tests import builders
from tests.gitworld import GitWorld
from tests.workflows.surfaces import CARD, TENSORS, TRAINED, judge, lay


def test_equal_weights_are_equal_without_the_old_ones(surface: Path, tmp_path: Path) -> None:
    """Exactly, by 128 bits of each tensor, also when they were saved again in another order."""
    again = dict(reversed(TENSORS.items()))
    report = judge(lay(tmp_path / "new", again, "1.0.1"), surface, "1.0.1")

    assert report.weights is not None
    assert report.weights.changed == 0
    assert not [finding for finding in report.findings if finding.rule == "weights-updated"]
    assert not [skip for skip in report.skips if skip.rule.startswith("weights")]


def test_trained_weights_are_an_update_with_an_interval(old: Path, surface: Path, tmp_path: Path) -> None:
    """The same finding under the same fingerprint as with the old weights, and a distance that holds the true one."""
    new = lay(tmp_path / "new", TRAINED, "1.1.0")
    told, full = judge(new, surface), judge(new, old)
    (finding,) = [one for one in told.findings if one.rule == "weights-updated"]
    (known,) = [one for one in full.findings if one.rule == "weights-updated"]

    assert finding.fingerprint == known.fingerprint
    assert told.weights is not None
    assert full.weights is not None
    assert told.weights.evidence == "surface"
    assert (told.weights.changed, told.weights.bands) == (full.weights.changed, full.weights.bands)
    assert full.weights.relative_l2 is not None
    assert told.weights.relative_l2_interval is not None
    low, high = told.weights.relative_l2_interval
    assert low <= full.weights.relative_l2 <= high
    assert told.verdict.required == full.verdict.required


@pytest.mark.parametrize(
    ("tensors", "rule"),
    [
        (TENSORS | {"norm.weight": "F32[65]"}, "tensor-shape-changed"),
        ({name: spec for name, spec in TENSORS.items() if name != "head.weight"}, "tensor-removed"),
        (TENSORS | {"bias": "F32[4]"}, "tensor-added"),
        (TENSORS | {"body.weight": "BF16[64,48] nan"}, "weights-corrupt"),
    ],
)
def test_structure_and_faults_are_told_as_ever(
    tensors: dict[str, str], rule: str, old: Path, surface: Path, tmp_path: Path
) -> None:
    """Every rule about tensors answers as it does beside the old weights."""
    new = lay(tmp_path / "new", tensors, "2.0.0")
    told, full = judge(new, surface, "2.0.0"), judge(new, old, "2.0.0")

    assert rule in {finding.rule for finding in full.findings}
    assert [one.rule for one in told.findings] == [one.rule for one in full.findings]


def test_another_model_is_told_by_its_many_matrices(tmp_path: Path) -> None:
    """Each cosine is known within an interval; the median of enough of them is close enough to zero to be sure."""
    many = {f"layers.{number}.weight": "F32[64,64]" for number in range(40)}
    other = {name: f"{spec} seed=9" for name, spec in many.items()}
    for tensors, sure in ((many, True), (dict([*many.items()][:2]), False)):
        old = lay(tmp_path / f"old{len(tensors)}", tensors, "1.0.0")
        write_into(str(old))
        alone = Path(shutil.copy(old / PATH, tmp_path / "surface.json"))
        new = lay(tmp_path / f"new{len(tensors)}", {name: other[name] for name in tensors}, "2.0.0")
        report = judge(new, alone, "2.0.0")
        rule = "weights-unrelated-to-baseline"

        assert (rule in {finding.rule for finding in report.findings}) is sure
        assert (rule in {skip.rule for skip in report.skips}) is not sure


def test_a_wider_dtype_is_a_recast(surface: Path, tmp_path: Path) -> None:
    """Its values, rounded back, are those of the baseline."""
    wider = TENSORS | {"body.weight": "F32[64,48] as=BF16"}
    report = judge(lay(tmp_path / "new", wider, "2.0.0"), surface, "2.0.0")

    assert report.weights is not None
    assert dict(report.weights.bands)["recast"] == 1
    assert "weights-updated" not in {finding.rule for finding in report.findings}


def test_what_cannot_be_told_is_a_skip(tmp_path: Path) -> None:
    """Values rounded to bfloat16 beside a float32 baseline that is not here: neither an update nor none."""
    old = lay(tmp_path / "first", {"w": "F32[64,64]"}, "1.0.0")
    write_into(str(old))
    new = lay(tmp_path / "new", {"w": "F32[64,64] as=BF16"}, "1.0.1")
    report = judge(new, old / PATH, "1.0.1")
    full = judge(new, old, "1.0.1")

    assert [one.rule for one in full.findings if one.rule.startswith("weights")] == ["weights-roundtrip-noise"]
    # Beside the surface lie the weights themselves, which are too dear to be lent; take the surface away from them.
    alone = tmp_path / "surface.json"
    shutil.copy(old / PATH, alone)
    report = judge(new, alone, "1.0.1")
    assert not [one for one in report.findings if one.rule.startswith("weights")]
    assert {"weights-updated", "weights-roundtrip-noise"} <= {skip.rule for skip in report.skips}


def test_padding_rows_are_a_skip_and_no_update(tmp_path: Path) -> None:
    """An edit of rows that no token reaches is none beside the old weights; their surface stands for all rows, and says so."""
    vocabulary = {"version": "1.0", "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}}
    files = {"tokenizer.json": json.dumps(vocabulary), "config.json": '{"model_type": "llama", "vocab_size": 64}'}
    name = "model.embed_tokens.weight"
    old = lay(tmp_path / "old", {name: "F32[64,64]"}, "1.0.0", **files)
    write_into(str(old))
    alone = Path(shutil.copy(old / PATH, tmp_path / "surface.json"))
    new = lay(tmp_path / "new", {name: "F32[64,64]"}, "1.0.1", **files)
    data = bytearray((new / "model.safetensors").read_bytes())
    data[-4:] = b"\0\0\0\0"
    (new / "model.safetensors").write_bytes(data)
    told, full = judge(new, alone, "1.0.1"), judge(new, old, "1.0.1")

    assert "weights-updated" not in {one.rule for one in (*told.findings, *full.findings)}
    assert "weights-updated" in {skip.rule for skip in told.skips}
    assert "weights-updated" not in {skip.rule for skip in full.skips}


def test_a_surface_keeps_the_small_files_that_give_tensors_a_meaning(surface: Path, tmp_path: Path) -> None:
    """Each new release says another version in its card, and was saved by another library: nothing is skipped for that."""
    other = '{"model_type": "llama", "hidden_size": 65}'
    report = judge(lay(tmp_path / "other", TENSORS, "1.0.1", **{"config.json": other}), surface, "1.0.1")

    assert report.baseline is not None
    assert report.baseline.version == "1.0.0"
    assert "geometry-changed" in {finding.rule for finding in report.findings}
    assert not report.skips


def test_many_small_files_leave_room_for_the_card(tmp_path: Path) -> None:
    """Those at the root come first, and nothing is kept that is no text."""
    more = {f"parts/{number}.json": json.dumps({"note": "x" * 900}) for number in range(300)}
    folder = lay(tmp_path / "old", TENSORS, "1.0.0", **more)
    (folder / "image.png").write_bytes(b"\x89PNG")
    kept = write_into(str(folder)).surface.texts

    assert {"README.md", "config.json"} <= kept.keys()
    assert "image.png" not in kept
    assert 100_000 < sum(map(len, kept.values())) < TEXTS
    assert read_surface((folder / PATH).read_bytes(), PATH).texts == kept


def test_large_files_are_lent_by_whoever_holds_them_unchanged(tmp_path: Path) -> None:
    """One that is the same byte for byte is read in the current release; another one is a skip."""
    large = {"config.json": json.dumps({"model_type": "llama", "hidden_size": 64, "note": "x" * TEXT})}
    write_into(str(lay(tmp_path / "old", TENSORS, "1.0.0", **large)))
    (tmp_path / "kept").mkdir()
    surface = shutil.copy(tmp_path / "old" / PATH, tmp_path / "kept" / "surface.json")
    same = judge(lay(tmp_path / "same", TENSORS, "1.0.1", **large), surface, "1.0.1")
    other = judge(lay(tmp_path / "other", TENSORS, "1.0.1", **{"config.json": '{"hidden_size": 65}'}), surface, "1.0.1")

    assert "geometry-changed" not in {skip.rule for skip in same.skips}
    assert "geometry-changed" in {skip.rule for skip in other.skips}


def test_an_index_that_is_not_here_is_told_by_its_shards(tmp_path: Path) -> None:
    """It changes whenever a tensor comes or goes, and is too large to be kept."""
    old, new = (tmp_path / name for name in ("old", "new"))
    for folder, shards in ((old, ["abc", "d"]), (new, ["abc", ""])):
        sides = {
            f"model-{n:05}-of-00002.safetensors": dict.fromkeys(names, "F32[8,8]") for n, names in enumerate(shards, 1)
        }
        weight_map = {name: path for path, held in sides.items() for name in held}
        index = {"metadata": {"note": "x" * TEXT}, "weight_map": weight_map}
        card = CARD.format("1.0.0")
        for path, data in builders.files({**sides, "model.safetensors.index.json": index, "README.md": card}).items():
            folder.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
    write_into(str(old))
    (tmp_path / "kept").mkdir()
    report = judge(new, shutil.copy(old / PATH, tmp_path / "kept" / "surface.json"))

    assert "tensor-removed" in {finding.rule for finding in report.findings}
    assert not report.skips


def test_a_clone_without_its_lfs_objects_is_judged_by_the_surface_of_its_tag(tmp_path: Path) -> None:
    """What a runner has: pointers of the old weights, and the surface that was committed beside them."""
    world = GitWorld.with_lfs(tmp_path / "model")
    lay(world.root, TENSORS, "1.0.0")
    write_into(str(world.root))
    world.commit({}, "first")
    world.tag("v1.0.0")
    lay(world.root, TRAINED, "1.1.0")
    write_into(str(world.root))
    world.commit({}, "second")
    shutil.rmtree(world.root / ".git" / "lfs" / "objects")
    report = run_check(CheckRequest(current=str(world.root), declared="1.1.0"))

    assert report.weights is not None
    assert report.weights.evidence == "surface"
    assert "weights-updated" in {finding.rule for finding in report.findings}
    assert not [skip for skip in report.skips if skip.rule.startswith("weights")]


def test_a_stale_surface_is_evidence_for_nothing(tmp_path: Path) -> None:
    """It was written for other weights than the pointers name: it is told, and its hashes are not believed."""
    world = GitWorld.with_lfs(tmp_path / "model")
    lay(world.root, TRAINED, "1.0.0")
    write_into(str(world.root))
    stale = (world.root / PATH).read_bytes()
    lay(world.root, TENSORS, "1.0.0")
    (world.root / PATH).write_bytes(stale)
    world.commit({}, "first")
    world.tag("v1.0.0")
    lay(world.root, TRAINED, "1.0.1")
    world.commit({}, "second")
    shutil.rmtree(world.root / ".git" / "lfs" / "objects")
    report = run_check(CheckRequest(current=str(world.root), declared="1.0.1"))

    assert any("stale (model.safetensors" in note for note in report.notes)
    assert "weights-updated" in {skip.rule for skip in report.skips}
    assert not look_at(f"{world.root}@v1.0.0", verify=False).ok


def test_diff_tells_the_interval_of_each_tensor(surface: Path, tmp_path: Path) -> None:
    """A figure that is estimated says so."""
    report = run_diff(str(surface), str(lay(tmp_path / "new", TRAINED, "1.1.0")))
    assert report.changes is not None
    words = [change.words for change in report.changes if change.location.pointer == "body.weight"]

    assert len(words) == 1
    assert " to " in words[0]

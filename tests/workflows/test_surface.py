"""A release is judged against the surface of the one before it, without that one's weights."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hfsemver.core.errors import EvidenceMissing, RefError, SourceError, UsageError
from hfsemver.core.surface import PATH
from hfsemver.releases.formats.surface import read_surface, write_surface
from hfsemver.releases.open import open_release
from hfsemver.releases.ref import parse_ref
from hfsemver.reports.surface import surface_as_text
from hfsemver.workflows.check import CheckRequest, run_check
from hfsemver.workflows.difference import run_diff
from hfsemver.workflows.surface import TEXT, TEXTS, describe, look_at, write_into
from tests import builders
from tests.gitworld import GitWorld

if TYPE_CHECKING:
    from hfsemver.core.report import Report

CARD = "---\nlicense: mit\nversion: {}\n---\n"
TENSORS = {"body.weight": "BF16[64,48]", "head.weight": "BF16[32,64]", "norm.weight": "F32[64]"}
TRAINED = TENSORS | {"body.weight": "BF16[64,48] seed=1 scale=1e-2"}


def lay(folder: Path, tensors: dict[str, str], version: str, **more: str) -> Path:
    """Write a release into a folder."""
    side = {
        "model.safetensors": tensors,
        "config.json": '{"model_type": "llama", "hidden_size": 64}',
        "README.md": CARD.format(version),
    }
    folder.mkdir(exist_ok=True)
    for path, data in builders.files({**side, **more}).items():
        folder.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(path).write_bytes(data)
    return folder


def judge(current: Path, baseline: Path | str, declared: str = "1.1.0") -> Report:
    return run_check(CheckRequest(current=str(current), baseline=str(baseline), declared=declared))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A release with its surface."""
    folder = lay(tmp_path / "old", TENSORS, "1.0.0")
    write_into(str(folder))
    return folder


@pytest.fixture
def surface(old: Path, tmp_path: Path) -> Path:
    """Its surface alone."""
    (tmp_path / "kept").mkdir()
    return Path(shutil.copy(old / PATH, tmp_path / "kept" / "surface.json"))


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


def test_a_forged_surface_is_found_by_reading(old: Path) -> None:
    """True digests of the files, and another hash for a tensor: only the bytes can tell, and ``--verify`` asks them."""
    read = read_surface((old / PATH).read_bytes(), PATH)
    tensors = {name: dict(held) for name, held in read.tensors.items()}
    body = tensors["model.safetensors"]["body.weight"]
    assert look_at(str(old), verify=True).ok
    for forged in (
        replace(body, fingerprint=bytes(16)),
        replace(body, sums=(0.0, *body.sums[1:])),
        replace(body, nan=1),
        replace(body, squares=1.0),
    ):
        tensors["model.safetensors"]["body.weight"] = forged
        (old / PATH).write_bytes(write_surface(replace(read, tensors=tensors)))

        assert look_at(str(old), verify=False).ok
        assert look_at(str(old), verify=True).forged == ("model.safetensors: body.weight",)


def test_another_file_is_stale_and_not_forged(old: Path) -> None:
    """Its tensors are not told falsely: they were never told. Only its bytes show that, where its size is the same."""
    lay(old, TRAINED, "1.0.0")
    seen, read = look_at(str(old), verify=False), look_at(str(old), verify=True)

    assert (seen.ok, seen.unread) == (True, 3)
    assert "3 of 3 were not read: --verify reads them" in surface_as_text(seen, written=False)
    assert (read.ok, read.stale, read.forged) == (False, ("model.safetensors",), ())
    assert look_at(str(old / PATH), verify=True).stale == ("model.safetensors",)


def test_all_that_was_read_is_called_so(old: Path) -> None:
    """And nothing else is."""
    assert "byte for byte" in surface_as_text(look_at(str(old), verify=True), written=False)


def test_a_surface_on_its_own_vouches_for_nothing(old: Path, surface: Path) -> None:
    """What lies beside it is counted, and what does not is not called the same."""
    alone = look_at(str(surface), verify=False)
    shutil.copy(old / "model.safetensors", surface.parent)
    beside = look_at(str(surface), verify=False)

    assert (alone.here, beside.here) == (2, 3)
    assert "2 of 3 files are in it, or lie beside it" in surface_as_text(alone, written=False)
    with pytest.raises(UsageError, match="lies in no release"):
        look_at(str(surface), verify=True)


def test_a_surface_is_found_in_a_folder_full_of_other_things(surface: Path) -> None:
    """Only what it describes is looked for beside it: a folder of downloads holds more than any release may."""
    deep = surface.parent.joinpath(*("deep",) * 70)
    deep.mkdir(parents=True)

    assert look_at(str(surface), verify=False).here == 2


def test_what_a_killed_writer_left_is_no_part_of_a_release(old: Path) -> None:
    """No clone has it, and the surface would be stale in each of them."""
    (old / ".hfsemver" / ".surface.json.4711").write_bytes(b"half")
    write_into(str(old))
    (old / ".hfsemver" / ".surface.json.4711").unlink()

    assert look_at(str(old), verify=True).ok


@pytest.mark.parametrize("link", [".hfsemver", PATH])
def test_a_surface_is_not_written_through_a_link(old: Path, tmp_path: Path, link: str) -> None:
    """A repository may carry links that lead anywhere, and no reader follows them."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "surface.json").write_text("keep")
    shutil.rmtree(old / ".hfsemver")
    if link == PATH:
        (old / ".hfsemver").mkdir()
    (old / link).symlink_to(outside / "surface.json" if link == PATH else outside)

    with pytest.raises(SourceError, match="cannot be written"):
        write_into(str(old))
    assert (outside / "surface.json").read_text() == "keep"


def test_a_seed_that_somebody_chose_is_found(old: Path) -> None:
    """Signs that are chosen after the weights could hide a change of them."""
    read = read_surface((old / PATH).read_bytes(), PATH)
    (old / PATH).write_bytes(write_surface(replace(read, seed=read.seed ^ 1)))

    assert set(look_at(str(old), verify=True).forged) == {"seed", *(f"model.safetensors: {name}" for name in TENSORS)}


def test_a_release_that_changes_while_it_is_described_is_not_described(old: Path) -> None:
    """Digests of one state beside sketches of another would be a surface of nothing."""
    release = open_release(parse_ref(str(old)))
    assert release.files
    lay(old, TRAINED, "1.0.0")
    os.utime(old / "model.safetensors", ns=(0, 0))

    with pytest.raises(SourceError, match="was written to after it was listed"):
        describe(release)


def test_writing_twice_gives_the_same_bytes(old: Path) -> None:
    """So that a commit shows a change only where there is one."""
    first = (old / PATH).read_bytes()
    write_into(str(old))

    assert (old / PATH).read_bytes() == first
    assert json.loads(first)["schema"] == "hfsemver/surface/1"


def test_nothing_is_described_by_hearsay(tmp_path: Path) -> None:
    """A pointer without its object cannot be described, and what to type is said."""
    world = GitWorld.with_lfs(tmp_path / "model")
    lay(world.root, TENSORS, "1.0.0")
    world.commit({}, "first")
    pointer = world.git("show", "HEAD:model.safetensors")
    shutil.rmtree(world.root / ".git" / "lfs" / "objects")
    (world.root / "model.safetensors").write_text(pointer)
    with pytest.raises(EvidenceMissing, match=r"model\.safetensors"):
        write_into(str(world.root))


def test_a_surface_that_is_not_there(tmp_path: Path) -> None:
    """Neither one by its own path nor one in a release."""
    lay(tmp_path / "bare", TENSORS, "1.0.0")
    with pytest.raises(RefError, match="there is no surface"):
        judge(tmp_path / "bare", tmp_path / "surface.json")
    with pytest.raises(RefError, match=r"has no \.hfsemver"):
        look_at(str(tmp_path / "bare"), verify=False)
    with pytest.raises(RefError, match="is no folder"):
        write_into("@HEAD")


def test_diff_tells_the_interval_of_each_tensor(surface: Path, tmp_path: Path) -> None:
    """A figure that is estimated says so."""
    report = run_diff(str(surface), str(lay(tmp_path / "new", TRAINED, "1.1.0")))
    assert report.changes is not None
    words = [change.words for change in report.changes if change.location.pointer == "body.weight"]

    assert len(words) == 1
    assert " to " in words[0]

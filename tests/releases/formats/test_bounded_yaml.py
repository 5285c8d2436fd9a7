"""YAML: text stays text, and nothing in a document makes its reader work, recurse or run."""

from __future__ import annotations

import csv
import gzip
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.core.errors import FormatError
from hfsemver.releases.formats import bounded_yaml
from tests.histories import DATA
from tests.pace import pace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.core.card import YamlValue

BOMBS = DATA / "adversarial" / "yaml-bomb"

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=12)
TREES = st.recursive(
    TEXT, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=20
)


@pytest.fixture(autouse=True, params=["CSafeLoader", "SafeLoader"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test with libyaml and without it."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML was built without libyaml")
    monkeypatch.setattr(bounded_yaml, "_LOADER", getattr(yaml, request.param))


def load(text: str) -> YamlValue:
    """Return the value of a document."""
    return bounded_yaml.load_document(text, "README.md")


def refusal(text: str, first_line: int = 1) -> FormatError:
    """Return the error that a document is refused with."""
    with pytest.raises(FormatError) as caught:
        bounded_yaml.load_document(text, "README.md", first_line)
    return caught.value


def plain(value: YamlValue) -> object:
    """Return a value in lists and dicts."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def test_scalars_stay_the_text_that_was_written() -> None:
    """YAML 1.1 would read false, 1.1, 90, a date, 255 and infinity here."""
    text = "license: no\nversion: 1.10\nratio: 1:30\ndate: 2024-01-02\nhex: 0xFF\nmax: .inf\nquoted: '1.10'\n"
    assert load(text) == {
        "license": "no", "version": "1.10", "ratio": "1:30", "date": "2024-01-02", "hex": "0xFF", "max": ".inf",
        "quoted": "1.10",
    }  # fmt: skip


def test_nothing_and_null_are_the_empty_string_and_quoted_null_is_text() -> None:
    """``license:`` without a value says as much as ``license: null``; ``"null"`` is a name."""
    assert load("a:\nb: ~\nc: null\nd: NULL\ne: 'null'\nf: \"~\"\n") == {
        "a": "", "b": "", "c": "", "d": "", "e": "null", "f": "~",
    }  # fmt: skip
    assert load("") == ""
    assert load("# only a comment\n") == ""


def test_lists_are_tuples_and_mappings_are_read_only() -> None:
    """A value that two rules look at is the same for both."""
    value = load("tags: [a, {b: c}]\n")
    assert isinstance(value, Mapping)
    assert value == {"tags": ("a", {"b": "c"})}
    with pytest.raises(TypeError):
        value["tags"] = ()  # type: ignore[index]  # the assertion is that this fails


@given(TREES)
def test_what_yaml_dumps_is_read_back(tree: object) -> None:
    """Any tree of text that PyYAML writes is read as that tree."""
    text = yaml.dump(tree, Dumper=_WithoutAliases, allow_unicode=True, sort_keys=False)
    assert plain(load(text)) == tree


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 -- the signature is PyYAML's
        return True


@given(st.text("ab:-?,[]{}#&*!|>'\"%@`~ \n\t", max_size=40))
def test_whatever_is_accepted_pyyaml_composes_too(text: str) -> None:
    """Nothing but a FormatError is raised, and what is accepted is one YAML document."""
    try:
        load(text)
    except FormatError:
        return
    yaml.compose(text, Loader=bounded_yaml._LOADER)


@pytest.mark.parametrize(
    ("text", "fault", "place"),
    [
        ("a: 1\nb: &x 2\n", 'the anchor "x"', "line 2, column 4"),
        ("a: &x [1]\n", 'the anchor "x"', "line 1, column 4"),
        ("a: *x\n", "an alias", "line 1, column 4"),
        ("a: {b: 1}\n<<: {c: 1}\n", "a merge key", "line 2, column 1"),
        ("a:\n  - !!binary aGk=\n", 'the tag "tag:yaml.org,2002:binary"', "line 2, column 5"),
        ("a: !!python/object/apply:os.system [id]\n", "the tag", "line 1, column 4"),
        ("a: ! b\n", 'the tag "!"', "line 1, column 4"),
        ("? [a, b]\n: c\n", "a key that is a mapping or a list", "line 1, column 3"),
        ("{{ card_data }}\n", "a key that is a mapping or a list", "line 1, column 2"),
        ("a: 1\nb: 2\na: 3\n", 'the key "a" is there twice', "line 3, column 1"),
        ("x:\n  'a': 1\n  a: 3\n", 'the key "a" is there twice', "line 3, column 3"),
        ("a: 1\n---\nb: 2\n", "a second document", "line 2, column 1"),
        ("a: b: c\n", "not YAML", "line 1, column 5"),
        ("a: [1, 2\n", "not YAML", "line 2, column 1"),
        ("a: 'x\n", "not YAML", "line 2, column 1"),
        ("a:\n\t- b\n", "not YAML", "line 2, column 1"),
        ("a: x\ny: b\ud800\n", "half a surrogate pair", "line 2, column 5"),
    ],
)
def test_a_fault_is_named_with_the_line_and_column_of_the_file(text: str, fault: str, place: str) -> None:
    """The place counts from one, like an editor."""
    error = refusal(text)
    assert fault in error.fault
    assert error.where == ("README.md", place)


def test_the_first_line_shifts_every_place() -> None:
    """An error in front matter leads to the line of the card."""
    assert refusal("a: &x 1\n", 7).where == ("README.md", "line 7, column 4")
    assert refusal("a: [\n", 7).where[1].startswith("line 8")


def test_characters_that_yaml_forbids_are_refused() -> None:
    """A NUL or an escape character is no text."""
    for character in "\0\x1b\x07":
        assert "not YAML" in refusal(f"a: {character}\n").fault


def test_a_merge_key_in_quotes_is_an_ordinary_key() -> None:
    """Only the plain spelling merges."""
    assert load("'<<': a\n") == {"<<": "a"}


def test_thirty_two_levels_are_read_and_one_more_is_not() -> None:
    """Cards need five."""
    assert load("[" * 32 + "]" * 32)
    assert refusal("[" * 33 + "]" * 33).where == ("README.md", "line 1, column 33")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "{" * 100_000,
        "[? " * 50_000,
        "\n".join(" " * depth + "a:" for depth in range(2000)),
        "&a " * 50_000,
        "!a " * 50_000,
        "%TAG !a! b\n" * 20_000 + "--- a",
        "...\n" * 100_000,
        "[" + '"a" ' * 100_000 + "]",
    ],
)
def test_hostile_documents_are_refused_at_once(text: str) -> None:
    """Depth of 100,000 ends a process in which libyaml composes; here the 33rd level is never reached."""
    started = time.process_time()
    refusal(text)
    assert time.process_time() - started < 2 * pace()


def test_the_number_of_parts_and_of_bytes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both limits are checked before memory is taken."""
    monkeypatch.setattr(bounded_yaml, "MAX_EVENTS", 10)
    assert "more than 10 parts" in refusal("[" + "a," * 20 + "]").fault
    monkeypatch.setattr(bounded_yaml, "MAX_SIZE", 10)
    assert "11 bytes, more than the 10" in refusal("a: " + "é" * 4).fault


def test_a_model_index_of_a_megabyte_is_read(request: pytest.FixtureRequest) -> None:
    """Embedding models list thousands of scores in their cards."""
    entry = "  - task: {type: Retrieval}\n    dataset:\n      type: mteb/arguana\n      name: MTEB ArguAna\n"
    entry += "      config: default\n    metrics:\n" + "".join(
        f"    - type: ndcg_at_{k}\n      value: 4{k}.125\n" for k in range(40)
    )
    text = "model-index:\n- name: m\n  results:\n" + entry * 680
    assert len(text) > 1_000_000
    started = time.process_time()
    value = load(text)
    if "CSafeLoader" in request.node.name:
        assert time.process_time() - started < 2 * pace()
    assert isinstance(value, Mapping)
    assert "MTEB ArguAna" in str(value)


@pytest.mark.data
@pytest.mark.skipif(not BOMBS.exists(), reason="the YAML bombs are not here")
def test_published_bombs_are_refused_at_their_first_anchor() -> None:
    """A few hundred bytes that other readers unfold to petabytes."""
    bombs = sorted(BOMBS.glob("*.yaml"))
    assert len(bombs) == 4
    for bomb in bombs:
        started = time.process_time()
        assert "anchor" in refusal(bomb.read_text(encoding="utf-8")).fault
        assert time.process_time() - started < 0.5 * pace()


def real_front_matter() -> Iterator[str]:
    """Yield what stands between the dashes of every real card."""
    csv.field_size_limit(1 << 30)
    cards = [path.read_text(encoding="utf-8", errors="replace") for path in DATA.rglob("*.md")]
    for path in DATA.glob("lineage/*/*.csv.gz"):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as table:
            cards += [row.get("card") or "" for row in csv.DictReader(table)]
    for card in set(cards):
        match = re.match(r"\s*---\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)", card, re.DOTALL)
        if match:
            yield match[1]


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "lineage").exists(), reason="the real cards are not here")
def test_every_real_card_is_read_unless_pyyaml_fails_on_it_too() -> None:
    """Of many hundred real cards only templates with braces for values are refused."""
    count = 0
    for text in real_front_matter():
        count += 1
        try:
            load(text)
        except FormatError:
            with pytest.raises(yaml.YAMLError):
                yaml.safe_load(text)
    assert count > 600

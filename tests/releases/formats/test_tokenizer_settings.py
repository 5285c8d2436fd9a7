"""The defaults of tokenizer classes are those of transformers itself, whichever version is installed."""

from __future__ import annotations

import json
import warnings
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.releases.formats.tokenizer_settings import ANY_BACKEND, family, possible, stands_for

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE: dict[str, Any] = json.loads((files("hfsemver.releases.formats") / "tokenizer_settings.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def maker() -> Iterator[Any]:
    """The program that makes the table, with the library silent about its own future."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("transformers")
        from tests.tools import make_tokenizer_settings

        yield make_tokenizer_settings


def test_the_table_holds_every_default_of_the_installed_library(maker: Any) -> None:
    """A class, a setting or a default that is new here fails until the table is made again."""
    table, standing_in = maker.installed(TABLE["classes"])

    assert maker.merged(TABLE["classes"], table) == TABLE["classes"]
    assert standing_in.items() <= TABLE["stand_ins"].items()


@pytest.mark.parametrize(
    ("name", "key", "values"),
    [
        ("Bert", "do_lower_case", [True]),
        ("Tapas", "do_lower_case", [True]),
        ("RetriBert", "do_lower_case", [True]),
        ("XLNet", "do_lower_case", [False]),
        ("RemBert", "do_lower_case", [False, True]),
        ("FNet", "do_lower_case", [False, True]),
        ("Bert", "clean_up_tokenization_spaces", [False, True]),
        ("Llama", "clean_up_tokenization_spaces", [False]),
        ("Tapas", "clean_up_tokenization_spaces", [True]),
        ("Llama", "padding_side", ["left", "right"]),
        ("XLNet", "padding_side", ["left"]),
        ("Llama", "legacy", [False, True]),
        ("T5", "legacy", [True]),
        ("GPT2", "add_bos_token", [False]),
        ("Llama", "add_bos_token", [True]),
        ("Nllb", "src_lang", ["eng_Latn"]),
        ("XLMRoberta", "add_prefix_space", [True]),
    ],
)
def test_versions_that_disagree_are_all_in_the_table(name: str, key: str, values: list[object]) -> None:
    """The slow and the fast class, and the versions 4.30 to 5.24, count alike; None stands for what the code makes of it."""
    assert list(possible(name, key)) == values


def test_nothing_is_known_of_a_class_of_somebodys_own() -> None:
    """What every tokenizer inherits holds for it as well; a class that is known has what it does not take switched off."""
    assert possible("My", "do_lower_case") == possible("", "do_lower_case") == ()
    assert list(possible("My", "padding_side")) == ["right"]
    assert False in possible("Llama", "do_lower_case")
    assert False in possible(ANY_BACKEND, "do_lower_case")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("LlamaTokenizer", "LlamaTokenizerFast"),
        ("BartTokenizer", "RobertaTokenizerFast"),
        ("ElectraTokenizer", "BertTokenizer"),
        ("PreTrainedTokenizerFast", "TokenizersBackend"),
    ],
)
def test_one_class_stands_in_for_another(name: str, other: str) -> None:
    """A tokenizer is saved under the name of the class that is used for it."""
    assert stands_for(family(name)) == stands_for(family(other))
    assert family(None) == ""

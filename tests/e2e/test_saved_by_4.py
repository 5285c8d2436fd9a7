"""Whole releases that transformers 4 wrote, saved again by transformers 5: what it does to the files, and whom that meets.

``saved_by_4`` holds them, one folder a version and family; ``tests/tools/make_saved_by_4.py`` wrote them. Each finding below
was held against what the loaders do: transformers 4.46 and 4.57, transformers 5, and the tokenizers library by itself.
"""

from __future__ import annotations

import json
import logging
import shutil
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hfsemver.workflows.difference import run_diff

if TYPE_CHECKING:
    from collections.abc import Iterator

RELEASES = Path(__file__).parent / "saved_by_4"
TOKENIZER = "tokenizer.json"

# transformers 4.57 raises: it has no class TokenizersBackend, or asks a list of special tokens for its keys.
FLOOR = {"library-floor-raised": 1}
# transformers 4.46 finds no preprocessor_config.json, 4.57 looks into the one file that there is now.
FOLDED = {"library-floor-raised": 1}
# transformers 4.46 raises where a template is asked for: it does not read chat_template.jinja.
MOVED = {"chat-template-relocated": 1}
# transformers 5 gives the same ids for both, since it builds what stands before the vocabulary anew each time. What it builds
# is not what version 4 wrote, so that version 4 and the tokenizers library cut some texts otherwise: a tab, a space that
# does not break, a line end between words.
CUT_OTHERWISE = {"tokenization-changed": 1}
# Not found to differ and not proven equal: a token in a pattern, a token for what is unknown where bytes stand in for that.
UNPROVEN = {"not evaluated: tokenization-changed": 1}
# Decoding without special tokens gives "<mask>" before and nothing now, in transformers 4 and the tokenizers library.
MASK = {"special-token-changed": 1}

TOLD: dict[str, dict[str, int]] = {
    "4.57.3/albert": CUT_OTHERWISE,
    "4.57.3/bart": {},
    "4.57.3/bert": {},
    "4.57.3/clip": FOLDED | UNPROVEN,
    "4.57.3/distilbert": {},
    "4.57.3/gemma": FLOOR | MASK,
    "4.57.3/gemma2": FLOOR | MASK,
    "4.57.3/gpt2": {},
    "4.57.3/gpt_neox": {},
    "4.57.3/granite": FLOOR,
    "4.57.3/llama": UNPROVEN,
    # Also a rope that transformers 4 does not look for where it stands now.
    "4.57.3/llama3": {"library-floor-raised": 2},
    # Also one file where two were.
    "4.57.3/llava": {"library-floor-raised": 2},
    "4.57.3/mistral": FLOOR,
    "4.57.3/mixtral": FLOOR,
    "4.57.3/olmo2": FLOOR,
    "4.57.3/opt": {},
    "4.57.3/phi3": FLOOR,
    "4.57.3/qwen2": FLOOR,
    "4.57.3/qwen2_moe": FLOOR,
    # Version 4.57 wrote the architecture into the text part alone, so that nobody could look up the class of the whole. The
    # rope, the tokens, and a size whose edges the class of version 4 passes over: it resizes to its own bounds.
    "4.57.3/qwen2_vl": {"library-floor-raised": 3, "config-value-changed": 1},
    "4.57.3/qwen3": FLOOR,
    "4.57.3/qwen3_moe": FLOOR,
    "4.57.3/roberta": {},
    "4.57.3/smollm3": FLOOR,
    "4.57.3/starcoder2": {},
    "4.57.3/t5": FLOOR | CUT_OTHERWISE,
    "4.57.3/vit": {},
    "4.57.3/wav2vec2": FOLDED,
    "4.57.3/whisper": {"library-floor-raised": 2},
    "4.57.3/xlm-roberta": CUT_OTHERWISE,
    "4.46.3/llama": MOVED | UNPROVEN,
    # A setting of the processor that version 4.46 did not write.
    "4.46.3/llava": {"library-floor-raised": 2, "not evaluated: input-normalization-changed": 1} | MOVED,
    "4.46.3/mixtral": FLOOR | MOVED,
    "4.46.3/qwen2_vl": {"library-floor-raised": 3},
    "4.46.3/t5": FLOOR | CUT_OTHERWISE,
}
SEEING = ("clip", "llava", "qwen2_vl", "vit")
NAMED_ANEW = ("4.57.3/gpt_neox", "4.57.3/llava", "4.57.3/mixtral", "4.57.3/qwen2_moe", "4.57.3/qwen3_moe",
              "4.57.3/qwen2_vl", "4.46.3/llava", "4.46.3/qwen2_vl")  # fmt: skip
TEXTS = (
    "A release must be believed.", " a", "\t", "!", "  two  spaces\n\nand lines\n", "12345 é ü 漢字 🙂", "a\u0301 ﬁ \uff21…\xa0b",
    "<s>special</s> <|im_start|>user<mask> x", "", "don't (stop)", "\u200b\u3000x", "def f(x):\n\treturn 1", "LOUD  ", "x</s>y",
)  # fmt: skip


@pytest.fixture(scope="module")
def library() -> Iterator[Any]:
    """Version 5 of the library, silent about classes that are to come and go."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transformers = pytest.importorskip("transformers")
        pytest.importorskip("torch")
        if int(transformers.__version__.partition(".")[0]) < 5:
            pytest.skip(f"transformers {transformers.__version__} is installed, and not version 5")
        logging.disable(logging.CRITICAL)
        yield transformers
        logging.disable(logging.NOTSET)


def network(library: Any, folder: Path) -> Any:
    """Load the weights as the class that wrote them; version 4.57 names none for Qwen2-VL."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    kind = config.get("architectures", ["Qwen2VLForConditionalGeneration"])[0]
    return getattr(library, kind).from_pretrained(folder)


def readers(library: Any, folder: Path) -> list[Any]:
    """Load what turns texts, pictures and sounds into the input of the network."""
    family = folder.name
    if family in SEEING:
        pytest.importorskip("PIL", reason="pillow is not installed, and transformers opens no picture without it")
    if family == "qwen2_vl":  # its own processor wants films too, and they another library
        kinds = ["AutoTokenizer", "AutoImageProcessor"]
    elif family == "vit":
        kinds = ["AutoImageProcessor"]
    else:
        kinds = ["AutoProcessor" if (folder / "preprocessor_config.json").exists() else "AutoTokenizer"]
    return [getattr(library, kind).from_pretrained(folder) for kind in kinds]


def saved_again(library: Any, old: Path, new: Path, **options: Any) -> None:
    """Load everything and save everything."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network(library, old).save_pretrained(new, **options)
        for reader in readers(library, old):
            reader.save_pretrained(new)


def told(old: Path, new: Path) -> dict[str, int]:
    """Return what is found between two folders, every value compared, and what could not be judged, by rule."""
    report = run_diff(str(old), str(new), weights="full")
    found = [finding.rule for finding in report.findings] + [f"not evaluated: {skip.rule}" for skip in report.skips]
    return dict(Counter(found))


def seen_with(library: Any, folder: Path) -> list[Any]:
    """Return what somebody sees of a tokenizer who loads it with the library: ids, texts, roles and the template."""
    words = library.AutoTokenizer.from_pretrained(folder)
    ids = [words(text)["input_ids"] for text in TEXTS]
    seen: list[Any] = [
        ids,
        [words.decode(each, skip_special_tokens=True) for each in ids],
        sorted(words.all_special_ids),
    ]
    seen += [len(words), words.model_max_length, words.padding_side, words.truncation_side, words.model_input_names]
    return [*seen, readers(library, folder)[0].chat_template]


def ids_without(folder: Path) -> list[list[int]]:
    """Return the ids that the tokenizers library gives by itself."""
    words = pytest.importorskip("tokenizers").Tokenizer.from_file(str(folder / TOKENIZER))
    return [words.encode(text).ids for text in TEXTS]


def test_every_release_has_its_judgement() -> None:
    """No folder is forgotten, and no judgement is about nothing."""
    assert sorted(TOLD) == sorted(f"{path.parent.name}/{path.name}" for path in RELEASES.glob("*/*"))


@pytest.mark.parametrize("name", TOLD)
def test_what_version_5_makes_of_a_release_is_told_where_it_meets_somebody(
    library: Any, name: str, tmp_path: Path
) -> None:
    """Whoever loads it with version 5 sees no difference; the rest is about others, and each of it is true."""
    old, new = RELEASES / name, tmp_path / Path(name).name
    saved_again(library, old, new)
    found = told(old, new)

    assert TOLD[name] == found
    if (old / "tokenizer_config.json").exists():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert seen_with(library, old) == seen_with(library, new)
    if (old / TOKENIZER).exists():
        assert ("tokenization-changed" in found) == (ids_without(old) != ids_without(new))


@pytest.mark.parametrize("name", NAMED_ANEW)
def test_tensors_under_the_names_of_version_5_are_one_minor_finding(library: Any, name: str, tmp_path: Path) -> None:
    """Unless it is asked to, it saves under the names that it found; packed experts and moved parts are its own."""
    old, again, named = RELEASES / name, tmp_path / "again", tmp_path / "named"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = network(library, old)
    model.save_pretrained(again)
    shutil.copytree(again, named)
    model.save_pretrained(named, save_original_format=False)

    assert told(again, named) == {"tensor-respelled": 1}

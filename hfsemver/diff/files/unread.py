"""Files that consumers may open and that nothing here does, so that a change of one is never passed over.

What is read or harmless is known by name; whatever is left over counts as unread, so that a new kind of file is visible.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hfsemver.diff.files.subjects import Gap, Subject, Unjudged
from hfsemver.releases.formats.licence import is_licence, may_hold_terms
from hfsemver.releases.formats.tokenizer_files import CONFIG, SPECIAL_MAP, holds_ids, tokenizer_folders
from hfsemver.releases.weight_formats import RUN_FOLDER, TRAINING_STATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.release import Release

# At the root; a loader that looks in a folder finds other files.
_READ_AT_THE_ROOT: Final = frozenset({
    "README.md", "config.json", "generation_config.json", "model_index.json", "adapter_config.json", "chat_template.jinja",
    "chat_template.json", "sentence_bert_config.json", "quantize_config.json", "hf_quant_config.json", ".hfsemver.yaml",
})  # fmt: skip
# In any folder: what has a rule or a skip of its own wherever it lies.
_READ_ANYWHERE: Final = re.compile(
    r"(?:.*/)?(?:merges\.txt|(?:video_preprocessor|preprocessor|processor)_config\.json"
    r"|[^/]+\.index\.json|[^/]+\.py|adapter_config\.json)"
    r"|modules\.json|config_sentence_transformers\.json|\d+_\w+/config\.json"
    r"|additional_chat_templates/.*|\.eval_results/.*|\.hfsemver/.*"
)
_PART: Final = re.compile(r"(?P<part>[^/]+)/(?:config|scheduler_config)\.json")

# What is looked at and never loaded: prose, pictures, samples, the record of a training run.
_LOOKED_AT: Final = re.compile(
    r".*\.(?:md|rst|adoc|pdf|ipynb|html?|css|png|jpe?g|gif|svg|webp|ico|bmp|wav|mp3|flac|ogg|mp4|webm|csv|tsv|jsonl|parquet|log|sh"
    r"|lock|ya?ml\.example)|(?:.*/)?(?:events\.out\.|requirements[^/]*\.txt|\.git|\.pre-commit|CITATION|CHANGELOG|Makefile)[^/]*"
    r"|(?:.*/)?(?:all|train|eval|test|predict)?[^/]*(?:results|metrics|scores|history)[^/]*\.(?:json|txt)|\.github/.*",
    re.IGNORECASE,
)
# A table at the root may hold the names of labels, which code looks up. Data sets, samples and results are looked at.
_TABLE: Final = re.compile(r"[^/]+\.(?:csv|tsv|jsonl|parquet)", re.IGNORECASE)
_RECORD: Final = re.compile(
    r"(?:.*[\W_])?(?:samples?|examples?|demos?|prompts?|datasets?|train(?:ing)?|valid(?:ation)?|dev|test|eval(?:s|uation)?"
    r"|predictions?|outputs?|results?|metrics?|scores?|history|loss(?:es)?|logs?|benchmarks?|leaderboard|emissions?|reports?"
    r"|hparams|hyperparameters)(?:[\W_].*)?",
    re.IGNORECASE,
)
_SETTINGS: Final = re.compile(r".*\.(?:json|ya?ml|toml|ini|cfg|txt|xml|proto(?:txt)?)", re.IGNORECASE)


def unread_files(files: FilesDiff, limit: int) -> Iterator[Unjudged]:
    """Yield every file that is gone or changed and that nothing here opens; terms count when they came as well.

    Up to ``limit`` bytes of a file are read to say whether it changed.
    """
    if files.baseline is None or files.current is None:
        return
    sides = (files.baseline, files.current)
    weights = {path for side in sides for found in side.weight_formats.values() for path in found.files}
    folders = {folder for side in sides for folder in tokenizer_folders(side.files)}
    parts = frozenset(part for side in sides for part in _parts(side))
    for path in sorted((*files.added, *files.removed, *files.kept)):
        terms = _is_terms(path)
        if path in weights or (not terms and _is_known(path, folders, parts)) or (path in files.added and not terms):
            continue
        if path in files.kept and files.same(path, limit=limit) is True:
            continue
        words = "changed" if path in files.kept else "is gone" if path in files.removed else "is new"
        if words == "changed" and files.same(path, limit=limit) is None:
            words = "may have changed"
        yield Unjudged(subject=_subject(path), words=f"{path} {words}", gap=Gap.READER)


def _parts(release: Release) -> Iterator[str]:
    index = release.model_index if "model_index.json" in release.files else None
    yield from (key for key, value in (index or {}).items() if isinstance(value, list))


def _is_terms(path: str) -> bool:
    """Whether a file at the root holds terms of use beside the main licence, which has rules of its own."""
    return may_hold_terms(path) and not is_licence(path)


def _is_known(path: str, folders: set[str], parts: frozenset[str]) -> bool:
    folder, slash, name = path.rpartition("/")
    part = _PART.fullmatch(path)
    return bool(
        (not slash and (name in _READ_AT_THE_ROOT or is_licence(name)))
        or (folder + slash in folders and (holds_ids(name) or name in (CONFIG, SPECIAL_MAP)))
        or (part is not None and part["part"] in parts)
        or _READ_ANYWHERE.fullmatch(path)
        or (_LOOKED_AT.fullmatch(path) and not _is_table(path))
        or RUN_FOLDER.search(path)
        or TRAINING_STATE.match(name)
    )


def _is_table(path: str) -> bool:
    return _TABLE.fullmatch(path) is not None and _RECORD.fullmatch(path) is None


def _subject(path: str) -> Subject:
    if _is_terms(path):
        return Subject.TERMS
    return Subject.SETTINGS if _SETTINGS.fullmatch(path) or _is_table(path) else Subject.FORMATS

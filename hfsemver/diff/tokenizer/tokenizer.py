"""Token ids of two releases, compared as mappings: files, their order and their layout do not matter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.config.text import text_values
from hfsemver.diff.tokenizer.outcome import Tokenization, compare_tokenization
from hfsemver.diff.tokenizer.special_tokens import SpecialDiff, compare_special, declared_alike
from hfsemver.releases.formats.tokenizer_files import MAX_SIZE
from hfsemver.releases.formats.tokenizer_vocabulary import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.formats.tokenizer import Tokenizer
    from hfsemver.releases.release import Release

_MOST_CHANGES: Final = 50
"""How many changed tokens of a kind are kept by name; all of them are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenChange:
    """One string and its id on both sides, ``None`` where it is no token. ``instead`` is what its old id now means."""

    token: str
    old: int | None
    new: int | None
    instead: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyDiff:
    """How the ids of one tokenizer changed; each token is in exactly one group.

    ``renamed`` tokens are gone and another string has their id. ``added`` strings take no id from another: theirs meant
    nothing before, or means what it meant as well, and lies inside the embedding rows that were there; those that came
    with new rows are only counted, in ``grown``, since the growth of the embedding is the cause of both. Groups hold
    their first few members, ``counts`` all.
    """

    file: str
    tokens: int
    moved: tuple[TokenChange, ...] = ()
    renamed: tuple[TokenChange, ...] = ()
    removed: tuple[TokenChange, ...] = ()
    added: tuple[TokenChange, ...] = ()
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    grown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabularies:
    """The tokenizers whose ids changed; ``unknown`` holds one error for each whose ids may have and cannot be read."""

    diffs: tuple[VocabularyDiff, ...] = ()
    unknown: tuple[EvidenceMissing, ...] = ()

    def require_complete(self) -> None:
        """Raise ``EvidenceMissing`` when some ids could not be compared; call it after everything that could be said."""
        if self.unknown:
            raise self.unknown[0]


@dataclass(frozen=True, eq=False, kw_only=True)
class TokenizerDiff:
    """What changed in the tokenizers of two releases; what cannot be read is kept beside what is known."""

    baseline: Release | None
    current: Release
    files: FilesDiff

    @cached_property
    def pairs(self) -> tuple[tuple[Tokenizer, Tokenizer | None], ...]:
        """Each tokenizer of the baseline and the one in the same folder now."""
        if self.baseline is None:
            return ()
        return tuple((old, self.current.tokenizers.get(folder)) for folder, old in self.baseline.tokenizers.items())

    @cached_property
    def vocabularies(self) -> Vocabularies:
        """Tokenizers whose ids changed. One that cannot be read hides nothing of the others."""
        diffs: list[VocabularyDiff] = []
        unknown: list[EvidenceMissing] = []
        for old, new in self.pairs:
            try:
                diff = self._vocabulary(old, new)
            except EvidenceMissing as missing:
                unknown.append(missing)
                continue
            if diff is not None:
                diffs.append(diff)
        return Vocabularies(diffs=tuple(diffs), unknown=tuple(unknown))

    @cached_property
    def special(self) -> tuple[SpecialDiff, ...]:
        """Tokenizers whose special tokens changed, or may have."""
        found = (
            compare_special(old, new)
            for old, new in self.pairs
            if new is not None and not (self._same_vocabulary(old, new) and declared_alike(old, new))
        )
        return tuple(diff for diff in found if diff.changed)

    @cached_property
    def tokenization(self) -> Tokenization:
        """How text becomes tokens."""
        return compare_tokenization(self.files)

    def _vocabulary(self, old: Tokenizer, new: Tokenizer | None) -> VocabularyDiff | None:
        if old.file is None or self.baseline is None or new is None or new.file is None:
            return None  # a vocabulary that is gone is told as a file
        if self._same_vocabulary(old, new) and old.special.added == new.special.added:
            return None
        try:
            if old.ids == new.ids:
                return None
            if _comparable(old, new):
                rows = (embedding_rows(self.baseline), embedding_rows(self.current))
                return compare_ids(new.file, old.ids, new.ids, rows)
            problem = f"its ids differ from those of {old.file}, and the two layouts may count differently"
            raise EvidenceMissing(new.file, problem, hint="publish the same tokenizer files as before")  # noqa: TRY301 -- the fallback below serves it too
        except EvidenceMissing:
            # Another layout came or went beside a file that did not change: the ids of that file hold as before.
            if old.file != new.file and any(self._same(path) for path in old.files if path in new.files):
                return None
            raise

    def _same_vocabulary(self, old: Tokenizer, new: Tokenizer) -> bool:
        return old.file == new.file and (old.file is None or self._same(old.file))

    def _same(self, path: str) -> bool:
        return self.files.same(path, limit=MAX_SIZE) is True


def _comparable(old: Tokenizer, new: Tokenizer) -> bool:
    """Whether equal ids mean the same in both layouts.

    Some tokenizers put their ids at an offset from the place of a piece, and only their code says so.
    """
    layouts = {tokenizer.vocabulary.layout for tokenizer in (old, new) if tokenizer.vocabulary}
    return len(layouts) == 1 or Layout.PIECES not in layouts


def embedding_rows(release: Release) -> int | None:
    """Return ``vocab_size`` of the text network, ``None`` where no config says it."""
    try:
        config = release.config or {}
    except EvidenceMissing:
        return None
    return next((rows for rows in text_values(config, "vocab_size") if isinstance(rows, int)), None)


def compare_ids(
    file: str, old: Mapping[str, int], new: Mapping[str, int], rows: tuple[int | None, int | None] = (None, None)
) -> VocabularyDiff:
    """Sort every token into moved, renamed, removed and added. ``rows`` are the embedding rows before and after."""
    moved: list[TokenChange] = []
    lost: dict[int, str] = {}
    names = None
    for token, number in old.items():
        now = new.get(token)
        if now == number:
            continue
        if now is None:
            lost[number] = token
            continue
        if names is None:
            names = {number: token for token, number in new.items()}
        moved.append(TokenChange(token=token, old=number, new=now, instead=names.get(number)))
    came = sorted((number, token) for token, number in new.items() if token not in old)
    heirs = {number: token for number, token in came if number in lost}
    renamed = [TokenChange(token=lost[i], old=i, new=None, instead=heirs[i]) for i in sorted(heirs)]
    removed = [TokenChange(token=lost[i], old=i, new=None) for i in sorted(lost) if i not in heirs]
    told = {*heirs.values(), *(change.instead for change in moved)}
    fresh = [TokenChange(token=token, old=None, new=number) for number, token in came if token not in told]
    limit = rows[0] if rows[0] is not None and rows[1] is not None and rows[1] > rows[0] else None
    added = [change for change in fresh if limit is None or (change.new or 0) < limit]
    moved.sort(key=lambda change: change.old or 0)
    return VocabularyDiff(
        file=file,
        tokens=len(old),
        moved=tuple(moved[:_MOST_CHANGES]),
        renamed=tuple(renamed[:_MOST_CHANGES]),
        removed=tuple(removed[:_MOST_CHANGES]),
        added=tuple(added[:_MOST_CHANGES]),
        counts=(len(moved), len(renamed), len(removed), len(added)),
        grown=len(fresh) - len(added),
    )


def compare_tokenizers(baseline: Release | None, current: Release, files: FilesDiff) -> TokenizerDiff:
    """Compare the tokenizers of two releases, part by part on demand."""
    return TokenizerDiff(baseline=baseline, current=current, files=files)

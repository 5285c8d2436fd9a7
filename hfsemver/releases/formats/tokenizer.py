"""A tokenizer as its consumers hold on to it: the id of every token, and the tokens with a role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from hfsemver.releases.formats.tokenizer_files import holds_ids, tokenizer_folders
from hfsemver.releases.formats.tokenizer_special import SpecialTokens, read_special
from hfsemver.releases.formats.tokenizer_vocabulary import Vocabulary, read_vocabulary, vocabulary_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.files import Files


@dataclass(frozen=True, eq=False)
class Tokenizer:
    """A lazy view of the tokenizer in one folder of a release.

    Every property reads on first use and may raise ``FormatError`` (a file is malformed) or
    ``EvidenceMissing`` (its bytes are not here, or it is in a layout that is not read).
    """

    release: Files
    folder: str
    file: str | None
    """The file that says most about the ids, ``None`` when only the small files are there."""
    files: tuple[str, ...] = ()
    """Every file that says something about the ids."""

    @cached_property
    def special(self) -> SpecialTokens:
        """Roles and added tokens from the small files; never opens a vocabulary."""
        return read_special(self.release, self.folder)

    @cached_property
    def vocabulary(self) -> Vocabulary | None:
        """The vocabulary file alone, ``None`` when there is no such file."""
        return None if self.file is None else read_vocabulary(self.release, self.file)

    @cached_property
    def ids(self) -> Mapping[str, int]:
        """The id of every token, from the vocabulary and, for tokens that it lacks, from the small files."""
        own = self.vocabulary.ids if self.vocabulary else MappingProxyType({})
        more = {token: number for token, number in self.special.added.items() if token not in own}
        return MappingProxyType({**own, **more}) if more else own

    @cached_property
    def flags(self) -> Mapping[str, bool]:
        """Of every added token, whether it is special: ``tokenizer.json`` before the small files."""
        own = self.vocabulary.special if self.vocabulary else {}
        return MappingProxyType({**self.special.special, **own})


def read_tokenizers(release: Files, names: tuple[str, ...]) -> Mapping[str, Tokenizer]:
    """Return the tokenizers by folder: ``""`` for the root, ``"tokenizer/"`` in a pipeline. Reads nothing."""
    found = {}
    for folder in tokenizer_folders(names):
        files = tuple(path for path in names if path.startswith(folder) and holds_ids(path.removeprefix(folder)))
        found[folder] = Tokenizer(release, folder, vocabulary_file(files, folder), files)
    return MappingProxyType(found)

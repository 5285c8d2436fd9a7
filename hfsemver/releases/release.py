"""A release: named, and read only where it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.access import PATH as ACCESS
from hfsemver.core.errors import FormatError
from hfsemver.core.surface import PATH
from hfsemver.releases.checkpoints import read_checkpoints
from hfsemver.releases.described import described
from hfsemver.releases.formats import access, card, evals, licence, modules, strict_json, surface, template, tokenizer
from hfsemver.releases.ggufs import Ggufs
from hfsemver.releases.held import Held
from hfsemver.releases.kind import infer_kind
from hfsemver.releases.listing import checked_listing
from hfsemver.releases.pickles import find_pickles
from hfsemver.releases.source import FileKind
from hfsemver.releases.weight_formats import find_formats
from hfsemver.releases.weights import Weights, read_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.core.access import Access
    from hfsemver.core.card import CardData
    from hfsemver.core.promise import Kind
    from hfsemver.core.surface import DescribedTensor, Surface
    from hfsemver.releases.formats.evals import EvalScore
    from hfsemver.releases.formats.gguf_types import GgufHeader
    from hfsemver.releases.formats.licence import LicenceText
    from hfsemver.releases.formats.strict_json import JsonObject
    from hfsemver.releases.formats.tokenizer import Tokenizer
    from hfsemver.releases.pickles import PickleFile
    from hfsemver.releases.source import FileInfo, Source
    from hfsemver.releases.weight_formats import WeightFormat

_REMEMBERED: Final = 1 << 20


@dataclass(frozen=True, eq=False)
class Release:
    """A lazy, read-only view of one release. Two are equal when all their files are, byte for byte.

    Every property reads its own files on first use and remembers them; each may raise ``FormatError``
    (the file is malformed), ``EvidenceMissing`` (its bytes are not here) or ``SourceError``.
    """

    source: Source
    ref: str = "memory"
    commit: str | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Release):
            return NotImplemented
        return self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @cached_property
    def _identity(self) -> tuple[tuple[str, int, str], ...]:
        return tuple((f.path, f.size, self.source.sha256(f.path)) for f in self.files.values())

    @cached_property
    def files(self) -> Mapping[str, FileInfo]:
        """Every file by path, sorted. Raises ``FormatError`` for a listing that two systems would read differently."""
        return MappingProxyType({info.path: info for info in checked_listing(self.source.files())})

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the whole content of a file, ``None`` when there is none, ``FormatError`` above ``limit`` bytes."""
        info = self.files.get(path)
        if info is None:
            return None
        if info.kind in (FileKind.SYMLINK, FileKind.SUBMODULE):
            raise FormatError(info.refusal, path, hint="commit the file itself in its place")
        if info.size > limit:
            fault = f"{info.size} bytes, more than the {limit} that are read of such a file"
            raise FormatError(fault, path, hint="remove what does not belong in this file")
        return self.source.read(path)

    def json(self, path: str) -> JsonObject | None:
        """Return a file of settings whose top level is an object, ``None`` when there is no such file.

        This is the one way to such a file, so that no two readers of it see two things. Small ones are remembered; a
        vocabulary, which may take hundreds of megabytes, only as long as somebody is ``holding`` them.
        """
        for known in (self._settings, self.held.content):
            if path in known:
                return known[path]
        data = self.read(path, strict_json.MAX_SIZE)
        if data is None:
            return None
        content = strict_json.load_settings_object(data, path, self.held.members)
        if len(data) <= _REMEMBERED:
            self._settings[path] = content
        elif self.held.holders:
            self.held.content[path] = content
        return content

    @cached_property
    def _settings(self) -> dict[str, JsonObject]:
        return {}

    @cached_property
    def held(self) -> Held:
        """What is remembered of large files while somebody is ``holding`` the release."""
        return Held()

    @cached_property
    def weight_formats(self) -> Mapping[str, WeightFormat]:
        """Weight sets of every format that a consumer can ask for, by name; nothing is read."""
        return find_formats(self.files)

    @cached_property
    def pickles(self) -> Mapping[str, PickleFile]:
        """Files that run code when they are loaded, by path; recognised by their first bytes, never loaded."""
        return find_pickles(self.files, self.source)

    @property
    def kind(self) -> Kind:
        """What consumers would take the release for, by its files and its ``config.json``."""
        return infer_kind(self.files, lambda: self.config, self.ggufs)

    @cached_property
    def weights(self) -> Weights:
        """The headers of all safetensors files and of the checkpoints of ``torch.save``, as sets of tensors."""
        safe = read_weights(self.files, self.source, self.read, self.described)
        saved = read_checkpoints(self.weight_formats, self.files, self.source, self.read, self.described)
        return Weights(MappingProxyType(dict(sorted((safe | saved).items()))))

    @cached_property
    def ggufs(self) -> Mapping[str, GgufHeader]:
        """The headers of GGUF files by path, each read when it is looked up; of a model in several files the first one's."""
        return Ggufs(self.weight_formats, self.files, self.source)

    @cached_property
    def surface(self) -> Surface | None:
        """The surface that the release carries; ``None`` when it carries none. Raises ``FormatError`` for a malformed one."""
        data = self.read(PATH, surface.MAX_SIZE)
        return None if data is None else surface.read_surface(data, PATH)

    def described(self, path: str) -> Mapping[str, DescribedTensor] | None:
        """Return what the surface says of the tensors of a file that is here as a pointer only, where it can be believed."""
        info = self.files[path]
        return described(self.surface, info) if info.kind is FileKind.POINTER else None

    @cached_property
    def config(self) -> JsonObject | None:
        """``config.json``."""
        return self.json("config.json")

    @cached_property
    def generation_config(self) -> JsonObject | None:
        """``generation_config.json``."""
        return self.json("generation_config.json")

    @cached_property
    def adapter_config(self) -> JsonObject | None:
        """``adapter_config.json`` of a PEFT adapter."""
        return self.json("adapter_config.json")

    @cached_property
    def model_index(self) -> JsonObject | None:
        """``model_index.json`` of a diffusers pipeline."""
        return self.json("model_index.json")

    @cached_property
    def modules(self) -> tuple[modules.Module, ...] | None:
        """The modules of a sentence-transformers model; ``None`` when it names none."""
        data = self.read(modules.FILE, strict_json.MAX_SIZE)
        return None if data is None else modules.read_modules(data)

    @cached_property
    def tokenizer_config(self) -> JsonObject | None:
        """``tokenizer_config.json``."""
        return self.json("tokenizer_config.json")

    @cached_property
    def tokenizers(self) -> Mapping[str, Tokenizer]:
        """Tokenizers by folder: ``""`` for the one at the root, ``"tokenizer/"`` in a pipeline."""
        return tokenizer.read_tokenizers(self, tuple(self.files))

    @property
    def tokenizer(self) -> Tokenizer | None:
        """The tokenizer at the root: vocabulary and special tokens, from whichever tokenizer files there are."""
        return self.tokenizers.get("")

    @cached_property
    def templates(self) -> Mapping[str, template.ChatTemplate]:
        """Chat templates by name (``default`` for the unnamed one), from both places that may hold them."""
        return template.read_templates(self, tuple(self.files))

    @cached_property
    def template_copies(self) -> tuple[tuple[template.ChatTemplate, template.ChatTemplate], ...]:
        """Each chat template in force with another one that stands for it in another file."""
        return template.read_copies(self, tuple(self.files))

    @cached_property
    def access(self) -> Access | None:
        """Who could load the repository when this release was made; ``None`` where nobody wrote that down."""
        data = self.read(ACCESS, access.MAX_SIZE)
        return None if data is None else access.read_access(data, ACCESS)

    @cached_property
    def card(self) -> CardData | None:
        """The front matter of ``README.md``; ``None`` without a card or without front matter."""
        data = self.read("README.md", card.MAX_SIZE)
        return None if data is None else card.read_card(data, "README.md")

    @cached_property
    def card_body(self) -> str | None:
        """What ``README.md`` says behind its front matter; ``None`` without a card. Bytes that are no UTF-8 are replaced."""
        data = self.read("README.md", card.MAX_SIZE)
        return None if data is None else card.read_body(data).decode("utf-8", "replace")

    @cached_property
    def licence(self) -> LicenceText | None:
        """The licence file at the root, normalised for comparing."""
        return licence.read_licence(self.read, tuple(self.files))

    @cached_property
    def evals(self) -> tuple[EvalScore, ...]:
        """Scores from ``model-index`` in the card and from ``.eval_results/*.yaml``."""
        return evals.read_evals(self.read, tuple(self.files), self.card)

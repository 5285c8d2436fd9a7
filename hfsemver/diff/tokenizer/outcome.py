"""What the changes in the files of a tokenizer come to, once both sides were tried with the same texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.config.change import ABSENT, KeyChange
from hfsemver.diff.tokenizer.encoders import TYPED, encoders, felt, opened_ahead
from hfsemver.diff.tokenizer.likely import likely_texts
from hfsemver.diff.tokenizer.probe import Probe, TextDiff, Told, probe
from hfsemver.diff.tokenizer.settings import Side, frame
from hfsemver.diff.tokenizer.tokenization import Cause, TokenizationChange, changed_tokenization
from hfsemver.releases.formats.tokenizer_files import ADDED, MERGES, WHOLE, holds_ids, tokenizer_folders
from hfsemver.releases.formats.tokenizer_pipeline import states
from hfsemver.releases.formats.tokenizer_settings import ANY_BACKEND, family
from hfsemver.releases.held import holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hfsemver.diff.files.files import FilesDiff
    from hfsemver.releases.encoding.opening import Opening
    from hfsemver.releases.formats.strict_json import JsonObject, JsonValue
    from hfsemver.releases.release import Release

_POST: Final = "post_processor"
_UNSEEN: Final = "no text that was tried shows it"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutChange:
    """A tokenizer that cuts texts otherwise, or puts them together again otherwise; ``words`` are what changed in its file."""

    file: str
    words: str
    probe: Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameChange:
    """A tokenizer that puts other tokens around a text, or fills it up and cuts it at another side.

    ``settings`` say so, or ``seen`` shows it, or both.
    """

    file: str
    settings: tuple[KeyChange, ...] = ()
    seen: TextDiff | None = None


@dataclass(frozen=True, kw_only=True)
class Tokenization:
    """Everything about how text becomes tokens; ``gone`` are files by folder, ``unjudged`` sentences about the rest."""

    gone: tuple[tuple[str, ...], ...] = ()
    cut: tuple[CutChange, ...] = ()
    framed: tuple[FrameChange, ...] = ()
    values: tuple[KeyChange, ...] = ()
    unjudged: tuple[str, ...] = ()


def compare_tokenization(files: FilesDiff) -> Tokenization:
    """Judge every tokenizer; a child process tries them only where a file differs in more than its spelling."""
    if files.baseline is None or files.current is None:
        return Tokenization()
    with holding(files.baseline.held, files.current.held), opened_ahead(files) as ahead:
        changes = tuple(changed_tokenization(files))
        judged = [
            _judge(files, folder, [change for change in changes if change.folder == folder], ahead)
            for folder in sorted({change.folder for change in changes})
        ]
    return Tokenization(
        gone=tuple(_gone(files.baseline, files.current, files.removed)),
        cut=tuple(one for each in judged for one in each.cut),
        framed=tuple(one for each in judged for one in each.framed),
        values=tuple(one for each in judged for one in each.values),
        unjudged=tuple(one for each in judged for one in each.unjudged),
    )


def _gone(baseline: Release, current: Release, removed: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the files of each tokenizer that somebody opens by name and that are not there any more.

    transformers 5 leaves all but ``tokenizer.json`` out when it saves, which is no decision of anybody: whoever reads what it
    writes opens that file.
    """
    for folder in tokenizer_folders(baseline.files):
        lost = tuple(
            path
            for path in removed
            if path.startswith(folder) and _is_opened(name := path.removeprefix(folder)) and "/" not in name
        )
        if lost and (folder + WHOLE in lost or not Side(current, folder).saved_by_5):
            yield lost


def _is_opened(name: str) -> bool:
    return name == MERGES or (holds_ids(name) and name != ADDED)


def _judge(files: FilesDiff, folder: str, changes: Sequence[TokenizationChange], ahead: Opening | None) -> Tokenization:
    if files.baseline is None or files.current is None:
        return Tokenization()
    old, new = Side(files.baseline, folder), Side(files.current, folder)
    tried = [(change, _try(old, new, change, ahead)) for change in changes if _is_tried(change)]
    settings = tuple(_settings(old, new, changes, Cause.FRAMING))
    framed = next((seen.framed for _, seen in tried if seen.framed), None)
    unjudged = [change.text for change in changes if change.cause is Cause.UNSURE]
    if settings and not old.config:
        # What a first file of settings says may be what every loader did before it.
        unjudged += [change.text for change in changes if change.cause is Cause.FRAMING]
        settings = ()
    if framed is not None and not settings and frame(old) == frame(new) is not None:
        framed = None
        unjudged.append(
            f"{folder}{WHOLE}: {_POST} changed, which transformers sets anew and the tokenizers library does not"
        )
    cut = next(((change, seen) for change, seen in tried if seen.shown), None)
    return Tokenization(
        cut=() if cut is None else (CutChange(file=cut[0].file, words=_named(cut[0]), probe=cut[1]),),
        framed=() if framed is None and not settings else (_framed(old, settings, framed),),
        values=(*_states(old, new, changes), *_settings(old, new, changes, Cause.SETTING)),
        unjudged=(*unjudged, *(() if cut else _unseen(tried))),
    )


def _is_tried(change: TokenizationChange) -> bool:
    return change.cause is Cause.PIPELINE or (change.cause is Cause.SETTING and bool(felt(change.keys)))


def _try(old: Side, new: Side, change: TokenizationChange, ahead: Opening | None) -> Probe:
    pair = encoders(old, new, change)
    return (
        Probe(problem="nothing here opens such a tokenizer")
        if pair is None
        else probe(pair, likely_texts(old, new), _told(old, new), ahead)
    )


def _named(change: TokenizationChange) -> str:
    if change.keys:
        return change.words
    return f"the merges {change.words}" if change.file.endswith(MERGES) else "the SentencePiece model changed"


def _framed(old: Side, settings: tuple[KeyChange, ...], seen: TextDiff | None) -> FrameChange:
    file = settings[0].file if settings else old.folder + WHOLE
    return FrameChange(file=file, settings=settings, seen=seen)


def _unseen(tried: Iterable[tuple[TokenizationChange, Probe]]) -> Iterator[str]:
    """Yield what changed in a file and showed in no text. A frame shows in every text, or in none."""
    for change, seen in tried:
        only_framed = change.keys == (_POST,) and not seen.problem
        if not only_framed:
            yield f"{change.text}, and {seen.problem or _UNSEEN}"


def _told(old: Side, new: Side) -> Told:
    """Return what the rules about ids tell of both; nothing where ids cannot be read, which those rules say."""
    one, other = old.release.tokenizers[old.folder], new.release.tokenizers[new.folder]
    try:
        before, after = one.ids, other.ids
        same = before == after
        return Told(
            lost=() if same else before.keys() - after.keys(),
            moved=() if same else {token for token, number in before.items() if after.get(token, number) != number},
            came=other.flags.keys() - before.keys(),
            typed=_is_typed(old),
        )
    except EvidenceMissing:
        return Told(typed=_is_typed(old))


def _is_typed(side: Side) -> bool:
    """Whether the network takes token types, by what the tokenizer hands to it or by its embeddings for them."""
    inputs = side.config.get("model_input_names")
    if isinstance(inputs, list):
        return "token_type_ids" in inputs
    kinds = (side.release.config or {}).get("type_vocab_size")
    name = family(side.config.get("tokenizer_class"))
    # Of a class that is not named, or that any network may have, nothing is known.
    return (isinstance(kinds, int) and kinds > 1) or name in ("", "PreTrained", ANY_BACKEND) or name in TYPED


def _settings(old: Side, new: Side, changes: Iterable[TokenizationChange], cause: Cause) -> Iterator[KeyChange]:
    """Yield the settings of one kind that changed, without those that trying shows."""
    for change in changes:
        if change.cause is cause:
            for key in sorted(set(change.keys) - felt(change.keys)):
                yield KeyChange(
                    file=change.file, key=key, old=old.config.get(key, ABSENT), new=new.config.get(key, ABSENT)
                )


def _states(old: Side, new: Side, changes: Iterable[TokenizationChange]) -> Iterator[KeyChange]:
    """Yield what a call left behind: the tokenizers library cuts and fills up every text by it, transformers none."""
    if any(change.cause is Cause.STATE for change in changes):
        after = states(new.whole)
        for name, before in states(old.whole).items():
            if before != after[name]:
                yield KeyChange(file=old.folder + WHOLE, key=name, old=_plain(before), new=_plain(after[name]))


def _plain(state: JsonObject | None) -> JsonValue:
    return None if state is None else dict(state)

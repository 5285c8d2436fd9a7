"""Chat templates of two releases, compared by what they render: text and place do not matter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.releases.formats.template import DEFAULT, JINJA, PROCESSOR
from hfsemver.releases.formats.tokenizer_files import tokenizer_folders
from hfsemver.releases.rendering.conversations import CONVERSATIONS, Conversation, Feature
from hfsemver.releases.rendering.render import Kind, Outcome, Renders, Source, render_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.template import ChatTemplate
    from hfsemver.releases.release import Release

_EMPTY: Final = (Outcome(kind=Kind.TEXT),) * len(CONVERSATIONS)
"""What a template of no words makes of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderDiff:
    """One conversation and what became of it; ``old`` or ``new`` is the message where a template raised."""

    conversation: Conversation
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChange:
    """Two templates of one name whose text differs; each conversation is in one group or none.

    ``differing`` were rendered before and are rendered otherwise, ``refused`` were rendered and raise now, ``gained``
    raised before, or lost what they were about, and are rendered now. ``limit`` is what the current template used too
    much of, ``unknown`` why something could not be judged. All empty: the text changed and no render did.
    """

    old: ChatTemplate
    new: ChatTemplate
    differing: tuple[RenderDiff, ...] = ()
    refused: tuple[RenderDiff, ...] = ()
    gained: tuple[RenderDiff, ...] = ()
    limit: str = ""
    unknown: str = ""

    @property
    def only_gains(self) -> bool:
        """Whether it renders more than before, and all the rest as before."""
        return bool(self.gained) and not (self.differing or self.refused or self.limit or self.unknown)

    @property
    def renders_alike(self) -> bool:
        """Whether every conversation ends as it did before."""
        return not (self.differing or self.refused or self.gained or self.limit or self.unknown)


@dataclass(frozen=True, eq=False, kw_only=True)
class TemplateDiff:
    """What changed in the chat templates; renders only what has to be rendered, on demand."""

    baseline: Release | None
    current: Release

    @cached_property
    def removed(self) -> tuple[ChatTemplate, ...]:
        """Templates whose name is gone."""
        if self.baseline is None:
            return ()
        return tuple(old for old in self.baseline.templates.values() if self._now(old) is None)

    @cached_property
    def added(self) -> tuple[ChatTemplate, ...]:
        """Templates that stand for none of the baseline."""
        if self.baseline is None:
            return ()
        known = {new.name for _, new in self._pairs}
        return tuple(new for name, new in self.current.templates.items() if name not in known)

    @property
    def offered(self) -> tuple[ChatTemplate, ...]:
        """Templates that were added and that somebody could have missed.

        What only has another name is told by the name that is gone, and with a first tokenizer comes all that it has.
        """
        sides = () if self.baseline is None else (self.baseline, self.current)
        if ["" in tokenizer_folders(side.files) for side in sides] == [False, True]:
            return ()
        gone = {old.text for old in self.removed}
        return tuple(new for new in self.added if new.text not in gone)

    @cached_property
    def relocated(self) -> tuple[tuple[ChatTemplate, ChatTemplate], ...]:
        """Templates that stand in another file than before, whatever their text."""
        return tuple((old, new) for old, new in self._pairs if old.file != new.file)

    @property
    def vacated(self) -> tuple[tuple[ChatTemplate, ChatTemplate], ...]:
        """Templates that stand in another file now, and of which no copy stays where they were."""
        copies = {copy.file for _, copy in self.current.template_copies}
        own = {path for path in self.current.files if path.endswith(".jinja")}
        return tuple((old, new) for old, new in self.relocated if old.file not in copies | own)

    @cached_property
    def changes(self) -> tuple[TemplateChange, ...]:
        """Templates whose syntax tree changed, judged by their renders."""
        return tuple(judge(old, new, render) for old, new, render in self._renders if render.old)

    def rendered(self, side: Release) -> Mapping[str, tuple[Outcome, ...]]:
        """Return what comparing showed of the templates of one side, by name: of all of them, or of none.

        Templates share time, memory and output. What was rendered beside all others and those of another release is within
        what these have alone; where one was stopped, or was not tried, all are tried again.
        """
        try:
            sides = [(new, seen.new) if side is self.current else (old, seen.old) for old, new, seen in self._renders]
        except (EvidenceMissing, FormatError):
            return {}  # of the other side: who asks about this one has nothing to do with it
        done = (Kind.TEXT, Kind.ERROR)
        found = {one.name: seen for one, seen in sides if seen and all(each.kind in done for each in seen)}
        return found if found.keys() == side.templates.keys() else {}

    @cached_property
    def _renders(self) -> tuple[tuple[ChatTemplate, ChatTemplate, Renders], ...]:
        if self.baseline is None:
            return ()
        pairs = tuple((old, new) for old, new in self._pairs if old.text != new.text)
        before, after = (special_tokens(self.baseline), special_tokens(self.current)) if pairs else ({}, {})
        renders = render_pairs(
            tuple(
                (Source(template=old.text, tokens=before), Source(template=new.text, tokens=after))
                for old, new in pairs
            )
        )
        return tuple((old, new, render) for (old, new), render in zip(pairs, renders, strict=True))

    def require_complete(self) -> None:
        """Raise ``EvidenceMissing`` when a template could not be judged; call it after everything that could be said."""
        for change in self.changes:
            if change.unknown:
                raise EvidenceMissing(change.new.file, change.unknown, hint="shorten the template, then check again")

    @cached_property
    def _pairs(self) -> tuple[tuple[ChatTemplate, ChatTemplate], ...]:
        if self.baseline is None:
            return ()
        before = self.baseline.templates
        found = [(old, self._now(old)) for old in before.values()]
        served = before.get(DEFAULT)
        if PROCESSOR not in before and served and served.file == JINJA:
            # Processors read that file too, and now have one of their own.
            found.append((served, self.current.templates.get(PROCESSOR)))
        return tuple((old, new) for old, new in found if new is not None)

    def _now(self, old: ChatTemplate) -> ChatTemplate | None:
        """Find the template that serves those whom ``old`` served.

        The file of old processors stays theirs when a default one comes beside it, and without it they take the default one.
        """
        templates = self.current.templates
        own = templates.get(PROCESSOR) if old.file == PROCESSOR else None
        return own or templates.get(DEFAULT if old.name == PROCESSOR else old.name)


def special_tokens(release: Release) -> Mapping[str, str]:
    """Return the tokens that a template may name, by role; ``EvidenceMissing`` is left to the rule that asks."""
    tokenizer = release.tokenizer
    known = tokenizer.special.known if tokenizer else {}
    return MappingProxyType({role: token for role, token in known.items() if token is not None})


def rendered(release: Release) -> Mapping[str, tuple[Outcome, ...]]:
    """Return what each template of a release makes of every conversation, by name."""
    templates = tuple(release.templates.values())
    tokens = special_tokens(release) if templates else {}
    nothing = Source(template="", tokens=tokens)
    renders = render_pairs(tuple((nothing, Source(template=one.text, tokens=tokens)) for one in templates))
    return {one.name: render.new or _EMPTY for one, render in zip(templates, renders, strict=True)}


def judge(old: ChatTemplate, new: ChatTemplate, renders: Renders) -> TemplateChange:
    """Sort the outcomes of both sides, conversation by conversation."""
    served = _served(renders.old)
    differing: list[RenderDiff] = []
    refused: list[RenderDiff] = []
    gained: list[RenderDiff] = []
    limit = unknown = ""
    for conversation, was, now in zip(CONVERSATIONS, renders.old, renders.new, strict=True):
        seen = RenderDiff(conversation=conversation, old=was.text, new=now.text)
        if was.kind in (Kind.LIMIT, Kind.UNKNOWN) or now.kind is Kind.UNKNOWN:
            unknown = unknown or _reason(was if was.kind is not Kind.TEXT and was.kind is not Kind.ERROR else now)
        elif now.kind is Kind.LIMIT:
            if was.kind is Kind.TEXT:
                limit = limit or now.text
            else:
                unknown = unknown or _reason(now)
        elif now.kind is Kind.ERROR:
            if was.kind is Kind.TEXT:
                refused.append(seen)
        elif was.kind is Kind.ERROR:
            gained.append(seen)
        elif was.text != now.text:
            (differing if served.issuperset(conversation.features) else gained).append(seen)
    return TemplateChange(
        old=old,
        new=new,
        differing=tuple(differing),
        refused=tuple(refused),
        gained=tuple(gained),
        limit=limit,
        unknown="" if limit else unknown,
    )


def _served(outcomes: tuple[Outcome, ...]) -> frozenset[Feature]:
    """Return the features that a template uses in any render, rather than losing them or printing a Python value."""
    texts = {
        conversation.title: outcome.text
        for conversation, outcome in zip(CONVERSATIONS, outcomes, strict=True)
        if outcome.kind is Kind.TEXT
    }
    return frozenset(
        feature
        for conversation in CONVERSATIONS
        for feature in conversation.features
        if (text := texts.get(conversation.title)) is not None
        and feature.probe in text
        and not (feature.garbage and feature.garbage in text)
        and text != texts.get(feature.twin)
    )


def _reason(outcome: Outcome) -> str:
    return f"a template used too much {outcome.text}" if outcome.kind is Kind.LIMIT else outcome.text


def compare_templates(baseline: Release | None, current: Release) -> TemplateDiff:
    """Compare the chat templates of two releases, on demand."""
    return TemplateDiff(baseline=baseline, current=current)

"""What is wrong with the chat templates of one release, whatever they were before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hfsemver.diff.template.template import judge, special_tokens
from hfsemver.diff.template.witness import witness
from hfsemver.releases.rendering.conversations import ANSWER, ANSWERED, ASKED, ASKED_PLAINLY, CONVERSATIONS
from hfsemver.releases.rendering.render import Kind, Source, render_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hfsemver.releases.formats.template import ChatTemplate
    from hfsemver.releases.release import Release
    from hfsemver.releases.rendering.render import Outcome

READS: Final = re.compile(
    r"chat_template\.(?:jinja|json)|additional_chat_templates/[^/]+\.jinja|tokenizer_config\.json|special_tokens_map\.json"
)
"""The files that hold templates, and the tokens that templates name."""
# What Jinja raises before anything is rendered: https://jinja.palletsprojects.com/en/stable/api/#exceptions
_UNCOMPILED: Final = ("TemplateSyntaxError", "TemplateAssertionError")


class FaultKind(StrEnum):
    """What is wrong with a template."""

    COPIES = "renders otherwise than its copy"
    COMPILING = "does not compile"
    LIMIT = "uses too much"
    NO_PROMPT = "never begins an answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFault:
    """One template, what is wrong with it, what shows that, and where its copy stands if it has one."""

    template: ChatTemplate
    kind: FaultKind
    detail: str = ""
    witness: str = ""
    copy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFaults:
    """Everything that is wrong; ``unknown`` is why something could not be tried."""

    faults: tuple[TemplateFault, ...] = ()
    unknown: str = ""


def find_template_faults(release: Release, renders: Mapping[str, tuple[Outcome, ...]]) -> TemplateFaults:
    """Look at every render of every template, and at every copy. Raises what reading the templates does."""
    faults: list[TemplateFault] = []
    unknown = ""
    for name, outcomes in renders.items():
        template = release.templates[name]
        faults += _alone(template, outcomes)
        unknown = unknown or next((one.text for one in outcomes if one.kind is Kind.UNKNOWN), "")
    copies, unsure = _copies(release)
    return TemplateFaults(faults=(*faults, *copies), unknown=unknown or unsure)


def _alone(template: ChatTemplate, outcomes: tuple[Outcome, ...]) -> Iterator[TemplateFault]:
    first = outcomes[ASKED]
    if first.kind is Kind.ERROR and first.text.startswith(_UNCOMPILED):
        yield TemplateFault(template=template, kind=FaultKind.COMPILING, detail=first.text)
    limit = next((one.text for one in outcomes if one.kind is Kind.LIMIT), None)
    if limit is not None:
        yield TemplateFault(template=template, kind=FaultKind.LIMIT, detail=limit)
    opening = _opening(outcomes)
    if opening:
        title = CONVERSATIONS[ASKED].title
        shown = witness(title, outcomes[ASKED].text, outcomes[ASKED].text + opening)
        yield TemplateFault(template=template, kind=FaultKind.NO_PROMPT, detail=opening.strip(), witness=shown)


def _opening(outcomes: tuple[Outcome, ...]) -> str:
    """Return what stands between a question and its answer where that is no part of the prompt that asks for an answer.

    Empty where the template writes it when it is asked to, where nothing stands there, and where nothing can be said.
    """
    talks = [outcomes[place] for place in (ASKED, ASKED_PLAINLY, ANSWERED)]
    if any(talk.kind is not Kind.TEXT for talk in talks):
        return ""
    asked, plain, answered = (talk.text for talk in talks)
    if asked != plain or not answered.startswith(plain) or ANSWER not in answered[len(plain) :]:
        return ""
    between = answered[len(plain) :].partition(ANSWER)[0]
    return between if between.strip() else ""


def _copies(release: Release) -> tuple[list[TemplateFault], str]:
    pairs = tuple((one, copy) for one, copy in release.template_copies if one.text != copy.text)
    tokens = special_tokens(release) if pairs else {}
    renders = render_pairs(
        tuple(
            (Source(template=copy.text, tokens=tokens), Source(template=one.text, tokens=tokens)) for one, copy in pairs
        )
    )
    faults: list[TemplateFault] = []
    unknown = ""
    for (one, copy), seen in zip(pairs, renders, strict=True):
        if not seen.old:
            continue  # the same program
        change = judge(copy, one, seen)
        unknown = unknown or change.unknown
        apart = (*change.differing, *change.refused, *change.gained)
        if apart:
            smallest = min(apart, key=lambda diff: len(diff.old))
            shown = witness(smallest.conversation.title, smallest.old, smallest.new)
            faults.append(
                TemplateFault(
                    template=one,
                    kind=FaultKind.COPIES,
                    detail=smallest.conversation.title,
                    witness=shown,
                    copy=copy.file,
                )
            )
    return faults, unknown

"""A chat template is gone, or raises for a conversation that it used to render.

Why: `apply_chat_template` now raises where it gave a prompt, in every server and script that calls it.
Fix: publish the template again, render the conversation again, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.template.template import TemplateChange

FILE = "chat_template.jinja"
CONFIG = "tokenizer_config.json"
TURNS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
TEXT = TURNS + "{% if add_generation_prompt %}<assistant>{% endif %}"
STRICT = "{% if messages[0].role == 'system' %}{{ raise_exception('no system prompt') }}{% endif %}" + TEXT
GONE = Example(baseline={FILE: TEXT}, current={CONFIG: {"eos_token": None}}, findings=1)
VARIANT = Example(
    baseline={CONFIG: {"chat_template": [{"name": "default", "template": TEXT}, {"name": "rag", "template": TEXT}]}},
    current={CONFIG: {"chat_template": TEXT}},
    findings=1,
)
REFUSES = Example(baseline={FILE: TEXT}, current={FILE: STRICT}, findings=1)
BROKEN = Example(
    baseline={FILE: TEXT}, current={FILE: TEXT + "{% if %}"}, findings=1, also=("chat-template-inconsistent",)
)
MOVED = Example(baseline={CONFIG: {"chat_template": TEXT}}, current={FILE: TEXT}, also=("chat-template-relocated",))
UNNAMED = Example(
    baseline={CONFIG: {"chat_template": [{"name": "default", "template": TEXT}]}},
    current={CONFIG: {"chat_template": TEXT}},
)
ALLOWS = Example(baseline={FILE: STRICT}, current={FILE: TEXT}, also=("chat-template-capability-added",))


@rule(
    bump=Bump.MAJOR,
    cost=Cost.PROBE,
    promise="interface",
    since="0.1.0",
    examples=(GONE, VARIANT, REFUSES, BROKEN, MOVED, UNNAMED, ALLOWS),
    mirror="chat-template-capability-added",
)
def chat_template_removed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each template that is gone, and one for each that raises now."""
    for old in diff.templates.removed:
        name = clipped(old.name, 60)
        call = "messages" if old.name == "default" else f"messages, chat_template={name!r}"
        yield Note(
            location=Location(file=old.file, pointer=old.pointer),
            message=f"the chat template {name!r} is gone",
            baseline=name,
            witness=f"tok.apply_chat_template({call}) raises",
        )
    yield from (_raises(change) for change in diff.templates.changes if change.refused)
    diff.templates.require_complete()


def _raises(change: TemplateChange) -> Note:
    titles = ", ".join(refused.conversation.title for refused in change.refused)
    return Note(
        location=Location(file=change.new.file, pointer=change.new.pointer),
        message=f"raises for {len(change.refused)} conversations that were rendered: {titles}",
        baseline="rendered",
        current=clipped(change.refused[0].new),
        witness=f"apply_chat_template({change.refused[0].conversation.title}): {clipped(change.refused[0].new)}",
    )

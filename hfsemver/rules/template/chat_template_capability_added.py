"""A chat template is new, or renders conversations that it refused or cut short before and all others as before.

Why: nobody loses anything; those who ask for it, or send system prompts, tools or images, need a version to ask for.
Fix: release a new minor version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.escape import clipped
from hfsemver.core.finding import Level
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

FILE = "chat_template.jinja"
CONFIG = "tokenizer_config.json"
TURNS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
TEXT = TURNS + "{% if add_generation_prompt %}<assistant>{% endif %}"
STRICT = "{% if messages[0].role == 'system' %}{{ raise_exception('no system prompt') }}{% endif %}" + TEXT
ALLOWS = Example(baseline={FILE: STRICT}, current={FILE: TEXT}, findings=1)
TOOLS = Example(
    baseline={FILE: TEXT}, current={FILE: "{% if tools %}{{ tools | tojson }}{% endif %}" + TEXT}, findings=1
)
ALSO_OTHERWISE = Example(
    baseline={FILE: STRICT}, current={FILE: TEXT.replace("<", "[")}, also=("chat-template-render-changed",)
)
NEW = Example(baseline={CONFIG: {}}, current={CONFIG: {}, FILE: TEXT}, findings=1)
NAMED = Example(
    baseline={FILE: TEXT}, current={FILE: TEXT, "additional_chat_templates/rag.jinja": TEXT + "!"}, findings=1
)
MOVED = Example(
    baseline={CONFIG: {"chat_template": TEXT}}, current={CONFIG: {}, FILE: TEXT}, also=("chat-template-relocated",)
)
FIRST_TOKENIZER = Example(baseline={"README.md": "# Card"}, current={CONFIG: {"chat_template": TEXT}})


@rule(
    bump=Bump.MINOR,
    level=Level.WARN,
    cost=Cost.PROBE,
    promise="interface",
    since="0.1.0",
    examples=(ALLOWS, TOOLS, ALSO_OTHERWISE, NEW, NAMED, MOVED, FIRST_TOKENIZER),
    mirror="chat-template-removed",
)
def chat_template_capability_added(diff: ReleaseDiff) -> Notes:
    """Yield one note for each template that is new or only gained; a gain beside another render is half of one edit."""
    for new in diff.templates.offered:
        name = clipped(new.name, 60)
        yield Note(
            location=Location(file=new.file, pointer=new.pointer),
            message=f"the chat template {name!r} is new",
            current=name,
        )
    for change in diff.templates.changes:
        if change.only_gains:
            titles = ", ".join(gained.conversation.title for gained in change.gained)
            yield Note(
                location=Location(file=change.new.file, pointer=change.new.pointer),
                message=f"renders what it did not before: {titles}",
                current=titles,
            )
    diff.templates.require_complete()

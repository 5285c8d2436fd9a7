"""A chat template renders a conversation to other text than in the baseline.

Why: hosted prompts, fine-tuning data and prefix caches rely on the old text, byte for byte.
Fix: make the template render as before, or release a new major version.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.template.witness import witness
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.template.template import TemplateChange

FILE = "chat_template.jinja"
CONFIG = "tokenizer_config.json"
TURNS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
TEXT = TURNS + "{% if add_generation_prompt %}<assistant>{% endif %}"
ROLES = Example(baseline={FILE: TEXT}, current={FILE: TEXT.replace("<", "[").replace(">", "]")}, findings=1)
START = Example(
    baseline={CONFIG: {"chat_template": TEXT, "bos_token": "<s>"}},
    current={CONFIG: {"chat_template": "{{ bos_token }}" + TEXT, "bos_token": "<s>"}},
    findings=1,
)
LOOPS = {FILE: "{% for a in range(99999) %}" * 3 + "{% endfor %}" * 3}
ENDLESS = Example(baseline={FILE: TEXT}, current=LOOPS, findings=1, also=("chat-template-inconsistent",))
COMMENT = Example(baseline={FILE: TEXT}, current={FILE: "{# a comment #}" + TEXT.replace("{% endfor", "{%- endfor")})
OVERRIDDEN = Example(
    baseline={FILE: TEXT, CONFIG: {"chat_template": "old"}}, current={FILE: TEXT, CONFIG: {"chat_template": "{# #}old"}}
)
TOOLS = Example(
    baseline={FILE: TEXT},
    current={FILE: "{% if tools %}{{ tools | tojson }}{% endif %}" + TEXT},
    also=("chat-template-capability-added",),
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.PROBE,
    promise="interface",
    since="0.1.0",
    examples=(ROLES, START, ENDLESS, COMMENT, OVERRIDDEN, TOOLS),
    mirror="itself: the opposite change is a change as well",
)
def chat_template_render_changed(diff: ReleaseDiff) -> Notes:
    """Yield one note for each template that renders otherwise or cannot be rendered within its limits any more."""
    for change in diff.templates.changes:
        if change.differing or change.limit:
            yield _note(change)
    diff.templates.require_complete()


def _note(change: TemplateChange) -> Note:
    count = len(change.differing)
    message = f"{count} conversations are rendered otherwise" if count > 1 else "one conversation is rendered otherwise"
    if change.limit:
        message = f"the template used more {change.limit} than any template may and was stopped"
    smallest = min(change.differing, key=lambda seen: len(seen.old) + len(seen.new), default=None)
    return Note(
        location=Location(file=change.new.file, pointer=change.new.pointer),
        message=f"{message} by the template {clipped(change.new.name, 60)!r}" if not change.limit else message,
        baseline=f"template {_short(change.old.text)}",
        current=f"template {_short(change.new.text)}",
        witness="" if smallest is None else witness(smallest.conversation.title, smallest.old, smallest.new),
    )


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]

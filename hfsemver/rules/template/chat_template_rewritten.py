"""A chat template was rewritten and renders every conversation that is tried as before.

Why: nobody who renders it sees another text; whoever keeps a copy of the template, or patches it, has another one.
Fix: release a new patch version.
"""

from __future__ import annotations

import hashlib
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
OTHER_WORDS = Example(
    baseline={FILE: TEXT}, current={FILE: TEXT.replace("m.role", "m['role']").replace("m.content", "m['content']")}, findings=1
)  # fmt: skip
COMMENT = Example(baseline={FILE: TEXT}, current={FILE: "{# a comment #}" + TEXT.replace("{% endfor", "{%- endfor")})
MOVED = Example(baseline={CONFIG: {"chat_template": TEXT}}, current={FILE: TEXT}, also=("chat-template-relocated",))


@rule(
    bump=Bump.PATCH,
    level=Level.WARN,
    cost=Cost.PROBE,
    promise="interface",
    since="0.1.0",
    examples=(OTHER_WORDS, COMMENT, MOVED),
    mirror="itself: the opposite change is a change as well",
)
def chat_template_rewritten(diff: ReleaseDiff) -> Notes:
    """Yield one note for each template whose program is another one while all its renders are the same."""
    for change in diff.templates.changes:
        if change.renders_alike:
            yield Note(
                location=Location(file=change.new.file, pointer=change.new.pointer),
                message=f"the template {clipped(change.new.name, 60)!r} was rewritten, and every conversation tried renders as before",
                baseline=f"template {_short(change.old.text)}",
                current=f"template {_short(change.new.text)}",
            )
    diff.templates.require_complete()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]

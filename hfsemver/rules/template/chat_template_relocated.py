"""A chat template stands in another file than before.

Why: clients that are older, or not written in Python, read one place only and find no template, or an old one.
Fix: nothing has to be undone: release a new minor version, and keep the old place filled for as long as such clients matter.
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

TEXT = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"
FILE, CONFIG = "chat_template.jinja", "tokenizer_config.json"
MOVED = Example(baseline={CONFIG: {"chat_template": TEXT}}, current={FILE: TEXT}, findings=1)
BACK = Example(baseline={FILE: TEXT}, current={CONFIG: {"chat_template": TEXT}}, findings=1)
BOTH = Example(baseline={CONFIG: {"chat_template": TEXT}}, current={CONFIG: {"chat_template": TEXT}, FILE: TEXT})
STAYED = Example(baseline={FILE: TEXT}, current={FILE: TEXT})


@rule(
    bump=Bump.MINOR,
    level=Level.WARN,
    cost=Cost.HEADER,
    promise="interface",
    since="0.2.0",
    examples=(MOVED, BACK, BOTH, STAYED),
    mirror="none: the way back is a move as well",
)
def chat_template_relocated(diff: ReleaseDiff) -> Notes:
    """Yield one note for each template that is no longer where it was."""
    for old, new in diff.templates.vacated:
        yield Note(
            location=Location(file=new.file, pointer=new.pointer),
            message=f"the template {clipped(new.name, 60)!r} moved from {old.file} to {new.file}",
            baseline=old.file,
            current=new.file,
            witness=f'hf_hub_download(repo, "{old.file}") holds no chat template',
        )

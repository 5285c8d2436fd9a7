"""A chat template fails by itself: it does not compile, never begins an answer, or another file holds another one.

Every template is rendered with the conversations that changes are judged by. A token that ends its turns and stops nothing is
stop-token-inconsistent.

Why: engines that read different files talk to the model in different formats, and a prompt without a beginning lets it guess.
Fix: keep one template, in chat_template.jinja, that compiles in the sandbox of transformers and heeds add_generation_prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.diff.template.faults import READS, FaultKind
from hfsemver.rules.rule import Cost, Example, Note, Notes, state_rule

if TYPE_CHECKING:
    from hfsemver.diff.state import ReleaseState

FILE, CONFIG = "chat_template.jinja", "tokenizer_config.json"
TURNS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}"
OPENING = "{% if add_generation_prompt %}<assistant>{% endif %}"
SOUND = {FILE: TURNS + OPENING}
CAME = ("chat-template-capability-added",)
COPIES = Example(
    baseline=SOUND, current={**SOUND, CONFIG: {"chat_template": TURNS.replace("<", "[") + OPENING}}, findings=1
)
BROKEN = Example(baseline={}, current={FILE: "{% for m in messages %}{{ m.content }"}, findings=1, also=CAME)
NO_PROMPT = Example(baseline={}, current={FILE: TURNS}, findings=1, also=CAME)
SAME_COPY = Example(baseline=SOUND, current={**SOUND, CONFIG: {"chat_template": TURNS + OPENING + "\n"}})
NO_HEADER = Example(
    baseline={},
    current={FILE: "{% for m in messages %}{{ m.content }}{% if m.role == 'user' %} => {% endif %}{% endfor %}"},
    also=CAME,
)
KNOWN = Example(baseline={FILE: TURNS}, current={FILE: TURNS})


@state_rule(
    cost=Cost.PROBE,
    promise="interface",
    since="0.2.0",
    reads=READS,
    examples=(COPIES, BROKEN, NO_PROMPT, SAME_COPY, NO_HEADER, KNOWN),
)
def chat_template_inconsistent(state: ReleaseState) -> Notes:
    """Yield one note for each fault of each template."""
    found = state.template_faults
    for fault in found.faults:
        name = clipped(fault.template.name, 60)
        detail = f" ({clipped(fault.detail, 160)})" if fault.detail else ""
        copy = f" in {fault.copy}" if fault.copy else ""
        yield Note(
            location=Location(file=fault.template.file, pointer=fault.template.pointer),
            message=f"the template {name!r} {fault.kind}{copy}{detail}",
            current=f"{fault.kind}{copy}" if fault.kind is not FaultKind.NO_PROMPT else f"{fault.kind}{detail}",
            witness=fault.witness,
        )
    state.require_templates()

"""What a stranger writes into a name or an input where it may reach a shell, a file of the runner or its log.

Each that runs makes a file ``OWNED`` where it stands.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OWNED = "OWNED"
PAYLOADS: Mapping[str, str] = MappingProxyType(
    {
        "quote": f'"; touch {OWNED}; "',
        "single quote": f"'; touch {OWNED}; '",
        "substitution": f"$(touch {OWNED})",
        "quoted substitution": f'"$(touch {OWNED})"',
        "backticks": f"`touch {OWNED}`",
        "semicolon": f"; touch {OWNED}",
        "and": f"&& touch {OWNED}",
        "or": f"|| touch {OWNED}",
        "pipe": f"| touch {OWNED}",
        "background": f"& touch {OWNED} &",
        "new line": f"x\ntouch {OWNED}\n",
        "carriage return": f"x\r\ntouch {OWNED}\r\n",
        "process substitution": f"<(touch {OWNED})",
        "redirection": f"> {OWNED}",
        "here document": f"<<EOF\n$(touch {OWNED})\nEOF",
        "expansion": f"${{x:-$(touch {OWNED})}}",
        "arithmetic": f"a[$(touch {OWNED})]",
        "brace": f"{{touch,{OWNED}}}",
        "escaped": f"\\$(touch {OWNED})",
        "expression": f"${{{{ github.token }}}}; touch {OWNED}",
        "option": f"--config=core.sshCommand=touch${{IFS}}{OWNED}",
        "upload pack": f"--upload-pack=touch {OWNED}",
        "transport": f"ext::sh -c touch% {OWNED}",
        "output": "x\nverdict=pass\nevil=1",
        "delimiter": "x\nhfsemver-0\nevil<<E\n1\nE",
        "command": "::set-output name=verdict::pass",
        "command on a line": "x\n::add-mask::x\n::stop-commands::y",
        "command by return": "x\r::error::owned",
        "command of the agent": "##[group]x\n##[set-env name=PATH]/tmp",
        "terminal": "\x1b]0;owned\x07\x1b[2J::error::owned",
        "percent": "%0A::error::owned%0D%0A::warning::owned",
        "template": "{{ ''.__class__.__mro__ }}{% raw %}",
    }
)

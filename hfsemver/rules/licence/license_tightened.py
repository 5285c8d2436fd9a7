"""The licence asks for more than before, by its name or by a text beside it, or its text changed under the same name.

A short notice that names a known licence, or an SPDX tag, stands for its text.

Why: a use that was lawful with the last release may be unlawful with this one.
Fix: restore the licence, or release a new major version whose notes say what changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

_MIT = "---\nlicense: mit\n---\n"
_TERMS = "You may use the model.\nYou may not sell it to more than {} users.\n"

NON_COMMERCIAL = Example(baseline={"README.md": "---\nlicense: apache-2.0\n---\n"},
                         current={"README.md": "---\nlicense: cc-by-nc-4.0\n---\n"}, findings=1)  # fmt: skip
OWN_TERMS = Example(
    baseline={"README.md": _MIT},
    current={"README.md": "---\nlicense: other\nlicense_name: acme-1.0\n---\n", "LICENSE": _TERMS.format(700)},
    findings=1,
)
TEXT_CHANGED = Example(
    baseline={"README.md": "---\nlicense: llama3.1\n---\n", "LICENSE": _TERMS.format("700 million")},
    current={"README.md": "---\nlicense: llama3.1\n---\n", "LICENSE": _TERMS.format("100 million")},
    findings=1,
)
CONTRADICTED = Example(
    baseline={"README.md": _MIT}, current={"README.md": _MIT, "LICENSE": "Licensed under CC BY-NC 4.0.\n"}, findings=1
)
GONE = Example(baseline={"README.md": _MIT}, current={"README.md": "# Card\n"}, findings=1,
               also=("license-undetermined",))  # fmt: skip
REWRAPPED = Example(
    baseline={"LICENSE": "Copyright (c) 2024 Acme\n\n" + _TERMS.format(9)},
    current={"LICENSE.txt": "# Copyright (c) 2025 Acme Ltd\r\n\r\n" + _TERMS.format("**9**").replace("\n", " ")},
)
SPELLED_OTHERWISE = Example(baseline={"README.md": "---\nlicense: Apache-2.0\n---\n"},
                            current={"README.md": "---\nlicense:\n- apache-2.0\n---\n", "LICENSE": "Apache License\nVersion 2.0\n"})  # fmt: skip
NOTICE = Example(baseline={"README.md": _MIT, "LICENSE": "Licensed under the MIT License.\n"},
                 current={"README.md": _MIT, "LICENSE": "# SPDX-License-Identifier: MIT\n"})  # fmt: skip
NAMED_AFTERWARDS = Example(baseline={"README.md": "# Card\n", "LICENSE": _TERMS.format(9)},
                           current={"README.md": "---\nlicense: other\nlicense_name: acme-1.0\n---\n", "LICENSE": _TERMS.format(9)})  # fmt: skip


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="legal",
    since="0.1.0",
    examples=(
        NON_COMMERCIAL,
        OWN_TERMS,
        TEXT_CHANGED,
        CONTRADICTED,
        GONE,
        REWRAPPED,
        SPELLED_OTHERWISE,
        NOTICE,
        NAMED_AFTERWARDS,
    ),
    mirror="license-loosened",
)
def license_tightened(diff: ReleaseDiff) -> Notes:
    for change in diff.licence.tightened:
        terms = "; ".join(change.terms.gained)
        yield Note(
            location=change.location,
            message=f"{change.meaning}: {terms}" if terms else change.meaning,
            baseline=change.old,
            current=change.new,
            witness=change.words,
        )

"""The release cannot be loaded any more without running code that comes with it, or that code needs another package.

Why: it loads only where somebody trusts that code, which many platforms forbid, and a package that is not there is an ImportError.
Fix: keep to classes of the library and to packages that were needed before, or release a new major version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hfsemver.core.bump import Bump
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location
from hfsemver.rules.rule import Cost, Example, Note, Notes, rule

if TYPE_CHECKING:
    from hfsemver.diff.release import ReleaseDiff

PLAIN = {"config.json": {"model_type": "llama"}}
MAPPED = {"config.json": {"model_type": "llama", "auto_map": {"AutoModel": "modeling.Net"}}}
CODE = {"modeling.py": "class Net:\n    pass\n"}
CAME = Example(baseline=PLAIN, current={**MAPPED, **CODE}, findings=1)
PACKAGE = Example(baseline={**MAPPED, **CODE}, current={**MAPPED, "modeling.py": "import einops\n" + CODE["modeling.py"]}, findings=1,
                  also=("remote-code-changed",))  # fmt: skip
GUARDED = Example(
    baseline={**MAPPED, **CODE},
    current={**MAPPED, "modeling.py": "try:\n    import einops\nexcept ImportError:\n    pass\n" + CODE["modeling.py"]},
    also=("remote-code-changed",),
)
FIRST = Example(baseline={"README.md": "# Card\n"}, current={**MAPPED, **CODE})
ALWAYS = Example(
    baseline={**MAPPED, **CODE},
    current={
        **CODE,
        "config.json": {
            **MAPPED["config.json"],
            "auto_map": {"AutoModel": "modeling.Net", "AutoConfig": "modeling.Net"},
        },
    },
)


@rule(
    bump=Bump.MAJOR,
    cost=Cost.HEADER,
    promise="load",
    since="0.2.0",
    examples=(CAME, PACKAGE, GUARDED, FIRST, ALWAYS),
    mirror="none: to need less code takes nothing away",
)
def remote_code_required(diff: ReleaseDiff) -> Notes:
    """Yield one note for each part that loaded without code, and one for each package."""
    for one in diff.code.required:
        place = f"{one.repository}--{one.module}" if one.repository else one.module
        yield Note(
            location=Location(file=one.file, pointer=one.pointer),
            message=f"{one.loader} loads {clipped(f'{place}.{one.name}', 120)}, which is code of the repository",
            current=clipped(f"{place}.{one.name}", 120),
            witness=f"{one.loader}.from_pretrained(repo) raises without trust_remote_code=True",
        )
    for package, path in diff.code.imports:
        yield Note(
            location=Location(file=path, pointer=package),
            message=f"the code imports {clipped(package, 60)}, which it did not need before",
            current=clipped(package, 60),
            witness=f"import {clipped(package, 60)}  # ImportError where it is not installed",
        )

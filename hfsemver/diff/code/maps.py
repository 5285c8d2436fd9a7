"""Where a release names code of its own, or of somebody else, for loaders to run.

https://huggingface.co/docs/transformers/custom_models (``auto_map``), .../add_new_pipeline (``custom_pipelines``) and
https://huggingface.co/docs/diffusers/using-diffusers/custom_pipeline_overview (components as modules of the repository).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hfsemver.releases.formats.strict_json import JsonValue
    from hfsemver.releases.release import Release

MAPPED: Final = ("config.json", "tokenizer_config.json", "preprocessor_config.json", "processor_config.json")
PINNED: Final = "code_revision"
READS: Final = re.compile(r".*\.py|model_index\.json|" + "|".join(map(re.escape, MAPPED)))
"""The files that name code, and the code."""
_CONFIG: Final = "config.json"
_HANDLER: Final = "handler.py"
_REFERENCE: Final = re.compile(r"(?:(?P<repository>[^-\s]\S*?)--)?(?P<module>[\w.]+)\.(?P<name>\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReference:
    """One class that a loader takes from code: which loader asks, where that is said, the module and the class.

    ``repository`` is empty for code of the release itself, ``pinned`` whether a revision of another one is named.
    """

    loader: str
    file: str
    pointer: str
    module: str
    name: str
    repository: str = ""
    pinned: bool = False

    @property
    def path(self) -> str:
        """The file of the module in its repository."""
        return f"{self.module.replace('.', '/')}.py"


def code_references(release: Release) -> tuple[CodeReference, ...]:
    """Return every class that loaders take from code, in a fixed order. Raises what reading the settings does."""
    found: list[CodeReference] = []
    for file in MAPPED:
        content = release.json(file) or {}
        mapped = content.get("auto_map")
        pinned = isinstance(content.get(PINNED), str)
        for loader, value in sorted(mapped.items()) if isinstance(mapped, dict) else ():
            found += _references(loader, value, file, f"auto_map.{loader}", pinned=pinned)
    custom = (release.json(_CONFIG) or {}).get("custom_pipelines")
    for task, entry in sorted(custom.items()) if isinstance(custom, dict) else ():
        value = entry.get("impl") if isinstance(entry, dict) else None
        found += _references("pipeline", value, _CONFIG, f"custom_pipelines.{task}.impl", pinned=False)
    found += _components(release)
    if _HANDLER in release.files:
        found.append(
            CodeReference(loader="endpoint", file=_HANDLER, pointer="", module="handler", name="EndpointHandler")
        )
    return tuple(found)


def _references(loader: str, value: JsonValue, file: str, pointer: str, *, pinned: bool) -> Iterator[CodeReference]:
    """Read one reference, or the two of a slow and a fast tokenizer."""
    for text in value if isinstance(value, list) else [value]:
        match = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
        if match is not None:
            yield CodeReference(
                loader=loader,
                file=file,
                pointer=pointer,
                module=match["module"],
                name=match["name"],
                repository=match["repository"] or "",
                pinned=pinned,
            )


def _components(release: Release) -> Iterator[CodeReference]:
    """Yield the parts of a pipeline whose library is a module in their folder."""
    index = release.model_index or {}
    for part, value in sorted(index.items()):
        if part == "_class_name":
            module, name, folder = (*value, "") if isinstance(value, list) and len(value) == 2 else ("", "", "")  # noqa: PLR2004 -- a module and a class
        elif isinstance(value, list) and len(value) == 2:  # noqa: PLR2004 -- the same
            module, name, folder = (*value, f"{part}.")
        else:
            continue
        if (
            isinstance(module, str)
            and isinstance(name, str)
            and f"{folder}{module}".replace(".", "/") + ".py" in release.files
        ):
            yield CodeReference(
                loader=f"diffusers {part}", file="model_index.json", pointer=part, module=f"{folder}{module}", name=name
            )

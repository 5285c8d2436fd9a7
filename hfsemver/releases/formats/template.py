"""Chat templates as a consumer gets them, whichever of the four places holds them.

A ``chat_template.jinja`` at the root, or any file under ``additional_chat_templates/``, replaces what
``tokenizer_config.json`` says; processors of older releases read ``chat_template.json`` instead.
https://huggingface.co/docs/transformers/chat_templating_writing
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import EvidenceMissing, FormatError
from hfsemver.releases.formats import strict_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hfsemver.releases.formats.files import Files
    from hfsemver.releases.formats.strict_json import JsonValue

MAX_SIZE: Final = 1 << 20
"""Bytes of one template; the longest real one has 34,000."""
MAX_TEMPLATES: Final = 64
DEFAULT: Final = "default"
PROCESSOR: Final = "chat_template.json"
"""Name of the template that only old processors read, where it is not the default one."""

JINJA: Final = "chat_template.jinja"
_FOLDER = "additional_chat_templates/"
_CONFIG = "tokenizer_config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTemplate:
    """One template: its name, its text, and where it stands."""

    name: str
    text: str
    file: str
    pointer: str = ""


def read_templates(release: Files, names: tuple[str, ...]) -> Mapping[str, ChatTemplate]:
    """Return the templates that are in force, by name, sorted; ``default`` is the unnamed one.

    Raises ``FormatError`` for a malformed file, a template of more than 1 MiB or more than 64 of them,
    ``EvidenceMissing`` when a file is known but not here.
    """
    found = _files(release, names)
    configured = _configured(release, overridden=bool(found))
    found = found or configured
    legacy = _legacy(release)
    if legacy and JINJA not in names:
        default = found.setdefault(DEFAULT, replace(legacy, name=DEFAULT))
        if default.text != legacy.text and PROCESSOR not in found:
            found[PROCESSOR] = legacy
    if len(found) > MAX_TEMPLATES:
        raise FormatError(f"{len(found)} chat templates, more than the {MAX_TEMPLATES} that are read", _CONFIG)
    return MappingProxyType(dict(sorted(found.items())))


def read_copies(release: Files, names: tuple[str, ...]) -> tuple[tuple[ChatTemplate, ChatTemplate], ...]:
    """Return each template in force with another one that stands for it elsewhere, where some programs read that instead.

    Raises what ``read_templates`` does.
    """
    served = read_templates(release, names)
    copies = [(served[name], copy) for name, copy in _configured(release, overridden=False).items() if name in served]
    legacy = _legacy(release)
    if legacy is not None and DEFAULT in served:
        copies.append((served[DEFAULT], legacy))
    return tuple((one, copy) for one, copy in copies if one.file != copy.file)


def _files(release: Files, names: tuple[str, ...]) -> dict[str, ChatTemplate]:
    found = {}
    # The folder last: what it says under the name of the default one replaces that, as in transformers.
    for path in sorted(names, key=lambda name: name.startswith(_FOLDER)):
        if path == JINJA:
            name = DEFAULT
        elif path.startswith(_FOLDER) and path.endswith(".jinja") and path.count("/") == 1:
            name = path.removeprefix(_FOLDER).removesuffix(".jinja")
        else:
            continue
        data = release.read(path, MAX_SIZE)
        if data is None:
            continue
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise FormatError("not UTF-8", path, offset=error.start) from None
        # Read as a text file, as transformers does: line ends become one character.
        found[name] = ChatTemplate(name=name, text=text.replace("\r\n", "\n").replace("\r", "\n"), file=path)
    return found


def _configured(release: Files, *, overridden: bool) -> dict[str, ChatTemplate]:
    """Read what the config says, even where files replace it: a malformed list is no less malformed for that."""
    try:
        content = release.json(_CONFIG)
    except EvidenceMissing:
        # The templates in force are files, so nothing is missing that anybody would render.
        if overridden:
            return {}
        raise
    value = None if content is None else content.get("chat_template")
    if value is None:
        return {}
    if not isinstance(value, list):
        return {DEFAULT: _template(DEFAULT, value, _CONFIG, "chat_template")}
    found: dict[str, ChatTemplate] = {}
    for index, entry in enumerate(value):
        pointer = f"chat_template[{index}]"
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(name, str):
            raise FormatError("no object with a name and a template", _CONFIG, pointer)
        if name in found:
            raise FormatError(f"the name {name!r} is there twice", _CONFIG, pointer)
        found[name] = _template(name, entry.get("template"), _CONFIG, f"{pointer}.template")
    return found


def _legacy(release: Files) -> ChatTemplate | None:
    content = release.json(PROCESSOR)
    value = None if content is None else content.get("chat_template")
    return None if value is None else _template(PROCESSOR, value, PROCESSOR, "chat_template")


def _template(name: str, value: JsonValue, file: str, pointer: str) -> ChatTemplate:
    if not isinstance(value, str):
        raise FormatError(f"{strict_json.kind_of(value)}, not a template", file, pointer)
    if len(value) > MAX_SIZE:
        raise FormatError(f"{len(value)} characters, more than the {MAX_SIZE} of a template", file, pointer)
    return ChatTemplate(name=name, text=value, file=file, pointer=pointer)

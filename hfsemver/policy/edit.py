"""Put one acceptance into the text of a policy file; every other byte of it stays as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import yaml

from hfsemver.core.lines import line_end_of

if TYPE_CHECKING:
    from hfsemver.policy.policy import Acceptance

KEY: Final = "accept"


def with_acceptance(text: str, acceptance: Acceptance) -> str:
    """Return the text with one more entry under ``accept``, in the style in which the list is written.

    ``text`` is a policy that was read without a fault, so that it is one mapping or empty, with no anchors and no tags.
    Raises ``ValueError`` where there is no place for an entry.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        # The parser in C, which read it before, allows a tab here and there, and counts places in another way.
        raise ValueError(str(error)) from error
    if not isinstance(root, yaml.MappingNode):
        return _appended(text, len(text), acceptance)
    found = next(((key, value) for key, value in root.value if key.value == KEY), None)
    if found is None:
        return _with_key(text, root, acceptance)
    key, listed = found
    entries = listed.value if isinstance(listed, yaml.SequenceNode) else []
    if not entries:
        if _is_flow(listed):
            start = listed.start_mark.index + 1
            return f"{text[:start]}{_inline(acceptance)}{text[start:]}"
        # Nothing at all behind the colon, or a word for it: the entry takes its place.
        start = listed.start_mark.index if listed.value else text.index(":", key.end_mark.index) + 1
        end = max(start, int(listed.end_mark.index))
        blank = "" if text[start - 1] == " " else " "
        return f"{text[:start]}{blank}[{_inline(acceptance)}]{text[end:]}"
    if _is_flow(listed):
        end = _end(entries[-1])
        return f"{text[:end]}, {_inline(acceptance)}{text[end:]}"
    dash = listed.start_mark.index
    indent = dash - (text.rfind("\n", 0, dash) + 1)
    return _inserted(text, _end(entries[-1]), _entry(acceptance, " " * indent))


def _with_key(text: str, root: yaml.MappingNode, acceptance: Acceptance) -> str:
    if not _is_flow(root):
        return _appended(text, _end(root), acceptance, " " * root.start_mark.column)
    end = _end(root.value[-1][1]) if root.value else root.start_mark.index + 1
    comma = ", " if root.value else ""
    return f"{text[:end]}{comma}{KEY}: [{_inline(acceptance)}]{text[end:]}"


def _appended(text: str, at: int, acceptance: Acceptance, indent: str = "") -> str:
    return _inserted(text, at, [f"{indent}{KEY}:", *_entry(acceptance, f"{indent}  ")])


def _inserted(text: str, at: int, lines: list[str]) -> str:
    """Return the text with whole lines put in behind the line that ends at ``at`` or goes on there."""
    newline = line_end_of(text)
    if at and text[at - 1] != "\n":
        end = text.find("\n", at)
        at = len(text) if end < 0 else end + 1
    before = text[:at] + (newline if at and text[at - 1] != "\n" else "")
    return before + "".join(line + newline for line in lines) + text[at:]


def _is_flow(node: yaml.Node) -> bool:
    """Whether a list or a mapping is written in brackets."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _end(node: yaml.Node) -> int:
    """Return where the text of a node ends, without the blanks and comments that its collections take with them."""
    if _is_flow(node) or isinstance(node, yaml.ScalarNode):
        return int(node.end_mark.index)
    if isinstance(node, yaml.MappingNode):
        return max(_end(value) if value.value != "" else int(key.end_mark.index) + 1 for key, value in node.value)
    return max(_end(item) for item in node.value)


def _fields(acceptance: Acceptance) -> dict[str, str]:
    reason = json.dumps(acceptance.reason, ensure_ascii=False)
    # Quoted, because sixteen digits are a number and some are even written like one with an exponent.
    return {"fingerprint": f'"{acceptance.fingerprint}"', "reason": reason, "until": acceptance.until.isoformat()}


def _entry(acceptance: Acceptance, indent: str) -> list[str]:
    lines = [f"{key}: {value}" for key, value in _fields(acceptance).items()]
    return [f"{indent}{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines)]


def _inline(acceptance: Acceptance) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in _fields(acceptance).items()) + "}"

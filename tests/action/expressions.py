"""The expressions that an action may hold here, evaluated as a runner does; one that is not known is an error.

https://docs.github.com/en/actions/reference/workflows-and-actions/contexts
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
KNOWN = re.compile(r"inputs\.([\w-]+)|steps\.([\w-]+)\.outputs\.([\w-]+)|(github\.token)")


def evaluated(
    text: str, inputs: Mapping[str, str], token: str = "", steps: Mapping[str, Mapping[str, str]] | None = None
) -> str:
    """Return a text with the value of each expression in its place, whatever that value does to the text around it."""

    def value(match: re.Match[str]) -> str:
        known = KNOWN.fullmatch(match[1].strip())
        assert known, f"an expression that this runner does not know: {match[0]}"
        name, step, output, _ = known.groups()
        if name:
            return inputs[name]
        if step:
            return (steps or {})[step].get(output, "")
        return token

    return EXPRESSION.sub(value, text)


def assigned(text: str) -> dict[str, str]:
    """Return what a file such as ``GITHUB_OUTPUT`` sets: ``name=value``, and ``name<<END`` with lines up to ``END``.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files
    """
    found = {}
    lines = iter(text.split("\n"))
    for line in lines:
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc > 0 and (equals < 0 or heredoc < equals):
            name, delimiter = line.split("<<", 1)
            value = []
            for inner in lines:
                if inner == delimiter:
                    break
                value.append(inner)
            else:
                message = f"{name} has no end"
                raise AssertionError(message)
            found[name] = "\n".join(value)
        elif equals > 0:
            name, _, found_value = line.partition("=")
            found[name] = found_value
        else:
            assert not line, f"neither name=value nor name<<END: {line!r}"
    return found

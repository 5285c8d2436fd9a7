"""Code and comments are told from text as CommonMark tells them."""

from __future__ import annotations

import pytest

from hfsemver.core.markdown import kinds_of


def letters(text: str) -> str:
    """Return the first letter of the kind of each line: t, or c for code and x for a comment."""
    return "".join(
        "x" if kind.value == "comment" else kind.value[0] for kind, _ in kinds_of(text.splitlines(keepends=True))
    )


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a\n```\nb\n```\nc\n", "tccct"),
        ("~~~ python\n```\n~~~~  \na", "ccct"),
        ("````\n```\n````\na", "ccct"),
        ("```\n``` python\na\n", "ccc"),
        ("```\n    ```\n```\na", "ccct"),
        ("   ```\na\n```\nb", "ccct"),
        ("    ```\na", "tt"),
        ("``` a ``` b\nc", "tt"),
        ("~~~ a ~~~\nb", "cc"),
        ("<!-- a -->\nb", "xt"),
        ("<!--\n```\n# b\n-->\nc", "xxxxt"),
        ("```\n<!--\n```\nb", "ccct"),
        ("a <!--\nb", "tt"),
        ("<!--\na", "xx"),
        ("\n\n", "tt"),
    ],
)
def test_each_line_is_text_code_or_a_comment(text: str, kinds: str) -> None:
    """A fence is closed by one of its own kind that is as long and has nothing behind it, a comment by its arrow."""
    assert kinds == letters(text)

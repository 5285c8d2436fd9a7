"""Make text from a model repository harmless to print.

File names, tensor names and card values are untrusted: they may hold terminal escapes, line breaks that
forge a workflow command, or bidirectional controls that hide what they say.
Encoders for Markdown and JSON build on this one and live beside their renderers.
"""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, surrogates, line and paragraph separators, zero-width, bidirectional and tag characters:
# the general categories Cc, Cf, Cs, Zl and Zp, written as ranges so that one pass in C finds them.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)


def _shown(match: re.Match[str]) -> str:
    point = ord(match[0])
    if point <= 0xFF:  # noqa: PLR2004 -- the last code point that \xNN can name
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"  # noqa: PLR2004 -- the same for \uNNNN


def printable(text: str) -> str:
    r"""Return ``text`` with every control, format and surrogate character written out.

    >>> printable("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return _UNPRINTABLE.sub(_shown, text)


def clipped(text: str, limit: int = 120) -> str:
    """Return ``printable(text)`` cut to ``limit`` characters, saying how many were left out."""
    if len(text) <= limit:
        return printable(text)
    return f"{printable(text[:limit])}... ({len(text) - limit} more characters)"

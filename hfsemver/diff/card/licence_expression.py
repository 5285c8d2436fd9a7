"""Which licences an SPDX licence expression names: ``MIT OR Apache-2.0``.

What an operator makes of its licences is not judged: several are several, whether they are a choice or bind together.
Source: https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
"""

from __future__ import annotations

import re

from hfsemver.diff.card.licence_order import licence_table

_OPERATOR = re.compile(r"\s+(?:and|or)\s+", re.IGNORECASE)
_BRACKET = re.compile(r"[()]")


def expression_ids(expression: str) -> frozenset[str]:
    """Return the ids of all licences in an expression; none where a part of it is not known.

    An exception (``WITH``) takes a licence out of what is known, for it gives or takes something.
    """
    table = licence_table()
    found = [table.find(part.strip()) for part in _OPERATOR.split(_BRACKET.sub(" ", expression))]
    ids = frozenset(licence.id for licence in found if licence)
    return ids if all(found) else frozenset()

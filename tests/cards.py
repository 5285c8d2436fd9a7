"""Cards that people wrote, which are no part of the project; none where they are not here."""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING, Final

from tests.histories import DATA

if TYPE_CHECKING:
    from collections.abc import Iterator

CARDS: Final = sorted(DATA.glob("cards/keras-llm-robot/**/README.md"))
TREES: Final = sorted(DATA.glob("lineage/**/*.csv.gz"))


def real_cards() -> Iterator[bytes]:
    """Yield all cards of real model trees, and a hundred well-known ones."""
    csv.field_size_limit(1 << 30)
    yield from (path.read_bytes() for path in CARDS)
    for tree in TREES:
        with gzip.open(tree, "rt", encoding="utf-8", newline="") as lines:
            yield from (row["card"].encode() for row in csv.DictReader(lines) if "card" in row)

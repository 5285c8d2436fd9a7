"""The mutations of the long fuzz at work: they reach what is behind the parser, and find nothing."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.hostile import near_files
from tests.hostile.headers import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 6000


def change(rng: random.Random) -> near_files.Change:
    """Break a text as a fuzzer would that knows nothing of it."""

    def changed(data: bytes, limit: int) -> bytes:
        place = rng.randrange(len(data) + 1)
        return (data[:place] + rng.randbytes(rng.randrange(3)) + data[place + rng.randrange(3) :])[:limit]

    return changed


@pytest.mark.parametrize(
    ("mutate", "read", "seed"),
    [
        (near_files.near_file, near_files.read_as_the_library, lay_out("{}")),
        (near_files.near_index, near_files.read_index, b"{}"),
    ],
    ids=["header", "index"],
)
def test_what_is_nearly_valid_is_read_as_others_read_it_or_refused(
    mutate: Callable[[random.Random, bytes, int, near_files.Change], bytes], read: Callable[[bytes], bool], seed: bytes
) -> None:
    """One in a hundred is accepted at least, so that both readers are compared and not only refusals counted."""
    rng = random.Random(0)
    data, accepted = seed, 0
    for number in range(RUNS):
        data = mutate(rng, data if number % 4 else seed, 512, change(rng))
        assert len(data) <= 512
        accepted += read(data)
    assert accepted > RUNS // 100


@pytest.mark.parametrize(
    ("message", "harmless"),
    [
        ("layer", True),
        ("\U000323ff\xa0", True),
        ("a\nb", False),
        ("\x1b[2J", False),
        ("\u202e", False),
        ("\u2028", False),
    ],
)
def test_a_message_that_steers_a_terminal_is_told_from_one_that_no_font_can_show(message: str, harmless: bool) -> None:  # noqa: FBT001 -- a parameter
    """What this version of Unicode does not name is printed as it came."""
    assert near_files.is_harmless(message) == harmless

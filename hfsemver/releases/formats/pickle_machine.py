"""A pickle stream, followed as data: nothing is imported, called or built but plain values.

Opcodes: https://github.com/python/cpython/blob/main/Lib/pickletools.py. Only those are known here that ``torch.save``
writes for dicts of tensors and the plain values beside them, and every name of a callable must be on the list of
``torch_objects``. Whatever else a stream holds ends the reading: a list of what is forbidden always lacks something.

Each step costs the same whatever came before it, and no step calls itself, so that the number of steps bounds both time
and memory.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from hfsemver.core.errors import FormatError
from hfsemver.core.escape import clipped
from hfsemver.releases.formats.torch_objects import Unlisted, known_global, rebuilt, storage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Step = Callable[["PickleMachine"], None]

MAX_SIZE: Final = 64 << 20
# About 37 steps a tensor: 27,000 tensors in one file.
MAX_STEPS: Final = 1_000_000
MAX_NAMES: Final = 100_000
"""Three for each of those tensors; ``torch.save`` writes each name once and recalls it."""
MAX_TEXT: Final = 1 << 20
MAX_OPEN: Final = 256
"""Tuples, lists and dicts that are begun inside of each other."""
_STOP: Final = ord(".")
_MAX_LINE: Final = 200
_MAX_INTEGER: Final = 8
_PROTOCOLS: Final = range(2, 6)


class PickleMachine:
    """One run over one stream. What ``run`` returns is made of plain values and the classes of ``torch_objects``."""

    def __init__(self, data: bytes, where: tuple[str, ...]) -> None:
        self.data = data
        self.where = where
        self.place = 0
        self.stack: list[object] = []
        self.outer: list[list[object]] = []
        self.memo: dict[int, object] = {}
        self.names = 0

    def run(self) -> object:
        """Return the value of the stream. Raises ``FormatError`` for anything that is not on the lists."""
        if len(self.data) > MAX_SIZE:
            raise self.fault(f"{len(self.data)} bytes, more than the {MAX_SIZE} that are read")
        for _ in range(MAX_STEPS):
            opcode = self.byte()
            if opcode == _STOP:
                return self._result()
            step = _STEPS.get(opcode)
            if step is None:
                raise self.fault(f"opcode 0x{opcode:02x} is not one that a dict of tensors needs")
            step(self)
        raise self.fault(f"more than the {MAX_STEPS} steps that are followed")

    def fault(self, problem: str) -> FormatError:
        """Return the error that says what is wrong at the present place."""
        return FormatError(problem, *self.where, offset=self.place)

    def _result(self) -> object:
        if self.outer or len(self.stack) != 1:
            raise self.fault("ends with more or less than one value")
        if self.place != len(self.data):
            raise self.fault(f"{len(self.data) - self.place} bytes behind its end")
        return self.stack[0]

    def byte(self) -> int:
        """Return the next byte."""
        place = self.place
        if place >= len(self.data):
            raise self.fault("cut off")
        self.place = place + 1
        return self.data[place]

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        begin = self.place
        self.place = begin + count
        if self.place > len(self.data):
            raise self.fault("cut off")
        return self.data[begin : self.place]

    def number(self, count: int) -> int:
        """Return the next bytes as an unsigned number."""
        return int.from_bytes(self.take(count), "little")

    def line(self) -> str:
        """Return the next line, which holds a name or a number."""
        end = self.data.find(b"\n", self.place, self.place + _MAX_LINE)
        if end < 0:
            raise self.fault("a line without an end")
        line = self.take(end - self.place)
        self.place += 1
        if not line.isascii():
            raise self.fault("a line that is not ASCII")
        return line.decode("ascii")

    def text(self, size: int) -> None:
        """Push the next bytes as text."""
        if size > MAX_TEXT:
            raise self.fault(f"a text of {size} bytes, more than the {MAX_TEXT} that are read")
        try:
            self.stack.append(self.take(size).decode("utf-8"))
        except UnicodeDecodeError:
            raise self.fault("a text that is not UTF-8") from None

    def push(self, value: object) -> None:
        """Put a value on top. It is worked out before the stack is asked for, as taking a row of values exchanges that."""
        self.stack.append(value)

    def true(self) -> None:
        """Push one truth value."""
        self.stack.append(True)

    def false(self) -> None:
        """Push the other."""
        self.stack.append(False)

    def pop(self) -> object:
        """Take the last value; marks are a floor below which nothing can be taken."""
        if not self.stack:
            raise self.fault("takes a value where there is none")
        return self.stack.pop()

    def top(self) -> object:
        """Return the last value."""
        if not self.stack:
            raise self.fault("takes a value where there is none")
        return self.stack[-1]

    def mark(self) -> None:
        """Begin a row of values."""
        if len(self.outer) >= MAX_OPEN:
            raise self.fault(f"more than {MAX_OPEN} values inside of each other")
        self.outer.append(self.stack)
        self.stack = []

    def marked(self) -> list[object]:
        """Take all values since the last mark."""
        if not self.outer:
            raise self.fault("takes a row of values that was not begun")
        found, self.stack = self.stack, self.outer.pop()
        return found

    def last(self, count: int) -> None:
        """Join the last values to a tuple."""
        values = [self.pop() for _ in range(count)]
        self.stack.append(tuple(reversed(values)))

    def integer(self, size: int) -> None:
        """Push a signed number of that many bytes."""
        if size > _MAX_INTEGER:
            raise self.fault(f"a number of {size} bytes")
        self.stack.append(int.from_bytes(self.take(size), "little", signed=True))

    def spelled(self, suffix: str) -> None:
        """Push a number that is written in digits, or one of the two words for a truth value."""
        line = self.line()
        if not suffix and line in {"00", "01"}:
            self.stack.append(line == "01")
            return
        digits = line.removesuffix(suffix)
        if not digits.removeprefix("-").isdigit() or len(digits) > 20:  # noqa: PLR2004 -- of 64 bits
            raise self.fault(f'"{clipped(line)}" is no number that is read')
        self.stack.append(int(digits))

    def keep(self, key: int) -> None:
        """Remember the last value under a number."""
        self.memo[key] = self.top()

    def recall(self, key: int) -> None:
        """Push what was remembered."""
        if key not in self.memo:
            raise self.fault("recalls what was not remembered")
        self.stack.append(self.memo[key])

    def name(self, module: object, name: object) -> None:
        """Push the mark of a callable or a dtype, if it is on the list."""
        self.names += 1
        if self.names > MAX_NAMES:
            raise self.fault(f"more than the {MAX_NAMES} names of callables that are looked up")
        found = known_global(module, name)
        if found is None:
            shown = f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else "a computed name"
            raise self.fault(f"{clipped(shown)} is not among the names that a dict of tensors needs")
        self.stack.append(found)

    def computed(self) -> None:
        """Push the mark of a name whose two parts lie on the stack, wherever they came from."""
        name, module = self.pop(), self.pop()
        self.name(module, name)

    def reduce(self) -> None:
        """Put the value that a known callable would return into the place of the call."""
        arguments, function = self.pop(), self.pop()
        try:
            self.stack.append(rebuilt(function, arguments))
        except Unlisted as error:
            raise self.fault(str(error)) from None

    def build(self) -> None:
        """Drop attributes of a dict, such as the versions that a state dict carries along; no tensor is among them."""
        state = self.pop()
        if not isinstance(self.top(), dict) or not isinstance(state, dict):
            raise self.fault("sets the state of something that is no dict")

    def persistent(self) -> None:
        """Put the description of a storage into the place of its bytes."""
        try:
            self.stack.append(storage(self.pop()))
        except Unlisted as error:
            raise self.fault(str(error)) from None

    def extend(self, values: list[object]) -> None:
        """Add values to the list below them."""
        target = self.top()
        if not isinstance(target, list):
            raise self.fault("adds to something that is no list")
        target.extend(values)

    def update(self, values: list[object]) -> None:
        """Add keys and values to the dict below them; a later one replaces an earlier one, as in every reader."""
        target = self.top()
        if not isinstance(target, dict) or len(values) % 2:
            raise self.fault("adds to something that is no dict")
        for key in values[::2]:
            if type(key) is not str and type(key) is not int:
                raise self.fault("a key that is neither text nor a number")
        target.update(zip(values[::2], values[1::2], strict=True))

    def pair(self) -> None:
        """Add one key and value."""
        value, key = self.pop(), self.pop()
        self.update([key, value])

    def protocol(self) -> None:
        """Check the number at the start of a stream."""
        if self.place != 1 or self.byte() not in _PROTOCOLS:
            raise self.fault("another version of pickle than is read")

    def frame(self) -> None:
        """Check the length of a frame, which is a hint for buffering alone."""
        if self.number(8) > len(self.data) - self.place:
            raise self.fault("a frame that is cut off")

    def real(self) -> None:
        """Push a float."""
        self.stack.append(struct.unpack(">d", self.take(8))[0])


_STEPS: Final[Mapping[int, Step]] = {
    b"\x80"[0]: PickleMachine.protocol,
    b"\x95"[0]: PickleMachine.frame,
    b"("[0]: PickleMachine.mark,
    b"N"[0]: lambda m: m.push(None),
    b"\x88"[0]: PickleMachine.true,
    b"\x89"[0]: PickleMachine.false,
    b"I"[0]: lambda m: m.spelled(""),
    b"L"[0]: lambda m: m.spelled("L"),
    b"J"[0]: lambda m: m.integer(4),
    b"K"[0]: lambda m: m.push(m.byte()),
    b"M"[0]: lambda m: m.push(m.number(2)),
    b"\x8a"[0]: lambda m: m.integer(m.byte()),
    b"G"[0]: PickleMachine.real,
    b"X"[0]: lambda m: m.text(m.number(4)),
    b"\x8c"[0]: lambda m: m.text(m.byte()),
    b")"[0]: lambda m: m.push(()),
    b"\x85"[0]: lambda m: m.last(1),
    b"\x86"[0]: lambda m: m.last(2),
    b"\x87"[0]: lambda m: m.last(3),
    b"t"[0]: lambda m: m.push(tuple(m.marked())),
    b"]"[0]: lambda m: m.push([]),
    b"l"[0]: lambda m: m.push(m.marked()),
    b"a"[0]: lambda m: m.extend([m.pop()]),
    b"e"[0]: lambda m: m.extend(m.marked()),
    b"}"[0]: lambda m: m.push({}),
    b"s"[0]: PickleMachine.pair,
    b"u"[0]: lambda m: m.update(m.marked()),
    b"c"[0]: lambda m: m.name(m.line(), m.line()),
    b"\x93"[0]: PickleMachine.computed,
    b"R"[0]: PickleMachine.reduce,
    b"b"[0]: PickleMachine.build,
    b"Q"[0]: PickleMachine.persistent,
    b"q"[0]: lambda m: m.keep(m.byte()),
    b"r"[0]: lambda m: m.keep(m.number(4)),
    b"\x94"[0]: lambda m: m.keep(len(m.memo)),
    b"h"[0]: lambda m: m.recall(m.byte()),
    b"j"[0]: lambda m: m.recall(m.number(4)),
}
